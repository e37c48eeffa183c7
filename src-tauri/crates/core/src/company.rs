//! A company: the tenant everything belongs to. Owns its bounds.

use crate::field::FieldErrors;

/// Calls at once that a new company may have in progress, over all its campaigns.
pub const DEFAULT_COMPANY_CALLS_AT_ONCE: i32 = 50;
/// Calls at once over all companies of one database.
pub const DEFAULT_SYSTEM_CALLS_AT_ONCE: i32 = 100;
/// Bounds of a company's and the system's calls at once.
pub const CALLS_AT_ONCE_RANGE: (i32, i32) = (1, 10_000);

/// Checks a company's fields: name 1..=255 characters, calls at once 1..=10,000.
///
/// # Errors
/// Every refused field.
pub fn check_company(name: &str, calls_at_once: i32) -> Result<(), FieldErrors> {
    let mut errors = FieldErrors::default();
    errors.check_text("name", name, 1, 255);
    errors.check_range("callsAtOnce", calls_at_once.into(), CALLS_AT_ONCE_RANGE.0.into(), CALLS_AT_ONCE_RANGE.1.into());
    errors.into_result()
}
