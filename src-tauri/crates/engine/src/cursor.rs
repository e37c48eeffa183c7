//! Keyset paging: where a page ended. Owns the cursor's text form, which is opaque to windows.

use callboard_contract::{ErrorCode, IpcError};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::error::{UseCase, field};

/// Rows of a page, 1..=200.
pub(crate) fn limit(limit: u32) -> UseCase<i64> {
    if (1..=200).contains(&limit) { Ok(limit.into()) } else { Err(field("limit", "range")) }
}

/// Cuts the extra row that was read to see whether there is a next page.
pub(crate) fn cut<T>(rows: &mut Vec<T>, limit: i64, cursor: impl Fn(&T) -> String) -> Option<String> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if rows.len() <= limit {
        return None;
    }
    rows.truncate(limit);
    rows.last().map(cursor)
}

/// A cursor of an instant and an id.
pub(crate) fn of_instant(at: DateTime<Utc>, id: Uuid) -> String {
    format!("{}_{id}", at.timestamp_micros())
}

fn unreadable() -> IpcError {
    IpcError::refusal(ErrorCode::InvalidInput, "The cursor cannot be read. Start again from the first page.")
}

/// Reads a cursor of an instant and an id.
pub(crate) fn parse_instant(cursor: &str) -> UseCase<(DateTime<Utc>, Uuid)> {
    let (micros, id) = cursor.split_once('_').ok_or_else(unreadable)?;
    let at = micros.parse().ok().and_then(DateTime::from_timestamp_micros).ok_or_else(unreadable)?;
    Ok((at, id.parse().map_err(|_| unreadable())?))
}

/// Reads a cursor of a place in a list.
pub(crate) fn parse_position(cursor: &str) -> UseCase<i32> {
    cursor.parse().map_err(|_| unreadable())
}
