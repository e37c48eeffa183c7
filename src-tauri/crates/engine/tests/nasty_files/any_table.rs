//! What is written is read, whatever the encoding, the delimiter, the quotation marks and the line ends.

use callboard_engine::import::layout::{HeaderChoice, LayoutChoice};
use encoding_rs::{Encoding, IBM866, KOI8_R, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251};
use proptest::{collection::vec, prelude::*};

use crate::read_as;

/// How a table is written.
#[derive(Debug, Clone, Copy)]
struct Form {
    encoding: &'static Encoding,
    mark: bool,
    delimiter: char,
    line_end: &'static str,
    /// Every cell stands in quotation marks, not only those that must.
    quoted: bool,
    /// The last line has an end.
    ended: bool,
}

fn form() -> impl Strategy<Value = Form> {
    let encodings = [UTF_8, UTF_16LE, UTF_16BE, WINDOWS_1251, KOI8_R, IBM866];
    let choices = (
        proptest::sample::select(encodings.to_vec()),
        any::<bool>(),
        proptest::sample::select(vec![',', ';', '\t', '|', '^']),
        proptest::sample::select(vec!["\n", "\r\n", "\r"]),
        any::<bool>(),
        any::<bool>(),
    );
    choices.prop_map(|(encoding, mark, delimiter, line_end, quoted, ended)| Form {
        encoding,
        // Without a mark UTF-16 is named by the person, as every encoding is here.
        mark,
        delimiter,
        line_end,
        quoted,
        ended,
    })
}

/// Letters that every one of the encodings has, and everything that means something in a list.
fn cell() -> impl Strategy<Value = String> {
    proptest::string::string_regex("[a-cА-Яа-яЁё0-9+ ,;\t|^\"\n'=.-]{0,12}").expect("an expression")
}

impl Form {
    fn write(self, table: &[Vec<String>]) -> Vec<u8> {
        let mut text = String::new();
        if self.mark && [UTF_8, UTF_16LE, UTF_16BE].contains(&self.encoding) {
            text.push('\u{feff}');
        }
        for (index, row) in table.iter().enumerate() {
            if index > 0 {
                text.push_str(self.line_end);
            }
            let cells: Vec<String> = row.iter().map(|cell| self.cell(cell)).collect();
            text.push_str(&cells.join(&self.delimiter.to_string()));
        }
        if self.ended {
            text.push_str(self.line_end);
        }
        if self.encoding == UTF_16LE {
            text.encode_utf16().flat_map(u16::to_le_bytes).collect()
        } else if self.encoding == UTF_16BE {
            text.encode_utf16().flat_map(u16::to_be_bytes).collect()
        } else {
            let (bytes, _, lost) = self.encoding.encode(&text);
            assert!(!lost, "every letter has a form in {:?}", self.encoding);
            bytes.into_owned()
        }
    }

    fn cell(self, cell: &str) -> String {
        if self.quoted || cell.contains([self.delimiter, '"', '\n', '\r']) {
            // Inside of quotation marks a spreadsheet writes the line ends of its system.
            format!("\"{}\"", cell.replace('"', "\"\"").replace('\n', self.line_end))
        } else {
            cell.to_owned()
        }
    }
}

/// What a reader that drops empty lines must give back: every row in which something stands.
fn filled(table: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let stands =
        |row: &Vec<String>| row.iter().any(|cell| !cell.trim_matches([' ', '\t', '\n', ',', ';', '|']).is_empty());
    table.into_iter().filter(stands).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_rows_read_are_those_written(form in form(), table in vec(vec(cell(), 1..6), 1..12)) {
        let table = filled(table);
        let mut written = vec![vec!["телефон".to_owned(), "имя".to_owned()]];
        written.extend(table.iter().cloned());
        let choice = LayoutChoice {
            encoding: Some(form.encoding.name().to_owned()),
            delimiter: Some(form.delimiter),
            sheet: None,
            header_row: Some(HeaderChoice::Row(1)),
        };
        let read = read_as("table.csv", &form.write(&written), &choice).expect("a list");
        let rows: Vec<Vec<String>> = read.rows.iter().map(|row| row.cells.clone()).collect();
        prop_assert_eq!(rows, table);
        prop_assert!(read.rows.iter().all(|row| !row.overlong));
        prop_assert_eq!(read.all.damaged, 0);
    }

    /// With contacts as people have them nothing needs to be chosen.
    #[test]
    fn a_list_of_people_is_understood_without_being_told(
        form in form(),
        people in vec(("[А-Я][а-я]{3,9} [А-Я][а-я]{2,8}", "[а-я]{3,10} [а-я]{2,10}", 0..9_999_999_u32), 3..12),
    ) {
        // A caret is nobody's delimiter, and UTF-16 shows itself by its zeros or its mark.
        prop_assume!(form.delimiter != '^');
        let mut table = vec![["Телефон", "ФИО", "Комментарий"].map(str::to_owned).to_vec()];
        table.extend(people.iter().map(|(name, note, number)| vec![format!("+7999{number:07}"), name.clone(), note.clone()]));
        let read = read_as("table.csv", &form.write(&table), &LayoutChoice::default()).expect("a list");
        prop_assert_eq!(read.layout.header_row, Some(1));
        prop_assert_eq!(read.contacts(), table.split_off(1));
    }
}
