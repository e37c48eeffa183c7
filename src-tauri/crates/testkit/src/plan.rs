//! Planned calls for tests. Owns one plain, valid [`PlannedCall`]; a test changes only the fields it speaks about.

use std::time::Duration;

use callboard_core::id::{CallId, CampaignId, CompanyId, TaskId};
use callboard_telephony::{DialPermit, PlannedCall};
use uuid::Uuid;

/// A valid call to a number. Its ids are made from `n`, so that two calls with different `n` never share a room.
#[must_use]
pub fn call(n: u32, phone: &str) -> PlannedCall {
    let id = |kind: u128| Uuid::from_u128(kind << 64 | u128::from(n));
    PlannedCall {
        company_id: CompanyId(Uuid::from_u128(1)),
        campaign_id: CampaignId(Uuid::from_u128(2)),
        task_id: TaskId(id(3)),
        call_id: CallId(id(4)),
        attempt: 1,
        phone: phone.to_owned(),
        contact_name: Some("Test Contact".to_owned()),
        metadata: serde_json::json!({ "skillbase": "test" }),
        language: "en".to_owned(),
        greeting: "Hello, this is the assistant of the test company.".to_owned(),
        ring_timeout: Duration::from_secs(30),
        max_duration: Duration::from_mins(5),
    }
}

/// A permit that is good for the next half minute.
#[must_use]
pub fn permit() -> DialPermit {
    DialPermit::lasting(Duration::from_secs(30))
}

/// A permit that has just run out.
#[must_use]
pub fn expired_permit() -> DialPermit {
    DialPermit::lasting(Duration::ZERO)
}
