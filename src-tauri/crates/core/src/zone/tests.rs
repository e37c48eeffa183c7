use chrono::{DateTime, Datelike as _, Duration, Offset as _, TimeZone as _, Timelike as _, Utc};
use proptest::prelude::*;

use super::*;
use crate::window::DialingWindow;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an RFC 3339 instant")
}

fn minutes_ahead(zone: Tz, instant: &str) -> i32 {
    zone.offset_from_utc_datetime(&at(instant).naive_utc()).fix().local_minus_utc() / 60
}

fn offsets(zones: &ZoneSet, instant: &str) -> Vec<i32> {
    let mut offsets: Vec<_> = zones.zones().iter().map(|zone| minutes_ahead(*zone, instant)).collect();
    offsets.sort_unstable();
    offsets.dedup();
    offsets
}

fn zones(number: &str) -> String {
    zones_of_number(number).to_string()
}

#[test]
fn a_set_is_its_text() {
    let set: ZoneSet = "Asia/Omsk&Asia/Novosibirsk&Asia/Omsk".parse().expect("two zones");
    assert_eq!(set.to_string(), "Asia/Novosibirsk&Asia/Omsk", "sorted, each once");
    assert_eq!(serde_json::to_string(&set).ok().as_deref(), Some("\"Asia/Novosibirsk&Asia/Omsk\""));
    assert_eq!(serde_json::from_str::<ZoneSet>("\"Asia/Omsk\"").ok(), Some(ZoneSet::from(Tz::Asia__Omsk)));
    assert_eq!("".parse(), Ok(ZoneSet::UNKNOWN));
    assert_eq!(ZoneSet::UNKNOWN.to_string(), "");
    assert_eq!("Asia/Omsk&Nowhere".parse::<ZoneSet>(), Err(ZoneRefusal::Unknown));
    assert!(serde_json::from_str::<ZoneSet>("\"Asia/\"").is_err());
}

/// Domain 3.3 and 4.1: what libphonenumber has wrong for +7.
#[test]
fn an_area_code_of_russia_has_its_zone() {
    for (number, expected) in [
        ("+74951234567", "Europe/Moscow"),
        ("+78121234567", "Europe/Moscow"),
        ("+74012123456", "Europe/Kaliningrad"),
        ("+78452123456", "Europe/Saratov"),
        ("+78462123456", "Europe/Samara"),
        ("+73412123456", "Europe/Samara"),
        ("+73432123456", "Asia/Yekaterinburg"),
        ("+73842123456", "Asia/Novokuznetsk"),
        ("+74112123456", "Asia/Srednekolymsk&Asia/Vladivostok&Asia/Yakutsk"),
        ("+74242123456", "Asia/Sakhalin&Asia/Srednekolymsk"),
        ("+73652123456", "Europe/Moscow&Europe/Simferopol"),
        ("+77071234567", "Asia/Almaty"),
        ("+77272123456", "Asia/Almaty"),
    ] {
        assert_eq!(zones(number), expected, "{number}");
    }
    assert_eq!(minutes_ahead(Tz::Asia__Almaty, "2024-02-29T12:00:00Z"), 360, "before the change");
    assert_eq!(minutes_ahead(Tz::Asia__Almaty, "2024-03-01T12:00:00Z"), 300, "stale data would call an hour early");
}

#[test]
fn every_code_of_plus_seven_has_zones() {
    for code in 0..1000 {
        let set = zones_of_number(&format!("+7{code:03}1234567"));
        assert!(!set.is_empty(), "{code}");
        assert_eq!(set.to_string().parse(), Ok(set.clone()), "{code} is sorted");
    }
}

/// Domain finding 5.
#[test]
fn a_russian_mobile_may_be_anywhere_in_russia() {
    let set = zones_of_number("+79991234567");
    let expected: Vec<_> = (2..=12).map(|hours| hours * 60).collect();
    for season in ["2026-01-15T12:00:00Z", "2026-07-15T12:00:00Z"] {
        assert_eq!(offsets(&set, season), expected, "eleven offsets, {season}");
    }
    assert_eq!(set.zones().len(), 11);
    assert_eq!(zones_of_number("+78001234567"), set, "a free number too");
}

/// Domain finding 5: what the rule of a law leaves of a day for somebody who may be anywhere in Russia.
#[test]
fn the_safe_hours_of_an_unknown_mobile_are_few() {
    let set = zones_of_number("+79991234567");
    let open = |from: i16, to: i16| -> Vec<u32> {
        let window = DialingWindow::daily(from * 60, to * 60, Tz::Europe__Moscow);
        (0..24 * 60)
            .map(|minute| at("2026-11-17T21:00:00Z") + Duration::minutes(minute))
            .filter(|instant| window.is_open_in_all(*instant, &set))
            .map(|instant| {
                let local = instant.with_timezone(&Tz::Europe__Moscow);
                assert_eq!(local.day(), 18, "the day in Moscow");
                local.hour() * 60 + local.minute()
            })
            .collect()
    };
    assert_eq!(open(8, 22), (9 * 60..13 * 60).collect::<Vec<_>>(), "weekdays: 9:00 to 13:00 in Moscow");
    assert_eq!(open(9, 20), (10 * 60..11 * 60).collect::<Vec<_>>(), "weekends: 10:00 to 11:00 in Moscow");
}

#[test]
fn a_number_abroad_has_the_zones_of_its_prefix() {
    for (number, expected) in [
        ("+442079460958", "Europe/London"),
        ("+4930901820", "Europe/Berlin"),
        ("+12125553210", "America/New_York"),
        ("+14155550100", "America/Los_Angeles"),
        ("+919876543210", "Asia/Kolkata"),
        ("+971501234567", "Asia/Dubai"),
        ("+375291234567", "Europe/Moscow"),
        ("+212612345678", "Africa/Casablanca"),
        ("+6591234567", "Asia/Singapore"),
        ("+5511991234567", "America/Sao_Paulo"),
        ("+5581912345678", "America/Noronha&America/Recife"),
        ("+5591912345678", "America/Sao_Paulo"),
        ("+870773111632", ""),
        ("", ""),
        ("+", ""),
        ("нет", ""),
    ] {
        assert_eq!(zones(number), expected, "{number}");
    }
}

/// A mobile number has no area: where a country has several clocks, all of them count.
#[test]
fn a_mobile_number_abroad_has_all_zones_of_its_country() {
    for (number, earliest, latest) in [
        ("+61412345678", "Australia/Perth", "Australia/Sydney"),
        ("+34612345678", "Atlantic/Canary", "Europe/Madrid"),
        ("+64211234567", "Pacific/Auckland", "Pacific/Chatham"),
        ("+593991234567", "America/Guayaquil", "Pacific/Galapagos"),
        ("+628123456789", "Asia/Jakarta", "Asia/Jayapura"),
        ("+56912345678", "America/Santiago", "Pacific/Easter"),
        ("+18005550100", "America/New_York", "Pacific/Honolulu"),
    ] {
        let set = zones(number);
        assert!(set.contains(earliest) && set.contains(latest), "{number}: {set}");
    }
}

/// Domain 4.3: what stands in columns of zones.
#[test]
fn a_zone_is_read_as_people_write_it() {
    for (cell, expected) in [
        ("Europe/Moscow", "Europe/Moscow"),
        (" asia/omsk ", "Asia/Omsk"),
        ("America/New York", "America/New_York"),
        ("AMERICA/ARGENTINA/BUENOS_AIRES", "America/Argentina/Buenos_Aires"),
        ("Asia/Omsk&Asia/Novosibirsk", "Asia/Novosibirsk&Asia/Omsk"),
        ("UTC", "UTC"),
        ("GMT", "UTC"),
        ("UTC+0", "UTC"),
        ("UTC+5", "Etc/GMT-5"),
        ("utc +05:00", "Etc/GMT-5"),
        ("UTC5", "Etc/GMT-5"),
        ("GMT+3", "Etc/GMT-3"),
        ("GMT-5", "Etc/GMT+5"),
        ("GMT−5", "Etc/GMT+5"),
        ("+3", "Etc/GMT-3"),
        ("+05:00", "Etc/GMT-5"),
        ("+0500", "Etc/GMT-5"),
        ("-3", "Etc/GMT+3"),
        ("UTC+14", "Etc/GMT-14"),
        ("UTC+3:30", "Asia/Tehran"),
        ("+5.5", "Asia/Kolkata"),
        ("UTC+9:30", "Australia/Darwin"),
        ("МСК", "Europe/Moscow"),
        ("мск+0", "Europe/Moscow"),
        ("МСК+2", "Etc/GMT-5"),
        ("МСК +2", "Etc/GMT-5"),
        ("msk+4", "Etc/GMT-7"),
        ("МСК-1", "Etc/GMT-2"),
        ("Екатеринбург", "Asia/Yekaterinburg"),
        ("Свердловская область", "Asia/Yekaterinburg"),
        ("СВЕРДЛОВСКАЯ ОБЛ.", "Asia/Yekaterinburg"),
        ("г. Омск", "Asia/Omsk"),
        ("г.Омск", "Asia/Omsk"),
        ("Novosibirsk", "Asia/Novosibirsk"),
        ("Novosibirsk region", "Asia/Novosibirsk"),
        ("Республика Татарстан", "Europe/Moscow"),
        ("Татарстан респ", "Europe/Moscow"),
        ("Москва", "Europe/Moscow"),
        ("Орёл", "Europe/Moscow"),
        ("Ростов-на-Дону", "Europe/Moscow"),
        ("Респ. Саха (Якутия)", "Asia/Srednekolymsk&Asia/Vladivostok&Asia/Yakutsk"),
        ("Ханты-Мансийский АО - Югра", "Asia/Yekaterinburg"),
        ("Berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("new-york", "America/New_York"),
        ("Казахстан, г. Алматы", "Asia/Almaty"),
        ("Свердловская обл., г. Екатеринбург, ул. Ленина, д. 5", "Asia/Yekaterinburg"),
        ("Республика Саха (Якутия), г. Якутск", "Asia/Yakutsk"),
        ("Россия, Омск", "Asia/Omsk"),
        ("(UTC+05:00) Екатеринбург", "Asia/Yekaterinburg"),
        ("(UTC+03:00) Москва, Санкт-Петербург", "Europe/Moscow"),
        ("(UTC+01:00) Berlin", "Europe/Berlin"),
        ("МСК+2 (Екатеринбург)", "Asia/Yekaterinburg"),
    ] {
        assert_eq!(read_zone(cell).map(|set| set.to_string()).as_deref(), Ok(expected), "{cell:?}");
    }
}

#[test]
fn what_is_no_zone_is_refused() {
    for (cell, refusal) in [
        ("", ZoneRefusal::Empty),
        (" - ", ZoneRefusal::Empty),
        ("3", ZoneRefusal::Unknown),
        ("12", ZoneRefusal::Unknown),
        ("EST", ZoneRefusal::Unknown),
        ("область", ZoneRefusal::Unknown),
        ("Россия", ZoneRefusal::Unknown),
        ("Nowhere/Void", ZoneRefusal::Unknown),
        ("Petersburg, Indiana", ZoneRefusal::Unknown),
        ("Asia/Omsk&нет", ZoneRefusal::Unknown),
        ("UTC+15", ZoneRefusal::NoSuchOffset),
        ("UTC-13", ZoneRefusal::NoSuchOffset),
        ("UTC+5:17", ZoneRefusal::NoSuchOffset),
        ("UTC-3:30", ZoneRefusal::NoSuchOffset),
        ("+79991234567", ZoneRefusal::Unknown),
        ("Омск, Москва", ZoneRefusal::Ambiguous),
        ("(UTC+03:00) Екатеринбург", ZoneRefusal::Ambiguous),
    ] {
        assert_eq!(read_zone(cell), Err(refusal), "{cell:?}");
    }
}

#[test]
fn the_column_counts_before_the_number_and_the_number_before_the_campaign() {
    let omsk = ZoneSet::from(Tz::Asia__Omsk);
    let moscow = ZoneSet::from(Tz::Europe__Moscow);
    assert_eq!(resolve(Some("Омск"), "+74951234567"), (omsk, ZoneSource::Column));
    for unreadable in [None, Some(""), Some("нет")] {
        assert_eq!(resolve(unreadable, "+74951234567"), (moscow.clone(), ZoneSource::Number), "{unreadable:?}");
    }
    assert_eq!(resolve(None, "+870773111632"), (ZoneSet::UNKNOWN, ZoneSource::Campaign));
}

proptest! {
    #[test]
    fn no_text_panics_and_every_set_is_its_text(cell in any::<String>(), number in "\\+?[0-9]{0,16}|.*") {
        let found = [read_zone(&cell).unwrap_or_default(), zones_of_number(&number), resolve(Some(&cell), &number).0];
        for set in found {
            prop_assert_eq!(set.to_string().parse::<ZoneSet>(), Ok(set));
        }
    }

    /// Offsets are read back as themselves.
    #[test]
    fn a_whole_offset_is_the_zone_that_is_so_far_ahead(hours in -12..=14_i32) {
        let set = read_zone(&format!("UTC{hours:+}")).expect("an offset that exists");
        prop_assert_eq!(offsets(&set, "2026-07-15T12:00:00Z"), vec![hours * 60]);
    }
}
