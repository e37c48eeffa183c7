//! The text of a Word document: the paragraphs of its main part, in order. Owns the limits against files that unpack to
//! more than they seem; headers, footers and comments are not what a bot should know.

use std::io::{BufReader, Cursor, Read};

use quick_xml::{Reader, events::Event};
use zip::ZipArchive;

const MAIN: &str = "word/document.xml";
/// Bytes of the main part, unpacked.
const LARGEST: u64 = 64 * 1024 * 1024;

/// The text, a line per paragraph; a reason of the message catalogue when there is none.
pub(super) fn text(file: Vec<u8>) -> Result<String, &'static str> {
    let mut archive = ZipArchive::new(Cursor::new(file)).map_err(|_| "damaged")?;
    let main = archive.by_name(MAIN).map_err(|_| "damaged")?;
    let mut xml = Reader::from_reader(BufReader::new(main.take(LARGEST)));
    let (mut text, mut buffer, mut in_text) = (String::new(), Vec::new(), false);
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).map_err(|_| "damaged")? {
            Event::Start(start) if start.local_name().as_ref() == "t" => in_text = true,
            Event::End(end) => match end.local_name().as_ref() {
                "t" => in_text = false,
                "p" => text.push('\n'),
                _ => {}
            },
            Event::Empty(empty) => match empty.local_name().as_ref() {
                "br" | "cr" => text.push('\n'),
                "tab" => text.push(' '),
                _ => {}
            },
            Event::Text(part) if in_text => text.push_str(&part.xml10_content()),
            Event::GeneralRef(entity) if in_text => {
                if let Ok(Some(letter)) = entity.resolve_char_ref() {
                    text.push(letter);
                } else if let Some(known) = quick_xml::escape::resolve_predefined_entity(entity.as_ref()) {
                    text.push_str(known);
                }
            }
            Event::Eof => return Ok(text),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn document(xml: &str) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file(MAIN, zip::write::SimpleFileOptions::default()).expect("a file in memory");
        zip.write_all(xml.as_bytes()).expect("a file in memory");
        zip.finish().expect("a file in memory").into_inner()
    }

    #[test]
    fn paragraphs_are_lines() {
        let file = document(
            r#"<w:document xmlns:w="x"><w:body><w:p><w:r><w:t>Салон </w:t></w:r><w:r><w:t>&quot;Лето&quot; &amp; Ко</w:t></w:r></w:p>
               <w:p><w:r><w:t>с 9</w:t><w:tab/><w:t>до 21</w:t></w:r></w:p></w:body></w:document>"#,
        );
        assert_eq!(text(file), Ok("Салон \"Лето\" & Ко\nс 9 до 21\n".to_owned()));
    }

    #[test]
    fn what_is_no_word_document_is_damaged() {
        assert_eq!(text(b"PK nothing".to_vec()), Err("damaged"));
        assert_eq!(text(Vec::new()), Err("damaged"));
    }
}
