//! Places that stand for a zone: IANA names, subjects of the Russian Federation, cities. Owns how a name is compared;
//! refuses names that many places share.

use std::{collections::HashMap, sync::LazyLock};

use chrono_tz::{TZ_VARIANTS, Tz};

use super::{ZoneSet, russia};

/// Kinds of places and the country, which do not tell one place from another.
const KINDS: [&str; 33] = [
    "г",
    "гор",
    "город",
    "обл",
    "область",
    "край",
    "кр",
    "респ",
    "республика",
    "ао",
    "округ",
    "автономный",
    "автономная",
    "автономного",
    "россия",
    "рф",
    "российская",
    "федерация",
    "пгт",
    "пос",
    "oblast",
    "obl",
    "region",
    "krai",
    "kray",
    "republic",
    "okrug",
    "autonomous",
    "city",
    "of",
    "the",
    "russia",
    "respublika",
];
/// Cities of the world that are known by the last part of their zone's name.
const CITIES: &str = "Africa/Algiers Africa/Cairo Africa/Casablanca Africa/Johannesburg Africa/Lagos Africa/Nairobi \
    Africa/Tunis America/Anchorage America/Bogota America/Caracas America/Chicago America/Denver America/Detroit \
    America/Halifax America/Havana America/Lima America/Los_Angeles America/Mexico_City America/Montevideo \
    America/Montreal America/New_York America/Panama America/Phoenix America/Sao_Paulo America/Toronto \
    America/Vancouver America/Winnipeg Asia/Almaty Asia/Aqtobe Asia/Ashgabat Asia/Baghdad Asia/Baku \
    Asia/Bangkok Asia/Beirut Asia/Bishkek Asia/Colombo Asia/Damascus Asia/Dhaka Asia/Dubai Asia/Dushanbe \
    Asia/Ho_Chi_Minh Asia/Hong_Kong Asia/Jakarta Asia/Jerusalem Asia/Kabul Asia/Karachi Asia/Kathmandu Asia/Kolkata \
    Asia/Kuala_Lumpur Asia/Kuwait Asia/Manila Asia/Riyadh Asia/Samarkand Asia/Seoul Asia/Shanghai Asia/Singapore \
    Asia/Taipei Asia/Tashkent Asia/Tbilisi Asia/Tehran Asia/Tel_Aviv Asia/Tokyo Asia/Ulaanbaatar Asia/Yerevan \
    Atlantic/Reykjavik Australia/Adelaide Australia/Brisbane Australia/Melbourne Australia/Perth Australia/Sydney \
    Europe/Amsterdam Europe/Athens Europe/Belgrade Europe/Berlin Europe/Bratislava Europe/Brussels Europe/Bucharest \
    Europe/Budapest Europe/Chisinau Europe/Copenhagen Europe/Dublin Europe/Helsinki Europe/Istanbul Europe/Kiev \
    Europe/Kyiv Europe/Lisbon Europe/Ljubljana Europe/London Europe/Luxembourg Europe/Madrid Europe/Malta \
    Europe/Minsk Europe/Oslo Europe/Paris Europe/Prague Europe/Riga Europe/Rome Europe/Sofia Europe/Stockholm \
    Europe/Tallinn Europe/Vienna Europe/Vilnius Europe/Warsaw Europe/Zagreb Europe/Zurich Pacific/Auckland \
    Pacific/Honolulu";

static BY_NAME: LazyLock<HashMap<String, ZoneSet>> = LazyLock::new(|| {
    let mut names = HashMap::new();
    // Abbreviations such as EST are no zones: they do not follow clock changes.
    for zone in TZ_VARIANTS.iter().filter(|zone| zone.name().contains('/')) {
        names.insert(plain(zone.name()), ZoneSet::from(*zone));
    }
    for zone in CITIES.split(' ').filter_map(|name| name.parse::<Tz>().ok()) {
        if let Some((_, city)) = zone.name().rsplit_once('/') {
            names.insert(plain(city), ZoneSet::from(zone));
        }
    }
    for line in include_str!("places.txt").lines().filter(|line| !line.starts_with('#')) {
        if let Some((zones, places)) = line.split_once(':') {
            let zones = match zones {
                "Sakha" => ZoneSet::of(russia::SAKHA),
                "Sakhalin" => ZoneSet::of(russia::SAKHALIN),
                name => name.parse().unwrap_or_default(),
            };
            names.extend(places.split(',').map(|place| (without_kinds(&plain(place)), zones.clone())));
        }
    }
    names
});

/// The zones of a place, None when it is not known.
pub(super) fn find(text: &str) -> Option<ZoneSet> {
    let name = plain(text);
    BY_NAME.get(&name).or_else(|| BY_NAME.get(&without_kinds(&name))).cloned()
}

/// Lower case, е for ё, and one space for whatever stands between words.
fn plain(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    let mut gap = false;
    for char in text.chars() {
        if !char.is_alphanumeric() && char != '/' && char != '+' {
            gap = true;
            continue;
        }
        if gap && !name.is_empty() {
            name.push(' ');
        }
        gap = false;
        name.extend(char.to_lowercase().map(|char| if char == 'ё' { 'е' } else { char }));
    }
    name
}

fn without_kinds(name: &str) -> String {
    let mut short = String::with_capacity(name.len());
    for word in name.split(' ').filter(|word| !KINDS.contains(word)) {
        if !short.is_empty() {
            short.push(' ');
        }
        short.push_str(word);
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_names_zones_and_places() {
        for line in include_str!("places.txt").lines().filter(|line| !line.starts_with('#')) {
            let (zones, places) = line.split_once(':').expect("zones, a colon, places");
            for place in places.split(',') {
                let found = find(place).unwrap_or_else(|| panic!("{place} of {zones} is found"));
                assert!(!found.is_empty(), "{place} of {zones}");
            }
        }
    }

    /// A name that two lines share would be read as the later one, without anybody noticing.
    #[test]
    fn no_place_is_named_twice() {
        let mut seen = HashMap::new();
        for line in include_str!("places.txt").lines().filter(|line| !line.starts_with('#')) {
            let (zones, places) = line.split_once(':').expect("zones, a colon, places");
            for place in places.split(',') {
                let other = seen.insert(without_kinds(&plain(place)), zones);
                assert!(other.is_none_or(|other| other == zones), "{place}: {zones} and {other:?}");
            }
        }
    }

    #[test]
    fn every_city_of_the_world_is_a_zone() {
        for name in CITIES.split(' ') {
            assert!(name.parse::<Tz>().is_ok(), "{name}");
        }
    }
}
