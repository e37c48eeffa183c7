//! Text files of unknown encoding, line by line. Owns the guess of the encoding and a decoder of bounded memory;
//! refuses to know what a cell is.

use std::{
    fmt::Write,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8};
use sha2::{Digest, Sha256};

const CHUNK: usize = 64 * 1024;
/// As much text beyond ASCII as the guess is made from.
const SAMPLE: usize = 256 * 1024;

/// What one pass over a file shows.
#[derive(Debug)]
pub(super) struct Inspected {
    /// In hexadecimal.
    pub sha256: String,
    pub bytes: i64,
    /// The first bytes, which tell archives from text.
    pub head: Vec<u8>,
    pub encoding: &'static Encoding,
}

/// Reads the whole file once. The encoding is that of a byte order mark, else UTF-8 when every byte fits it, else a
/// guess that prefers what is written in the region.
pub(super) fn inspect(file: &mut File, region: &str) -> io::Result<Inspected> {
    file.seek(SeekFrom::Start(0))?;
    let mut hash = Sha256::new();
    let mut utf8 = Utf8Check::default();
    let (mut head, mut sample, mut bytes) = (Vec::new(), Vec::new(), 0_i64);
    let mut chunk = vec![0; CHUNK];
    loop {
        let length = read_some(file, &mut chunk)?;
        let Some(read) = chunk.get(..length).filter(|read| !read.is_empty()) else { break };
        if head.is_empty() {
            head.extend_from_slice(&read[..length.min(4096)]);
        }
        bytes += i64::try_from(length).unwrap_or_default();
        hash.update(read);
        if !read.is_ascii() && sample.len() < SAMPLE {
            sample.extend_from_slice(read);
        }
        utf8.feed(read);
    }
    let encoding = match Encoding::for_bom(&head) {
        Some((encoding, _)) => encoding,
        None if utf8.holds() => UTF_8,
        None => guess(&sample, region),
    };
    let mut sha256 = String::with_capacity(64);
    for byte in hash.finalize() {
        let _ = write!(sha256, "{byte:02x}");
    }
    Ok(Inspected { sha256, bytes, head, encoding })
}

fn guess(sample: &[u8], region: &str) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let country = match region.to_ascii_lowercase() {
        region if region == "gb" => "uk".to_owned(),
        region => region,
    };
    let is_country = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_lowercase());
    detector.guess(is_country.then_some(country.as_bytes()), Utf8Detection::Deny)
}

/// Whether a stream is UTF-8, with sequences that are cut by the end of a chunk.
#[derive(Default)]
struct Utf8Check {
    broken: bool,
    cut: Vec<u8>,
}

impl Utf8Check {
    fn feed(&mut self, chunk: &[u8]) {
        if self.broken || (self.cut.is_empty() && chunk.is_ascii()) {
            return;
        }
        self.cut.extend_from_slice(chunk);
        match std::str::from_utf8(&self.cut) {
            Ok(_) => self.cut.clear(),
            Err(error) if error.error_len().is_some() => self.broken = true,
            Err(error) => {
                self.cut.drain(..error.valid_up_to());
            }
        }
    }

    fn holds(&self) -> bool {
        !self.broken && self.cut.is_empty()
    }
}

/// How a line ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineEnd {
    /// It was read to its end.
    Whole,
    /// It goes on behind the given limit; the rest has not been read.
    Cut,
    /// There is no line any more.
    NoMore,
}

/// Lines of a file in UTF-8; every kind of line end becomes `\n`.
pub(super) struct Lines<R> {
    input: R,
    decoder: Decoder,
    raw: Vec<u8>,
    decoded: Vec<u8>,
    text: Vec<u8>,
    position: usize,
    after_return: bool,
    ended: bool,
    /// Characters that the encoding does not have were found.
    pub damaged: bool,
}

impl<R: Read> Lines<R> {
    pub fn new(input: R, encoding: &'static Encoding) -> Self {
        Self {
            input,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; CHUNK],
            decoded: vec![0; CHUNK * 4],
            text: Vec::new(),
            position: 0,
            after_return: false,
            ended: false,
            damaged: false,
        }
    }

    /// The text ahead, at least `length` bytes of it unless the file ends before.
    pub fn peek(&mut self, length: usize) -> io::Result<&[u8]> {
        while self.text.len() - self.position < length && !self.ended {
            self.fill()?;
        }
        Ok(&self.text[self.position..])
    }

    /// Appends the next line with its `\n` to `line`, which may grow to `limit` bytes.
    pub fn read(&mut self, line: &mut Vec<u8>, limit: usize) -> io::Result<LineEnd> {
        let mut started = false;
        loop {
            let ahead = &self.text[self.position..];
            let room = limit.saturating_sub(line.len());
            let newline = ahead.iter().position(|byte| *byte == b'\n');
            let length = newline.map_or(ahead.len(), |at| at + 1);
            if length > room {
                line.extend_from_slice(&ahead[..room]);
                self.position += room;
                return Ok(LineEnd::Cut);
            }
            line.extend_from_slice(&ahead[..length]);
            self.position += length;
            started |= length > 0;
            match newline {
                Some(_) => return Ok(LineEnd::Whole),
                None if !self.ended => self.fill()?,
                None if started => {
                    line.push(b'\n');
                    return Ok(LineEnd::Whole);
                }
                None => return Ok(LineEnd::NoMore),
            }
        }
    }

    /// Drops the rest of a line that was cut.
    pub fn skip_line(&mut self) -> io::Result<()> {
        loop {
            if let Some(at) = self.text[self.position..].iter().position(|byte| *byte == b'\n') {
                self.position += at + 1;
                return Ok(());
            }
            self.position = self.text.len();
            if self.ended {
                return Ok(());
            }
            self.fill()?;
        }
    }

    /// Puts text back, so that it is read again.
    pub fn unread(&mut self, text: &[u8]) {
        self.text.splice(..self.position, text.iter().copied());
        self.position = 0;
    }

    fn fill(&mut self) -> io::Result<()> {
        self.text.drain(..self.position);
        self.position = 0;
        let length = read_some(&mut self.input, &mut self.raw)?;
        self.ended = length == 0;
        let mut source = &self.raw[..length];
        loop {
            let (result, read, written, replaced) = self.decoder.decode_to_utf8(source, &mut self.decoded, self.ended);
            self.damaged |= replaced;
            append_with_plain_ends(&mut self.text, &self.decoded[..written], &mut self.after_return);
            source = &source[read..];
            if result == CoderResult::InputEmpty {
                return Ok(());
            }
        }
    }
}

fn append_with_plain_ends(text: &mut Vec<u8>, decoded: &[u8], after_return: &mut bool) {
    if !*after_return && !decoded.contains(&b'\r') {
        text.extend_from_slice(decoded);
        return;
    }
    for byte in decoded {
        match byte {
            b'\n' if *after_return => {}
            b'\r' => text.push(b'\n'),
            _ => text.push(*byte),
        }
        *after_return = *byte == b'\r';
    }
}

fn read_some(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match input.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use encoding_rs::{KOI8_U, UTF_16LE, WINDOWS_1251};

    use super::*;

    fn inspected(bytes: &[u8]) -> Inspected {
        let mut file = tempfile::tempfile().expect("a temporary file");
        file.write_all(bytes).expect("written");
        inspect(&mut file, "RU").expect("read")
    }

    fn lines(bytes: &[u8], encoding: &'static Encoding) -> Vec<String> {
        let mut lines = Lines::new(bytes, encoding);
        let mut all = Vec::new();
        loop {
            let mut line = Vec::new();
            match lines.read(&mut line, 1 << 20).expect("memory can be read") {
                LineEnd::NoMore => return all,
                _ => all.push(String::from_utf8(line).expect("decoded text is UTF-8")),
            }
        }
    }

    #[test]
    fn the_encoding_is_found_without_being_told() {
        let text = "телефон;имя;город\n+79991234567;Иван Петров;Нижний Новгород\n+79991234568;Ольга;Москва\n";
        assert_eq!(inspected(text.as_bytes()).encoding, UTF_8);
        for encoding in [WINDOWS_1251, KOI8_U] {
            let (bytes, _, _) = encoding.encode(text);
            assert_eq!(inspected(&bytes).encoding, encoding, "no byte order mark, no declaration");
        }
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(inspected(&utf16).encoding, UTF_16LE);
        assert_eq!(lines(&utf16, UTF_16LE).concat(), text);
    }

    #[test]
    fn a_letter_that_is_cut_by_the_end_of_a_chunk_is_still_utf8() {
        let mut text = "x".repeat(CHUNK - 1);
        text.push_str("Ж и дальше");
        assert_eq!(inspected(text.as_bytes()).encoding, UTF_8);
        assert_eq!(lines(text.as_bytes(), UTF_8), [format!("{text}\n")]);
        assert_ne!(inspected(&text.as_bytes()[..CHUNK]).encoding, UTF_8, "half a letter is none");
    }

    #[test]
    fn every_kind_of_line_end_is_one_line_end() {
        assert_eq!(lines(b"a\r\nb\rc\n\n\r\nd", UTF_8), ["a\n", "b\n", "c\n", "\n", "\n", "d\n"]);
    }

    #[test]
    fn a_cut_line_can_be_put_back_or_skipped() {
        let mut lines = Lines::new(&b"abcdef\nnext\n"[..], UTF_8);
        let mut line = Vec::new();
        assert_eq!(lines.read(&mut line, 3).expect("read"), LineEnd::Cut);
        lines.unread(b"abc");
        line.clear();
        assert_eq!(lines.read(&mut line, 4).expect("read"), LineEnd::Cut);
        assert_eq!(line, b"abcd");
        lines.skip_line().expect("read");
        line.clear();
        assert_eq!(lines.read(&mut line, 100).expect("read"), LineEnd::Whole);
        assert_eq!(line, b"next\n");
    }
}
