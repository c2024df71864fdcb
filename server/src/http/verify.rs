//! `POST /qrmint/verify`: verifies a scanned code.
//!
//! The body is `{"rawContent": "<base64 of the scanned bytes>"}`. The answer has the user, the kind, and the code with
//! its new `lastUsedDateTime`; or it is 400 with `malformed`, `unknown`, `notYetValid` or `expired` in the details.

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qrmint::credential::{self, QrCode, ScannedContent, VerifyError};
use serde::{Deserialize, Serialize};

use super::codes::{now, overtaken};
use super::error::ApiError;
use super::json;
use crate::auth::Caller;
use crate::service::Service;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Scanned {
    raw_content: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Verified {
    user_id: String,
    user_principal_name: String,
    kind: &'static str,
    qr_code: QrCode,
}

pub(super) fn check_permission(caller: &Caller) -> Result<(), ApiError> {
    if caller.permissions.verify { Ok(()) } else { Err(ApiError::Denied) }
}

pub(super) async fn verify(service: &Service, body: &[u8]) -> Result<Response, ApiError> {
    let Scanned { raw_content } = json::read(body)?;
    let raw_content = STANDARD.decode(raw_content).map_err(|_| VerifyError::Malformed)?;
    let scanned = ScannedContent::parse(&raw_content)?;
    loop {
        let found = service.store.find(scanned.id()).await?;
        let (user_id, seen) = found.map_or((None, None), |(user, record)| (Some(user), Some(record)));
        let used = credential::verify(&scanned, seen.as_ref(), now(&service.clock)?)?;
        // Cannot happen: without a record `verify` has failed.
        let user_id = user_id.ok_or(VerifyError::Unknown)?;
        if service.store.compare_and_swap(&user_id, used.kind, seen.as_ref(), &used).await? {
            service.metrics.verified(used.kind);
            let (kind, qr_code) = (used.kind.name(), used.to_qr_code());
            let verified = Verified { user_id, user_principal_name: used.user_principal_name, kind, qr_code };
            return Ok(Json(verified).into_response());
        }
        overtaken(service).await;
    }
}
