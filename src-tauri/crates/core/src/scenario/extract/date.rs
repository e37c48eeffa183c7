//! Days as they are said. Owns the calendar words of both languages; refuses days before today and days that do not exist.

use std::ops::Range;

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use super::{Found, Heard, RefusalReason, number::group};
use crate::scenario::{config::Language, value::FieldValue, words::Word};

enum Day {
    On(NaiveDate, u32),
    Wrong(RefusalReason),
}

pub(super) fn find(heard: &Heard<'_>) -> Found {
    for index in 0..heard.words.len() {
        let found = written(heard, index)
            .or_else(|| relative(heard, index))
            .or_else(|| in_some_time(heard, index))
            .or_else(|| weekday(heard, index))
            .or_else(|| day_and_month(heard, index))
            .or_else(|| day_alone(heard, index));
        if let Some((day, words)) = found {
            let place = heard.place(&words);
            return match day {
                Day::On(date, _) if date < heard.moment.today() => Err((RefusalReason::Past, place)),
                Day::On(date, confidence) => Ok(Some((FieldValue::Date(date), place, confidence))),
                Day::Wrong(reason) => Err((reason, place)),
            };
        }
    }
    Ok(None)
}

type FoundDay = Option<(Day, Range<usize>)>;

/// "послезавтра" is a word of its own, not "завтра" with something before it (requirements I-44).
fn relative(heard: &Heard<'_>, index: usize) -> FoundDay {
    let today = heard.moment.today();
    let day = |days: u64| today.checked_add_days(Days::new(days)).map(|date| Day::On(date, 95));
    let word = heard.word(index)?;
    let (day, length) = match word.text.as_str() {
        "сегодня" | "today" | "tonight" => (day(0)?, 1),
        "завтра" | "tomorrow" => (day(1)?, 1),
        "послезавтра" => (day(2)?, 1),
        "вчера" | "позавчера" | "yesterday" => (Day::Wrong(RefusalReason::Past), 1),
        "после" if heard.is(index + 1, &["завтра"]) => (day(2)?, 2),
        "day" if heard.is(index + 1, &["after"]) && heard.is(index + 2, &["tomorrow"]) => (day(2)?, 3),
        _ => return None,
    };
    Some((day, index..index + length))
}

/// "через три дня", "через неделю", "in two weeks".
fn in_some_time(heard: &Heard<'_>, index: usize) -> FoundDay {
    if !heard.is(index, &["через", "in"]) {
        return None;
    }
    let (count, unit) = match group(&heard.words, index + 1).filter(|group| !group.is_ordinal) {
        Some(group) => (group.value, group.next),
        None if heard.is(index + 1, &["a", "пару"]) => (if heard.is(index + 1, &["a"]) { 1 } else { 2 }, index + 2),
        None => (1, index + 1),
    };
    let count = u32::try_from(count).ok().filter(|count| *count <= 1000)?;
    let today = heard.moment.today();
    let date = if heard.is(unit, &["день", "дня", "дней", "day", "days", "сутки"]) {
        today.checked_add_days(Days::new(count.into()))
    } else if heard.is(unit, &["неделю", "недели", "недель", "week", "weeks"]) {
        today.checked_add_days(Days::new(u64::from(count) * 7))
    } else if heard.is(unit, &["месяц", "месяца", "месяцев", "month", "months"]) {
        today.checked_add_months(Months::new(count))
    } else {
        return None;
    };
    Some((date.map_or(Day::Wrong(RefusalReason::NoSuchDate), |date| Day::On(date, 90)), index..unit + 1))
}

const WEEKDAYS: [(&[&str], Weekday); 7] = [
    (&["понедельник", "понедельника", "понедельнику", "monday"], Weekday::Mon),
    (&["вторник", "вторника", "вторнику", "tuesday"], Weekday::Tue),
    (&["среда", "среду", "среды", "среде", "wednesday"], Weekday::Wed),
    (&["четверг", "четверга", "четвергу", "thursday"], Weekday::Thu),
    (&["пятница", "пятницу", "пятницы", "пятнице", "friday"], Weekday::Fri),
    (&["суббота", "субботу", "субботы", "субботе", "saturday"], Weekday::Sat),
    (&["воскресенье", "воскресенья", "воскресенью", "воскресение", "sunday"], Weekday::Sun),
];

/// The next day of that name after today; with "следующий" that of the next week.
fn weekday(heard: &Heard<'_>, index: usize) -> FoundDay {
    let word = heard.word(index)?;
    let weekday = WEEKDAYS.iter().find(|(names, _)| word.is(names)).map(|(_, weekday)| *weekday)?;
    let today = heard.moment.today();
    let is_next = index > 0
        && (heard.is(index - 1, &["next"])
            || heard.word(index - 1).is_some_and(|word| word.text.starts_with("следующ")));
    let ahead = (7 + weekday.num_days_from_monday() - today.weekday().num_days_from_monday()) % 7;
    let days = if is_next {
        7 - today.weekday().num_days_from_monday() + weekday.num_days_from_monday()
    } else if ahead == 0 {
        7
    } else {
        ahead
    };
    let date = today.checked_add_days(Days::new(days.into()))?;
    Some((Day::On(date, 90), index - usize::from(is_next)..index + 1))
}

fn month(word: &str) -> Option<u32> {
    const STEMS: [(&str, &str, u32); 11] = [
        ("январ", "january", 1),
        ("феврал", "february", 2),
        ("март", "march", 3),
        ("апрел", "april", 4),
        ("июн", "june", 6),
        ("июл", "july", 7),
        ("август", "august", 8),
        ("сентябр", "september", 9),
        ("октябр", "october", 10),
        ("ноябр", "november", 11),
        ("декабр", "december", 12),
    ];
    if matches!(word, "май" | "мая" | "мае" | "may") {
        return Some(5);
    }
    STEMS
        .iter()
        .find(|(russian, english, _)| {
            let ending = word.strip_prefix(russian);
            ending.is_some_and(|ending| ending.chars().count() <= 2)
                || word == *english
                || (word.len() >= 3 && word.len() <= 4 && word.is_ascii() && english.starts_with(word))
        })
        .map(|(_, _, month)| *month)
}

/// "15 января", "пятнадцатого января 2027 года", "January 15th", "the 15th of January".
fn day_and_month(heard: &Heard<'_>, index: usize) -> FoundDay {
    if let Some(day) = group(&heard.words, index) {
        let at = if heard.is(day.next, &["of"]) { day.next + 1 } else { day.next };
        let month = month(&heard.word(at)?.text)?;
        let (year, end) = year(heard, at + 1);
        return Some((calendar(heard, year, month, day.value), index..end));
    }
    let month = month(&heard.word(index)?.text)?;
    let at = if heard.is(index + 1, &["the"]) { index + 2 } else { index + 1 };
    let day = group(&heard.words, at).filter(|day| day.value <= 31)?;
    let (year, end) = year(heard, day.next);
    Some((calendar(heard, year, month, day.value), index..end))
}

fn year(heard: &Heard<'_>, at: usize) -> (Option<i32>, usize) {
    let year = heard.word(at).and_then(Word::digits).filter(|year| (2000..=2200).contains(year));
    match year {
        Some(year) => {
            let named = heard.is(at + 1, &["год", "года", "году", "г"]);
            (i32::try_from(year).ok(), at + 1 + usize::from(named))
        }
        None => (None, at),
    }
}

/// A day of the calendar; without a year the next one of that name.
fn calendar(heard: &Heard<'_>, year: Option<i32>, month: u32, day: u64) -> Day {
    let today = heard.moment.today();
    let day = u32::try_from(day).unwrap_or(0);
    let on = |year| NaiveDate::from_ymd_opt(year, month, day);
    let date = match year {
        Some(year) => on(year),
        // 29 February waits for its year.
        None => (0..=8).filter_map(|years| on(today.year() + years)).find(|date| *date >= today),
    };
    date.map_or(Day::Wrong(RefusalReason::NoSuchDate), |date| Day::On(date, 95))
}

/// "15.01", "15.01.2027", "2027-01-15", "15/01"; with a slash in English the month comes first.
fn written(heard: &Heard<'_>, index: usize) -> FoundDay {
    let first = heard.word(index)?;
    let number = |at: usize| heard.word(at).and_then(Word::digits);
    let (separator, second) = (heard.gap(index), number(index + 1)?);
    let value = first.digits()?;
    let third = (heard.gap(index + 1) == separator).then(|| number(index + 2)).flatten();
    if separator == "-" && first.text.len() == 4 {
        let day = third?;
        let year = i32::try_from(value).ok()?;
        return Some((calendar(heard, Some(year), u32::try_from(second).ok()?, day), index..index + 3));
    }
    let two_digits = heard.word(index + 1)?.text.len() == 2;
    if !matches!(separator, "." | "/") || !(two_digits || separator == "/") || value > 31 || second > 31 {
        return None;
    }
    let month_first = separator == "/" && heard.language == Language::En && value <= 12;
    let (day, month) = if month_first { (second, value) } else { (value, second) };
    // "14.30" is a time.
    if month > 12 && third.is_none() {
        return None;
    }
    let year = match third {
        Some(year @ 0..=99) => i32::try_from(2000 + year).ok(),
        Some(year) => i32::try_from(year).ok(),
        None => None,
    };
    let ambiguous = separator == "/" && day <= 12;
    let day = match calendar(heard, year, u32::try_from(month).ok()?, day) {
        Day::On(date, _) if ambiguous => Day::On(date, 60),
        day => day,
    };
    Some((day, index..index + if third.is_some() { 3 } else { 2 }))
}

/// "15-го", "пятнадцатого числа", "on the 15th": the next such day.
fn day_alone(heard: &Heard<'_>, index: usize) -> FoundDay {
    let day = group(&heard.words, index)?;
    let named = heard.is(day.next, &["числа", "число"]);
    let is_time = heard.is(day.next, &["час", "часа", "часов"])
        || (index > 0 && heard.is(index - 1, &["половина", "половине", "пол", "четверть"]));
    if !(named || (day.is_ordinal && heard.asked && !is_time)) || !(1..=31).contains(&day.value) {
        return None;
    }
    let today = heard.moment.today();
    let first = NaiveDate::from_ymd_opt(today.year(), today.month(), 1)?;
    let date = (0..=2)
        .filter_map(|months| first.checked_add_months(Months::new(months)))
        .filter_map(|month| month.with_day(u32::try_from(day.value).ok()?))
        .find(|date| *date >= today);
    let found = date.map_or(Day::Wrong(RefusalReason::NoSuchDate), |date| Day::On(date, 75));
    Some((found, index..day.next + usize::from(named)))
}
