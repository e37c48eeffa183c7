//! Cells that may hold phones. The first byte chooses the region.
#![no_main]

use callboard_core::phone::parse_phone;
use libfuzzer_sys::fuzz_target;

const REGIONS: [&str; 6] = ["RU", "US", "IN", "DE", "KZ", ""];

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, cell)) = bytes.split_first() else { return };
    let Ok(cell) = std::str::from_utf8(cell) else { return };
    let region = REGIONS[usize::from(*choice) % REGIONS.len()];
    let Ok(phone) = parse_phone(cell, region) else { return };
    let digits = phone.e164.strip_prefix('+').expect("a plus");
    assert!((7..=15).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit()), "{phone}");
    let again = parse_phone(&phone.e164, region).expect("what was read can be read again");
    assert_eq!(again.e164, phone.e164, "{cell:?} in {region:?}");
});
