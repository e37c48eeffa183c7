//! Wall times and zones as people write them. Owns what is read; refuses what does not follow clock changes.

use chrono_tz::Tz;

use super::MINUTES_PER_DAY;

/// Reads `HH:MM`, also `24:00` (for a closing time), as minutes after midnight.
#[must_use]
pub fn parse_minute(text: &str) -> Option<i16> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hour) || !digits(minute) {
        return None;
    }
    let (hour, minute): (i16, i16) = (hour.parse().ok()?, minute.parse().ok()?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= MINUTES_PER_DAY).then_some(total)
}

/// Writes minutes after midnight as `HH:MM`.
#[must_use]
pub fn format_minute(minute: i16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// An IANA zone by its name: it must contain a slash or be `UTC`; abbreviations such as PST and fixed offsets such
/// as GMT+5 are refused because they do not follow clock changes (requirements F1).
#[must_use]
pub fn parse_zone(name: &str) -> Option<Tz> {
    let acceptable = name == "UTC" || (name.contains('/') && !name.starts_with("Etc/GMT"));
    if acceptable { name.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Acceptance 4.
    #[test]
    fn times_are_read_strictly() {
        assert_eq!(parse_minute("09:00"), Some(540));
        assert_eq!(parse_minute("24:00"), Some(1440));
        for wrong in ["25:00", "9:5x", "99:99", "", "9:00", "24:01", "12:60", "-1:00", "+9:00"] {
            assert_eq!(parse_minute(wrong), None, "{wrong:?}");
        }
    }

    /// Acceptance 6 and requirements F1.
    #[test]
    fn only_iana_zones_are_zones() {
        assert!(parse_zone("UTC").is_some());
        assert!(parse_zone("Europe/Moscow").is_some());
        for wrong in ["Nowhere/Void", "PST", "EST", "GMT+5", "Etc/GMT+5", ""] {
            assert!(parse_zone(wrong).is_none(), "{wrong}");
        }
    }
}
