//! Times of the day as they are said. Owns clock words of both languages and the hours of a field; refuses times outside
//! of them.
//!
//! An hour below 8 without "утра" is one of the afternoon: nobody makes an appointment for three at night.

use std::ops::Range;

use chrono::NaiveTime;

use super::{
    Found, Heard, RefusalReason,
    number::{group, ordinal},
};
use crate::scenario::{
    config::FieldConfig,
    value::FieldValue,
    words::{Word, words},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Morning,
    Day,
    Evening,
    Night,
    /// "a.m.", which also turns twelve into midnight.
    BeforeNoon,
}

/// An hour and a minute before the part of the day is known.
struct Clock {
    hour: u64,
    minute: u64,
    words: Range<usize>,
    confidence: u32,
    /// Written with a leading zero or named: taken as it stands.
    exact: bool,
}

const BEFORE_TIME: &[&str] =
    &["в", "во", "к", "на", "около", "после", "часам", "at", "by", "around", "about", "after", "for"];

pub(super) fn find(heard: &Heard<'_>, field: &FieldConfig) -> Found {
    let exact = (0..heard.words.len()).find_map(|index| {
        colon(heard, index)
            .or_else(|| named(heard, index))
            .or_else(|| half_and_quarter(heard, index))
            .or_else(|| hour_alone(heard, index))
            .or_else(|| hours(heard, index))
    });
    let (hour, minute, range, confidence) = match exact {
        Some(clock) => {
            let (part, range) = part_beside(heard, &clock.words);
            (hour_of(&clock, part), clock.minute, range, clock.confidence)
        }
        None => match part_of_day(heard) {
            Some((hour, range)) => (hour, 0, range, 60),
            None => return Ok(None),
        },
    };
    let place = heard.place(&range);
    let time = u32::try_from(hour).ok().zip(u32::try_from(minute).ok());
    let Some(time) = time.and_then(|(hour, minute)| NaiveTime::from_hms_opt(hour, minute, 0)) else {
        return Err((RefusalReason::NoSuchTime, place));
    };
    if hours_of(field).is_some_and(|(from, to)| time < from || time > to) {
        return Err((RefusalReason::OutOfHours, place));
    }
    Ok(Some((FieldValue::Time(time), place, confidence)))
}

fn hour_of(clock: &Clock, part: Option<Part>) -> u64 {
    match (clock.hour, part) {
        (12, Some(Part::Night | Part::BeforeNoon)) => 0,
        (hour @ 1..=7, Some(Part::Day)) | (hour @ 8..=11, Some(Part::Night)) | (hour @ 1..=11, Some(Part::Evening)) => {
            hour + 12
        }
        (hour @ 1..=7, None) if !clock.exact => hour + 12,
        (hour, _) => hour,
    }
}

/// "14:00", "14.00" and "14 00" after a preposition.
fn colon(heard: &Heard<'_>, index: usize) -> Option<Clock> {
    let (hour, minute) = (heard.word(index)?, heard.word(index + 1)?);
    let divided = match heard.gap(index) {
        ":" => true,
        "." | "-" | " " => heard.asked || (index > 0 && heard.is(index - 1, BEFORE_TIME)),
        _ => false,
    };
    let is_date =
        index + 2 < heard.words.len() && heard.gap(index + 1) == heard.gap(index) && heard.word(index + 2)?.is_digits();
    if !divided || is_date || minute.text.len() != 2 || hour.text.len() > 2 {
        return None;
    }
    let exact = hour.text.starts_with('0');
    let clock =
        Clock { hour: hour.digits()?, minute: minute.digits()?, words: index..index + 2, confidence: 95, exact };
    // "20 15" may be anything but a time that does not exist.
    (heard.gap(index) == ":" || (clock.hour < 24 && clock.minute < 60)).then_some(clock)
}

/// Noon and midnight.
fn named(heard: &Heard<'_>, index: usize) -> Option<Clock> {
    let hour = match heard.word(index)?.text.as_str() {
        "полдень" | "полудню" | "noon" | "midday" => 12,
        "полночь" | "полуночи" | "midnight" => 0,
        _ => return None,
    };
    Some(Clock { hour, minute: 0, words: index..index + 1, confidence: 90, exact: true })
}

/// "половина четвёртого", "полчетвёртого", "четверть пятого", "без десяти три", "half past three", "quarter to four".
fn half_and_quarter(heard: &Heard<'_>, index: usize) -> Option<Clock> {
    let word = &heard.word(index)?.text;
    let clock = |hour: u64, minute: u64, end: usize| {
        Some(Clock { hour, minute, words: index..end, confidence: 90, exact: false })
    };
    let hour_at =
        |at: usize| heard.word(at).and_then(|word| ordinal(&word.text)).filter(|hour| (1..=12).contains(hour));
    let before = |hour: u64| if hour == 1 { 12 } else { hour - 1 };
    let cardinal_at =
        |at: usize| group(&heard.words, at).filter(|group| !group.is_ordinal && (1..=24).contains(&group.value));
    if word.starts_with("половин") || word == "пол" {
        let hour = hour_at(index + 1)?;
        return clock(before(hour), 30, index + 2);
    }
    if let Some(hour) = word.strip_prefix("пол").and_then(ordinal).filter(|hour| (1..=12).contains(hour)) {
        return clock(before(hour), 30, index + 1);
    }
    if word == "четверть"
        && let Some(hour) = hour_at(index + 1)
    {
        return clock(before(hour), 15, index + 2);
    }
    if word == "без" {
        let (minutes, at) = if heard.is(index + 1, &["четверти"]) {
            (15, index + 2)
        } else {
            let group = group(&heard.words, index + 1)?;
            (group.value, group.next)
        };
        let at = if heard.is(at, &["минут", "минуты"]) { at + 1 } else { at };
        let hour = if heard.is(at, &["час"]) { 1 } else { cardinal_at(at)?.value };
        let end = if heard.is(at, &["час"]) { at + 1 } else { cardinal_at(at)?.next };
        return (1..60).contains(&minutes).then(|| clock(before(hour), 60 - minutes, end)).flatten();
    }
    let (minutes, at) = match word.as_str() {
        "half" => (30, index + 1),
        "quarter" => (15, index + 1),
        _ => {
            let group = group(&heard.words, index)?;
            let at = group.next + usize::from(heard.is(group.next, &["минут", "минуты", "minutes"]));
            // "десять минут пятого"
            if at > group.next
                && let Some(hour) = hour_at(at)
            {
                return (group.value < 60).then(|| clock(before(hour), group.value, at + 1)).flatten();
            }
            (group.value, at)
        }
    };
    let hour = cardinal_at(at + 1)?;
    if !(1..60).contains(&minutes) {
        return None;
    }
    if heard.is(at, &["past"]) {
        return clock(hour.value, minutes, hour.next);
    }
    if heard.is(at, &["to"]) && word != "half" {
        return clock(before(hour.value), 60 - minutes, hour.next);
    }
    None
}

/// "в час", "к часу".
fn hour_alone(heard: &Heard<'_>, index: usize) -> Option<Clock> {
    let is_hour = index > 0 && heard.is(index, &["час", "часу"]) && heard.is(index - 1, &["в", "к", "на"]);
    is_hour.then(|| Clock { hour: 1, minute: 0, words: index..index + 1, confidence: 85, exact: false })
}

/// "в 3 часа", "три тридцать", "at 3 pm", "at three".
fn hours(heard: &Heard<'_>, index: usize) -> Option<Clock> {
    let hour = group(&heard.words, index).filter(|group| !group.is_ordinal)?;
    if hour.value > 24 && !heard.is(hour.next, HOUR_UNITS) {
        return None;
    }
    let in_words = heard.word(index).is_some_and(|word| !word.is_digits());
    let prepared = index > 0 && heard.is(index - 1, BEFORE_TIME);
    let has_unit = heard.is(hour.next, HOUR_UNITS);
    let mut end = hour.next;
    if has_unit {
        // "o'clock" is one word, "o clock" two.
        end += if heard.is(end, &["o"]) { 2 } else { 1 };
    }
    let mut minute = 0;
    if (prepared || heard.asked || has_unit)
        && let Some(minutes) = group(&heard.words, end)
            .filter(|minutes| !minutes.is_ordinal && minutes.value < 60 && (minutes.value > 9 || has_unit))
    {
        (minute, end) = (minutes.value, minutes.next);
        end += usize::from(heard.is(end, &["минут", "минуты", "minutes"]));
    }
    // "за 3 дня" counts days.
    let counts_days =
        index > 0 && heard.is(index - 1, &["за", "через", "на", "in", "for"]) && heard.is(end, &["дня", "ночи"]);
    let with_part = part_at(heard, end).is_some() && !counts_days;
    let whole = end - index == heard.words.len() - usize::from(prepared);
    let asked_bare = heard.asked && (whole || (prepared && !is_counted(heard.word(end))));
    if !(has_unit || with_part || asked_bare || (prepared && minute > 0)) {
        return None;
    }
    let confidence = match (has_unit || with_part, prepared) {
        (true, _) => 90,
        (false, true) => 75,
        (false, false) => 65,
    };
    let confidence = if in_words { confidence - 5 } else { confidence };
    Some(Clock { hour: hour.value, minute, words: index..end, confidence, exact: false })
}

const HOUR_UNITS: &[&str] = &["час", "часа", "часов", "часам", "ч", "o'clock", "o", "oclock", "hours"];

/// A number before one of these counts something else: "на 15 января", "за 3 дня".
fn is_counted(next: Option<&Word>) -> bool {
    const COUNTED: &[&str] = &[
        "янв",
        "фев",
        "мар",
        "апр",
        "ма",
        "июн",
        "июл",
        "авг",
        "сен",
        "окт",
        "ноя",
        "дек",
        "числ",
        "дн",
        "ден",
        "нед",
        "меся",
        "год",
        "лет",
        "чел",
        "руб",
        "тыс",
        "процент",
        "минут",
        "штук",
        "людей",
        "раз",
        "jan",
        "feb",
        "mar",
        "apr",
        "may",
        "jun",
        "jul",
        "aug",
        "sep",
        "oct",
        "nov",
        "dec",
        "day",
        "week",
        "month",
        "year",
        "people",
        "person",
        "dollar",
        "minute",
        "percent",
    ];
    next.is_some_and(|word| !word.starts_sentence && COUNTED.iter().any(|stem| word.text.starts_with(stem)))
}

/// The part of the day at a word, and the word after it.
fn part_at(heard: &Heard<'_>, at: usize) -> Option<(Part, usize)> {
    let word = heard.word(at)?;
    let one = |part| Some((part, at + 1));
    match word.text.as_str() {
        "утра" | "утром" | "утро" | "morning" => one(Part::Morning),
        "дня" | "днем" | "пополудни" | "afternoon" => one(Part::Day),
        "вечера" | "вечером" | "вечер" | "evening" | "tonight" | "pm" => one(Part::Evening),
        "ночи" | "ночью" | "night" => one(Part::Night),
        "am" => one(Part::BeforeNoon),
        "a" if heard.is(at + 1, &["m"]) => Some((Part::BeforeNoon, at + 2)),
        "p" if heard.is(at + 1, &["m"]) => Some((Part::Evening, at + 2)),
        "in" if heard.is(at + 1, &["the"]) => part_at(heard, at + 2),
        "at" if heard.is(at + 1, &["night"]) => Some((Part::Night, at + 2)),
        _ => None,
    }
}

/// The part of the day that stands beside a clock time, and the words of both.
fn part_beside(heard: &Heard<'_>, clock: &Range<usize>) -> (Option<Part>, Range<usize>) {
    if let Some((part, end)) = part_at(heard, clock.end) {
        return (Some(part), clock.start..end);
    }
    let start = clock.start - usize::from(clock.start > 0 && heard.is(clock.start - 1, BEFORE_TIME));
    let before = start.checked_sub(1).and_then(|at| part_at(heard, at).map(|(part, _)| (part, at)));
    match before {
        Some((part, at)) if heard.is(at, &["утром", "днем", "вечером", "ночью", "morning", "afternoon", "evening"]) => {
            (Some(part), at..clock.end)
        }
        Some(_) | None => (None, start..clock.end),
    }
}

/// Morning 10:00, day 14:00, lunch 13:00, evening 18:00.
fn part_of_day(heard: &Heard<'_>) -> Option<(u64, Range<usize>)> {
    heard.words.iter().enumerate().find_map(|(index, word)| {
        let hour = match word.text.as_str() {
            "утром" | "утро" | "утра" | "утречком" | "morning" => 10,
            "днем" | "afternoon" => 14,
            "обед" | "обеда" | "обеду" | "обеденное" | "lunch" | "lunchtime" => 13,
            "вечером" | "вечер" | "вечера" | "вечерком" | "evening" | "tonight" => 18,
            _ => return None,
        };
        // "Доброе утро" is a greeting.
        let greets = index > 0
            && heard.word(index - 1).is_some_and(|before| before.text.starts_with("добр") || before.text == "good");
        (!greets).then_some((hour, index..index + 1))
    })
}

/// The hours of a field: its bounds, or the first two times of its hint ("с 9 до 21").
fn hours_of(field: &FieldConfig) -> Option<(NaiveTime, NaiveTime)> {
    let bound = |text: &Option<String>| text.as_deref().and_then(|text| times(text).first().copied());
    let hint = times(&field.validation_hint);
    let hint = |at: usize| if hint.len() >= 2 { hint.get(at).copied() } else { None };
    let from = bound(&field.validation.min).or_else(|| hint(0));
    let to = bound(&field.validation.max).or_else(|| hint(1));
    (from.is_some() || to.is_some()).then(|| {
        (from.unwrap_or(NaiveTime::MIN), to.or_else(|| NaiveTime::from_hms_opt(23, 59, 0)).unwrap_or(NaiveTime::MIN))
    })
}

fn times(text: &str) -> Vec<NaiveTime> {
    let words = words(text);
    let mut times = Vec::new();
    let mut index = 0;
    while let Some(word) = words.get(index) {
        let minutes = words
            .get(index + 1)
            .filter(|minutes| text.get(word.place.end..minutes.place.start) == Some(":") && minutes.is_digits());
        let minute = minutes.and_then(Word::digits).unwrap_or(0);
        let time = word.digits().and_then(|hour| {
            // 24:00 closes a day.
            let (hour, minute) = if hour == 24 { (23, 59) } else { (hour, minute) };
            NaiveTime::from_hms_opt(u32::try_from(hour).ok()?, u32::try_from(minute).ok()?, 0)
        });
        times.extend(time);
        index += if minutes.is_some() { 2 } else { 1 };
    }
    times
}
