//! `POST /qrmint/verify`: verifies a scanned code.
//!
//! The body is `{"rawContent": "<base64 of the scanned bytes>"}`. The answer has the user, the kind, and the code with
//! its new `lastUsedDateTime`; or it is 400 with `malformed`, `unknown`, `notYetValid` or `expired` in the details.

use axum::Json;
use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use qrmint::credential::{QrCode, ScanBody};
use serde::Serialize;

use super::error::ApiError;
use super::{CallerRequest, json};
use crate::event::Action;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Verified<'a> {
    user_id: &'a str,
    user_principal_name: &'a str,
    kind: &'static str,
    qr_code: QrCode,
}

pub(super) async fn verify(request: &mut CallerRequest, body: Body) -> Result<Response, ApiError> {
    let prepared = async {
        if !request.caller.permissions.verify {
            return Err(ApiError::Denied);
        }
        let body = request.read_body(body).await?;
        Ok(json::read::<ScanBody>(&body)?.check()?)
    };
    let prepared = prepared.await;
    let raw_content = request.prepared(Action::Verify, |_| {}, prepared).await?;
    let verified = request.api.service.verify(&request.actor, &raw_content).await?;
    let (user, record) = (&verified.user, &verified.record);
    let (kind, qr_code) = (record.kind.name(), record.to_qr_code());
    let verified = Verified { user_id: user.id(), user_principal_name: user.principal_name(), kind, qr_code };
    Ok(Json(verified).into_response())
}
