//! Deletes codes: a user's, and for administrators one by its id, all of a user, and those that have expired.

use qrmint::credential::{DateTime, Kind};
use uuid::Uuid;

use super::{Service, ServiceError, in_time};
use crate::condition::Condition;
use crate::event::{Action, Actor, Event};
use crate::store::{Removal, StoreError};
use crate::users::canonical;

impl Service {
    /// Deletes the user's code of this kind, expired or not.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NoCode`] if there is none; or why it can't be done.
    pub async fn delete(
        &self,
        by: &Actor,
        user_id: &str,
        kind: Kind,
        condition: &Condition,
    ) -> Result<(), ServiceError> {
        let user_id = canonical(user_id);
        let mut event = self.event(by, Action::Delete)?;
        (event.user_id, event.kind) = (Some(user_id.clone()), Some(kind));
        let result = self.delete_or_fail(&mut event, &user_id, kind, condition).await;
        self.conclude(event, result.as_ref().err()).await;
        result
    }

    async fn delete_or_fail(
        &self,
        event: &mut Event,
        user_id: &str,
        kind: Kind,
        condition: &Condition,
    ) -> Result<(), ServiceError> {
        let deadline = self.deadline();
        let _guard = in_time(deadline, self.key_lock.lock(user_id, kind)).await?;
        loop {
            let which = match in_time(deadline, self.store.read(user_id, kind)).await? {
                Ok(None) => return Err(ServiceError::NoCode),
                Ok(Some(record)) => {
                    event.code_id = Some(record.id);
                    if !condition.holds(Some(&record)) {
                        return Err(ServiceError::ConditionFailed);
                    }
                    Removal::Code(record.id)
                }
                // A row that no record can have must be possible to delete.
                Err(StoreError::Corrupt { .. }) if matches!(condition, Condition::None) => {
                    Removal::Of { user: user_id.to_owned(), kind }
                }
                Err(error) => return Err(error.into()),
            };
            self.begin(event, deadline).await?;
            if in_time(deadline, self.store.remove(&which)).await?? > 0 {
                self.metrics.deleted(kind);
                return Ok(());
            }
            // Another process has deleted or replaced the code.
            self.overtaken().await;
        }
    }

    /// Deletes a code by its id, whoever has it.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NoCode`] if there is none; or why it can't be done.
    pub async fn revoke(&self, by: &Actor, code_id: Uuid) -> Result<(), ServiceError> {
        let mut event = self.event(by, Action::Revoke)?;
        event.code_id = Some(code_id);
        let result = self.revoke_or_fail(&mut event, code_id).await;
        self.conclude(event, result.as_ref().err()).await;
        result
    }

    async fn revoke_or_fail(&self, event: &mut Event, code_id: Uuid) -> Result<(), ServiceError> {
        let deadline = self.deadline();
        match in_time(deadline, self.store.find(code_id)).await? {
            Ok(None) => return Err(ServiceError::NoCode),
            Ok(Some((user_id, record))) => (event.user_id, event.kind) = (Some(user_id), Some(record.kind)),
            Err(StoreError::Corrupt { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        self.begin(event, deadline).await?;
        if in_time(deadline, self.store.remove(&Removal::Code(code_id))).await?? == 0 {
            return Err(ServiceError::NoCode);
        }
        if let Some(kind) = event.kind {
            self.metrics.deleted(kind);
        }
        Ok(())
    }

    /// Deletes all codes of a user, who need not be in the list of users, and returns how many.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NoCode`] if there is none; or why it can't be done. Some may have been deleted then.
    pub async fn revoke_all(&self, by: &Actor, user_id: &str) -> Result<u64, ServiceError> {
        let user_id = canonical(user_id);
        let mut revoked = 0;
        for kind in Kind::ALL {
            let mut event = self.event(by, Action::Revoke)?;
            (event.user_id, event.kind) = (Some(user_id.clone()), Some(kind));
            match self.delete_or_fail(&mut event, &user_id, kind, &Condition::None).await {
                Err(ServiceError::NoCode) => {}
                result => {
                    self.conclude(event, result.as_ref().err()).await;
                    result?;
                    revoked += 1;
                }
            }
        }
        if revoked == 0 {
            let mut event = self.event(by, Action::Revoke)?;
            event.user_id = Some(user_id);
            self.conclude(event, Some(&ServiceError::NoCode)).await;
            return Err(ServiceError::NoCode);
        }
        Ok(revoked)
    }

    /// Deletes all codes that expired before a date, and returns how many.
    ///
    /// # Errors
    ///
    /// [`ServiceError::PurgeNotExpired`] if the date is in the future; or why it can't be done.
    pub async fn purge(&self, by: &Actor, before: DateTime) -> Result<u64, ServiceError> {
        let mut event = self.event(by, Action::Purge)?;
        let result = self.purge_or_fail(&mut event, before).await;
        event.codes = result.as_ref().ok().copied();
        self.conclude(event, result.as_ref().err()).await;
        result
    }

    async fn purge_or_fail(&self, event: &mut Event, before: DateTime) -> Result<u64, ServiceError> {
        let (deadline, now) = (self.deadline(), self.now()?);
        if before > now {
            return Err(ServiceError::PurgeNotExpired { before, now });
        }
        self.begin(event, deadline).await?;
        Ok(in_time(deadline, self.store.remove(&Removal::ExpiredBefore(before))).await??)
    }
}
