//! The answers to random requests match `/openapi.json`.

use axum::body::Body;
use axum::http::Request;
use qrmint_checks::Random;
use serde_json::{Value, json};

use crate::support::{Answer, FLOKI, STANDARD, Served, Setting, users_path};

/// Requests for each operation of each path.
const ROUNDS: usize = 150;

/// Follows a reference.
fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let Some(reference) = value.get("$ref") else { return value };
    let pointer = reference.as_str().unwrap().strip_prefix('#').unwrap();
    document.pointer(pointer).unwrap_or_else(|| panic!("{pointer} leads nowhere"))
}

/// Checks `value` against every keyword of `schema`.
fn check(document: &Value, schema: &Value, value: &Value) {
    let schema = resolve(document, schema);
    for (keyword, wanted) in schema.as_object().unwrap() {
        let holds = match &**keyword {
            "description" | "contentMediaType" => true,
            "type" => {
                let is = |name: &Value| match name.as_str().unwrap() {
                    "null" => value.is_null(),
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "integer" => value.is_u64(),
                    other => panic!("type {other}"),
                };
                wanted.as_array().map_or_else(|| is(wanted), |names| names.iter().any(is))
            }
            "const" => value == wanted,
            "enum" => wanted.as_array().unwrap().contains(value),
            "oneOf" => {
                let fits = |schema: &&Value| (resolve(document, schema)["type"] == "null") == value.is_null();
                let schemas: Vec<_> = wanted.as_array().unwrap().iter().filter(fits).collect();
                let [schema] = schemas[..] else { panic!("{value} fits {} of {wanted}", schemas.len()) };
                check(document, schema, value);
                true
            }
            "required" => wanted.as_array().unwrap().iter().all(|name| value.get(name.as_str().unwrap()).is_some()),
            "properties" => {
                for (name, value) in value.as_object().unwrap() {
                    check(document, wanted.get(name).unwrap_or_else(|| panic!("{name} is not described")), value);
                }
                true
            }
            "items" => {
                value.as_array().unwrap().iter().for_each(|item| check(document, wanted, item));
                true
            }
            "minItems" => value.as_array().unwrap().len() as u64 >= wanted.as_u64().unwrap(),
            "maxItems" => value.as_array().unwrap().len() as u64 <= wanted.as_u64().unwrap(),
            "minimum" => value.as_u64() >= wanted.as_u64(),
            "maximum" => value.as_u64() <= wanted.as_u64(),
            "contentEncoding" => {
                assert_eq!(wanted, "base64");
                crate::support::bytes(value);
                true
            }
            "format" => match (wanted.as_str().unwrap(), value.as_str()) {
                ("date-time", Some(text)) => text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok(),
                ("uuid", Some(text)) => uuid::Uuid::try_parse(text).is_ok(),
                (_, None) => value.is_null(),
                (other, _) => panic!("format {other}"),
            },
            other => panic!("keyword {other}"),
        };
        assert!(holds, "{value} is not {keyword}: {wanted}");
    }
}

/// Checks an answer against the description of its status.
fn check_answer(document: &Value, operation: &Value, answer: &Answer) {
    let said = &operation["responses"][answer.status.to_string()];
    assert!(said.is_object(), "{} is not described: {}", answer.status, answer.text());
    let said = resolve(document, said);
    for (name, header) in said["headers"].as_object().unwrap() {
        check(document, &resolve(document, header)["schema"], &json!(answer.header(name)));
    }
    match said.get("content").and_then(Value::as_object) {
        None => assert_eq!(answer.text(), ""),
        Some(content) => {
            let (media, content) = content.iter().next().unwrap();
            assert_eq!(answer.header("content-type").split(';').next(), Some(&**media));
            let body = if media == "application/json" { answer.json() } else { json!(answer.text()) };
            check(document, &content["schema"], &body);
        }
    }
}

/// Returns a text, often one with a meaning.
fn text(random: &mut Random) -> String {
    let known = [
        FLOKI,
        "torvi@contoso.com",
        "2025-03-04T22:00:00Z",
        "2025-03-05T02:00:00+01:00",
        "2026-03-01T00:00:00Z",
        "2025-03-04T21:27:46.9771036Z",
        "9999-12-31T23:59:59Z",
        "2025-02-30T00:00:00Z",
        "2025-03-05T00:00:00",
        "",
        "#microsoft.graph.qrCode",
        "bXMtcXJwaW46djF8YXxifGM=",
    ];
    match random.below(4) {
        0 => String::from_utf8_lossy(&random.content(40)).into_owned(),
        _ => known[random.below(known.len())].to_owned(),
    }
}

/// Returns JSON, often an object with properties of a request.
fn any_json(random: &mut Random, depth: usize) -> Value {
    let names = ["startDateTime", "expireDateTime", "@odata.type", "rawContent", "id", "image", "ExpireDateTime", "x"];
    match random.below(if depth == 0 { 14 } else { 8 }) {
        0 => Value::Null,
        1 => json!(random.bits()),
        2 => (0..random.below(4)).map(|_| any_json(random, depth + 1)).collect(),
        3..6 => json!(text(random)),
        _ => {
            let properties = (0..random.below(4)).map(|_| {
                let name = names[random.below(names.len())].to_owned();
                (name, any_json(random, depth + 1))
            });
            Value::Object(properties.collect())
        }
    }
}

fn percent_encoded(text: &str, random: &mut Random) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~@".contains(byte);
    let encode =
        |byte: u8, all: bool| if plain(&byte) && !all { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(|byte| encode(byte, random.below(5) == 0)).collect()
}

fn any_request(served: &Served, template: &str, method: &str, random: &mut Random) -> Request<Body> {
    let id = match random.below(10) {
        0 => "%FF%FE".to_owned(),
        1 => "%".to_owned(),
        2 => percent_encoded(&text(random), random) + "x",
        3..6 => percent_encoded("torvi@contoso.com", random),
        _ => percent_encoded(FLOKI, random),
    };
    let kind = ["standardQRCode", "temporaryQRCode", "TEMPORARYqrcode"][random.below(3)];
    let path = template.replace("{id}", &id).replace("{kind}", kind);
    let mut request = Request::builder().method(method).uri(path);
    request = match random.below(12) {
        0 => request,
        1 => request.header("Authorization", "Bearer x"),
        2 => request.header("Authorization", format!("Basic {}", served.token)),
        _ => request.header("Authorization", format!("Bearer {}", served.token)),
    };
    request = match random.below(10) {
        0 => request,
        1 => request.header("Content-Type", "text/plain"),
        2 => request.header("Content-Type", "application/json; charset=utf-8; odata.metadata=minimal"),
        _ => request.header("Content-Type", "application/json"),
    };
    if random.below(3) == 0 {
        request = request.header("client-request-id", text(random).escape_default().to_string());
    }
    let body = match random.below(12) {
        0 => random.content(200),
        1 => random.content(20_000),
        2 => {
            let json = any_json(random, 0).to_string();
            json.as_bytes()[..random.below(json.len() + 1)].to_vec()
        }
        3..5 => b"{}".to_vec(),
        _ => any_json(random, 0).to_string().into_bytes(),
    };
    request.body(Body::from(body)).unwrap()
}

#[tokio::test]
async fn every_answer_is_as_the_description_says() {
    let served = Served::new();
    let document = served.ask("GET", "/openapi.json", None).await.json();
    let rules = async || {
        let metrics = served.ask("GET", "/metrics", None).await;
        let labels =
            metrics.text().lines().filter_map(|line| line.strip_prefix("qrmint_refusals_total{")?.split_once('}'));
        labels.map(|(label, _)| label.to_owned()).collect::<std::collections::BTreeSet<_>>()
    };
    let known = rules().await;
    let mut random = Random::new(71);
    let mut statuses = std::collections::BTreeSet::new();
    for _ in 0..ROUNDS {
        for (template, item) in document["paths"].as_object().unwrap() {
            for method in ["GET", "PATCH", "DELETE", "POST", "PUT", "OPTIONS"] {
                let answer = served.send(any_request(&served, template, method, &mut random)).await;
                statuses.insert(answer.status);
                match item.get(method.to_ascii_lowercase()) {
                    Some(operation) => check_answer(&document, operation, &answer),
                    None => {
                        let refused = [400, 405].contains(&answer.status);
                        assert!(refused, "{method} {template}: {}", answer.status);
                        if answer.status == 405 {
                            let allowed: Vec<_> = answer.header("allow").split(", ").collect();
                            let described = item.as_object().unwrap().keys().map(|name| name.to_ascii_uppercase());
                            let described: Vec<_> = described.filter(|name| name != "PARAMETERS").collect();
                            let same = |name: &&str| described.iter().any(|other| other == name);
                            assert!(allowed.iter().filter(|name| **name != "HEAD").all(same), "{allowed:?}");
                        }
                    }
                }
            }
        }
    }
    assert_eq!(rules().await, known, "every rule is a label from the start");
    // The requests reach all of these answers.
    assert_eq!(statuses.into_iter().collect::<Vec<_>>(), [200, 201, 204, 400, 401, 404, 405, 413]);
}

#[tokio::test]
async fn a_code_that_is_good_is_verified_as_the_description_says() {
    let served = Setting { any_user: true, ..Setting::default() }.serve();
    let document = served.ask("GET", "/openapi.json", None).await.json();
    for path in [STANDARD.to_owned(), users_path("badge-17", "temporaryQRCode")] {
        let code = served.ask("PATCH", &path, "{}").await.json();
        let scan = crate::support::scan(&code["image"]["rawContent"]);
        let answer = served.ask("POST", "/qrmint/verify", &*scan).await;
        assert_eq!(answer.status, 200);
        check_answer(&document, &document["paths"]["/qrmint/verify"]["post"], &answer);
    }
}

#[tokio::test]
async fn every_reference_of_the_description_leads_somewhere() {
    let document = Served::new().ask("GET", "/openapi.json", None).await.json();
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
        match value {
            Value::Object(object) => {
                found.extend(object.get("$ref").map(|_| value));
                object.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 50);
    for reference in found {
        resolve(&document, reference);
    }
}

#[tokio::test]
async fn the_description_has_the_version_of_the_package() {
    let document = Served::new().ask("GET", "/openapi.json", None).await.json();
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
}
