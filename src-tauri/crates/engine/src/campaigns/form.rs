//! A campaign's form: to the settings of the domain and back. Owns the names of refused fields; refuses to know the
//! database.

use callboard_contract::{CampaignForm, DelayForm, RetryRuleForm, SpanForm};
use callboard_core::{
    campaign::CampaignSettings,
    field::FieldErrors,
    retry::{Delay, RetryRule, RetryTable},
    window::{ClosedDays, DialingWindow, Span, Weekdays, format_minute, parse_minute, parse_zone},
};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

/// Reads a form; every refusal is collected.
pub(crate) fn parse(form: &CampaignForm) -> Result<CampaignSettings, FieldErrors> {
    let mut errors = FieldErrors::default();
    let zone = parse_zone(&form.time_zone).unwrap_or_else(|| {
        errors.add("timeZone", "timeZone");
        chrono_tz::UTC
    });
    let spans = form.hours.iter().enumerate().map(|(at, span)| self::span(at, span, &mut errors)).collect();
    let closed_days = dates("closedDays", form.closed_days.iter().map(String::as_str), &mut errors);
    let settings = CampaignSettings {
        name: form.name.clone(),
        description: form.description.clone(),
        calls_at_once: form.calls_at_once,
        calls_per_minute: form.calls_per_minute,
        max_attempts: form.max_attempts,
        retry_delay_minutes: form.retry_delay_minutes,
        retries: RetryTable(form.retries.iter().map(rule).collect()),
        weight: form.weight,
        spread: form.spread,
        daily_budget: amount("dailyBudget", form.daily_budget.as_deref(), &mut errors),
        ramp_up_from: form.ramp_up_from,
        window: DialingWindow { spans, zone, closed_days },
        local_time: form.local_time,
        starts_at: form.starts_at,
        ends_at: form.ends_at,
    };
    if let Err(more) = settings.check() {
        errors.0.extend(more.0);
    }
    // A time that cannot be read is refused once, not a second time for what stands in its place.
    let mut seen = std::collections::BTreeSet::new();
    errors.0.retain(|error| seen.insert(error.field.clone()));
    errors.into_result()?;
    Ok(settings)
}

fn span(at: usize, form: &SpanForm, errors: &mut FieldErrors) -> Span {
    let mut minute = |field: &str, text: &str, otherwise: i16| {
        parse_minute(text).unwrap_or_else(|| {
            errors.add(&format!("hours.{at}.{field}"), "time");
            otherwise
        })
    };
    let opens_minute = minute("opens", &form.opens, 0);
    let closes_minute = minute("closes", &form.closes, 1440);
    let weekdays = Weekdays::from_iso(&form.weekdays).unwrap_or_else(|| {
        errors.add(&format!("hours.{at}.weekdays"), "weekdays");
        Weekdays::ALL
    });
    Span { weekdays, opens_minute, closes_minute }
}

/// Reads dates; those that are none are refused by their place.
pub(crate) fn dates<'a>(field: &str, texts: impl Iterator<Item = &'a str>, errors: &mut FieldErrors) -> ClosedDays {
    texts
        .enumerate()
        .filter_map(|(at, text)| {
            let date = text.trim().parse::<NaiveDate>().ok();
            if date.is_none() {
                errors.add(&format!("{field}.{at}"), "date");
            }
            date
        })
        .collect()
}

/// Reads an amount of money; an empty text is none.
pub(crate) fn amount(field: &str, text: Option<&str>, errors: &mut FieldErrors) -> Option<Decimal> {
    let text = text.map(str::trim).filter(|text| !text.is_empty())?;
    let amount = text.replace(',', ".").parse().ok();
    if amount.is_none() {
        errors.add(field, "price");
    }
    amount
}

fn rule(form: &RetryRuleForm) -> RetryRule {
    RetryRule {
        situation: form.situation,
        attempts: form.attempts,
        delay: match &form.delay {
            DelayForm::Campaign => None,
            DelayForm::Fixed { minutes } => Some(Delay::Fixed { minutes: *minutes }),
            DelayForm::List { minutes } => Some(Delay::List { minutes: minutes.clone() }),
            DelayForm::Exponential { base_minutes, cap_minutes, jitter_percent } => Some(Delay::Exponential {
                base_minutes: *base_minutes,
                cap_minutes: *cap_minutes,
                jitter_percent: *jitter_percent,
            }),
        },
        uses_attempt: form.uses_attempt,
        another_daypart: form.another_daypart,
        next_number: form.next_number,
    }
}

/// A row of the retry table as the wire shows it.
pub(super) fn rule_form(rule: RetryRule) -> RetryRuleForm {
    RetryRuleForm {
        situation: rule.situation,
        attempts: rule.attempts,
        delay: match rule.delay {
            None => DelayForm::Campaign,
            Some(Delay::Fixed { minutes }) => DelayForm::Fixed { minutes },
            Some(Delay::List { minutes }) => DelayForm::List { minutes },
            Some(Delay::Exponential { base_minutes, cap_minutes, jitter_percent }) => {
                DelayForm::Exponential { base_minutes, cap_minutes, jitter_percent }
            }
        },
        uses_attempt: rule.uses_attempt,
        another_daypart: rule.another_daypart,
        next_number: rule.next_number,
    }
}

/// The form that would set these settings.
pub(super) fn form(settings: CampaignSettings, skillbase_id: Uuid) -> CampaignForm {
    let span = |span: Span| SpanForm {
        weekdays: span.weekdays.iso(),
        opens: format_minute(span.opens_minute),
        closes: format_minute(span.closes_minute),
    };
    CampaignForm {
        name: settings.name,
        description: settings.description,
        skillbase_id,
        calls_at_once: settings.calls_at_once,
        calls_per_minute: settings.calls_per_minute,
        max_attempts: settings.max_attempts,
        retry_delay_minutes: settings.retry_delay_minutes,
        retries: settings.retries.0.into_iter().map(rule_form).collect(),
        weight: settings.weight,
        spread: settings.spread,
        daily_budget: settings.daily_budget.map(|budget| budget.normalize().to_string()),
        ramp_up_from: settings.ramp_up_from,
        hours: settings.window.spans.into_iter().map(span).collect(),
        closed_days: settings.window.closed_days.0.iter().map(ToString::to_string).collect(),
        time_zone: settings.window.zone.name().to_owned(),
        local_time: settings.local_time,
        starts_at: settings.starts_at,
        ends_at: settings.ends_at,
    }
}
