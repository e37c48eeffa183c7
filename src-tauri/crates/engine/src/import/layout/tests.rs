use std::io::Write as _;

use super::{
    super::{Unreadable, columns::ColumnRole, source::Source},
    *,
};

pub(in super::super) struct Written(tempfile::NamedTempFile, String);

impl Written {
    pub fn new(name: &str, bytes: &[u8]) -> Self {
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.write_all(bytes).expect("written");
        Self(file, name.to_owned())
    }

    pub fn dropped(&self) -> DroppedFile<'_> {
        DroppedFile { path: self.0.path(), name: &self.1, region: "RU", limits: ImportLimits::default() }
    }
}

fn detect(name: &str, bytes: impl AsRef<[u8]>) -> Result<Layout, ImportError> {
    Layout::detect(Written::new(name, bytes.as_ref()).dropped(), &LayoutChoice::default())
}

fn found(bytes: impl AsRef<[u8]>) -> Layout {
    detect("list.csv", bytes).expect("a list")
}

fn lines(file: &Written, choice: &LayoutChoice) -> Vec<i32> {
    let layout = Layout::detect(file.dropped(), choice).expect("a list");
    let mut lines = Vec::new();
    Source::open(file.dropped(), &layout, None)
        .expect("opened")
        .each_row::<ImportError>(|row| {
            lines.push(row.line);
            Ok(())
        })
        .expect("read");
    lines
}

fn names(layout: &Layout) -> Vec<String> {
    layout.column_names()
}

#[test]
fn a_plain_list_is_understood() {
    let layout = found("phone_number,name\n+79991234567,Ivan\n+79991234568,Olga\n");
    assert_eq!((layout.kind, layout.header_row, layout.delimiter), (FileKind::Csv, Some(1), Some(',')));
    assert_eq!(layout.encoding.as_deref(), Some("UTF-8"));
    assert_eq!(names(&layout), ["phone_number", "name"]);
    assert_eq!(layout.columns[1].samples, ["Ivan", "Olga"]);
    layout.guessed_mapping().check().expect("it has a phone");
}

#[test]
fn titles_above_the_header_are_no_contacts() {
    let text =
        "Отчёт за май 2026\n\nМенеджер: Иванова\n;;\nФИО;Телефон;Город\nПетров;89991234567;Тула\nОрлов;89991234568;\n";
    let layout = found(text);
    assert_eq!((layout.header_row, layout.delimiter), (Some(5), Some(';')));
    assert_eq!(names(&layout), ["ФИО", "Телефон", "Город"]);
    let file = Written::new("a.csv", text.as_bytes());
    assert_eq!(lines(&file, &LayoutChoice::default()), [6, 7]);
}

#[test]
fn a_list_without_names_of_columns_gets_generated_ones() {
    let layout = found("89991234567;Иванов Иван\n89991234568;Петров Пётр;Тула\n");
    assert_eq!(layout.header_row, None);
    assert_eq!(names(&layout), ["column_1", "column_2", "column_3"]);
    let mapping = layout.guessed_mapping();
    assert_eq!((mapping.role(0), mapping.role(1)), (ColumnRole::Phone, ColumnRole::Name));
}

#[test]
fn unknown_names_above_phones_are_a_header_and_a_lone_title_is_not() {
    assert_eq!(found("кому;что\n89991234567;Иванов\n").header_row, Some(1));
    assert_eq!(found("База клиентов\n89991234567;Иванов;Тула;x\n").header_row, None);
    assert_eq!(found("name,company\nIvan,Acme\n").header_row, Some(1), "the refusal names the missing column");
}

#[test]
fn columns_can_be_told_apart() {
    let layout = found("phone,,note,note,note (2),,\n1,2\n");
    assert_eq!(names(&layout), ["phone", "column_2", "note", "note (2)", "note (2) (2)"]);
}

#[test]
fn a_choice_takes_the_place_of_every_guess() {
    let file = Written::new("a.csv", b"phone|name\n89991234567|Ivan\n89991234568|\xc8\xe2\xe0\xed\n");
    let choice = LayoutChoice {
        encoding: Some("cp866".to_owned()),
        delimiter: Some(';'),
        sheet: None,
        header_row: Some(HeaderChoice::Row(2)),
    };
    let layout = Layout::detect(file.dropped(), &choice).expect("a list");
    assert_eq!((layout.encoding.as_deref(), layout.delimiter), (Some("IBM866"), Some(';')));
    assert_eq!(names(&layout), ["89991234567|Ivan"]);
    assert_eq!(lines(&file, &choice), [3]);
    let none = LayoutChoice { header_row: Some(HeaderChoice::NoHeader), ..LayoutChoice::default() };
    assert_eq!(lines(&file, &none), [1, 2, 3]);
    let again = Layout::detect(file.dropped(), &layout.as_choice()).expect("a list");
    assert_eq!(again, layout, "what was found can be chosen");
    for wrong in [
        LayoutChoice { encoding: Some("klingon".to_owned()), ..LayoutChoice::default() },
        LayoutChoice { header_row: Some(HeaderChoice::Row(99)), ..LayoutChoice::default() },
    ] {
        assert!(Layout::detect(file.dropped(), &wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn encodings_are_found_where_only_the_end_of_the_file_shows_them() {
    let mut bytes = b"phone;name\n".to_vec();
    while bytes.len() < 3 << 20 {
        bytes.extend_from_slice(b"89991234567;Ivan Petrov\n");
    }
    let plain = bytes.clone();
    for _ in 0..2000 {
        bytes.extend_from_slice(&encoding_rs::WINDOWS_1251.encode("89991234567;Иван Петров\n").0);
    }
    assert_eq!(found(&bytes).encoding.as_deref(), Some("windows-1251"));
    let mut one_bad = plain;
    one_bad.extend_from_slice("89991234567;Пётр\n".repeat(100).as_bytes());
    one_bad.extend_from_slice(b"89991234567;\xd0\n");
    let file = Written::new("a.csv", &one_bad);
    let layout = Layout::detect(file.dropped(), &LayoutChoice::default()).expect("a list");
    assert_eq!(layout.encoding.as_deref(), Some("UTF-8"), "one cut letter is no other encoding");
    let read = Source::open(file.dropped(), &layout, None).expect("opened").each_row::<ImportError>(|_| Ok(()));
    let read = read.expect("read");
    assert_eq!(read.damaged, 1, "and is not kept quiet");
    assert!(read.first_damaged.is_some());
}

/// Acceptance 8, 10.
#[test]
fn kinds_are_known_by_name_and_content() {
    for name in ["a.csv", "a.CSV", "a.tsv", "export.xls"] {
        assert_eq!(detect(name, "phone\n89991234567\n").expect(name).kind, FileKind::Csv, "{name}");
    }
    let reason = |name, bytes: &[u8]| match detect(name, bytes) {
        Err(ImportError::Unreadable { reason }) => reason,
        other => panic!("{name}: {other:?}"),
    };
    assert_eq!(reason("a.csv", b""), Unreadable::Empty);
    assert_eq!(reason("a.csv", b"\n \n;;;\r\n,,\n"), Unreadable::Empty);
    assert_eq!(reason("a.csv", b"PK\x03\x04"), Unreadable::NotText);
    assert_eq!(reason("a.csv", &[0; 100]), Unreadable::NotText);
    assert_eq!(reason("a.xlsx", b"phone\n1\n"), Unreadable::NotAWorkbook);
    assert_eq!(reason("a.xls", b"<html><table>"), Unreadable::NotAWorkbook);
    assert_eq!(reason("a.xlsx", b"\xd0\xcf\x11\xe0"), Unreadable::Protected);
    assert!(matches!(detect("test.txt", "phone\n1\n"), Err(ImportError::UnsupportedFormat { .. })));
}

/// Acceptance 85.
#[test]
fn limits_refuse_with_the_limit() {
    let limits = ImportLimits { rows: 1000, bytes: 10_000_000 };
    let list = |rows: usize| format!("phone\n{}Итого: {rows}\n", "89991234567\n".repeat(rows));
    let read = |rows: usize| {
        let file = Written::new("a.csv", list(rows).as_bytes());
        let dropped = DroppedFile { limits, ..file.dropped() };
        let layout = Layout::detect(dropped, &LayoutChoice::default()).expect("a list");
        Source::open(dropped, &layout, None).expect("opened").each_row::<ImportError>(|_| Ok(()))
    };
    let all = read(1000).expect("as many as are allowed");
    assert_eq!((all.rows, all.noted), (1000, 1), "the sum at the end is no contact");
    assert!(matches!(read(1001), Err(ImportError::TooLarge { limit: Limit::Rows, most: 1000 })));
    let file = Written::new("a.csv", &vec![b'1'; 10_000_001]);
    let dropped = DroppedFile { limits, ..file.dropped() };
    let refused = Layout::detect(dropped, &LayoutChoice::default());
    assert!(matches!(refused, Err(ImportError::TooLarge { limit: Limit::Bytes, most: 10_000_000 })));
}
