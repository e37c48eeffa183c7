//! The zones of numbers of Russia and Kazakhstan. Owns the table of area codes; refuses to place a mobile number.
//!
//! Source: the ABC codes of the Russian numbering plan by federal subject, compiled in November 2026 without the
//! regulator's register at hand, and the zones of the subjects in the IANA database, 2025b. A code that is not in the
//! table may be anywhere in Russia. A mobile number (9xx) belongs to a subject by the range it was allotted from.
//! The register of ranges is published by the regulator and is not part of this program, and numbers are ported between
//! operators; so a mobile number may be anywhere in Russia. Whoever adds the register puts its ranges in front of
//! [`zones_of`] and keeps [`RUSSIA`] for what they leave out.

use chrono_tz::{
    Asia::{
        Almaty, Anadyr, Barnaul, Chita, Irkutsk, Kamchatka, Krasnoyarsk, Magadan, Novokuznetsk, Novosibirsk, Omsk,
        Sakhalin, Srednekolymsk, Tomsk, Vladivostok, Yakutsk, Yekaterinburg,
    },
    Europe::{Astrakhan, Kaliningrad, Kirov, Moscow, Samara, Saratov, Simferopol, Ulyanovsk, Volgograd},
    Tz,
};

/// One zone for each of the eleven offsets of Russia. A window that is open in all of them is open everywhere; what
/// is left of 8 to 22 o'clock is 9:00 to 13:00 in Moscow.
pub(super) const RUSSIA: &[Tz] =
    &[Irkutsk, Kamchatka, Krasnoyarsk, Magadan, Omsk, Vladivostok, Yakutsk, Yekaterinburg, Kaliningrad, Moscow, Samara];
/// Sakha lies in three zones.
pub(super) const SAKHA: &[Tz] = &[Srednekolymsk, Vladivostok, Yakutsk];
/// The Kurils have their own.
pub(super) const SAKHALIN: &[Tz] = &[Sakhalin, Srednekolymsk];
/// One clock since 1 March 2024: UTC+5.
pub(super) const KAZAKHSTAN: &[Tz] = &[Almaty];

/// The zones of a number without its country.
pub(super) fn zones_of(national: &str) -> &'static [Tz] {
    let Some(code) = national.get(..3).and_then(|code| code.parse::<u16>().ok()) else { return RUSSIA };
    match code {
        600..=799 => KAZAKHSTAN,
        301 | 395 => &[Irkutsk],
        302 => &[Chita],
        341 | 846 | 848 => &[Samara],
        342 | 343 | 345..=347 | 349 | 351..=353 => &[Yekaterinburg],
        365 | 869 => &[Moscow, Simferopol],
        381 => &[Omsk],
        382 => &[Tomsk],
        383 => &[Novosibirsk],
        384 => &[Novokuznetsk],
        385 | 388 => &[Barnaul],
        390 | 391 | 394 => &[Krasnoyarsk],
        401 => &[Kaliningrad],
        411 => SAKHA,
        413 => &[Magadan],
        415 => &[Kamchatka],
        416 => &[Yakutsk],
        421 | 423 | 426 => &[Vladivostok],
        424 => SAKHALIN,
        427 => &[Anadyr],
        833 => &[Kirov],
        842 => &[Ulyanovsk],
        844 => &[Volgograd],
        845 => &[Saratov],
        851 => &[Astrakhan],
        // Central Russia, the North-West, the Volga regions without a zone of their own, the South.
        471..=475
        | 481..=487
        | 491..=496
        | 498
        | 499
        | 811..=818
        | 820
        | 821
        | 831
        | 834..=836
        | 841
        | 843
        | 847
        | 855..=857
        | 861..=863
        | 865..=867
        | 871..=873
        | 877..=879 => &[Moscow],
        // Mobile numbers, free numbers and codes that are not in use yet.
        _ => RUSSIA,
    }
}
