//! Imports of call lists: a file becomes tasks of a campaign, and every row that does not is handed back with its
//! reason.
//!
//! In two steps, so that a person sees what would happen before it does. Check: rows are read and judged on a blocking
//! thread, encoded for COPY and handed over through a bounded channel into staging, where the database says what it
//! knows of each. Commit: staged rows become contacts and tasks in one transaction, piece by piece. Memory does not grow with the file, except for eight bytes per
//! number against duplicates and the shared texts of a workbook. Owns the formats and the checks; refuses to dial, and
//! never changes a contact that the company has already.

mod cells;
mod check;
pub mod columns;
mod commit;
mod csv_rows;
mod header;
mod ids;
mod job;
mod json;
mod keys;
pub mod layout;
mod notes;
mod numbers;
mod ods;
pub mod preview;
mod progress;
mod reason;
mod rejects;
mod running;
mod sheet;
mod sieve;
mod sniff;
pub mod source;
pub mod template;
mod text;
mod whole;
mod xls;
mod xlsx_rows;

pub use check::CheckJob;
pub use job::{ImportError, ImportLimits, Limit, RejectsError, Unreadable};
pub use numbers::FileNumbers;
pub use reason::{RejectReason, RowFix};
pub use whole::import_file;

pub(crate) use check::{HowRead, Prepared, blocking, check, prepare};
pub(crate) use commit::{make_tasks, remembered, take_back};
pub(crate) use header::unnamed;
pub(crate) use numbers::numbers_of;
pub use rejects::rejects_xlsx;
pub(crate) use running::{Running, Work};

/// Rows by fate as the wire shows them.
pub(crate) fn counts(counts: callboard_db::call_lists::RowCounts) -> callboard_contract::ImportCounts {
    callboard_contract::ImportCounts {
        total: counts.total,
        ready: counts.ready,
        fixed: counts.fixed,
        known: counts.known,
        duplicate: counts.duplicate,
        in_campaign: counts.in_campaign,
        do_not_call: counts.do_not_call,
        invalid: counts.invalid,
        ignored: counts.ignored,
    }
}

/// Why reading ends before the file does.
enum Stop {
    Refused(ImportError),
    /// The database's side is gone; it knows why.
    NobodyListens,
}

impl<T: Into<ImportError>> From<T> for Stop {
    fn from(error: T) -> Self {
        Self::Refused(error.into())
    }
}
