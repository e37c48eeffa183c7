//! The hours of a campaign as they are stored: one array per part of a span.

use callboard_core::window::{ClosedDays, DialingWindow, Span, Weekdays, parse_zone};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{DbError, DbResult};

/// Weekdays, openings and closings of the spans.
pub(crate) type Hours<'a> = (&'a [i16], &'a [i16], &'a [i16]);

/// Puts a window together.
pub(crate) fn read(
    campaign: Uuid,
    (weekdays, opens, closes): Hours<'_>,
    closed_days: Vec<NaiveDate>,
    time_zone: &str,
) -> DbResult<DialingWindow> {
    let zone =
        parse_zone(time_zone).ok_or_else(|| DbError::inconsistent("campaigns", "time_zone", campaign, time_zone))?;
    let spans = weekdays
        .iter()
        .zip(opens)
        .zip(closes)
        .map(|((weekdays, opens), closes)| Span {
            weekdays: Weekdays(*weekdays),
            opens_minute: *opens,
            closes_minute: *closes,
        })
        .collect();
    Ok(DialingWindow { spans, zone, closed_days: ClosedDays(closed_days.into_iter().collect()) })
}

/// The arrays of a window.
pub(crate) fn columns(window: &DialingWindow) -> (Vec<i16>, Vec<i16>, Vec<i16>, Vec<NaiveDate>) {
    (
        window.spans.iter().map(|span| span.weekdays.0).collect(),
        window.spans.iter().map(|span| span.opens_minute).collect(),
        window.spans.iter().map(|span| span.closes_minute).collect(),
        window.closed_days.0.iter().copied().collect(),
    )
}
