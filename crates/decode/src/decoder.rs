//! The one door: an object's bytes in, record batches out.

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use bytes::Bytes;
use std::fmt;
use std::fs::File;
use std::io::{Cursor, Read};

use crate::envelope::Envelopes;
use crate::flow_parquet::{self, FlowParquet};
use crate::flow_text::FlowText;
use crate::inflate::{Compression, Inflate, Limits};
use crate::sniff::{Content, SNIFF_BYTES, sniff, without_mark};
use crate::{Counts, DecodeError, LogKind, Reject, cloudtrail, flow_fields, whole_gzip};

/// The most records a [`Decoded`] has.
pub const BATCH_ROWS: usize = 65_536;

/// About the most text a [`Decoded`] has; one record may stand over it.
pub(crate) const BATCH_TEXT_BYTES: usize = 16 << 20;

/// The longest record that is read, a line or an event; a longer one is rejected without being held in memory.
pub(crate) const RECORD_LIMIT_BYTES: usize = 16 << 20;

/// An object's bytes as the loader holds them. Both forms can be read at any place, as Parquet needs.
#[derive(Debug)]
pub enum Input {
    /// A small object, in memory.
    Bytes(Bytes),
    /// A large one, on local disk, positioned anywhere.
    File(File),
}

/// What is known of an object before its bytes are looked at.
#[derive(Clone, Debug, Default)]
pub struct Hint {
    /// The kind its key layout promises, or the user named. Content that is plainly of another known kind wins.
    pub kind: Option<LogKind>,
    /// Field names (`srcaddr`, `account-id`, …) of flow log text without a header line, where the user gave them.
    pub flow_format: Option<Vec<String>>,
}

/// Part of an object: at most [`BATCH_ROWS`] records of one kind.
#[derive(Debug)]
pub struct Decoded {
    /// What the records are.
    pub kind: LogKind,
    /// The rows. Only the columns this object has, in the order of [`crate::schema`], unknown header tokens last.
    pub batch: RecordBatch,
    /// What could not be read, in order.
    pub rejects: Vec<Reject>,
    /// Sums over this part; `counts.rows == batch.num_rows()`.
    pub counts: Counts,
}

/// What an object turned out to be.
#[derive(Debug)]
pub enum Opened {
    /// Records, to be taken one part after another.
    Records(Decoder),
    /// Nothing to load, and no harm: a CloudTrail digest.
    Skipped {
        /// What it is, for a person.
        why: String,
    },
}

/// An object being decoded: an iterator of its parts. After an error it ends, and the object counts as unread.
pub struct Decoder {
    format: &'static str,
    parts: Option<Box<dyn Iterator<Item = Result<Decoded, DecodeError>> + Send>>,
}

impl Decoder {
    fn new(format: &'static str, parts: impl Iterator<Item = Result<Decoded, DecodeError>> + Send + 'static) -> Self {
        Self {
            format,
            parts: Some(Box::new(parts)),
        }
    }

    /// How the object is written, for the load history: `text+gzip`, `parquet`, `cloudtrail+gzip` and so on.
    pub const fn format(&self) -> &'static str {
        self.format
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}

impl Iterator for Decoder {
    type Item = Result<Decoded, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let part = self.parts.as_mut()?.next();
        if !matches!(part, Some(Ok(_))) {
            self.parts = None;
        }
        part
    }
}

/// Every known column of a kind in table order, all nullable.
pub fn schema(kind: LogKind) -> SchemaRef {
    match kind {
        LogKind::VpcFlow | LogKind::TgwFlow => flow_fields::schema(kind),
        LogKind::CloudTrail => cloudtrail::schema(),
    }
}

/// The columns of a kind whose text is JSON, and by their path (`useridentity.inscopeof`) the fields of columns.
pub fn json_columns(kind: LogKind) -> Vec<String> {
    match kind {
        LogKind::VpcFlow | LogKind::TgwFlow => Vec::new(),
        LogKind::CloudTrail => cloudtrail::json_columns(),
    }
}

/// Looks at how an object begins and makes the decoder for it. The content decides what it is; `hint` breaks ties.
///
/// # Errors
///
/// The object is empty, of no known kind, or damaged where it begins.
///
/// ```
/// use flowtrail_decode::{Hint, Input, Limits, Opened, open};
///
/// let text = "srcaddr dstport bytes\n10.0.0.1 443 1000\n10.0.0.2 https 1\n";
/// let Opened::Records(parts) = open(Input::Bytes(text.into()), &Hint::default(), &Limits::default())? else {
///     unreachable!("it is no digest");
/// };
/// for part in parts {
///     let part = part?;
///     assert_eq!((part.counts.lines, part.counts.headers, part.batch.num_rows()), (3, 1, 1));
///     assert_eq!(part.rejects[0].reason, "dstport `https` is not a whole number");
/// }
/// # Ok::<(), flowtrail_decode::DecodeError>(())
/// ```
pub fn open(input: Input, hint: &Hint, limits: &Limits) -> Result<Opened, DecodeError> {
    let input = match flow_parquet::recognise(input)? {
        flow_parquet::Recognised::Parquet(input) => {
            return Ok(Opened::Records(Decoder::new(
                "parquet",
                FlowParquet::open(input, hint)?,
            )));
        }
        flow_parquet::Recognised::Other(input) => input,
    };
    if let Input::Bytes(object) = &input
        && let Some(text) = whole_gzip::inflate(object, limits)
    {
        return open_whole(text, hint);
    }
    let mut text = Inflate::new(input, limits)?;
    let begin = read_begin(&mut text)?;
    if begin.trim_ascii().is_empty() && begin.len() < SNIFF_BYTES {
        return Err(DecodeError::Empty);
    }
    let content = sniff(&begin, hint)?;
    let compression = text.compression();
    let mark_bytes = begin.len() - without_mark(&begin).len();
    let mut begin = Cursor::new(begin);
    begin.set_position(mark_bytes as u64);
    let text = begin.chain(text);
    Ok(open_stream(content, compression, text, hint))
}

/// The same for text that came out of gzip as a whole.
fn open_whole(mut text: Vec<u8>, hint: &Hint) -> Result<Opened, DecodeError> {
    let begin = &text[..text.len().min(SNIFF_BYTES)];
    if begin.trim_ascii().is_empty() && begin.len() < SNIFF_BYTES {
        return Err(DecodeError::Empty);
    }
    let content = sniff(begin, hint)?;
    let mark_bytes = begin.len() - without_mark(begin).len();
    if content == Content::FlowText {
        text.drain(..mark_bytes);
        let records = FlowText::whole(text, hint);
        return Ok(Opened::Records(Decoder::new(text_format(Compression::Gzip), records)));
    }
    let mut text = Cursor::new(text);
    text.set_position(mark_bytes as u64);
    Ok(open_stream(content, Compression::Gzip, text, hint))
}

/// The decoder of what is read as a stream.
fn open_stream(content: Content, compression: Compression, text: impl Read + Send + 'static, hint: &Hint) -> Opened {
    Opened::Records(match content {
        Content::FlowText => Decoder::new(text_format(compression), FlowText::new(text, hint)),
        Content::Envelope => Decoder::new(envelope_format(compression), Envelopes::new(text, hint)),
        Content::CloudTrail => Decoder::new(
            cloudtrail_format(compression),
            cloudtrail::CloudTrailDecoder::new(Box::new(text)),
        ),
        Content::Digest => {
            return Opened::Skipped {
                why: "a CloudTrail digest: signatures of log files, no events".to_owned(),
            };
        }
    })
}

/// Reads as much as kinds are told by, or all there is.
fn read_begin(text: &mut impl Read) -> Result<Vec<u8>, DecodeError> {
    let mut begin = Vec::with_capacity(SNIFF_BYTES);
    text.take(SNIFF_BYTES as u64).read_to_end(&mut begin)?;
    Ok(begin)
}

const fn text_format(compression: Compression) -> &'static str {
    match compression {
        Compression::None => "text",
        Compression::Gzip => "text+gzip",
        Compression::Zstd => "text+zstd",
    }
}

const fn envelope_format(compression: Compression) -> &'static str {
    match compression {
        Compression::None => "cloudwatch",
        Compression::Gzip => "cloudwatch+gzip",
        Compression::Zstd => "cloudwatch+zstd",
    }
}

const fn cloudtrail_format(compression: Compression) -> &'static str {
    match compression {
        Compression::None => "cloudtrail",
        Compression::Gzip => "cloudtrail+gzip",
        Compression::Zstd => "cloudtrail+zstd",
    }
}
