//! Tasks: one contact in one campaign's queue. Owns the status machine; refuses what the table does not allow.

text_enum! {
    /// Where a task is.
    pub enum TaskStatus {
        /// Waits for its first attempt.
        Pending = "pending",
        /// An attempt is under way; a lease exists.
        InProgress = "in_progress",
        /// Waits for its next attempt.
        Retry = "retry",
        /// The contact was reached and the conversation ended. Final.
        Completed = "completed",
        /// The attempts are used up or the number is invalid. Final.
        Failed = "failed",
        /// The campaign was stopped or cancelled before the contact was reached. Final.
        Cancelled = "cancelled",
        /// Must not be called any more (contact deleted, do-not-call). Final.
        Skipped = "skipped",
    }
}

impl TaskStatus {
    /// Whether the move is one of: pending or retry to in progress, in progress to any other but skipped (pending
    /// only for an attempt that was never dialled), pending or retry to cancelled or skipped.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        use TaskStatus as T;
        match self {
            T::Pending | T::Retry => matches!(next, T::InProgress | T::Cancelled | T::Skipped),
            T::InProgress => matches!(next, T::Pending | T::Retry | T::Completed | T::Failed | T::Cancelled),
            T::Completed | T::Failed | T::Cancelled | T::Skipped => false,
        }
    }

    /// No further attempt will follow.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled | Self::Skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Requirements C2: the three paths that the replaced system's seed lists.
    #[test]
    fn the_paths_of_a_task_are_those_of_the_requirements() {
        use TaskStatus as T;
        for path in [
            vec![T::Pending, T::InProgress, T::Completed],
            vec![T::Pending, T::InProgress, T::Retry, T::InProgress, T::Completed],
            vec![T::Pending, T::InProgress, T::Failed],
        ] {
            assert!(path.windows(2).all(|step| step[0].may_become(step[1])), "{path:?}");
        }
    }

    #[test]
    fn a_final_task_never_moves_again() {
        for from in TaskStatus::ALL.iter().filter(|status| status.is_final()) {
            assert!(TaskStatus::ALL.iter().all(|to| !from.may_become(*to)), "{from} is final");
        }
    }
}
