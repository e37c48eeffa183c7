//! The text of a file in UTF-8, piece by piece. Owns a decoder of bounded memory; refuses to know what a cell is.

use std::{
    fmt::Write,
    io::{self, Read},
};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8};

const CHUNK: usize = 128 * 1024;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The text of a file in UTF-8, a window of it at a time.
pub(super) struct Text<R> {
    input: R,
    /// None for UTF-8, which needs no decoder but only a look.
    decoder: Option<Decoder>,
    raw: Vec<u8>,
    /// Bytes of a letter that the end of the last chunk has cut.
    cut: usize,
    begun: bool,
    decoded: String,
    position: usize,
    ended: bool,
    /// Characters that the encoding does not have were found.
    pub damaged: bool,
}

impl<R: Read> Text<R> {
    pub fn new(input: R, encoding: &'static Encoding) -> Self {
        Self {
            input,
            decoder: (encoding != UTF_8).then(|| encoding.new_decoder_with_bom_removal()),
            raw: vec![0; CHUNK],
            cut: 0,
            begun: false,
            decoded: String::new(),
            position: 0,
            ended: false,
            damaged: false,
        }
    }

    /// The text ahead, as far as it has been read.
    pub fn ahead(&self) -> &str {
        &self.decoded[self.position..]
    }

    /// Whether the text ahead goes to the end of the file.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// At least `length` bytes of the text ahead, unless the file ends before.
    pub fn peek(&mut self, length: usize) -> io::Result<&str> {
        while self.ahead().len() < length && !self.ended {
            self.more()?;
        }
        Ok(self.ahead())
    }

    /// Leaves text behind. `length` ends between two characters of the text ahead.
    pub fn advance(&mut self, length: usize) {
        self.position += length;
    }

    /// Reads on.
    pub fn more(&mut self) -> io::Result<()> {
        self.decoded.drain(..self.position);
        self.position = 0;
        let length = self.cut + read_some(&mut self.input, &mut self.raw[self.cut..])?;
        self.ended = length == self.cut;
        match &mut self.decoder {
            None => self.take_utf8(length),
            Some(decoder) => {
                let mut source = &self.raw[..length];
                loop {
                    let room = decoder.max_utf8_buffer_length(source.len()).unwrap_or(CHUNK * 4);
                    self.decoded.reserve(room);
                    let (result, read, replaced) = decoder.decode_to_string(source, &mut self.decoded, self.ended);
                    self.damaged |= replaced;
                    source = &source[read..];
                    if result == CoderResult::InputEmpty {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    fn take_utf8(&mut self, length: usize) {
        let mut source = &self.raw[..length];
        if !self.begun {
            if length < BYTE_ORDER_MARK.len() && !self.ended {
                self.cut = length;
                return;
            }
            source = source.strip_prefix(BYTE_ORDER_MARK).unwrap_or(source);
            self.begun = true;
        }
        loop {
            match std::str::from_utf8(source) {
                Ok(text) => {
                    self.decoded.push_str(text);
                    source = &[];
                    break;
                }
                Err(error) => {
                    let (good, rest) = source.split_at(error.valid_up_to());
                    self.decoded.push_str(std::str::from_utf8(good).unwrap_or_default());
                    let bad = match error.error_len() {
                        Some(length) => length,
                        None if self.ended => rest.len(),
                        None => {
                            source = rest;
                            break;
                        }
                    };
                    self.decoded.push(char::REPLACEMENT_CHARACTER);
                    self.damaged = true;
                    source = &rest[bad..];
                }
            }
        }
        self.cut = source.len();
        let start = length - self.cut;
        self.raw.copy_within(start..length, 0);
    }
}

pub(super) fn read_some(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match input.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::UTF_16LE;

    use super::*;

    fn decoded(input: impl Read, encoding: &'static Encoding) -> (String, bool) {
        let mut text = Text::new(input, encoding);
        let all = text.peek(usize::MAX).expect("memory can be read").to_owned();
        (all, text.damaged)
    }

    /// Hands out a byte at a time, as a slow network drive may.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = buffer.len().min(1);
            self.0.read(&mut buffer[..length])
        }
    }

    #[test]
    fn a_letter_that_is_cut_by_the_end_of_a_chunk_is_still_utf8() {
        let mut text = "x".repeat(CHUNK - 1);
        text.push_str("Ж и дальше");
        assert_eq!(decoded(text.as_bytes(), UTF_8), (text.clone(), false));
    }

    #[test]
    fn a_file_that_comes_byte_by_byte_is_the_same_file() {
        let text = "\u{feff}телефон;имя\n+79991234567;Ёлкин 🎄\n";
        for encoding in [UTF_8, UTF_16LE] {
            let bytes: Vec<u8> = if encoding == UTF_8 {
                text.as_bytes().to_vec()
            } else {
                text.encode_utf16().flat_map(u16::to_le_bytes).collect()
            };
            assert_eq!(decoded(Slow(&bytes), encoding), (text[3..].to_owned(), false), "{encoding:?}");
        }
        assert_eq!(decoded(Slow(b"a"), UTF_8).0, "a");
    }

    #[test]
    fn what_is_no_utf8_is_shown_and_told() {
        let broken = [b"Ivan\n".repeat(CHUNK).as_slice(), b"\xc8\xe2\xe0\xed, \xd0"].concat();
        let (text, damaged) = decoded(&broken[..], UTF_8);
        assert!(damaged);
        assert_eq!(text, String::from_utf8_lossy(&broken));
    }
}
