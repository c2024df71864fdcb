//! What the audit trail says of a request: who did what to whose code, and how it ended.
//!
//! Knows the form of an event; nothing of where it is kept.

use std::net::IpAddr;

use jiff::Timestamp;
use qrmint::credential::{DateTime, Kind};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// An event of the audit trail. As JSON it is one object with the properties in this order. No property is a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Event {
    /// The id of the event, a UUID of version 7: ids sort as the times of their creation do.
    pub id: Uuid,
    /// When it was recorded, by the service's clock.
    pub time: DateTime,
    /// The `request-id` of the answer. All events of a request have it.
    pub request_id: Uuid,
    /// The object id of the caller.
    pub oid: Option<String>,
    /// The application id of the caller.
    pub appid: Option<String>,
    /// The address that the request came from.
    pub from: Option<IpAddr>,
    /// What was asked for.
    pub action: Action,
    /// The object id of the user whose code it is.
    pub user_id: Option<String>,
    /// The kind of the code.
    #[serde(serialize_with = "kind_name", deserialize_with = "kind_named")]
    pub kind: Option<Kind>,
    /// The id of the code; of a verification, the id that the scanned code claims.
    pub code_id: Option<Uuid>,
    /// Of a purge: how many codes were deleted.
    pub codes: Option<u64>,
    /// How it ended.
    pub outcome: Outcome,
    /// The rule that was broken, as in the `details` of the answer.
    pub rule: Option<String>,
}

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Action {
    /// A PATCH that was refused before it was known whether it creates.
    CreateOrUpdate,
    /// A PATCH that creates a code.
    Create,
    /// A PATCH that updates a code.
    Update,
    /// The deletion of a user's code by its kind.
    Delete,
    /// The deletion of a code by an administrator: by its id, or with all others of its user.
    Revoke,
    /// The deletion of codes that have expired.
    Purge,
    /// The verification of a scanned code.
    Verify,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Outcome {
    /// The change is about to be made. An event with the outcome follows.
    Begun,
    /// It was done.
    Done,
    /// The caller may not do it.
    Denied,
    /// A rule forbids it.
    Refused,
    /// There is no such user or code.
    NotFound,
    /// It failed, and nothing was changed.
    Failed,
    /// It is not known whether the change was made.
    Unknown,
    /// A code whose creation had ended as unknown was deleted, or turned out not to exist.
    TakenBack,
}

fn kind_name<S: Serializer>(kind: &Option<Kind>, serializer: S) -> Result<S::Ok, S::Error> {
    kind.map(Kind::name).serialize(serializer)
}

fn kind_named<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Kind>, D::Error> {
    let name: Option<String> = Deserialize::deserialize(deserializer)?;
    Ok(name.as_deref().and_then(Kind::from_name))
}

/// Who asks, as the audit trail names them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actor {
    /// The object id of the caller.
    pub oid: Option<String>,
    /// The application id of the caller.
    pub appid: Option<String>,
    /// The address that the request came from.
    pub from: Option<IpAddr>,
    /// The `request-id` of the answer.
    pub request_id: Option<Uuid>,
}

impl Event {
    /// Creates an event of something that has failed, until there is more to say.
    pub(crate) fn new(time: DateTime, by: &Actor, action: Action) -> Self {
        let Actor { oid, appid, from, request_id } = by.clone();
        let request_id = request_id.unwrap_or_else(Uuid::new_v4);
        let (user_id, kind, code_id, codes, rule) = (None, None, None, None, None);
        let (id, outcome) = (Uuid::now_v7(), Outcome::Failed);
        Self { id, time, request_id, oid, appid, from, action, user_id, kind, code_id, codes, outcome, rule }
    }

    /// Sets the outcome and the time, and an id of its own for the event that is kept with them.
    pub(crate) fn with_outcome(&mut self, outcome: Outcome, now: Timestamp) -> &Self {
        (self.id, self.outcome) = (Uuid::now_v7(), outcome);
        self.time = DateTime::new(now).unwrap_or(self.time);
        self
    }
}
