//! The one reader of compressed objects, with a cap on what comes out.
#![allow(
    clippy::disallowed_types,
    reason = "this is where raw decoders are wrapped; `judge` is the cap"
)]

use bytes::Bytes;
use flate2::bufread::GzDecoder;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom};

use crate::{DecodeError, Input};

/// A stream's ratio is judged only once this much text came out of it: small objects of equal lines may shrink a
/// lot, and do no harm.
const RATIO_JUDGED_FROM_BYTES: u64 = 64 << 20;

/// Bytes read from a file at a time.
const FILE_BUFFER_BYTES: usize = 256 << 10;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// How far a compressed object may grow before it is stopped as a decompression bomb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Text bytes to one compressed byte, judged once 64 MiB of text came out. Real logs reach about 50, one line over
    /// and over several hundred, and gzip cannot pass 1,032.
    pub max_ratio: u64,
    /// Text bytes of one compressed object.
    pub max_inflated_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_ratio: 1000,
            max_inflated_bytes: 64 << 30,
        }
    }
}

/// How an object's text is wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    None,
    Gzip,
    Zstd,
}

impl Compression {
    const fn as_str(self) -> &'static str {
        match self {
            Self::None => "plain",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }
}

/// An object's bytes as they come, counted.
struct Compressed {
    bytes: Box<dyn BufRead + Send>,
    consumed_bytes: u64,
    /// The storage below failed, as opposed to the data being damaged.
    failed: bool,
}

impl Read for Compressed {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut available = self.fill_buf()?;
        let count = available.read(into)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Compressed {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let failed = &mut self.failed;
        self.bytes.fill_buf().inspect_err(|_| *failed = true)
    }

    fn consume(&mut self, count: usize) {
        self.consumed_bytes += count as u64;
        self.bytes.consume(count);
    }
}

enum Stream {
    Plain(Compressed),
    Gzip(Box<GzDecoder<Compressed>>),
    Zstd(zstd::Decoder<'static, Compressed>),
    /// Every member was read.
    End,
}

/// An object's text: gzip (any number of members), zstd (any number of frames) or plain, told apart by their first
/// bytes. Damage and bombs come out as a [`DecodeError`] inside the [`io::Error`].
pub(crate) struct Inflate {
    stream: Stream,
    compression: Compression,
    inflated_bytes: u64,
    limits: Limits,
}

impl Inflate {
    pub(crate) fn new(input: Input, limits: &Limits) -> Result<Self, DecodeError> {
        let bytes = buffered(input)?;
        let mut compressed = Compressed {
            bytes,
            consumed_bytes: 0,
            failed: false,
        };
        let first = compressed.fill_buf()?;
        if first.is_empty() {
            return Err(DecodeError::Empty);
        }
        let (stream, compression) = if first.starts_with(&GZIP_MAGIC) {
            (Stream::Gzip(Box::new(GzDecoder::new(compressed))), Compression::Gzip)
        } else if first.starts_with(&ZSTD_MAGIC) {
            (Stream::Zstd(zstd::Decoder::with_buffer(compressed)?), Compression::Zstd)
        } else {
            (Stream::Plain(compressed), Compression::None)
        };
        Ok(Self {
            stream,
            compression,
            inflated_bytes: 0,
            limits: *limits,
        })
    }

    pub(crate) const fn compression(&self) -> Compression {
        self.compression
    }

    fn compressed(&self) -> Option<&Compressed> {
        match &self.stream {
            Stream::Plain(compressed) => Some(compressed),
            Stream::Gzip(decoder) => Some(decoder.get_ref()),
            Stream::Zstd(decoder) => Some(decoder.get_ref()),
            Stream::End => None,
        }
    }

    fn read_stream(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = match &mut self.stream {
                Stream::Plain(compressed) => compressed.read(into)?,
                Stream::Gzip(decoder) => decoder.read(into)?,
                Stream::Zstd(decoder) => decoder.read(into)?,
                Stream::End => 0,
            };
            if count > 0 || !self.next_member()? {
                return Ok(count);
            }
        }
    }

    /// After a gzip member: goes to the next, if there is one.
    fn next_member(&mut self) -> io::Result<bool> {
        let Stream::Gzip(decoder) = &mut self.stream else {
            return Ok(false);
        };
        let compressed = decoder.get_mut();
        skip_padding(compressed)?;
        let rest = compressed.fill_buf()?;
        match rest.first() {
            None => Ok(false),
            Some(&byte) if byte == GZIP_MAGIC[0] => {
                let Stream::Gzip(decoder) = std::mem::replace(&mut self.stream, Stream::End) else {
                    return Ok(false);
                };
                self.stream = Stream::Gzip(Box::new(GzDecoder::new(decoder.into_inner())));
                Ok(true)
            }
            Some(_) => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "bytes that are not gzip follow its last member",
            )),
        }
    }

    fn damaged(&self, error: io::Error) -> io::Error {
        let storage_failed = self.compressed().is_some_and(|compressed| compressed.failed);
        if storage_failed || self.compression == Compression::None {
            return error;
        }
        let what = match error.kind() {
            io::ErrorKind::UnexpectedEof => "it is cut off".to_owned(),
            _ => error.to_string(),
        };
        io::Error::other(DecodeError::Compressed {
            format: self.compression.as_str(),
            inflated_bytes: self.inflated_bytes,
            why: format!("{what}; fetch or write the object again"),
        })
    }

    fn judge(&self) -> io::Result<()> {
        if self.compression == Compression::None {
            return Ok(());
        }
        let compressed_bytes = self.compressed().map_or(0, |compressed| compressed.consumed_bytes);
        let Limits {
            max_ratio,
            max_inflated_bytes,
        } = self.limits;
        let judged = self.inflated_bytes > RATIO_JUDGED_FROM_BYTES;
        let too_dense = judged && self.inflated_bytes / compressed_bytes.max(1) > max_ratio;
        if !too_dense && self.inflated_bytes <= max_inflated_bytes {
            return Ok(());
        }
        Err(io::Error::other(DecodeError::Bomb {
            format: self.compression.as_str(),
            inflated_bytes: self.inflated_bytes,
            compressed_bytes,
            max_ratio,
            max_bytes: max_inflated_bytes,
        }))
    }
}

impl Read for Inflate {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        let count = self.read_stream(into).map_err(|error| self.damaged(error))?;
        self.inflated_bytes += count as u64;
        self.judge()?;
        Ok(count)
    }
}

/// Text that is inflated while it is read.
pub type TextReader = Box<dyn Read + Send>;

/// An object's text, whether it is compressed or not; of an empty object, no text. Errors of reading have a
/// [`DecodeError`] inside.
pub fn text_of(input: Input, limits: &Limits) -> Result<TextReader, DecodeError> {
    match Inflate::new(input, limits) {
        Ok(text) => Ok(Box::new(text)),
        Err(DecodeError::Empty) => Ok(Box::new(io::empty())),
        Err(error) => Err(error),
    }
}

fn buffered(input: Input) -> io::Result<Box<dyn BufRead + Send>> {
    Ok(match input {
        Input::Bytes(bytes) => Box::new(Cursor::<Bytes>::new(bytes)),
        Input::File(mut file) => {
            file.seek(SeekFrom::Start(0))?;
            Box::new(BufReader::<File>::with_capacity(FILE_BUFFER_BYTES, file))
        }
    })
}

/// Skips the zeros some writers fill a last block with, as `gzip -d` does.
fn skip_padding(compressed: &mut Compressed) -> io::Result<()> {
    loop {
        let available = compressed.fill_buf()?;
        let zeros = available.iter().take_while(|&&byte| byte == 0).count();
        if zeros == 0 {
            return Ok(());
        }
        compressed.consume(zeros);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn inflate(bytes: Vec<u8>, limits: &Limits) -> Result<Vec<u8>, DecodeError> {
        let mut text = Vec::new();
        Inflate::new(Input::Bytes(bytes.into()), limits)?.read_to_end(&mut text)?;
        Ok(text)
    }

    #[test]
    fn members_and_frames_are_read_one_after_another() {
        let members = [gzip(b"one\n"), gzip(b""), gzip(b"two\n"), vec![0; 700]].concat();
        assert_eq!(inflate(members, &Limits::default()).unwrap(), b"one\ntwo\n");
        let frames = [
            zstd::encode_all(&b"one\n"[..], 3).unwrap(),
            zstd::encode_all(&b"two\n"[..], 3).unwrap(),
        ]
        .concat();
        assert_eq!(inflate(frames, &Limits::default()).unwrap(), b"one\ntwo\n");
        assert_eq!(inflate(b"plain".to_vec(), &Limits::default()).unwrap(), b"plain");
    }

    #[test]
    fn a_file_is_read_from_its_beginning() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&gzip(b"text")).unwrap();
        let mut text = String::new();
        Inflate::new(Input::File(file), &Limits::default())
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "text");
    }

    #[test]
    fn damage_says_how_far_it_came() {
        let whole = gzip(&b"0123456789".repeat(1000));
        let cut = inflate(whole[..whole.len() - 4].to_vec(), &Limits::default()).unwrap_err();
        insta::assert_snapshot!(cut, @"gzip data is damaged after 10000 bytes of text: it is cut off; fetch or write the object again");

        let mut flipped = whole.clone();
        let crc = whole.len() - 8;
        flipped[crc] ^= 1;
        let flipped = inflate(flipped, &Limits::default()).unwrap_err().to_string();
        assert!(flipped.contains("checksum"), "{flipped}");

        let trailing = inflate([whole, b"text".to_vec()].concat(), &Limits::default())
            .unwrap_err()
            .to_string();
        assert!(trailing.contains("not gzip follow its last member"), "{trailing}");

        let frame = zstd::encode_all(&b"0123456789".repeat(1000)[..], 3).unwrap();
        let cut = inflate(frame[..frame.len() - 3].to_vec(), &Limits::default()).unwrap_err();
        assert!(matches!(cut, DecodeError::Compressed { format: "zstd", .. }), "{cut}");
    }

    #[test]
    fn bombs_are_stopped() {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::best());
        io::copy(&mut io::repeat(0).take(256 << 20), &mut encoder).unwrap();
        let bomb = Bytes::from(encoder.finish().unwrap());
        let mut stream = Inflate::new(Input::Bytes(bomb.clone()), &Limits::default()).unwrap();
        let error = DecodeError::from(io::copy(&mut stream, &mut io::sink()).unwrap_err());
        let DecodeError::Bomb {
            format: "gzip",
            inflated_bytes,
            ..
        } = error
        else {
            panic!("{error}")
        };
        assert!((64 << 20..65 << 20).contains(&inflated_bytes), "{inflated_bytes}");

        let size = Limits {
            max_ratio: 5000,
            max_inflated_bytes: 100 << 20,
        };
        let mut stream = Inflate::new(Input::Bytes(bomb), &size).unwrap();
        let error = DecodeError::from(io::copy(&mut stream, &mut io::sink()).unwrap_err());
        assert!(
            matches!(error, DecodeError::Bomb { max_bytes, .. } if max_bytes == 100 << 20),
            "{error}"
        );
    }

    #[test]
    fn nothing_is_empty() {
        assert!(matches!(
            inflate(Vec::new(), &Limits::default()),
            Err(DecodeError::Empty)
        ));
    }
}
