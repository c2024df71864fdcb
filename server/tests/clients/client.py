"""Drives the service with Microsoft's own Python client, as a program of an administrator would.

Address and token come from the environment; whatever is not as it must be ends the program with an AssertionError.
"""

import asyncio
import os
import time
from datetime import datetime, timedelta, timezone

from azure.core.credentials import AccessToken
from msgraph_beta import GraphServiceClient
from msgraph_beta.generated.models.error_correction_level import ErrorCorrectionLevel
from msgraph_beta.generated.models.o_data_errors.o_data_error import ODataError
from msgraph_beta.generated.models.qr_code import QrCode

ADDRESS = os.environ["QRMINT_ADDRESS"]
TOKEN = os.environ["QRMINT_TOKEN"]
NEVER = datetime(1, 1, 1, tzinfo=timezone.utc)


class Credential:
    """What azure-identity would be: it gives the token of the run."""

    def get_token(self, *scopes, **options):
        return AccessToken(TOKEN, int(time.time()) + 3600)


async def refused(request, status, code, rule=None):
    """Awaits a request that must fail, and compares what the client makes of the error."""
    try:
        await request
    except ODataError as error:
        assert error.response_status_code == status, error
        assert error.error.code == code, error
        assert error.error.message, error
        inner = error.error.inner_error
        assert inner.request_id and inner.client_request_id and inner.date, error
        found = error.error.details[0].code if error.error.details else None
        assert found == rule, error
        return
    raise AssertionError(f"not refused with {status} {code} {rule}")


async def standard(method, user):
    """Create, read, read-modify-write, update, refusal and deletion of a standard code."""
    code = method.standard_q_r_code
    now = datetime.now(timezone.utc)
    start, expire = now - timedelta(days=30, microseconds=now.microsecond), now + timedelta(days=90)
    created = await code.patch(QrCode(odata_type="#microsoft.graph.qrCode", start_date_time=start, expire_date_time=expire))
    assert (created.start_date_time, created.expire_date_time) == (start, expire)
    assert abs(created.created_date_time - now) < timedelta(minutes=1)
    assert created.last_used_date_time == NEVER
    image = created.image
    assert image.binary_value.startswith(b"\x89PNG")
    assert image.raw_content.decode().startswith(f"ms-qrpin:v1|{user}|{created.id}|")
    assert 1 <= image.version <= 40 and image.error_correction_level == ErrorCorrectionLevel.L

    read = await code.get()
    assert (read.id, read.start_date_time, read.expire_date_time, read.image) == (created.id, start, expire, None)

    # What was read goes back with another expiry; and so does what was created, image and all.
    for sent in (read, created):
        sent.expire_date_time += timedelta(days=1)
        written = await code.patch(sent)
        assert (written.id, written.expire_date_time, written.image) == (created.id, sent.expire_date_time, None)

    update = await code.patch(QrCode(expire_date_time=expire - timedelta(days=10)))
    assert (update.id, update.start_date_time, update.expire_date_time) == (created.id, start, expire - timedelta(days=10))
    assert (await code.get()).expire_date_time == expire - timedelta(days=10)

    await refused(code.patch(QrCode(expire_date_time=start + timedelta(days=396))), 400, "badRequest", "lifetimeTooLong")
    await refused(code.patch(QrCode(start_date_time=now)), 400, "badRequest", "startDateTimeChanged")
    without_offset = QrCode(expire_date_time=expire.replace(tzinfo=None))
    await refused(code.patch(without_offset), 400, "badRequest", "dateTimeWithoutOffset")

    await code.delete()
    await refused(code.get(), 404, "resourceNotFound")
    await refused(code.delete(), 404, "resourceNotFound")


async def temporary(method):
    """Creation without a word about dates, refusal of a second one, deletion of a temporary code."""
    code = method.temporary_q_r_code
    created = await code.patch(QrCode())
    assert created.expire_date_time - created.start_date_time == timedelta(hours=3)
    assert created.image.raw_content
    await refused(code.patch(QrCode()), 400, "badRequest", "temporaryQRCodeActive")
    assert (await code.get()).id == created.id
    await code.delete()
    assert (await code.patch(QrCode())).id != created.id
    await code.delete()


async def main():
    client = GraphServiceClient(Credential(), ["https://graph.microsoft.com/.default"])
    client.request_adapter.base_url = f"{ADDRESS}/beta"
    me = client.me().authentication.qr_code_pin_method
    await standard(me, "floki@contoso.com")
    await temporary(me)
    # A user principal name, which the client percent-encodes, and an id.
    await standard(client.users.by_user_id("torvi@contoso.com").authentication.qr_code_pin_method, "torvi@contoso.com")
    by_id = client.users.by_user_id("D36EF3D5-0F44-4B0B-B4C4-2F9C62D4B9BB").authentication.qr_code_pin_method
    await standard(by_id, "torvi@contoso.com")
    await temporary(by_id)
    nobody = client.users.by_user_id("lagertha@contoso.com").authentication.qr_code_pin_method
    await refused(nobody.standard_q_r_code.get(), 404, "resourceNotFound")


asyncio.run(main())
