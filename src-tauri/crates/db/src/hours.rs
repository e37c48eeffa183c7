//! Weekly hours as columns: three arrays with one element per span, and the closed days. Owns the way there and back.

use callboard_core::window::{ClosedDays, DialingWindow, Span, Weekdays, parse_zone};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{DbError, DbResult};

/// A window as the columns of a campaign hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Columns {
    pub(crate) weekdays: Vec<i16>,
    pub(crate) opens: Vec<i16>,
    pub(crate) closes: Vec<i16>,
    pub(crate) closed_days: Vec<NaiveDate>,
    pub(crate) zone: String,
}

impl From<&DialingWindow> for Columns {
    fn from(window: &DialingWindow) -> Self {
        Self {
            weekdays: window.spans.iter().map(|span| span.weekdays.0).collect(),
            opens: window.spans.iter().map(|span| span.opens_minute).collect(),
            closes: window.spans.iter().map(|span| span.closes_minute).collect(),
            closed_days: window.closed_days.0.iter().copied().collect(),
            zone: window.zone.name().to_owned(),
        }
    }
}

impl Columns {
    /// The window of a campaign.
    ///
    /// # Errors
    /// When the zone is not known.
    pub(crate) fn window(self, campaign: Uuid) -> DbResult<DialingWindow> {
        let zone = parse_zone(&self.zone)
            .ok_or_else(|| DbError::inconsistent("campaigns", "time_zone", campaign, &self.zone))?;
        let spans = self
            .weekdays
            .into_iter()
            .zip(self.opens.into_iter().zip(self.closes))
            .map(|(weekdays, (opens_minute, closes_minute))| Span {
                weekdays: Weekdays(weekdays),
                opens_minute,
                closes_minute,
            })
            .collect();
        Ok(DialingWindow { spans, zone, closed_days: self.closed_days.into_iter().collect::<ClosedDays>() })
    }
}
