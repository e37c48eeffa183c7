//! The practice line: a part of the product on which supervisors learn. Nobody is called.

use std::sync::Arc;

use crate::PlannedCall;

/// What an observer of the practice line is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Observed {
    /// The pretended phone began to ring.
    Placed,
    /// It was picked up.
    Answered,
    /// The call is over, or the task that held it died.
    Ended,
}

/// Is told what really happens on a practice line, so that tests can keep a ledger of it. It must not block.
pub type Observer = Arc<dyn Fn(&PlannedCall, Observed) + Send + Sync>;
