//! What came of a conversation, by the rules of its scenario. Owns the comparison of fields; refuses an outcome without a
//! rule, which in the replaced system made every call `info_only` (requirements I-44).

use super::{
    config::{Comparison, OutcomeConfig, OutcomeRule},
    trace::{OutcomeReached, OutcomeTried},
    value::{compare, contains_words, folded},
};

/// Names that rules may use beside fields:
///
/// | Name | Set when |
/// |---|---|
/// | `callback_requested` | the person asked to be called at another time |
/// | `not_target_reason` | the person refused, is the wrong one or opted out; the value holds the words |
/// | `questions_answered` | the knowledge base answered; the value is how often |
/// | `all_required` | every required field is collected, and there is at least one; at an end state those of the states on the way are enough |
pub const SPECIAL_NAMES: [&str; 4] = ["callback_requested", "not_target_reason", "questions_answered", "all_required"];

/// Whether a rule holds, given what a name holds.
pub(super) fn holds(rule: &OutcomeRule, value: Option<&str>) -> bool {
    let value = value.filter(|value| !value.trim().is_empty());
    match rule.condition {
        Comparison::IsSet => value.is_some(),
        Comparison::IsNotSet => value.is_none(),
        Comparison::Equals => value.is_some_and(|value| equal(value, &rule.value)),
        Comparison::NotEquals => !value.is_some_and(|value| equal(value, &rule.value)),
        Comparison::Contains => value.is_some_and(|value| contains_words(value, &rule.value)),
        Comparison::GreaterThan => {
            value.and_then(|value| compare(value, &rule.value)).is_some_and(std::cmp::Ordering::is_gt)
        }
        Comparison::LessThan => {
            value.and_then(|value| compare(value, &rule.value)).is_some_and(std::cmp::Ordering::is_lt)
        }
    }
}

fn equal(left: &str, right: &str) -> bool {
    compare(left, right).map_or_else(|| folded(left) == folded(right), std::cmp::Ordering::is_eq)
}

/// A rule as it is written.
pub(super) fn written(rule: &OutcomeRule) -> String {
    match rule.condition {
        Comparison::IsSet | Comparison::IsNotSet => format!("{} {}", rule.field, rule.condition),
        Comparison::Equals
        | Comparison::NotEquals
        | Comparison::Contains
        | Comparison::GreaterThan
        | Comparison::LessThan => format!("{} {} {}", rule.field, rule.condition, rule.value),
    }
}

/// Reads `name`, `name operator` or `name operator value`; a name alone means that it is set.
pub(super) fn parse_rule(text: &str) -> Option<OutcomeRule> {
    let mut parts = text.trim().splitn(3, char::is_whitespace);
    let field = parts.next().filter(|field| !field.is_empty())?.to_owned();
    let condition = match parts.next() {
        None => Comparison::IsSet,
        Some("=" | "==") => Comparison::Equals,
        Some("!=") => Comparison::NotEquals,
        Some(">") => Comparison::GreaterThan,
        Some("<") => Comparison::LessThan,
        Some(name) => name.parse().ok()?,
    };
    let value = parts.next().unwrap_or_default().trim().to_owned();
    let needs_value = !matches!(condition, Comparison::IsSet | Comparison::IsNotSet);
    (needs_value != value.is_empty()).then_some(OutcomeRule { field, condition, value })
}

/// The first outcome whose rules and required fields all hold, otherwise the default. `look_up` says what a name holds.
pub(super) fn classify(outcomes: &[OutcomeConfig], look_up: impl Fn(&str) -> Option<String>) -> Option<OutcomeReached> {
    let mut tried = Vec::new();
    for outcome in outcomes {
        let required = outcome.required_fields.iter().map(|field| OutcomeRule {
            field: field.clone(),
            condition: Comparison::IsSet,
            value: String::new(),
        });
        let rules: Vec<OutcomeRule> = outcome.rules.iter().cloned().chain(required).collect();
        if rules.is_empty() {
            continue;
        }
        let mut met = Vec::new();
        let mut failed = None;
        for rule in &rules {
            if holds(rule, look_up(&rule.field).as_deref()) {
                met.push(written(rule));
            } else {
                failed = Some(written(rule));
                break;
            }
        }
        let holds = failed.is_none();
        tried.push(OutcomeTried { id: outcome.id.clone(), holds, met, failed });
        if holds {
            return Some(OutcomeReached { id: outcome.id.clone(), tried });
        }
    }
    let default = outcomes.iter().find(|outcome| outcome.is_default)?;
    tried.push(OutcomeTried { id: default.id.clone(), holds: true, met: vec!["default".to_owned()], failed: None });
    Some(OutcomeReached { id: default.id.clone(), tried })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &str) -> OutcomeRule {
        parse_rule(text).expect("a rule")
    }

    #[test]
    fn rules_compare_by_kind() {
        for (text, value, expected) in [
            ("phone is_set", Some("+79991234567"), true),
            ("phone is_set", Some("  "), false),
            ("phone is_not_set", None, true),
            ("city equals Орёл", Some("орел"), true),
            ("city not_equals Орёл", None, true),
            ("amount equals 100", Some("100.00"), true),
            ("amount greater_than 99", Some("100"), true),
            ("amount greater_than 99", Some("9"), false),
            ("amount less_than 99", Some("много"), false),
            ("date greater_than 2026-01-09", Some("2026-01-10"), true),
            ("time less_than 09:30", Some("09:00"), true),
            ("answer contains да", Some("дальше"), false),
            ("answer contains да", Some("ну да"), true),
        ] {
            assert_eq!(holds(&rule(text), value), expected, "{text} with {value:?}");
        }
        for wrong in ["", "phone maybe", "phone equals", "phone is_set 5"] {
            assert_eq!(parse_rule(wrong), None, "{wrong}");
        }
    }

    /// Requirements I-44: outcomes without rules made every call `info_only`; here such an outcome is never taken, and
    /// the loader says so.
    #[test]
    fn all_rules_of_an_outcome_must_hold() {
        let lead = OutcomeConfig {
            id: "lead".into(),
            rules: vec![rule("phone is_set"), rule("interest equals да")],
            ..OutcomeConfig::default()
        };
        let never = OutcomeConfig { id: "never".into(), ..OutcomeConfig::default() };
        let default = OutcomeConfig { id: "info_only".into(), is_default: true, ..OutcomeConfig::default() };
        let outcomes = [default, never, lead];
        let reached = |interest: &str| {
            classify(&outcomes, |name| match name {
                "phone" => Some("+79991234567".to_owned()),
                "interest" => Some(interest.to_owned()),
                _ => None,
            })
            .expect("an outcome")
        };
        assert_eq!(reached("Да").id, "lead");
        let none = reached("нет");
        assert_eq!(none.id, "info_only");
        assert_eq!(none.tried[0].failed.as_deref(), Some("interest equals да"));
    }
}
