//! `cargo bench -p callboard-core --bench phones`: nanoseconds that one core needs for a row of an import.
//!
//! Owns lists as they come: one kind of number each, and a mixture with one bad row in twenty. Prints the best of
//! three; refuses to be a test: it never fails for being slow.
#![expect(clippy::print_stdout, reason = "a measurement prints its result")]

use std::{hint::black_box, time::Instant};

use callboard_core::{phone::PhoneReader, zone};

type List = (&'static str, &'static str, fn(u64) -> String);

const ROWS: u64 = 200_000;
const ROUNDS: usize = 3;

fn main() {
    let lists: [List; 11] = [
        ("RU +7 9xx", "RU", |x| format!("+79{:09}", x % 1_000_000_000)),
        ("RU 8 (9xx) 123-45-67", "RU", |x| {
            format!("8 (9{:02}) {:03}-{:02}-{:02}", x % 100, x / 100 % 1000, x / 7 % 100, x / 11 % 100)
        }),
        ("RU 7495", "RU", |x| format!("7495{:07}", x % 10_000_000)),
        ("KZ +7 707", "KZ", |x| format!("+7707{:07}", x % 10_000_000)),
        ("US 10 digits", "US", |x| format!("212{:07}", 2_000_000 + x % 8_000_000)),
        ("US +1, any digits", "US", |x| format!("+1{:010}", x % 10_000_000_000)),
        ("IN 10 digits", "IN", |x| format!("98{:08}", x % 100_000_000)),
        ("DE +49 151", "DE", |x| format!("+49151{:08}", x % 100_000_000)),
        ("RU with extension", "RU", |x| format!("8 495 {:07} доб. {}", x % 10_000_000, x % 1000)),
        ("bad", "RU", bad),
        ("mixture, 5 % bad", "RU", mixture),
    ];
    for (name, region, cell) in lists {
        let cells: Vec<_> = (0..ROWS).map(|at| cell(at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20)).collect();
        let mut reader = PhoneReader::new(region);
        report(name, &cells, |cell| reader.read(cell).is_ok());
        if name.starts_with("mixture") {
            report("  as cells of several", &cells, |cell| !reader.read_cell(cell).phones.is_empty());
        }
    }
    for (name, number) in [
        ("zones of +7 9xx", (|x| format!("+79{:09}", x % 1_000_000_000)) as fn(u64) -> String),
        ("zones of +7 495", |x| format!("+7495{:07}", x % 10_000_000)),
        ("zones of +1", |x| format!("+1{:010}", x % 10_000_000_000)),
        ("zones of +49", |x| format!("+49151{:08}", x % 100_000_000)),
    ] {
        let numbers: Vec<_> = (0..ROWS).map(|at| number(at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20)).collect();
        report(name, &numbers, |number| !zone::zones_of_number(number).is_empty());
    }
    let cells: Vec<_> =
        ["Екатеринбург", "Свердловская обл.", "МСК+2", "Asia/Omsk", "+05:00", "New York"].map(str::to_owned).into();
    report("zone column", &cells, |cell| zone::read_zone(cell).is_ok());
}

fn mixture(x: u64) -> String {
    match x % 20 {
        0 => bad(x / 20),
        1..=8 => format!("+79{:09}", x % 1_000_000_000),
        9..=13 => format!("8 (9{:02}) {:03}-{:02}-{:02}", x % 100, x / 100 % 1000, x / 7 % 100, x / 11 % 100),
        14..=16 => format!("9{:09}", x % 1_000_000_000),
        17 => format!("8495{:07}", x % 10_000_000),
        18 => format!("+4930{:07}", x % 10_000_000),
        _ => format!("+1212{:07}", 2_000_000 + x % 8_000_000),
    }
}

fn bad(x: u64) -> String {
    match x % 4 {
        0 => format!("+7999{:05}", x % 100_000),
        1 => format!("нет номера {}", x % 100_000),
        2 => format!("+8{:010}", x % 10_000_000_000),
        _ => "9.19E+11".to_owned(),
    }
}

fn report(name: &str, cells: &[String], mut read: impl FnMut(&str) -> bool) {
    let rounds = ROWS / cells.len() as u64;
    let mut best = u128::MAX;
    let mut good = 0;
    for _ in 0..ROUNDS {
        let started = Instant::now();
        good = (0..rounds).map(|_| cells.iter().filter(|cell| read(black_box(cell))).count()).sum();
        best = best.min(started.elapsed().as_nanos() / u128::from(ROWS));
    }
    println!("{name:24} {best:6} ns a row, {good} of {ROWS} read");
}
