//! Guesses about text that does not say what it is: its encoding and its delimiter. Owns the marks by which Cyrillic
//! code pages are told apart; refuses to insist, because a person can correct every guess.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, IBM866, KOI8_R, KOI8_U, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251};

use super::{
    cells::Row,
    columns::{is_alias, is_phone_alias, looks_like_phone},
    csv_rows::CsvRows,
};

/// What cells are usually split at.
pub(super) const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Text and rows from which the delimiter is guessed.
const SAMPLE_BYTES: usize = 64 * 1024;
const SAMPLE_ROWS: usize = 100;
/// Rows among which the header is looked for.
const TOP_ROWS: usize = 20;
/// Letters that are enough to tell code pages apart.
const SAMPLE_LETTERS: usize = 20_000;

/// UTF-16 by its mark, or by the zeros that plain characters have in every second place.
pub(super) fn guess_utf16(head: &[u8]) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return (encoding != UTF_8).then_some(encoding);
    }
    let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    // Cyrillic has no zeros, but line ends, delimiters and digits do.
    let (even, odd, pairs) = (zeros(0), zeros(1), head.len() / 2);
    if pairs < 4 {
        None
    } else if odd * 4 > pairs && even * 20 < pairs {
        Some(UTF_16LE)
    } else if even * 4 > pairs && odd * 20 < pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// The encoding of text that is no UTF-8. chardetng knows the languages of the world, but hardly tells the Cyrillic code
/// pages apart; where letters that read as Russian come out, ours decides.
pub(super) fn guess_encoding(sample: &[u8], region: &str) -> &'static Encoding {
    let best = [WINDOWS_1251, KOI8_R, IBM866]
        .into_iter()
        .map(|encoding| (encoding, cyrillic_score(encoding, sample)))
        .max_by(|(_, left), (_, right)| left.total_cmp(right));
    match best {
        Some((encoding, score)) if score > 0.0 => {
            if encoding == KOI8_R && sample.iter().any(|byte| UKRAINIAN_IN_KOI8.contains(byte)) {
                KOI8_U
            } else {
                encoding
            }
        }
        _ => guess_any(sample, region),
    }
}

/// Places that hold letters in KOI8-U and parts of frames in KOI8-R.
const UKRAINIAN_IN_KOI8: [u8; 8] = [0xa4, 0xa6, 0xa7, 0xad, 0xb4, 0xb6, 0xb7, 0xbd];

fn guess_any(sample: &[u8], region: &str) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let country = match region.to_ascii_lowercase() {
        region if region == "gb" => "uk".to_owned(),
        region => region,
    };
    let is_country = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_lowercase());
    detector.guess(is_country.then_some(country.as_bytes()), Utf8Detection::Deny)
}

/// How much the text reads as Russian, per character beyond ASCII; above zero it does.
fn cyrillic_score(encoding: &'static Encoding, sample: &[u8]) -> f64 {
    /// Per thousand letters of Russian text, а to я.
    const FREQUENCY: [f64; 32] = [
        80.1, 15.9, 45.4, 17.0, 29.8, 84.5, 9.4, 16.5, 73.5, 12.1, 34.9, 44.0, 32.1, 67.0, 109.7, 28.1, 47.3, 54.7,
        62.6, 26.2, 2.6, 9.7, 4.8, 14.4, 7.3, 3.6, 0.4, 19.0, 17.4, 3.2, 6.4, 20.1,
    ];
    let (text, _) = encoding.decode_without_bom_handling(sample);
    let (mut score, mut count) = (0.0, 0_usize);
    let mut before = ' ';
    for char in text.chars() {
        if !char.is_ascii() {
            count += 1;
            score += match char {
                'а'..='я' | 'А'..='Я' => {
                    let lower = char.to_lowercase().next().unwrap_or(char);
                    let frequency = FREQUENCY.get(lower as usize - 'а' as usize).copied().unwrap_or(1.0);
                    // Even distribution over 32 letters is 31 of a thousand: what is rarer speaks against the guess.
                    let common = (frequency / 12.0_f64).ln();
                    common + in_place(before, char)
                }
                'ё' | 'Ё' | 'і' | 'ї' | 'є' | 'ґ' | 'І' | 'Ї' | 'Є' | 'Ґ' | 'ў' | 'Ў' => {
                    in_place(before, char)
                }
                '№' | '«' | '»' | '—' | '–' | '\u{a0}' | '…' | '“' | '”' | '„' | '’' => 0.0,
                // Frames, mathematics and control characters stand in no list.
                _ => -4.0,
            };
        }
        before = char;
        if count >= SAMPLE_LETTERS {
            break;
        }
    }
    let header = text.split(['\n', '\r']).take(TOP_ROWS).flat_map(|line| line.split([',', ';', '\t', '|']));
    let known = header.filter(|cell| !cell.is_ascii() && is_alias(cell.trim_matches(['"', ' ']))).count();
    score / count.max(1) as f64 + if known > 0 { 2.0 } else { 0.0 }
}

/// Whether a letter may stand behind the one before.
fn in_place(before: char, char: char) -> f64 {
    if before.is_ascii_alphabetic() {
        // `Müller` read as Russian mixes both alphabets inside of a word.
        return -4.0;
    }
    let mut score = 0.0;
    if char.is_uppercase() && before.is_lowercase() {
        score -= 3.0;
    }
    if !before.is_alphabetic() && matches!(char.to_lowercase().next(), Some('ь' | 'ъ' | 'ы')) {
        score -= 4.0;
    }
    score
}

/// The delimiter of a line such as `sep=;`, which spreadsheets read and write.
pub(super) fn declared_delimiter(line: &str) -> Option<u8> {
    let line = line.trim_end_matches([' ', '\r', '\n']);
    let line = line.strip_prefix('"').and_then(|line| line.strip_suffix('"')).unwrap_or(line);
    let (name, delimiter) = line.split_at_checked(4)?;
    match delimiter.as_bytes() {
        _ if !name.eq_ignore_ascii_case("sep=") => None,
        [] | [b'\t'] => Some(b'\t'),
        [delimiter] if delimiter.is_ascii_punctuation() && *delimiter != b'"' => Some(*delimiter),
        _ => None,
    }
}

/// Of the usual delimiters, the one under which the top has a phone column, rows hold phones and are alike in width.
pub(super) fn guess_delimiter(sample: &str) -> u8 {
    let sample = &sample[..sample.floor_char_boundary(SAMPLE_BYTES)];
    DELIMITERS.into_iter().rev().max_by_key(|delimiter| fitness(&sample_rows(sample, *delimiter))).unwrap_or(b',')
}

fn fitness(rows: &[Row]) -> (bool, usize, bool, usize, usize) {
    let named = rows.iter().take(TOP_ROWS).any(|row| row.cells().any(is_phone_alias));
    let phones = rows.iter().filter(|row| row.cells().any(|cell| looks_like_phone(cell) > 0.0)).count();
    let mut widths: Vec<usize> = rows.iter().map(Row::len).collect();
    widths.sort_unstable();
    let width = widths.get(widths.len() / 2).copied().unwrap_or_default();
    let regular = rows.iter().filter(|row| row.len() == width).count();
    let percent = |count: usize| count * 100 / rows.len().max(1);
    (named, percent(phones), width > 1, percent(regular), width)
}

fn sample_rows(sample: &str, delimiter: u8) -> Vec<Row> {
    let mut rows = Vec::new();
    let Ok(mut csv) = CsvRows::with(sample.as_bytes(), UTF_8, Some(delimiter)) else { return rows };
    loop {
        let mut row = Row::default();
        if rows.len() == SAMPLE_ROWS || !csv.next(&mut row).unwrap_or(false) {
            return rows;
        }
        if !row.is_blank() {
            rows.push(row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CYRILLIC: [&Encoding; 3] = [WINDOWS_1251, KOI8_R, IBM866];

    fn guessed(text: &str, encoding: &'static Encoding) -> &'static Encoding {
        let (bytes, _, lost) = encoding.encode(text);
        assert!(!lost, "{text:?} has a form in {encoding:?}");
        guess_encoding(&bytes, "RU")
    }

    #[test]
    fn cyrillic_code_pages_are_told_apart() {
        for text in [
            "Телефон;Имя\n89991234567;Иван\n",
            "phone,name\n+79991234567,Иван Петров\n+79991234568,Щукина Юлия\n",
            "ТЕЛЕФОН;ФИО;ГОРОД\n89991234567;ПЕТРОВ ИВАН ИЛЬИЧ;МОСКВА\n",
            "фамилия;имя;номер\nобъедков;эдуард;89991234567\n",
            "phone;note\n89991234567;перезвонить вечером\n",
            "Список «Весна» № 5\nТелефон;Комментарий\n89991234567;Ёлкин, съезд\n",
        ] {
            for encoding in CYRILLIC {
                if !encoding.encode(text).2 {
                    assert_eq!(guessed(text, encoding), encoding, "{text}");
                }
            }
        }
        assert_eq!(guessed("Телефон;Имя\n0501234567;Їжакевич Євген\n", KOI8_U), KOI8_U);
    }

    #[test]
    fn the_rest_of_europe_is_not_read_as_russian() {
        for text in ["phone,name\n+49301234567,Jürgen Müller\n", "phone;nom\n+33123456789;André Lefèvre\n"] {
            let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(text);
            assert_eq!(guess_encoding(&bytes, "DE"), encoding_rs::WINDOWS_1252, "{text}");
        }
    }

    #[test]
    fn utf16_is_seen_without_a_mark() {
        let text = "телефон\tимя\n+79991234567\tИван\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!((guess_utf16(&little), guess_utf16(&big)), (Some(UTF_16LE), Some(UTF_16BE)));
        assert_eq!(guess_utf16("phone,name\n1,2\n".as_bytes()), None);
        assert_eq!(guess_utf16(&[0; 64]), None, "zeros are no text");
    }

    #[test]
    fn a_list_without_a_header_has_a_delimiter_too() {
        assert_eq!(guess_delimiter("89991234567;Иванов, Иван\n89991234568;Петров, Пётр, Тула\n"), b';');
        assert_eq!(guess_delimiter("Отчёт, май, 2026\n\nФИО;Телефон\nИванов;89991234567\n"), b';');
        assert_eq!(guess_delimiter("89991234567\n89991234568\n"), b',');
    }
}
