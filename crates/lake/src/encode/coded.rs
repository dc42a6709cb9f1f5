//! A column of text, as codes into the dictionary of a whole flush.

use arrow::array::{Array, StringArray};
use arrow::buffer::BooleanBuffer;
use parquet::basic::Encoding;
use parquet::data_type::ByteArray;
use parquet::errors::Result;
use parquet::file::statistics::{Statistics, ValueStatistics};

use super::chunk::{ChunkWriter, Effort, PageRange, Validity, compressed_bytes};
use super::dictionary::{Counted, Numbering};
use super::{Chunk, ChunkSettings, packed};

/// The code of a row without a value.
pub(crate) const NULL: u32 = u32::MAX;

/// A dictionary of more bytes than this is none.
const MOST_DICTIONARY_BYTES: usize = 16 << 20;

/// Text of many rows: a code each, and the values they stand for. Inside records, a row without its record has no value.
#[derive(Debug)]
pub(crate) struct CodedColumn {
    pub codes: Vec<u32>,
    pub values: StringArray,
    pub has_nulls: bool,
}

/// The records that a column stands in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Records<'a> {
    /// How many stand one inside the other around the column.
    pub count: u8,
    /// How many of them each row has, from the outermost on.
    pub present: &'a [u8],
}

impl Records<'_> {
    fn validity(self, rows: &[u32], codes: &[u32]) -> Validity {
        let all = self.count + 1;
        let level = |(row, code): (&u32, &u32)| {
            if *code == NULL {
                self.present[*row as usize]
            } else {
                all
            }
        };
        Validity::Nested {
            levels: rows.iter().zip(codes).map(level).collect(),
            all,
        }
    }
}

impl CodedColumn {
    /// Encodes the rows with the numbers `rows`, in that order; `records` are those around the column.
    pub(crate) fn encode(&self, rows: &[u32], records: Option<Records<'_>>, settings: ChunkSettings) -> Result<Chunk> {
        let mut codes: Vec<u32> = rows.iter().map(|row| self.codes[*row as usize]).collect();
        let validity = match records {
            Some(records) => records.validity(rows, &codes),
            None if self.has_nulls => {
                Validity::Some(BooleanBuffer::collect_bool(codes.len(), |row| codes[row] != NULL))
            }
            None => Validity::All(codes.len()),
        };
        if self.has_nulls {
            codes.retain(|code| *code != NULL);
        }
        let numbering = Counted::of(&codes, self.values.len()).numbering(|code| likeness(self.value(code)));
        let distinct_bytes: usize = numbering.codes.iter().map(|code| self.value(*code).len() + 4).sum();
        // Where hardly a value comes twice, a dictionary costs more than it saves.
        let is_dictionary =
            distinct_bytes <= MOST_DICTIONARY_BYTES && numbering.codes.len() <= codes.len() / 4 * 3 + 16;
        let statistics = self.statistics(&numbering, validity.nulls());
        let mut writer = if is_dictionary {
            for code in &mut codes {
                *code = numbering.numbers[*code as usize];
            }
            let mut plain = Vec::with_capacity(distinct_bytes);
            numbering
                .codes
                .iter()
                .for_each(|code| append_plain(self.value(*code), &mut plain));
            let mut writer = ChunkWriter::new(settings, Encoding::RLE_DICTIONARY);
            writer.dictionary(&plain, numbering.codes.len(), Effort::Quick)?;
            write_codes(&mut writer, &codes, numbering.codes.len(), &validity, |_| None)?;
            writer
        } else {
            let mut writer = ChunkWriter::new(settings, Encoding::PLAIN);
            for page in validity.pages() {
                let mut body = validity.levels(&page.rows);
                codes[page.values.clone()]
                    .iter()
                    .for_each(|code| append_plain(self.value(*code), &mut body));
                let nulls = (page.rows.len() - page.values.len()) as u64;
                writer.data(&body, page.rows.len(), PageRange { range: None, nulls }, Effort::Quick)?;
            }
            writer
        };
        let values = numbering.codes.iter().map(|code| self.value(*code).as_bytes());
        writer.bloom_filter(numbering.codes.len(), values);
        writer.finish(statistics)
    }

    fn value(&self, code: u32) -> &str {
        self.values.value(code as usize)
    }

    fn statistics(&self, numbering: &Numbering, nulls: u64) -> Statistics {
        let values = || numbering.codes.iter().map(|code| self.value(*code).as_bytes());
        let bytes = |value: &[u8]| ByteArray::from(value.to_vec());
        let statistics = ValueStatistics::new(
            values().min().map(bytes),
            values().max().map(bytes),
            None,
            Some(nulls),
            false,
        );
        Statistics::ByteArray(statistics)
    }
}

/// The length and first bytes of a text as a number: a dictionary of texts of one length that begin alike is smallest.
fn likeness(text: &str) -> u64 {
    let mut first = [0; 8];
    let length = text.len().min(7);
    first[0] = text.len().min(255) as u8;
    first[1..=length].copy_from_slice(&text.as_bytes()[..length]);
    u64::from_be_bytes(first)
}

fn append_plain(value: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(&(value.len() as u32).to_le_bytes());
    out.extend_from_slice(value.as_bytes());
}

/// Writes the data pages of a chunk with a dictionary of `distinct` values; `range` is the range of a page's codes.
pub(super) fn write_codes(
    writer: &mut ChunkWriter,
    codes: &[u32],
    distinct: usize,
    validity: &Validity,
    range: impl Fn(&[u32]) -> Option<(Vec<u8>, Vec<u8>)>,
) -> Result<()> {
    let pages = validity.pages();
    let sample = pages.first().map_or(&[][..], |page| &codes[page.values.clone()]);
    let width = best_width(sample, distinct)?.0;
    let effort = effort_of(width);
    for page in pages {
        let mut body = validity.levels(&page.rows);
        let codes = &codes[page.values.clone()];
        append_codes(codes, width, &mut body);
        let nulls = (page.rows.len() - page.values.len()) as u64;
        let range = range(codes);
        writer.data(&body, page.rows.len(), PageRange { range, nulls }, effort)?;
    }
    Ok(())
}

/// The width of codes that makes `sample` smallest, and its size: as narrow as can be, or whole bytes, which the
/// compressor can tell apart.
pub(super) fn best_width(sample: &[u32], distinct: usize) -> Result<(u32, usize)> {
    let narrow = packed::width_of(distinct.saturating_sub(1) as u64);
    let size = |width| {
        let mut body = Vec::new();
        append_codes(sample, width, &mut body);
        compressed_bytes(&body, effort_of(width))
    };
    let mut best = (narrow, size(narrow)?);
    let whole_bytes = narrow.next_multiple_of(8);
    if whole_bytes <= 16 && whole_bytes != narrow {
        let wide = size(whole_bytes)?;
        if wide < best.1 {
            best = (whole_bytes, wide);
        }
    }
    Ok(best)
}

fn effort_of(width: u32) -> Effort {
    if width.is_multiple_of(8) {
        Effort::Codes
    } else {
        Effort::Quick
    }
}

fn append_codes(codes: &[u32], width: u32, body: &mut Vec<u8>) {
    body.push(width as u8);
    packed::append(codes, width, body);
}
