//! The files of `tests/files`: writes them and says what must come of each.
//!
//! `CALLBOARD_WRITE_FILES=1 cargo test -p callboard-engine --test nasty_files files` writes them anew.

use std::{env, fs, path::PathBuf};

use callboard_engine::import::source::RowNote;
use encoding_rs::{Encoding, IBM866, KOI8_R, WINDOWS_1251, WINDOWS_1252};

use crate::{Read, read};

const PEOPLE: &str = "Телефон;ФИО;Комментарий\n+79991234567;Иванов Иван;звонить после обеда\n8 (999) 123-45-68;Щукина Юлия;новый клиент\n";

fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
    let (bytes, _, lost) = encoding.encode(text);
    assert!(!lost, "{text}");
    bytes.into_owned()
}

/// A file and what must come of it.
struct File {
    name: &'static str,
    bytes: Vec<u8>,
    encoding: &'static str,
    delimiter: char,
    header: Option<u32>,
    /// Lines of the contacts.
    lines: Vec<i32>,
    /// Cells of the first contact.
    first: &'static [&'static str],
}

fn files() -> Vec<File> {
    let file = |name, bytes: Vec<u8>| File {
        name,
        bytes,
        encoding: "UTF-8",
        delimiter: ';',
        header: Some(1),
        lines: vec![2, 3],
        first: &["+79991234567", "Иванов Иван", "звонить после обеда"],
    };
    let utf16 = |text: &str, to: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to).collect::<Vec<u8>>();
    let tabs = PEOPLE.replace(';', "\t");
    vec![
        file("utf8-mark-crlf.csv", format!("\u{feff}{PEOPLE}").replace('\n', "\r\n").into_bytes()),
        File { encoding: "windows-1251", ..file("windows-1251.csv", encoded(PEOPLE, WINDOWS_1251)) },
        File { encoding: "KOI8-R", ..file("koi8-r.csv", encoded(PEOPLE, KOI8_R)) },
        File { encoding: "IBM866", ..file("cp866.csv", encoded(PEOPLE, IBM866)) },
        File {
            encoding: "windows-1251",
            first: &["+79991234567", "ИВАНОВ ИВАН", "ЗВОНИТЬ ПОСЛЕ ОБЕДА"],
            ..file("windows-1251-capitals.csv", encoded(&PEOPLE.to_uppercase(), WINDOWS_1251))
        },
        File {
            encoding: "windows-1252",
            header: Some(1),
            lines: vec![2],
            first: &["+493012345678", "Jürgen Groß"],
            ..file("windows-1252.csv", encoded("Telefon;phone;name\n".trim_start_matches("Telefon;"), WINDOWS_1252).into_iter().chain(encoded("+493012345678;Jürgen Groß\n", WINDOWS_1252)).collect())
        },
        File { encoding: "UTF-16LE", delimiter: '\t', ..file("utf16le-mark.csv", utf16(&format!("\u{feff}{tabs}"), u16::to_le_bytes)) },
        File { encoding: "UTF-16BE", delimiter: '\t', ..file("utf16be-no-mark.csv", utf16(&tabs, u16::to_be_bytes)) },
        file("lone-returns.csv", PEOPLE.replace('\n', "\r").into_bytes()),
        File { lines: vec![2, 3, 5], ..file("mixed-line-ends.csv", format!("{}\r\n\r\n+79991234569;x\r", PEOPLE.trim_end()).into_bytes()) },
        File {
            delimiter: '|',
            header: Some(2),
            lines: vec![3],
            first: &["+79991234567", "a;b,c"],
            ..file("sep-line.csv", b"sep=|\r\nphone|note\r\n+79991234567|a;b,c\r\n".to_vec())
        },
        File {
            delimiter: ',',
            lines: vec![2, 4],
            first: &["+79991234567", "Сказал: \"потом\"\nи ушёл, вернётся"],
            ..file("quotes.csv", "phone,note\r\n+79991234567,\"Сказал: \"\"потом\"\"\r\nи ушёл, вернётся\"\r\n+79991234568,ООО \"Ромашка\"\r\n".as_bytes().to_vec())
        },
        File { first: &["+79991234567"], lines: vec![2, 3], ..file("ragged.csv", "phone;name;city\n+79991234567\n+79991234568;a;b;c;;;;\n".as_bytes().to_vec()) },
        File {
            header: Some(5),
            lines: vec![6, 7],
            first: &["1", "Петров", "89991234567", "100,50"],
            ..file("titles-and-sum.csv", "ООО «Ромашка»;;;\nОтчёт, май;;;\n\n;;;\n№;ФИО;Телефон;Сумма\n1;Петров;89991234567;100,50\n2;Орлов;89991234568;200\nИтого:;;;300,50\n".as_bytes().to_vec())
        },
        File { header: None, lines: vec![1, 2], first: &["89991234567", "Иванов, Иван"], ..file("no-header.csv", "89991234567;Иванов, Иван\n89991234568;Орлов, Пётр\n".as_bytes().to_vec()) },
        File {
            delimiter: ',',
            lines: vec![2, 3, 4],
            first: &["John Doe", "+91 9876543210", "john@example.com"],
            ..file("foreign-template.csv", b"name,phone_number,email\nJohn Doe,+91 9876543210,john@example.com\nJane,+1 202-555-0143,\nOmar,+971 50 123 4567,\n,,\nINSTRUCTIONS:,,\n1. Phone is required,,\n2. Include the country code,,\n".to_vec())
        },
        File { delimiter: ',', lines: vec![2, 3, 4], first: &["+79991234567", "\"Ivan"], ..file("open-quote.csv", b"phone,name\n+79991234567,\"Ivan\n+79991234568,\"Olga\"\n+79991234569,Petr\n".to_vec()) },
        File { encoding: "UTF-8", lines: vec![2, 3], first: &["+79991234567", "Иван�в Пётр Ильич, директор отдела продаж"], ..file("one-broken-letter.csv", one_broken_letter()) },
        File { delimiter: ',', first: &["+79991234567", "ab"], ..file("nul.csv", b"phone,name\n+79991234567,a\0b\n+79991234568,c\n".to_vec()) },
        File { delimiter: ',', first: &["7.9991E+10", "Ivan"], ..file("spreadsheet-damage.csv", b"phone,name\n7.9991E+10,Ivan\n\"7,99912E+10\",Olga\n".to_vec()) },
        File { delimiter: '\t', first: &["89991234567", "Иван"], ..file("text.xls", "Телефон\tИмя\n89991234567\tИван\n89991234568\tОльга\n".as_bytes().to_vec()) },
        File { first: &["Петров", "Иван", "Ильич", "89991234567", "89991234568", "7707083893"], lines: vec![2], ..file("parts-and-phones.csv", "Фамилия;Имя;Отчество;Телефон 1;Доп. телефон;ИНН\nПетров;Иван;Ильич;89991234567;89991234568;7707083893\n".as_bytes().to_vec()) },
    ]
}

/// UTF-8 in which a program has cut a letter in two.
fn one_broken_letter() -> Vec<u8> {
    let text =
        "Телефон;ФИО\n+79991234567;Иван#в Пётр Ильич, директор отдела продаж\n+79991234568;Орлова Анна Сергеевна\n";
    let (before, after) = text.split_once('#').expect("a place");
    [before.as_bytes(), b"\xd0", after.as_bytes()].concat()
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../tests/files")
}

#[test]
fn the_files_are_those_that_this_module_writes() {
    let readme = fs::read_to_string(folder().join("README.md")).expect("the table of files");
    for file in files() {
        let path = folder().join(file.name);
        if env::var_os("CALLBOARD_WRITE_FILES").is_some() {
            fs::write(&path, &file.bytes).expect("written");
        }
        assert!(fs::read(&path).expect(file.name) == file.bytes, "{} is another", file.name);
        assert!(readme.contains(&format!("`{}`", file.name)), "{} is not in the table", file.name);
    }
}

#[test]
fn every_file_gives_what_is_said_of_it() {
    for file in files() {
        let Read { layout, rows, all } =
            read(file.name, &file.bytes).unwrap_or_else(|error| panic!("{}: {error}", file.name));
        let name = file.name;
        assert_eq!(layout.encoding.as_deref(), Some(file.encoding), "{name}");
        assert_eq!((layout.delimiter, layout.header_row), (Some(file.delimiter), file.header), "{name}");
        let contacts: Vec<_> = rows.iter().filter(|row| row.note.is_none()).collect();
        assert_eq!(contacts.iter().map(|row| row.line).collect::<Vec<_>>(), file.lines, "{name}");
        assert_eq!(contacts[0].cells, file.first, "{name}");
        assert_eq!(all.damaged, u64::from(name == "one-broken-letter.csv"), "{name}");
        layout.guessed_mapping().check().unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn rows_that_are_nobody_are_said_to_be() {
    let notes = |wanted: &str| {
        let file = files().into_iter().find(|file| file.name == wanted).expect("a file");
        let rows = read(wanted, &file.bytes).expect("a list").rows;
        rows.iter().filter_map(|row| row.note.map(|note| (row.line, note))).collect::<Vec<_>>()
    };
    assert_eq!(notes("titles-and-sum.csv"), [(8, RowNote::Total)]);
    let prose = [6, 7, 8].map(|line| (line, RowNote::Instruction));
    assert_eq!(notes("foreign-template.csv"), prose);
}
