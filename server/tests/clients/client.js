// Drives the service with Microsoft's own JavaScript client, as a program of an administrator would.
//
// Address and token come from the environment; whatever is not as it must be ends the program with an AssertionError.

const assert = require("node:assert/strict");
const { Client, HTTPMessageHandler, RetryHandler } = require("@microsoft/microsoft-graph-client");

const { QRMINT_ADDRESS: address, QRMINT_TOKEN: token } = process.env;
const day = 24 * 60 * 60 * 1000;

// The client's own handler of tokens sends them over https only; a program that talks to its own machine brings another.
const authorization = {
  setNext(next) {
    this.next = next;
  },
  execute(context) {
    context.options.headers = { ...context.options.headers, Authorization: `Bearer ${token}` };
    return this.next.execute(context);
  },
};

const retries = new RetryHandler();
authorization.setNext(retries);
retries.setNext(new HTTPMessageHandler());
const client = Client.initWithMiddleware({ middleware: authorization, baseUrl: `${address}/`, defaultVersion: "beta" });

// Awaits a request that must fail, and compares what the client makes of the error.
async function refused(request, status, code, rule) {
  await assert.rejects(request, (error) => {
    assert.equal(error.statusCode, status);
    assert.equal(error.code, code);
    assert.ok(error.message && error.requestId);
    const body = JSON.parse(error.body);
    assert.ok(body.innerError["request-id"] && body.innerError["client-request-id"]);
    assert.equal(body.details?.[0].code, rule);
    return true;
  });
}

// Create, read, read-modify-write, update, refusal and deletion of a standard code.
async function standard(user, name) {
  const code = () => client.api(`${user}/authentication/qrCodePinMethod/standardQRCode`);
  const [start, expire] = [new Date(Date.now() - 30 * day), new Date(Date.now() + 90 * day)];
  const created = await code().patch({
    "@odata.type": "#microsoft.graph.qrCode",
    startDateTime: start,
    expireDateTime: expire.toISOString(),
  });
  assert.equal(new Date(created.startDateTime).getTime(), start.getTime());
  assert.equal(new Date(created.expireDateTime).getTime(), expire.getTime());
  assert.equal(created.lastUsedDateTime, "0001-01-01T00:00:00Z");
  const { binaryValue, rawContent, version, errorCorrectionLevel } = created.image;
  assert.equal(Buffer.from(binaryValue, "base64").subarray(1, 4).toString(), "PNG");
  assert.ok(Buffer.from(rawContent, "base64").toString().startsWith(`ms-qrpin:v1|${name}|${created.id}|`));
  assert.ok(version >= 1 && version <= 40 && errorCorrectionLevel === "l");

  const read = await code().get();
  assert.deepEqual(read, { ...created, image: null });

  // What was read goes back with another expiry; and so does what was created, image and all.
  for (const sent of [read, created]) {
    sent.expireDateTime = new Date(new Date(sent.expireDateTime).getTime() + day).toISOString();
    const written = await code().update(sent);
    assert.equal(written.id, created.id);
    assert.equal(new Date(written.expireDateTime).getTime(), expire.getTime() + day);
    assert.equal(written.image, null);
  }

  const update = await code().patch({ expireDateTime: new Date(expire.getTime() - 10 * day) });
  assert.equal(update.id, created.id);
  assert.equal(new Date((await code().get()).expireDateTime).getTime(), expire.getTime() - 10 * day);

  const late = { expireDateTime: new Date(start.getTime() + 396 * day) };
  await refused(code().patch(late), 400, "badRequest", "lifetimeTooLong");
  await refused(code().patch({ startDateTime: new Date() }), 400, "badRequest", "startDateTimeChanged");
  await refused(code().patch({ expires: late.expireDateTime }), 400, "badRequest", "unknownProperty");

  await code().delete();
  await refused(code().get(), 404, "resourceNotFound", undefined);
  await refused(code().delete(), 404, "resourceNotFound", undefined);
}

// Creation without a word about dates, refusal of a second one, deletion of a temporary code.
async function temporary(user) {
  const code = () => client.api(`${user}/authentication/qrCodePinMethod/temporaryQRCode`);
  const created = await code().patch({});
  assert.equal(new Date(created.expireDateTime) - new Date(created.startDateTime), 3 * day / 24);
  await refused(code().patch({}), 400, "badRequest", "temporaryQRCodeActive");
  assert.equal((await code().get()).id, created.id);
  await code().delete();
  assert.notEqual((await code().patch({})).id, created.id);
  await code().delete();
}

async function main() {
  await standard("/me", "floki@contoso.com");
  await temporary("/me");
  await standard("/users/torvi%40contoso.com", "torvi@contoso.com");
  await temporary("/users/d36ef3d5-0f44-4b0b-b4c4-2f9c62d4b9bb");
  await refused(client.api("/users/nobody/authentication/qrCodePinMethod/standardQRCode").get(), 404, "resourceNotFound");
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
