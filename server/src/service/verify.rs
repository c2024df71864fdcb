//! Verifies a scanned code, and notes its last use.

use std::time::Duration;

use qrmint::credential::{self, Record, ScannedContent, VerifyError};
use tokio::time::Instant;

use super::{Service, ServiceError, in_time};
use crate::event::{Action, Actor, Event};
use crate::users::User;

/// The time that the note of a code's last use may take. A user who signs in does not wait longer for it.
const LAST_USE_TIME: Duration = Duration::from_secs(1);

/// A scanned code that is good.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// The user, under the current principal name.
    pub user: User,
    /// The code, with its new last use.
    pub record: Record,
}

impl Service {
    /// Verifies the content of a scanned code, and notes its last use. A code of somebody who is no user is unknown.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Verify`] if the code is not good; or why that can't be told.
    pub async fn verify(&self, by: &Actor, raw_content: &[u8]) -> Result<Verified, ServiceError> {
        let mut event = self.event(by, Action::Verify)?;
        let result = self.verify_or_fail(&mut event, raw_content).await;
        self.conclude(event, result.as_ref().err()).await;
        result
    }

    async fn verify_or_fail(&self, event: &mut Event, raw_content: &[u8]) -> Result<Verified, ServiceError> {
        let deadline = self.deadline();
        let scanned = ScannedContent::parse(raw_content)?;
        event.code_id = Some(scanned.id());
        loop {
            let found = in_time(deadline, self.store.find(scanned.id())).await??;
            let owned = found.and_then(|(user_id, record)| {
                (event.user_id, event.kind) = (Some(user_id.clone()), Some(record.kind));
                let user = self.users().with_id(&user_id, Some(&record.user_principal_name))?;
                Some((user, record))
            });
            let used = credential::verify(&scanned, owned.as_ref().map(|(_, record)| record), self.now()?)?;
            // Cannot happen: without a record `verify` has failed.
            let (user, seen) = owned.ok_or(VerifyError::Unknown)?;
            if used == seen || self.note_last_use(&user, &seen, &used, deadline).await? {
                self.metrics.verified(used.kind);
                return Ok(Verified { user, record: used });
            }
            self.overtaken().await;
        }
    }

    /// Stores the last use of a code. Returns `false` if the stored code is no longer the one seen.
    async fn note_last_use(
        &self,
        user: &User,
        seen: &Record,
        used: &Record,
        deadline: Instant,
    ) -> Result<bool, ServiceError> {
        let limit = if self.strict_last_used { deadline } else { deadline.min(Instant::now() + LAST_USE_TIME) };
        let noted = in_time(limit, self.store.compare_and_swap(user.id(), used.kind, Some(seen), used)).await;
        match noted.and_then(|noted| Ok(noted?)) {
            Err(error) if !self.strict_last_used => {
                tracing::warn!("the last use of a code could not be stored: {error}");
                self.metrics.lost_last_use();
                Ok(true)
            }
            noted => noted,
        }
    }
}
