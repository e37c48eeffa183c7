//! The text of a file: what kind it is by its name, and how much of it is read.

use std::path::{Path, PathBuf};

use callboard_contract::{ErrorCode, IpcError, KnowledgeSource};

use super::docx;
use crate::error::UseCase;

/// Bytes of a file.
const LARGEST: u64 = 20 * 1024 * 1024;

/// The text of a file and what it was.
///
/// # Errors
/// `unsupported_format`; `unreadable_file` with the reason.
pub(super) async fn read(path: PathBuf, name: &str) -> UseCase<(String, KnowledgeSource)> {
    let source = kind(name)?;
    let size = tokio::fs::metadata(&path).await.map_err(|error| unreadable("missing", &error.to_string()))?.len();
    if size > LARGEST {
        return Err(unreadable("tooLarge", "The file is larger than 20 MB").with("max", "20 MB"));
    }
    // A reader of files of strangers may panic; that ends its thread, not the program.
    let text = tokio::task::spawn_blocking(move || text_of(&path, source)).await;
    match text {
        Ok(text) => Ok((text?, source)),
        Err(_) => Err(unreadable("damaged", "The file is damaged or made in an unusual way")),
    }
}

fn kind(name: &str) -> UseCase<KnowledgeSource> {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default();
    match extension.as_str() {
        "txt" | "text" => Ok(KnowledgeSource::Text),
        "md" | "markdown" => Ok(KnowledgeSource::Markdown),
        "docx" => Ok(KnowledgeSource::Docx),
        "pdf" => Ok(KnowledgeSource::Pdf),
        _ => {
            let message = "Knowledge is read from text, Markdown, PDF and DOCX files.";
            Err(IpcError::refusal(ErrorCode::UnsupportedFormat, message).with("extension", extension))
        }
    }
}

fn text_of(path: &Path, source: KnowledgeSource) -> UseCase<String> {
    let bytes = std::fs::read(path).map_err(|error| unreadable("missing", &error.to_string()))?;
    match source {
        KnowledgeSource::Text | KnowledgeSource::Markdown => Ok(decode(&bytes)),
        KnowledgeSource::Docx => docx::text(bytes).map_err(|reason| unreadable(reason, "The document cannot be read")),
        KnowledgeSource::Pdf => {
            let text = pdf_extract::extract_text_from_mem(&bytes)
                .map_err(|_| unreadable("damaged", "The PDF is damaged or protected"))?;
            if text.trim().is_empty() {
                return Err(unreadable("noText", "The PDF holds pictures of text, not text"));
            }
            Ok(text)
        }
    }
}

/// UTF-8 or UTF-16 with a mark, else what the bytes look most like.
fn decode(bytes: &[u8]) -> String {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0.into_owned();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, chardetng::Utf8Detection::Deny).decode(bytes).0.into_owned()
}

fn unreadable(reason: &str, why: &str) -> IpcError {
    IpcError::refusal(ErrorCode::UnreadableFile, format!("{why}.")).with("reason", reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_the_extension() {
        for (name, expected) in [
            ("a.TXT", KnowledgeSource::Text),
            ("b.md", KnowledgeSource::Markdown),
            ("c.pdf", KnowledgeSource::Pdf),
            ("d.docx", KnowledgeSource::Docx),
        ] {
            assert_eq!(kind(name).expect(name), expected);
        }
        for name in ["a.doc", "b", "c.xlsx"] {
            assert_eq!(kind(name).expect_err(name).code, ErrorCode::UnsupportedFormat, "{name}");
        }
    }

    #[test]
    fn text_is_decoded_whatever_it_was_written_with() {
        assert_eq!(decode("Салон".as_bytes()), "Салон");
        let old = encoding_rs::WINDOWS_1251.encode("Салон работает с девяти часов утра до девяти вечера").0;
        assert_eq!(decode(&old), "Салон работает с девяти часов утра до девяти вечера");
        assert_eq!(decode(&[0xff, 0xfe, 0x21, 0x04]), "С");
    }
}
