//! Empty lists for people who have none yet. Owns their columns, their sample contacts and their instructions, which the
//! reader knows again: a template that is uploaded as it is becomes three contacts.

use std::fmt::Write as _;

use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::{keys::keyed_enum, notes::MARK};

keyed_enum! {
    /// Which columns a template has.
    pub enum TemplateKind {
        /// Those that most lists have.
        Basic = "basic",
        /// Everything that is understood.
        Advanced = "advanced",
    }
}

keyed_enum! {
    /// What a template opens in.
    pub enum TemplateFormat {
        /// Text that every spreadsheet of the language opens.
        Csv = "csv",
        /// A workbook.
        Xlsx = "xlsx",
    }
}

keyed_enum! {
    /// Languages of templates.
    pub enum TemplateLanguage {
        /// English.
        English = "en",
        /// Russian.
        Russian = "ru",
    }
}

/// A column: its names, and what the three sample contacts have there, in English and Russian.
struct Column {
    names: [&'static str; 2],
    samples: [[&'static str; 2]; 3],
}

const fn column(english: &'static str, russian: &'static str, samples: [[&'static str; 2]; 3]) -> Column {
    Column { names: [english, russian], samples }
}

const BASIC: [Column; 5] = [
    column(
        "name",
        "ФИО",
        [["Ivan Petrov", "Петров Иван"], ["Olga Smirnova", "Смирнова Ольга"], ["Pavel Orlov", "Орлов Павел"]],
    ),
    column("phone_number", "Телефон", [["+7 999 123-45-67"; 2], ["+7 999 123-45-68"; 2], ["+7 999 123-45-69"; 2]]),
    column("email", "Email", [["ivan@example.com"; 2], ["olga@example.com"; 2], [""; 2]]),
    column("company", "Компания", [["Romashka", "Ромашка"], ["", ""], ["Vector", "Вектор"]]),
    column(
        "notes",
        "Комментарий",
        [["Call after lunch", "Звонить после обеда"], ["", ""], ["Asked for prices", "Просил цены"]],
    ),
];

const FURTHER: [Column; 8] = [
    column("city", "Город", [["Moscow", "Москва"], ["Omsk", "Омск"], ["Kazan", "Казань"]]),
    column("country", "Страна", [["Russia", "Россия"]; 3]),
    column("time_zone", "Часовой пояс", [["Europe/Moscow"; 2], ["Asia/Omsk"; 2], ["Europe/Moscow"; 2]]),
    column("tags", "Теги", [["vip, spring", "vip, весна"], ["", ""], ["spring", "весна"]]),
    column("lead_score", "Оценка лида", [["80"; 2], ["55"; 2], ["70"; 2]]),
    column("last_interaction", "Последний контакт", [["2026-01-31"; 2], [""; 2], ["2026-02-14"; 2]]),
    column("industry", "Отрасль", [["Retail", "Торговля"], ["", ""], ["Logistics", "Логистика"]]),
    column("deal_size", "Сумма сделки", [["150000"; 2], [""; 2], ["90000"; 2]]),
];

const INSTRUCTIONS: [[&str; 2]; 5] = [
    [
        "Replace the three samples with your contacts. These lines are ignored.",
        "Замените три примера своими контактами. Эти строки не импортируются.",
    ],
    [
        "Only the phone is required: with the country code, or in the format of your country.",
        "Обязателен только телефон: с кодом страны или в формате вашей страны.",
    ],
    [
        "Several phones fit into one cell, separated by a semicolon, or into further columns.",
        "Несколько телефонов пишите в одной ячейке через точку с запятой или в отдельных столбцах.",
    ],
    [
        "Keep the phone column formatted as text, otherwise the spreadsheet loses digits.",
        "Оставьте столбец телефона текстовым, иначе таблица потеряет цифры.",
    ],
    [
        "Any further column is data for the conversation, under its own name.",
        "Любой другой столбец станет данными для разговора под своим именем.",
    ],
];

/// A template as the bytes of a file.
///
/// # Errors
/// When the workbook cannot be put together.
pub fn template(kind: TemplateKind, format: TemplateFormat, language: TemplateLanguage) -> Result<Vec<u8>, XlsxError> {
    let at = match language {
        TemplateLanguage::English => 0,
        TemplateLanguage::Russian => 1,
    };
    let further = match kind {
        TemplateKind::Basic => &[],
        TemplateKind::Advanced => FURTHER.as_slice(),
    };
    let columns: Vec<&Column> = BASIC.iter().chain(further).collect();
    let mut rows = vec![columns.iter().map(|column| column.names[at].to_owned()).collect::<Vec<_>>()];
    rows.extend((0..3).map(|sample| columns.iter().map(|column| column.samples[sample][at].to_owned()).collect()));
    rows.extend(INSTRUCTIONS.map(|text| vec![format!("{MARK} {}", text[at])]));
    match format {
        TemplateFormat::Csv => Ok(csv(&rows, if at == 1 { ';' } else { ',' })),
        TemplateFormat::Xlsx => xlsx(&rows),
    }
}

fn csv(rows: &[Vec<String>], delimiter: char) -> Vec<u8> {
    let width = rows.first().map_or(0, Vec::len);
    // Without the mark, spreadsheets read Cyrillic as something else.
    let mut text = String::from('\u{feff}');
    for row in rows {
        for index in 0..width {
            let cell = row.get(index).map_or("", String::as_str);
            if index > 0 {
                text.push(delimiter);
            }
            // A phone with a plus is a formula to a spreadsheet; the apostrophe makes it text, and is taken off on import.
            let protect = if cell.starts_with('+') { "'" } else { "" };
            if cell.contains([',', ';', '"']) {
                let _ = write!(text, "\"{protect}{}\"", cell.replace('"', "\"\""));
            } else {
                text.push_str(protect);
                text.push_str(cell);
            }
        }
        text.push_str("\r\n");
    }
    text.into_bytes()
}

fn xlsx(rows: &[Vec<String>]) -> Result<Vec<u8>, XlsxError> {
    const WIDTH: f64 = 22.0;
    let mut workbook = Workbook::new();
    let (bold, text, prose) = (Format::new().set_bold(), Format::new().set_num_format("@"), Format::new().set_italic());
    let sheet = workbook.add_worksheet();
    for (line, row) in (0_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(row) {
            let format = match (line, row.len()) {
                (0, _) => &bold,
                (_, 1) => &prose,
                _ => &text,
            };
            if !cell.is_empty() {
                sheet.write_string_with_format(line, column, cell, format)?;
            }
        }
    }
    for column in 0..rows.first().map_or(0, Vec::len) {
        let column = u16::try_from(column).unwrap_or(u16::MAX);
        sheet.set_column_width(column, WIDTH)?;
        // Also where the person will write: a number cell would lose the plus and the last digits.
        sheet.set_column_format(column, &text)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    workbook.save_to_buffer()
}
