//! Tables as files. Owns that a spreadsheet shows what was stored and calculates nothing in it, and that memory holds the
//! file and one page of rows, not the table. Refuses to know what stands in the columns.

use callboard_contract::{ErrorCode, FileFormat, IpcError};
use callboard_core::call::Outcome;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use rust_xlsxwriter::{Format, Workbook, XlsxError};

use crate::{context::Context, error::UseCase};

/// Rows that are read at once.
pub(crate) const PAGE: i64 = 5_000;
/// Rows of a file; a sheet holds 1,048,576.
pub(crate) const MOST_ROWS: i32 = 1_000_000;
/// Characters that a cell of a spreadsheet holds.
const MOST_CHARS: usize = 32_767;

/// The language of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Words {
    English,
    Russian,
}

impl Words {
    /// English unless it is `ru`.
    pub(crate) fn of_language(language: &str) -> Self {
        if language == "ru" { Self::Russian } else { Self::English }
    }

    /// The English or the Russian one.
    pub(crate) fn of(self, [english, russian]: [&str; 2]) -> &str {
        match self {
            Self::English => english,
            Self::Russian => russian,
        }
    }

    /// What spreadsheets of the language expect between the cells of a text file.
    fn delimiter(self) -> u8 {
        match self {
            Self::English => b',',
            Self::Russian => b';',
        }
    }
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    /// Nothing.
    Empty,
    /// A text, also a phone number: spreadsheets take the digits of a number away.
    Text(String),
    /// A number.
    Number(f64),
}

impl From<Option<String>> for Cell {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::Empty, Self::Text)
    }
}

/// An instant as people of a zone read it.
pub(crate) fn instant(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
}

/// An outcome in words.
pub(crate) fn outcome(outcome: Outcome, words: Words) -> &'static str {
    let [english, russian] = match outcome {
        Outcome::Success => ["success", "успех"],
        Outcome::Refusal => ["refusal", "отказ"],
        Outcome::Callback => ["callback", "перезвонить"],
        Outcome::Voicemail => ["voicemail", "автоответчик"],
        Outcome::NoAnswer => ["no answer", "нет ответа"],
        Outcome::Busy => ["busy", "занято"],
        Outcome::InvalidNumber => ["invalid number", "неверный номер"],
        Outcome::Failed => ["failed", "сбой"],
        Outcome::Unknown => ["unknown", "неизвестно"],
    };
    words.of([english, russian])
}

/// A name for a file of this day.
pub(crate) fn dated(name: &str, at: DateTime<Utc>, zone: Tz) -> String {
    format!("{name} {}", at.with_timezone(&zone).format("%Y-%m-%d"))
}

/// Whether a spreadsheet would calculate a text (OWASP, CWE-1236).
fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

enum Form {
    Csv(Box<csv::Writer<Vec<u8>>>),
    Xlsx(Box<Sheet>),
}

/// A workbook and the forms of its cells, made once.
struct Sheet {
    workbook: Workbook,
    head: Format,
    text: Format,
}

/// A table that is being written.
pub(crate) struct Table {
    form: Form,
    width: usize,
    written: u32,
    /// Finds a failure in the log.
    incident: uuid::Uuid,
}

impl Table {
    /// Begins a file with its header.
    ///
    /// # Errors
    /// When no temporary file can be made.
    pub(crate) fn begin(context: &Context, format: FileFormat, words: Words, columns: Vec<String>) -> UseCase<Self> {
        let incident = context.new_id();
        let table = || -> Result<Self, WriteError> {
            let form = match format {
                FileFormat::Csv => {
                    // Without the mark, spreadsheets read Cyrillic as something else.
                    let bytes = "\u{feff}".as_bytes().to_vec();
                    let mut writer = csv::WriterBuilder::new();
                    writer.delimiter(words.delimiter()).terminator(csv::Terminator::CRLF).flexible(true);
                    Form::Csv(Box::new(writer.from_writer(bytes)))
                }
                FileFormat::Xlsx => {
                    let mut workbook = Workbook::new();
                    workbook.add_worksheet_with_constant_memory()?.set_freeze_panes(1, 0)?;
                    let (head, text) = (Format::new().set_bold(), Format::new().set_num_format("@"));
                    Form::Xlsx(Box::new(Sheet { workbook, head, text }))
                }
            };
            let mut table = Self { form, width: columns.len(), written: 0, incident };
            table.push(columns.into_iter().map(Cell::Text).collect())?;
            Ok(table)
        };
        table().map_err(|error| error.refusal(incident))
    }

    fn push(&mut self, row: Vec<Cell>) -> Result<(), WriteError> {
        let cells = row.into_iter().chain(std::iter::repeat(Cell::Empty)).take(self.width);
        match &mut self.form {
            Form::Csv(writer) => {
                for cell in cells {
                    match cell {
                        Cell::Empty => writer.write_field("")?,
                        Cell::Text(text) if is_formula(&text) => writer.write_field(format!("'{text}"))?,
                        Cell::Text(text) => writer.write_field(text)?,
                        Cell::Number(number) => writer.write_field(number.to_string())?,
                    }
                }
                writer.write_record(None::<&[u8]>)?;
            }
            Form::Xlsx(file) => {
                let form = if self.written == 0 { &file.head } else { &file.text };
                let sheet = file.workbook.worksheet_from_index(0)?;
                for (column, cell) in (0_u16..).zip(cells) {
                    match cell {
                        Cell::Text(text) if !text.is_empty() => {
                            let text = match text.char_indices().nth(MOST_CHARS) {
                                Some((end, _)) => &text[..end],
                                None => text.as_str(),
                            };
                            sheet.write_string_with_format(self.written, column, text, form)?;
                        }
                        Cell::Empty | Cell::Text(_) => {}
                        Cell::Number(number) => {
                            sheet.write_number(self.written, column, number)?;
                        }
                    }
                }
            }
        }
        self.written += 1;
        Ok(())
    }

    /// Writes rows, on a thread that may block.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub(crate) async fn rows(mut self, rows: Vec<Vec<Cell>>) -> UseCase<Self> {
        let incident = self.incident;
        let written = tokio::task::spawn_blocking(move || {
            rows.into_iter().try_for_each(|row| self.push(row))?;
            Ok(self)
        });
        written.await.unwrap_or_else(|error| Err(WriteError::Thread(error))).map_err(|error| error.refusal(incident))
    }

    /// The file: its name with the ending, and its bytes.
    ///
    /// # Errors
    /// When it cannot be put together.
    pub(crate) async fn end(self, name: &str) -> UseCase<(String, Vec<u8>)> {
        let incident = self.incident;
        let ending = match self.form {
            Form::Csv(_) => "csv",
            Form::Xlsx(_) => "xlsx",
        };
        let bytes = tokio::task::spawn_blocking(move || match self.form {
            Form::Csv(writer) => writer.into_inner().map_err(|error| WriteError::File(error.into_error())),
            Form::Xlsx(mut file) => Ok(file.workbook.save_to_buffer()?),
        });
        let bytes = bytes.await.unwrap_or_else(|error| Err(WriteError::Thread(error)));
        Ok((format!("{name}.{ending}"), bytes.map_err(|error| error.refusal(incident))?))
    }
}

#[derive(Debug, thiserror::Error)]
enum WriteError {
    #[error("the text file: {0}")]
    Csv(#[from] csv::Error),
    #[error("the workbook: {0}")]
    Xlsx(#[from] XlsxError),
    #[error("the file: {0}")]
    File(#[from] std::io::Error),
    #[error("the thread: {0}")]
    Thread(tokio::task::JoinError),
}

impl WriteError {
    fn refusal(&self, incident: uuid::Uuid) -> IpcError {
        tracing::error!(incident = %incident, error = %self, "A file could not be made; incident {incident}");
        IpcError {
            incident: Some(incident),
            ..IpcError::refusal(ErrorCode::Internal, format!("The file could not be made: {self}."))
        }
    }
}
