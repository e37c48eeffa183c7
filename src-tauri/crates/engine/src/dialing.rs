//! One sentence: is a campaign dialling, why not, until when. Derived from the rows that admission counts, in the order
//! in which admission refuses.

use std::collections::BTreeMap;

use callboard_contract::{DialingReason, DialingStatus};
use callboard_core::campaign::CampaignState;
use callboard_db::{campaigns::Campaign, dialing::DialingFacts};
use chrono::{DateTime, Utc};

/// The first reason that holds.
pub(crate) fn status(campaign: &Campaign, facts: &DialingFacts) -> DialingStatus {
    let settings = &campaign.settings;
    let plain = |reason| DialingStatus { reason, at: None, params: BTreeMap::new() };
    let until = |reason, at: Option<DateTime<Utc>>| DialingStatus { reason, at, params: BTreeMap::new() };
    let full = |reason, used: i32, limit: i32, at| DialingStatus {
        reason,
        at,
        params: [("used".to_owned(), used.to_string()), ("limit".to_owned(), limit.to_string())].into(),
    };
    match campaign.state {
        CampaignState::Draft => return plain(DialingReason::Draft),
        CampaignState::Scheduled => return until(DialingReason::Scheduled, settings.starts_at),
        CampaignState::Paused => return plain(DialingReason::Paused),
        CampaignState::Completed => return plain(DialingReason::Completed),
        CampaignState::Cancelled => return plain(DialingReason::Cancelled),
        CampaignState::Running => {}
    }
    if settings.starts_at.is_some_and(|start| start > facts.now) {
        return until(DialingReason::BeforeStart, settings.starts_at);
    }
    if settings.ends_at.is_some_and(|end| end <= facts.now) {
        return plain(DialingReason::AfterEnd);
    }
    if !facts.window_open {
        return until(DialingReason::OutsideHours, settings.window.next_open(facts.now));
    }
    if !facts.worker_alive {
        return plain(DialingReason::NoWorker);
    }
    let Some(due) = facts.first_due_at else {
        return plain(if facts.campaign_live > 0 { DialingReason::LastCalls } else { DialingReason::Completed });
    };
    if due > facts.now {
        return until(DialingReason::WaitingForRetry, Some(due));
    }
    if facts.campaign_live >= settings.calls_at_once {
        return full(DialingReason::CampaignLimit, facts.campaign_live, settings.calls_at_once, None);
    }
    if facts.minute_used >= settings.calls_per_minute {
        return full(DialingReason::MinuteLimit, facts.minute_used, settings.calls_per_minute, facts.minute_free_at);
    }
    if facts.company_live >= facts.company_limit {
        return full(DialingReason::CompanyLimit, facts.company_live, facts.company_limit, None);
    }
    if facts.system_live >= facts.system_limit {
        return full(DialingReason::SystemLimit, facts.system_live, facts.system_limit, None);
    }
    plain(DialingReason::Dialing)
}
