use encoding_rs::UTF_8;

use super::*;

fn rows(text: &str) -> Vec<(i32, bool, Vec<String>)> {
    let mut rows = CsvRows::with(text.as_bytes(), UTF_8, None).expect("memory can be read");
    let (mut row, mut all) = (Row::default(), Vec::new());
    while rows.next(&mut row).expect("memory can be read") {
        all.push((row.line, row.overlong, row.cells().map(str::to_owned).collect()));
    }
    all
}

fn cells(text: &str) -> Vec<Vec<String>> {
    rows(text).into_iter().map(|(_, _, cells)| cells).collect()
}

#[test]
fn the_delimiter_is_found_for_every_usual_one() {
    for delimiter in [",", ";", "\t", "|"] {
        let text = format!("phone_number{delimiter}name\n+79991234567{delimiter}\"Petrov, Ivan; jr\"\n");
        assert_eq!(
            cells(&text),
            [vec!["phone_number", "name"], vec!["+79991234567", "Petrov, Ivan; jr"]],
            "{delimiter:?}"
        );
    }
}

#[test]
fn commas_inside_the_cells_do_not_outvote_the_header() {
    let text = "Телефон;Адрес\n89991234567;Москва, Тверская, 1\n89991234568;Тула, Ленина, 2\n";
    assert_eq!(cells(text)[1], ["89991234567", "Москва, Тверская, 1"]);
    assert_eq!(cells("phone_number\n+79991234567\n"), [["phone_number"], ["+79991234567"]], "one column is a list too");
    assert_eq!(cells("phone_number"), [["phone_number"]], "a header without an end of line");
}

#[test]
fn a_declared_delimiter_wins_and_its_line_counts() {
    for first in ["sep=|", "SEP=|\r", "\"sep=|\""] {
        let all = rows(&format!("{first}\nphone|a,b;c\n1|2\n"));
        assert_eq!(all[0], (2, false, vec!["phone".to_owned(), "a,b;c".to_owned()]), "{first:?}");
    }
}

#[test]
fn a_row_is_numbered_by_the_line_on_which_it_starts() {
    let text = "phone,note\r\n1,\"two\r\nlines\"\r\n\r\n\r\n2,x\r\n3,\"\n\n\"\n4,y";
    let lines: Vec<_> = rows(text).iter().map(|(line, _, cells)| (*line, cells[1].clone())).collect();
    let expected = [(1, "note"), (2, "two\nlines"), (6, "x"), (7, "\n\n"), (10, "y")];
    assert_eq!(lines, expected.map(|(line, cell)| (line, cell.to_owned())));
}

#[test]
fn an_open_quotation_mark_costs_its_own_line_only() {
    let text = "phone,name\n1,\"Ivan\n2,Olga\n3,Petr\n";
    let all = rows(text);
    assert_eq!(all[1], (2, true, vec!["1".to_owned(), "\"Ivan".to_owned()]));
    assert_eq!(all[2], (3, false, vec!["2".to_owned(), "Olga".to_owned()]));
    assert_eq!(all.len(), 4);
    assert_eq!(rows("phone,name\n1,\"Ivan")[1].0, 2, "also on the last line");
}

/// Acceptance 14: a row beyond every limit.
#[test]
fn an_endless_row_costs_itself_only() {
    let text = format!("phone,name\n1,{}\n2,Olga\n3,\"{}\"\n4,Petr\n", "x".repeat(3 << 20), "y\n".repeat(1 << 20));
    let all = rows(&text);
    let good: Vec<_> = all.iter().filter(|row| !row.1 && row.2.len() == 2).map(|row| row.2[1].as_str()).collect();
    assert_eq!(good, ["name", "Olga", "Petr"]);
    assert_eq!((all[1].0, all[1].1), (2, true));
    assert!(all[1].2[1].len() <= MAX_CELL_CHARS, "what is kept for the report is bounded");
}

#[test]
fn ragged_rows_keep_what_they_have() {
    assert_eq!(
        cells("phone,name,city\n1\n2,b,c,d\n"),
        [vec!["phone", "name", "city"], vec!["1"], vec!["2", "b", "c", "d"]]
    );
}
