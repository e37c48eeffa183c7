//! The table row by row.

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::{task::TaskStatus, window::DialingWindow, zone::ZoneSet};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an RFC 3339 instant")
}

fn always() -> DialingWindow {
    DialingWindow::daily(0, 1440, chrono_tz::UTC)
}

/// An attempt at noon, the first of its kind.
fn attempt(situation: Situation) -> Attempt<'static> {
    const NOWHERE: &ZoneSet = &ZoneSet::UNKNOWN;
    Attempt {
        situation: Some(situation),
        dialled_at: at("2025-01-15T11:59:00Z"),
        ended_at: at("2025-01-15T12:00:00Z"),
        used: 0,
        of_this_kind: 1,
        at_this_number: 1,
        numbers: Numbers::ONE,
        callback_at: None,
        zones: NOWHERE,
        random: 0.5,
    }
}

/// A campaign that allows `max_attempts`, with a delay of 30 minutes and these rows.
fn next(table: &RetryTable, max_attempts: i32, attempt: &Attempt<'_>) -> Next {
    RetryPolicy { max_attempts, retry_delay_minutes: 30, table, window: &always() }.next(attempt)
}

fn status(table: &RetryTable, max_attempts: i32, attempt: &Attempt<'_>) -> TaskStatus {
    next(table, max_attempts, attempt).step.status()
}

/// Minutes until the next attempt.
fn gap(next: Next) -> Option<i64> {
    match next.step {
        NextStep::Retry { due_at, .. } => Some((due_at - at("2025-01-15T12:00:00Z")).num_minutes()),
        NextStep::Complete | NextStep::Fail => None,
    }
}

fn rows(rules: &[RetryRule]) -> RetryTable {
    RetryTable(rules.to_vec())
}

fn end(disposition: Disposition) -> End<'static> {
    End { disposition, outcome: disposition.outcome_without_conversation(), sip_status: None, phrase: None, rang: true }
}

/// Acceptance 22 and K3.
#[test]
fn the_limit_counts_all_attempts() {
    let base = RetryTable::default();
    let after = |used, max| next(&base, max, &Attempt { used, ..attempt(Situation::NoAnswer) });
    assert_eq!(gap(after(0, 3)), Some(30), "first of three, 30 minutes later");
    assert_eq!(after(0, 2).step.status(), TaskStatus::Retry, "first of two");
    assert_eq!(after(1, 2).step, NextStep::Fail, "second of two");
    assert_eq!(after(0, 0).step, NextStep::Fail, "0 means that the first failure is final");
    assert_eq!(after(0, 1).step, NextStep::Fail);
}

/// Acceptance 46, 48 and 50: a campaign without rows of its own.
#[test]
fn what_is_retried_depends_on_the_situation() {
    let base = RetryTable::default();
    let after = |disposition| {
        let situation = Situation::of(&end(disposition));
        status(&base, 3, &Attempt { situation, ..attempt(Situation::Busy) })
    };
    assert_eq!(after(Disposition::Busy), TaskStatus::Retry);
    assert_eq!(after(Disposition::NoAnswer), TaskStatus::Retry);
    assert_eq!(after(Disposition::CarrierFault), TaskStatus::Retry);
    assert_eq!(after(Disposition::LineFault), TaskStatus::Retry, "a server that refuses the key");
    assert_eq!(after(Disposition::AgentFault), TaskStatus::Retry, "an agent crash is never a completion");
    assert_eq!(after(Disposition::Unknown), TaskStatus::Retry, "after the normal delay only");
    assert_eq!(after(Disposition::InvalidNumber), TaskStatus::Failed, "failed at once");
    assert_eq!(after(Disposition::Declined), TaskStatus::Completed, "the callee was there");
    let reached = End { outcome: Outcome::Refusal, ..end(Disposition::Answered) };
    assert_eq!(Situation::of(&reached), None, "whoever was reached is not called again by itself");
    let line = next(&base, 2, &attempt(Situation::LineFault));
    assert!(line.uses_attempt, "acceptance 46: attempts 1");
}

/// `domain.md` 2.1.
#[test]
fn the_carriers_words_decide_where_its_code_does_not() {
    let carrier = |sip_status, phrase| Situation::of(&End { sip_status, phrase, ..end(Disposition::CarrierFault) });
    assert_eq!(carrier(Some(503), Some("CPS limit exceeded")), Some(Situation::CarrierLimit));
    assert_eq!(carrier(Some(503), Some("Concurrent Call Limit Exceeded")), Some(Situation::CarrierLimit));
    assert_eq!(carrier(Some(429), None), Some(Situation::CarrierLimit));
    assert_eq!(carrier(Some(503), Some("Service Unavailable")), Some(Situation::CarrierFault));
    assert_eq!(carrier(Some(403), Some("limit exceeded")), Some(Situation::CarrierFault), "an account, not a rate");
    let silent = End { sip_status: Some(480), rang: false, ..end(Disposition::NoAnswer) };
    assert_eq!(Situation::of(&silent), Some(Situation::Unreachable));
    assert_eq!(Situation::of(&End { rang: true, ..silent }), Some(Situation::NoAnswer));
    let declined = |sip_status, phrase| Situation::of(&End { sip_status, phrase, ..end(Disposition::Declined) });
    assert_eq!(declined(Some(603), None), Some(Situation::Declined));
    assert_eq!(declined(Some(603), Some("Network Blocked")), Some(Situation::Blocked));
    assert_eq!(declined(Some(607), None), Some(Situation::Unwanted));
    assert_eq!(declined(Some(608), None), Some(Situation::Blocked));
}

/// The issue: carrier limits cost the contact no attempt.
#[test]
fn a_carrier_limit_costs_no_attempt() {
    let base = RetryTable::default();
    let limited = next(&base, 1, &attempt(Situation::CarrierLimit));
    assert!(!limited.uses_attempt);
    assert_eq!(gap(limited), Some(1), "soon again, although the campaign allows one attempt");
    let often = Attempt { of_this_kind: 20, ..attempt(Situation::CarrierLimit) };
    assert_eq!(next(&base, 3, &often).step, NextStep::Fail, "but not for ever");
}

/// Acceptance 74: simple 2 x 30.
#[test]
fn busy_busy_no_answer_makes_three_attempts() {
    let base = RetryTable::default();
    let busy = next(&base, 3, &attempt(Situation::Busy));
    let again = next(&base, 3, &Attempt { used: 1, of_this_kind: 2, ..attempt(Situation::Busy) });
    let last = next(&base, 3, &Attempt { used: 2, ..attempt(Situation::NoAnswer) });
    assert_eq!((gap(busy), gap(again)), (Some(30), Some(30)));
    assert_eq!(last.step, NextStep::Fail);
}

/// Acceptance 74: custom 15/60/240; a row with one attempt is not retried.
#[test]
fn a_list_gives_those_gaps_and_its_last_repeats() {
    let list = Delay::List { minutes: vec![15, 60, 240] };
    let table = rows(&[
        RetryRule { delay: Some(list), ..Situation::Busy.base() },
        RetryRule { attempts: Some(1), ..Situation::AgentFault.base() },
    ]);
    let gaps: Vec<_> = (1..=4)
        .map(|n| gap(next(&table, 10, &Attempt { used: n - 1, of_this_kind: n, ..attempt(Situation::Busy) })))
        .collect();
    assert_eq!(gaps, [Some(15), Some(60), Some(240), Some(240)]);
    assert_eq!(next(&table, 10, &attempt(Situation::AgentFault)).step, NextStep::Fail);
}

/// Acceptance 91: 30, 60, 120; cap and jitter settable; fixed still possible.
#[test]
fn backoff_doubles_up_to_its_cap() {
    let delay = Delay::Exponential { base_minutes: 30, cap_minutes: 100, jitter_percent: 0 };
    let minutes: Vec<_> = (1..=4).map(|n| delay.seconds(n, 0.9) / 60).collect();
    assert_eq!(minutes, [30, 60, 100, 100]);
    let jittered = Delay::Exponential { base_minutes: 30, cap_minutes: 1000, jitter_percent: 20 };
    assert_eq!(jittered.seconds(1, 0.0), 24 * 60, "20 % less");
    assert_eq!(jittered.seconds(2, 0.5), 60 * 60, "as it is");
    assert!((1..=10).all(|n| jittered.seconds(n, 0.999) <= 1_200 * 60), "20 % more at most");
    assert_eq!(Delay::Fixed { minutes: 30 }.seconds(7, 0.3), 30 * 60);
}

/// Acceptance 67: a retry at 07:00 in a window 22:00-06:00 waits for 22:00; retries never leave the window.
#[test]
fn the_next_attempt_lies_within_the_hours() {
    let window = DialingWindow::daily(1320, 360, chrono_tz::UTC);
    let table = RetryTable::default();
    let policy = RetryPolicy { max_attempts: 3, retry_delay_minutes: 75, table: &table, window: &window };
    let night = Attempt { ended_at: at("2025-01-15T05:45:00Z"), ..attempt(Situation::Busy) };
    let due = |step| if let NextStep::Retry { due_at, .. } = step { Some(due_at) } else { None };
    assert_eq!(due(policy.next(&night).step), Some(at("2025-01-15T22:00:00Z")));
    let tokyo = ZoneSet::from(chrono_tz::Asia::Tokyo);
    let there = policy.next(&Attempt { zones: &tokyo, ..night }).step;
    assert_eq!(due(there), Some(at("2025-01-15T13:00:00Z")), "22:00 in Tokyo");
}

/// `domain.md` 2.2: exact callbacks ignore the attempts and obey the window.
#[test]
fn a_promised_callback_ignores_the_attempts_but_not_the_hours() {
    let window = DialingWindow::daily(540, 1080, chrono_tz::UTC);
    let table = RetryTable::recommended();
    let policy = RetryPolicy { max_attempts: 1, retry_delay_minutes: 30, table: &table, window: &window };
    let asked = |callback_at| Attempt { callback_at, used: 4, ..attempt(Situation::Callback) };
    let retry = |text: &str| NextStep::Retry { due_at: at(text), number: 0 };
    assert_eq!(policy.next(&asked(Some(at("2025-01-16T10:20:00Z")))).step, retry("2025-01-16T10:20:00Z"));
    assert_eq!(policy.next(&asked(Some(at("2025-01-16T18:30:00Z")))).step, retry("2025-01-17T09:00:00Z"));
    assert_eq!(policy.next(&asked(Some(at("2025-01-01T00:00:00Z")))).step, retry("2025-01-15T12:00:00Z"), "long past");
    assert_eq!(policy.next(&asked(None)).step, NextStep::Complete, "no time was named: the attempts count");
    let busy = Attempt { callback_at: Some(at("2025-01-16T10:20:00Z")), used: 4, ..attempt(Situation::Busy) };
    assert_eq!(policy.next(&busy).step, NextStep::Fail, "only a callback is a promise");
}

/// `domain.md` 2.2: spread over dayparts.
#[test]
fn who_did_not_answer_in_the_morning_is_tried_later_in_the_day() {
    let window = DialingWindow::daily(540, 1260, chrono_tz::UTC);
    let table = RetryTable::recommended();
    let policy = RetryPolicy { max_attempts: 3, retry_delay_minutes: 30, table: &table, window: &window };
    let morning = Attempt {
        dialled_at: at("2025-01-15T09:05:00Z"),
        ended_at: at("2025-01-15T09:06:00Z"),
        ..attempt(Situation::NoAnswer)
    };
    let retry = |text: &str| NextStep::Retry { due_at: at(text), number: 0 };
    assert_eq!(policy.next(&morning).step, retry("2025-01-15T12:00:00Z"), "two hours later is still morning");
    let evening = Attempt { dialled_at: at("2025-01-15T19:30:00Z"), ended_at: at("2025-01-15T19:31:00Z"), ..morning };
    assert_eq!(policy.next(&evening).step, retry("2025-01-16T09:00:00Z"));
    let mornings = DialingWindow::daily(540, 660, chrono_tz::UTC);
    let only = RetryPolicy { window: &mornings, ..policy };
    assert_eq!(only.next(&morning).step, retry("2025-01-16T09:00:00Z"), "a window without another part");
}

/// Issue 4: several numbers per contact, in order.
#[test]
fn the_numbers_of_a_contact_are_tried_in_order() {
    let three = |current, spent| Numbers { count: 3, current, spent };
    let number = |next: Next| if let NextStep::Retry { number, .. } = next.step { Some(number) } else { None };
    let base = RetryTable::default();
    let invalid = |numbers| next(&base, 5, &Attempt { numbers, of_this_kind: 2, ..attempt(Situation::InvalidNumber) });
    assert_eq!((number(invalid(three(0, 0))), invalid(three(0, 0)).spent), (Some(1), 0b001), "the first is no number");
    assert_eq!(number(invalid(three(1, 0b001))), Some(2));
    assert_eq!(invalid(three(2, 0b011)).step, NextStep::Fail, "none is left");
    let each = rows(&[RetryRule { next_number: true, ..Situation::NoAnswer.base() }]);
    let unanswered = |numbers| next(&each, 9, &Attempt { numbers, ..attempt(Situation::NoAnswer) });
    assert_eq!(number(unanswered(three(2, 0b001))), Some(1), "in turn, those that are spent left out");
    assert_eq!(number(unanswered(Numbers::ONE)), Some(0), "the only one again");
    let two = rows(&[RetryRule { next_number: true, attempts: Some(2), ..Situation::NoAnswer.base() }]);
    let at_number =
        |n| Attempt { at_this_number: n, of_this_kind: n, numbers: three(0, 0), ..attempt(Situation::NoAnswer) };
    assert_eq!(number(next(&two, 9, &at_number(1))), Some(0), "once more");
    let moved = next(&two, 9, &at_number(2));
    assert_eq!((number(moved), moved.spent), (Some(1), 0b001), "twice is enough");
}

#[test]
fn the_recommended_table_is_valid_and_readable() {
    let table = RetryTable::recommended();
    let mut errors = FieldErrors::default();
    table.check(&mut errors);
    assert_eq!(errors.0, [], "the preset is valid");
    assert_eq!(table.rows().len(), Situation::ALL.len(), "every situation has its row");
    let declined = |of_this_kind| next(&table, 9, &Attempt { of_this_kind, ..attempt(Situation::Declined) });
    assert_eq!(gap(declined(1)), Some(24 * 60), "the next day");
    assert_eq!(declined(2).step, NextStep::Complete, "twice is an answer");
    assert!(!next(&table, 1, &attempt(Situation::CarrierFault)).uses_attempt);
}

#[test]
fn wrong_rows_are_refused_at_their_place() {
    let exponential = |base_minutes, cap_minutes, jitter_percent| {
        Some(Delay::Exponential { base_minutes, cap_minutes, jitter_percent })
    };
    let busy = Situation::Busy.base();
    let cases = [
        (RetryRule { attempts: Some(0), ..busy.clone() }, "retries.0.attempts", "range"),
        (RetryRule { attempts: Some(51), ..busy.clone() }, "retries.0.attempts", "range"),
        (RetryRule { uses_attempt: false, ..busy.clone() }, "retries.0.attempts", "attemptsRequired"),
        (RetryRule { delay: Some(Delay::Fixed { minutes: 0 }), ..busy.clone() }, "retries.0.delay.minutes", "range"),
        (
            RetryRule { delay: Some(Delay::List { minutes: vec![] }), ..busy.clone() },
            "retries.0.delay.minutes",
            "required",
        ),
        (
            RetryRule { delay: Some(Delay::List { minutes: vec![1; 11] }), ..busy.clone() },
            "retries.0.delay.minutes",
            "tooMany",
        ),
        (
            RetryRule { delay: Some(Delay::List { minutes: vec![5, 10_081] }), ..busy.clone() },
            "retries.0.delay.minutes.1",
            "range",
        ),
        (RetryRule { delay: exponential(30, 20, 0), ..busy.clone() }, "retries.0.delay.capMinutes", "capBelowBase"),
        (RetryRule { delay: exponential(30, 60, 51), ..busy.clone() }, "retries.0.delay.jitterPercent", "range"),
    ];
    let found = |table: &RetryTable| {
        let mut errors = FieldErrors::default();
        table.check(&mut errors);
        errors.0.into_iter().map(|error| (error.field, error.code)).collect::<Vec<_>>()
    };
    for (rule, field, code) in cases {
        assert_eq!(found(&rows(&[rule])), [(field.to_owned(), code.to_owned())]);
    }
    assert_eq!(found(&rows(&[busy.clone(), busy])), [("retries.1.situation".to_owned(), "duplicate".to_owned())]);
}

#[test]
fn delays_never_point_into_the_past_nor_beyond_their_bounds() {
    let table = RetryTable::recommended();
    for situation in Situation::ALL {
        for n in 1..=6 {
            for random in [0.0, 0.5, 0.999_999] {
                let ended = Attempt { of_this_kind: n, random, ..attempt(*situation) };
                if let NextStep::Retry { due_at, .. } = next(&table, 10, &ended).step {
                    assert!(due_at > ended.ended_at, "{situation} {n}");
                    assert!(due_at - ended.ended_at <= TimeDelta::days(8), "{situation} {n}");
                }
            }
        }
    }
}
