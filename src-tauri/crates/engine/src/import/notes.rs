//! Rows below the header that are nobody's: sums at the end and prose for the person who fills in a template. Owns how
//! they are recognised; a row with a phone is always somebody's.

use super::{
    cells::{Row, RowNote},
    columns::looks_like_phone,
    header::essence,
};

/// What every line of prose in our own templates begins with. Nobody is called so.
pub(super) const MARK: &str = "[Callboard]";

/// Recognises the rows of one list, in their order.
#[derive(Debug)]
pub(super) struct Notes {
    /// Where phones stand; any column may hold one when it is not known.
    phones: Vec<usize>,
    /// Behind a line "Instructions", rows without a phone are prose.
    prose: bool,
}

impl Notes {
    pub fn new(phones: Vec<usize>) -> Self {
        Self { phones, prose: false }
    }

    /// What the next row is, when it is nobody's.
    pub fn of(&mut self, row: &Row) -> Option<RowNote> {
        let first = row.cells().map(str::trim).find(|cell| !cell.is_empty())?;
        let begins = first.chars().next().is_some_and(|char| "[иИвВоОtTgGsSiI".contains(char));
        if row.overlong || !(self.prose || begins) {
            return None;
        }
        let note = if first.starts_with(MARK) || self.prose {
            RowNote::Instruction
        } else if begins_instructions(row, first) {
            self.prose = true;
            return Some(RowNote::Instruction);
        } else if is_total(first) {
            RowNote::Total
        } else {
            return None;
        };
        (!self.has_phone(row, note)).then_some(note)
    }

    fn has_phone(&self, row: &Row, note: RowNote) -> bool {
        let is_phone = |cell: &str| match note {
            // Some programs add up the phones as well.
            RowNote::Total => looks_like_phone(cell) > 0.6,
            RowNote::Instruction => looks_like_phone(cell) > 0.0,
        };
        if self.phones.is_empty() {
            return row.cells().any(is_phone);
        }
        // Below "Instructions", whatever is written under phones was meant as one.
        let is_meant = |cell: &str| self.prose && !cell.is_empty() && !cell.starts_with(MARK);
        self.phones.iter().map(|index| row.cell(*index).trim()).any(|cell| is_phone(cell) || is_meant(cell))
    }
}

fn is_total(first: &str) -> bool {
    let mut words = first.split(|char: char| !char.is_alphanumeric()).map(str::to_lowercase);
    match words.next().as_deref() {
        Some("итого" | "итог" | "всего" | "total" | "totals" | "subtotal") => true,
        Some("grand" | "sub") => words.next().as_deref() == Some("total"),
        Some("общий") => words.next().as_deref() == Some("итог"),
        _ => false,
    }
}

/// Acceptance 86: templates end in prose for the person who fills them in.
fn begins_instructions(row: &Row, first: &str) -> bool {
    let filled = row.cells().filter(|cell| !cell.trim().is_empty()).count();
    let start = essence(&first[..first.floor_char_boundary(64)]);
    filled == 1 && (start.starts_with("instruction") || start.starts_with("инструкци"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(phones: &[usize], rows: &[&str]) -> Vec<Option<RowNote>> {
        let mut notes = Notes::new(phones.to_vec());
        let mut row = Row::default();
        rows.iter()
            .map(|line| {
                row.clear();
                row.split(line, b';');
                notes.of(&row)
            })
            .collect()
    }

    #[test]
    fn sums_are_nobody_and_people_with_a_phone_never_are() {
        const TOTAL: Option<RowNote> = Some(RowNote::Total);
        for sum in ["Итого;;100", ";ИТОГО: 12;", "Всего записей 5;;", "Total;;5", "Grand total;;5", "Общий итог"]
        {
            assert_eq!(notes(&[2], &[sum]), [TOTAL], "{sum}");
            assert_eq!(notes(&[], &[sum]), [TOTAL], "{sum}");
        }
        for person in ["Итого;;89991234567", "Тотальный Иван;;", "Всеволод;;", "Grand Hotel;;", "5;Итого;"]
        {
            assert_eq!(notes(&[2], &[person]), [None], "{person}");
        }
        assert_eq!(notes(&[1], &["Итого;5;100000000000"]), [TOTAL], "an amount is no phone");
    }

    #[test]
    fn prose_is_prose_until_a_phone_comes() {
        const PROSE: Option<RowNote> = Some(RowNote::Instruction);
        let rows = ["Иван;89991234567", "Инструкция:;", "1. Заполните;", ";", "Олег;89991234568", "Конец;", "Олег;нет"];
        assert_eq!(notes(&[1], &rows), [None, PROSE, PROSE, None, None, PROSE, None]);
        assert_eq!(notes(&[1], &["[Callboard] text;", "Анна;"]), [PROSE, None], "a mark speaks for its own row");
        assert_eq!(notes(&[0], &["[Callboard] text;", "[Callboard] 89991234567"]), [PROSE, PROSE]);
    }
}
