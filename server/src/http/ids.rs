//! The two ids of a request, which every answer has.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

/// The header with the service's id of a request.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
/// The header with the client's id of a request.
pub(crate) const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");

/// Both ids of a request. If the client sent no GUID, its id is the service's, as in Graph.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ids {
    pub(crate) request: Uuid,
    pub(crate) client: Uuid,
}

impl Ids {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let request = Uuid::new_v4();
        let sent = headers.get(CLIENT_REQUEST_ID).and_then(|value| Uuid::try_parse_ascii(value.as_bytes()).ok());
        Self { request, client: sent.unwrap_or(request) }
    }

    pub(crate) fn put(self, headers: &mut HeaderMap) {
        for (name, id) in [(REQUEST_ID, self.request), (CLIENT_REQUEST_ID, self.client)] {
            let value = HeaderValue::from_str(&id.to_string());
            headers.insert(name, value.expect("a GUID is hexadecimal digits and hyphens"));
        }
    }
}
