//! An answer, from the router or from a connection.

use axum::http::{HeaderMap, Response, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value;
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) async fn of_response(response: Response<axum::body::Body>) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Self { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name} in {self:?}")).to_str().unwrap()
    }

    pub(crate) fn text(&self) -> &str {
        str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), "application/json");
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Returns the JSON of the answer, which must have this status.
    #[track_caller]
    pub(crate) fn expect(&self, status: StatusCode) -> Value {
        assert_eq!(self.status, status.as_u16(), "{}", self.text());
        self.json()
    }

    /// Checks that the answer is an error in Graph's form with this status and code, and returns its message.
    #[track_caller]
    pub(crate) fn expect_error(&self, status: u16, code: &str) -> String {
        assert_eq!(self.status, status, "{}", self.text());
        let json = self.json();
        let error = &json["error"];
        assert_eq!(error["code"], code, "{json}");
        let inner = &error["innerError"];
        assert_eq!(inner["request-id"], self.header("request-id"));
        assert_eq!(inner["client-request-id"], self.header("client-request-id"));
        assert!(Uuid::try_parse(self.header("request-id")).is_ok());
        let date = inner["date"].as_str().unwrap();
        assert!(date.parse::<jiff::civil::DateTime>().is_ok() && date.len() == 19, "{date}");
        assert_eq!(inner.as_object().unwrap().len(), 3);
        let properties = if error.get("details").is_some() { 4 } else { 3 };
        assert_eq!(error.as_object().unwrap().len(), properties, "{json}");
        error["message"].as_str().unwrap().to_owned()
    }

    /// Returns code and target of the broken rule from the details of an error.
    #[track_caller]
    pub(crate) fn expect_rule(&self, rule: &str, target: &str) {
        let message = self.expect_error(400, "badRequest");
        let details = &self.json()["error"]["details"];
        assert_eq!(*details, serde_json::json!([{ "code": rule, "target": target, "message": message }]));
    }
}
