//! Imports of call lists: a file becomes tasks of a campaign, and every row that does not is handed back with its
//! reason.
//!
//! Rows stream: read and judged on a blocking thread, encoded for COPY, handed over through a bounded channel into
//! staging, and committed set by set in one transaction. Memory does not grow with the file, except for eight bytes per
//! number against duplicates and the shared texts of a workbook. Owns the formats and the checks; refuses to dial, and
//! never changes a contact that the company has already.

mod cells;
mod csv_rows;
mod header;
mod job;
mod reason;
mod rejects;
mod report;
mod run;
mod sieve;
mod text;
mod xlsx_rows;

pub use job::{ImportError, ImportJob, ImportLimits, ImportOutcome, Limit, RejectsError, Unreadable};
pub use reason::RejectReason;
pub use rejects::rejects_csv;
pub use report::{import_report, import_reports};
pub use run::import_file;

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
