//! The priority of a contact's tasks (requirements F2): people of whom more is known, and with whom talks went well, come
//! first; numbers that reach nobody come later. The functions `priority_of` and `history_points` of the migrations are
//! the same rule where a list is queued; a test keeps both equal.

use crate::call::Disposition;

/// Ends of calls that reached nobody. Faults of line, carrier and agent say nothing about the contact.
pub const NOT_CONNECTED: [Disposition; 5] = [
    Disposition::Busy,
    Disposition::NoAnswer,
    Disposition::Declined,
    Disposition::Voicemail,
    Disposition::InvalidNumber,
];

text_enum! {
    /// What adds to or takes from a priority.
    pub enum PriorityRule {
        /// Has a name.
        Name = "name",
        /// Has an e-mail address.
        Email = "email",
        /// Has a company.
        Organization = "organization",
        /// Successful earlier calls.
        Successes = "successes",
        /// Calls that reached nobody.
        NotConnected = "not_connected",
    }
}

/// What is known about the contact and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts {
    /// Has a name that is not blank.
    pub name: bool,
    /// Has an e-mail address.
    pub email: bool,
    /// Has a company.
    pub organization: bool,
    /// Earlier calls of the number with the outcome success, over all campaigns and lines.
    pub successes: i32,
    /// Its earlier calls that ended with one of [`NOT_CONNECTED`].
    pub not_connected: i32,
}

/// A rule that applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The rule.
    pub rule: PriorityRule,
    /// How often it applies.
    pub count: i32,
    /// What it adds.
    pub points: i32,
}

impl Facts {
    /// The rules that apply.
    pub fn parts(&self) -> impl Iterator<Item = Part> {
        let known = |rule, known: bool, points| Part { rule, count: known.into(), points };
        [
            known(PriorityRule::Name, self.name, 100),
            known(PriorityRule::Email, self.email, 10),
            known(PriorityRule::Organization, self.organization, 10),
            Part {
                rule: PriorityRule::Successes,
                count: self.successes,
                points: self.successes.saturating_mul(5).min(20),
            },
            Part {
                rule: PriorityRule::NotConnected,
                count: self.not_connected,
                points: self.not_connected.saturating_mul(-10),
            },
        ]
        .into_iter()
        .filter(|part| part.count > 0)
    }

    /// The sum of the parts, not below 0.
    #[must_use]
    pub fn priority(&self) -> i32 {
        self.parts().fold(0, |sum: i32, part| sum.saturating_add(part.points)).max(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Acceptance 65.
    #[test]
    fn known_people_come_first_and_dead_numbers_last() {
        let known = Facts { name: true, email: true, organization: true, ..Facts::default() };
        assert_eq!(Facts { successes: 3, not_connected: 1, ..known }.priority(), 125);
        assert_eq!(Facts { successes: 5, ..known }.priority(), 140);
        assert_eq!(Facts { not_connected: 2, ..Facts::default() }.priority(), 0, "never below 0");
    }

    #[test]
    fn rules_that_do_not_apply_are_left_out_and_successes_are_capped() {
        let facts = Facts { name: true, successes: 9, not_connected: 1, ..Facts::default() };
        let parts: Vec<_> = facts.parts().map(|part| (part.rule, part.count, part.points)).collect();
        assert_eq!(
            parts,
            [(PriorityRule::Name, 1, 100), (PriorityRule::Successes, 9, 20), (PriorityRule::NotConnected, 1, -10)]
        );
        assert_eq!(facts.priority(), 110);
    }
}
