//! Typed identifiers. Owns the newtypes; refuses to mint ids from a hidden clock or hidden randomness.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Builds a time-ordered (version 7) uuid from the given instant and ten bytes of randomness.
#[must_use]
pub fn uuid_v7(at: DateTime<Utc>, random: [u8; 10]) -> Uuid {
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A time-ordered id from the given instant and randomness.
            #[must_use]
            pub fn new(at: DateTime<Utc>, random: [u8; 10]) -> Self {
                Self(uuid_v7(at, random))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )+};
}

id! {
    /// A company (tenant).
    CompanyId,
    /// A person who may use the product on behalf of a company.
    UserId,
    /// A skillbase: what the bot is, says and may do.
    SkillbaseId,
    /// One published version of a skillbase.
    SkillbaseVersionId,
    /// A person with a phone number, in one company's book.
    ContactId,
    /// One import of a file into a campaign.
    CallListId,
    /// A campaign: one skillbase, one list, limits and hours.
    CampaignId,
    /// One contact in one campaign's queue.
    TaskId,
    /// One attempt to reach a contact, and the conversation it led to.
    CallId,
    /// A process that dials.
    WorkerId,
    /// What an error message shows so that the log line behind it can be found.
    IncidentId,
}
