//! Offsets as people write them: `UTC+5`, `GMT +3:30`, `+05:00`, `МСК+2`. Owns which zone stands for an offset; refuses
//! a number without a sign or a name before it, which may be anything.

use chrono_tz::{
    Asia::{Kabul, Kathmandu, Kolkata, Tehran, Yangon},
    Australia::{Darwin, Eucla},
    Europe::Moscow,
    Pacific::Marquesas,
    Tz,
};

use super::ZoneRefusal;

/// Minutes of Moscow ahead of UTC.
const MOSCOW: i32 = 180;
/// Offsets of less than whole hours that are kept all year. The `Etc` zones have whole hours only.
const IN_BETWEEN: [(i32, Tz); 8] = [
    (210, Tehran),
    (270, Kabul),
    (330, Kolkata),
    (345, Kathmandu),
    (390, Yangon),
    (525, Eucla),
    (570, Darwin),
    (-570, Marquesas),
];

/// The zone of an offset; None when the text is none.
pub(super) fn read(text: &str) -> Option<Result<Tz, ZoneRefusal>> {
    let text: String = text.chars().filter(|char| !char.is_whitespace()).flat_map(char::to_uppercase).collect();
    let (base, rest) = base_of(&text);
    if rest.is_empty() {
        return Some(Ok(if base? == MOSCOW { Moscow } else { Tz::UTC }));
    }
    let (sign, rest) = match rest.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => match rest.strip_prefix(['-', '−', '–', '—']) {
            Some(rest) => (-1, rest),
            None => (base.map(|_| 1)?, rest),
        },
    };
    let minutes = minutes(rest)?;
    let base = base.unwrap_or_default();
    Some(if minutes == 0 && base == MOSCOW { Ok(Moscow) } else { fixed(base + sign * minutes) })
}

fn base_of(text: &str) -> (Option<i32>, &str) {
    const NAMES: [(&str, i32); 5] = [("UTC", 0), ("GMT", 0), ("МСК", MOSCOW), ("MSK", MOSCOW), ("Z", 0)];
    NAMES.iter().find_map(|(name, base)| Some((Some(*base), text.strip_prefix(name)?))).unwrap_or((None, text))
}

/// `5`, `05`, `5:30`, `05:30`, `0530`, `5.5`.
fn minutes(text: &str) -> Option<i32> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (hours, minutes) = if let Some((hours, minutes)) = text.split_once(':') {
        (hours, minutes)
    } else if let Some((hours, "5" | "50")) = text.split_once(['.', ',']) {
        (hours, "30")
    } else if text.len() == 4 && text.is_ascii() {
        text.split_at(2)
    } else {
        (text, "00")
    };
    if !is_number(hours) || !is_number(minutes) || hours.len() > 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes) = (hours.parse::<i32>().ok()?, minutes.parse::<i32>().ok()?);
    (minutes < 60).then_some(hours * 60 + minutes)
}

fn fixed(minutes: i32) -> Result<Tz, ZoneRefusal> {
    if let Some((_, zone)) = IN_BETWEEN.iter().find(|(offset, _)| *offset == minutes) {
        return Ok(*zone);
    }
    if minutes == 0 {
        return Ok(Tz::UTC);
    }
    if minutes % 60 != 0 {
        return Err(ZoneRefusal::NoSuchOffset);
    }
    // The signs of these names are those of POSIX: Etc/GMT-5 is five hours ahead of UTC.
    format!("Etc/GMT{:+}", -minutes / 60).parse().map_err(|_| ZoneRefusal::NoSuchOffset)
}
