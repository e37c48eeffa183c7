use std::fmt::Write as _;

use super::{
    super::{
        layout::HeaderChoice,
        source::Source,
        template::{TemplateFormat, TemplateKind, TemplateLanguage, template},
    },
    *,
};

use super::super::layout::tests::Written;

fn list(rows: usize) -> String {
    let mut text = String::from("Телефон;Имя;Комментарий\n");
    for index in 0..rows {
        let _ = writeln!(text, "+7999{index:07};Иван {index};\"два\nслова; {index}\"");
    }
    text
}

#[test]
fn a_small_file_is_seen_whole() {
    let file = Written::new("a.csv", list(60).as_bytes());
    let seen = preview(file.dropped(), &LayoutChoice::default(), 7).expect("a list");
    assert_eq!((seen.rows, seen.first.len(), seen.random.len()), (RowCount::Exact(60), 50, 10));
    assert_eq!(seen.first[1].cells, ["+79990000001", "Иван 1", "два\nслова; 1"]);
    assert_eq!(seen.first[1].line, Some(4), "lines are those of the file");
    assert!(!seen.damaged && seen.above.is_empty());
}

#[test]
fn a_large_file_is_seen_in_places() {
    for encoding in ["utf-8", "windows-1251", "utf-16le"] {
        let text = list(200_000);
        let bytes = match encoding {
            "utf-16le" => [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect(),
            label => Encoding::for_label(label.as_bytes()).expect("known").encode(&text).0.into_owned(),
        };
        let file = Written::new("a.csv", &bytes);
        let seen = preview(file.dropped(), &LayoutChoice::default(), 7).expect("a list");
        let RowCount::About(rows) = seen.rows else { panic!("{:?}", seen.rows) };
        assert!((180_000..220_000).contains(&rows), "{encoding}: {rows}");
        assert!(seen.random.len() > 40, "{encoding}: {}", seen.random.len());
        for row in &seen.random {
            assert_eq!((row.line, row.cells.len()), (None, 3), "{encoding}: {row:?}");
            assert!(row.cells[0].starts_with("+7999"), "{encoding}: {row:?}");
        }
        assert!(!seen.damaged, "{encoding}");
        let other = preview(file.dropped(), &LayoutChoice::default(), 8).expect("a list");
        assert_ne!(other.random, seen.random, "the seed decides");
    }
}

#[test]
fn titles_are_shown_above() {
    let file = Written::new("a.csv", "Отчёт\n\nТелефон;Имя\n89991234567;Иван\nИтого;1\n".as_bytes());
    let seen = preview(file.dropped(), &LayoutChoice::default(), 7).expect("a list");
    assert_eq!(seen.above.iter().map(|row| row.line).collect::<Vec<_>>(), [Some(1)]);
    assert_eq!((seen.rows, seen.first[1].note), (RowCount::Exact(1), Some(RowNote::Total)));
    let none = LayoutChoice { header_row: Some(HeaderChoice::NoHeader), ..LayoutChoice::default() };
    let seen = preview(file.dropped(), &none, 7).expect("a list");
    assert_eq!((seen.above.len(), seen.first.len()), (0, 4));
}

/// Acceptance 86.
#[test]
fn a_template_as_it_is_becomes_three_contacts() {
    for kind in TemplateKind::ALL {
        for format in TemplateFormat::ALL {
            for language in TemplateLanguage::ALL {
                let bytes = template(*kind, *format, *language).expect("put together");
                let name = format!("template.{}", format.as_str());
                let file = Written::new(&name, &bytes);
                let seen = preview(file.dropped(), &LayoutChoice::default(), 7).expect("a list");
                let case = format!("{kind:?} {format:?} {language:?}");
                assert_eq!(seen.rows, RowCount::Exact(3), "{case}");
                let mapping = seen.layout.guessed_mapping();
                mapping.check().expect("a phone");
                let has = |role| mapping.with_role(role).count() == 1;
                let basic =
                    [ColumnRole::Phone, ColumnRole::Name, ColumnRole::Email, ColumnRole::Company, ColumnRole::Notes];
                assert!(basic.into_iter().all(has), "{case}: {mapping:?}");
                assert_eq!(has(ColumnRole::Zone) && has(ColumnRole::Tags), *kind == TemplateKind::Advanced, "{case}");
                let mut phones = Vec::new();
                let source = Source::open(file.dropped(), &seen.layout, Some(&mapping)).expect("opened");
                let read = source.each_row::<ImportError>(|row| {
                    if row.note.is_none() {
                        phones.push(super::super::source::value_of(row.cell(mapping.phones()[0])).to_owned());
                    }
                    Ok(())
                });
                assert_eq!(phones, ["+7 999 123-45-67", "+7 999 123-45-68", "+7 999 123-45-69"], "{case}");
                assert_eq!(read.expect("read").noted, 5, "{case}");
            }
        }
    }
}
