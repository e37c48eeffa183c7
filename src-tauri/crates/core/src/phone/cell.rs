//! Several numbers in one cell. Owns where one number ends and the next begins; refuses to complete a part from its
//! neighbour: `(495) 123-45-67, 68` may be two numbers, and nobody knows the second.

use super::{PhoneReader, PhoneRefusal, ReadPhone, SHORTEST, extension};

/// More is no cell of a call list; also bounds the work that a hostile cell can cause.
const MAX_CHARS: usize = 512;
/// Nobody is called at more numbers than these.
const MAX_NUMBERS: usize = 16;
/// Words between two numbers.
const WORDS: [&str; 5] = ["или", "и", "либо", "or", "and"];

/// What the numbers of a cell are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CellPhones {
    /// The numbers in their order, each once. The first is the one to dial.
    pub phones: Vec<ReadPhone>,
    /// The parts that are no number, and why. The whole cell, when it holds none.
    pub refused: Vec<(String, PhoneRefusal)>,
}

/// Semicolons, bars, line breaks and words always stand between two numbers, so that each part is judged by itself.
pub(super) fn read(reader: &mut PhoneReader, cell: &str) -> CellPhones {
    let mut found = CellPhones::default();
    if cell.len() > MAX_CHARS {
        found.refused.push((cell.chars().take(MAX_CHARS).collect(), PhoneRefusal::Invalid));
        return found;
    }
    for part in surely_separate(cell) {
        found.add_part(reader, part);
    }
    if found.phones.is_empty() {
        let refusal = match found.refused.as_slice() {
            [] => PhoneRefusal::Empty,
            [(_, refusal)] => *refusal,
            _ => PhoneRefusal::Invalid,
        };
        found.refused = vec![(cell.trim().to_owned(), refusal)];
    }
    found
}

impl CellPhones {
    /// Commas and slashes also stand inside a number, so they separate only parts that are whole by themselves.
    fn add_part(&mut self, reader: &mut PhoneReader, part: &str) {
        if part.contains(',')
            && let Ok(phones) = part.split(',').map(|piece| reader.read(piece)).collect::<Result<Vec<_>, _>>()
        {
            for phone in phones {
                self.add(phone);
            }
            return;
        }
        let refusal = match reader.read(part) {
            Ok(phone) => return self.add(phone),
            Err(refusal) => refusal,
        };
        let pieces: Vec<_> = part.split([',', '/']).map(str::trim).filter(|piece| !piece.is_empty()).collect();
        let read: Vec<_> = pieces.iter().map(|piece| (*piece, reader.read(piece))).collect();
        let whole = read.iter().all(|(piece, read)| read.is_ok() || !is_fragment(piece));
        if refusal == PhoneRefusal::Damaged || !whole || read.iter().all(|(_, read)| read.is_err()) {
            self.refuse(part, refusal);
            return;
        }
        for (piece, read) in read {
            match read {
                Ok(phone) => self.add(phone),
                Err(refusal) => self.refuse(piece, refusal),
            }
        }
    }

    fn add(&mut self, read: ReadPhone) {
        let known = self.phones.iter().any(|phone| phone.phone == read.phone && phone.extension == read.extension);
        if !known && self.phones.len() < MAX_NUMBERS {
            self.phones.push(read);
        }
    }

    fn refuse(&mut self, part: &str, refusal: PhoneRefusal) {
        if refusal != PhoneRefusal::Empty {
            self.refused.push((part.trim().to_owned(), refusal));
        }
    }
}

/// Digits that may belong to the number before them.
fn is_fragment(piece: &str) -> bool {
    let digits = piece.bytes().filter(u8::is_ascii_digit).count();
    digits > 0 && !piece.contains(char::is_alphabetic) && digits < SHORTEST + 3
}

fn surely_separate(cell: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, char) in cell.char_indices() {
        if at < start {
            continue;
        }
        let rest = cell.get(at..).unwrap_or_default();
        let length = match char {
            ';' if extension::begins(rest.trim_start_matches(';')) => 0,
            ';' | '|' | '\n' | '\r' => char.len_utf8(),
            char if char.is_whitespace() => word(rest),
            _ => 0,
        };
        if length > 0 {
            parts.push(cell.get(start..at).unwrap_or_default());
            start = at + length;
        }
    }
    parts.push(cell.get(start..).unwrap_or_default());
    parts.retain(|part| !part.trim().is_empty());
    parts
}

/// The length of a word between two numbers with the white space before it, 0 when there is none.
fn word(rest: &str) -> usize {
    let trimmed = rest.trim_start();
    let found = WORDS
        .iter()
        .find(|word| trimmed.strip_prefix(**word).is_some_and(|after| after.starts_with(char::is_whitespace)));
    found.map_or(0, |word| rest.len() - trimmed.len() + word.len())
}
