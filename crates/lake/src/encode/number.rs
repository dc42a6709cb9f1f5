//! A column of whole numbers.

use std::collections::HashMap;

use arrow::buffer::{BooleanBuffer, NullBuffer};
use parquet::basic::Encoding;
use parquet::errors::Result;
use parquet::file::statistics::{Statistics, ValueStatistics};

use super::chunk::{ChunkWriter, Effort, PageRange, PageRows, Validity, compressed_bytes};
use super::coded::{best_width, write_codes};
use super::dictionary::Counted;
use super::{Chunk, ChunkSettings, delta};

/// Numbers within a range like this are counted in a table instead of a hash map.
const TABLE_RANGE: i64 = 1 << 18;
/// More distinct numbers are no dictionary.
const MOST_DISTINCT: usize = 1 << 17;
/// Where so many rows take one bit as differences, nothing else can be much better.
const ROWS_A_SMALL_BIT: usize = 4;

/// Numbers of 32 or 64 bits.
#[derive(Debug)]
pub(crate) enum Numbers {
    Int32(Vec<i32>),
    Int64(Vec<i64>),
}

/// Numbers of many rows.
#[derive(Debug)]
pub(crate) struct NumberColumn {
    pub numbers: Numbers,
    pub nulls: Option<NullBuffer>,
}

/// How the values of a chunk are written.
enum Form {
    Dictionary { codes: Vec<u32>, values: Vec<i64> },
    Differences,
    Plain,
}

impl NumberColumn {
    /// Encodes the rows with the numbers `rows`, in that order.
    pub(crate) fn encode(&self, rows: &[u32], settings: ChunkSettings) -> Result<Chunk> {
        let is_valid = |row: u32| self.nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row as usize));
        let validity = if self.nulls.is_some() {
            Validity::Some(BooleanBuffer::collect_bool(rows.len(), |at| is_valid(rows[at])))
        } else {
            Validity::All(rows.len())
        };
        let valid = rows.iter().filter(|row| is_valid(**row)).map(|row| *row as usize);
        let chunk = ChunkValues {
            values: match &self.numbers {
                Numbers::Int32(numbers) => valid.map(|row| i64::from(numbers[row])).collect(),
                Numbers::Int64(numbers) => valid.map(|row| numbers[row]).collect(),
            },
            is_wide: matches!(self.numbers, Numbers::Int64(_)),
            page_index: settings.page_index,
            validity,
        };
        chunk.encode(settings)
    }
}

/// The values of a chunk, without the rows that have none.
struct ChunkValues {
    values: Vec<i64>,
    /// 64 bits each, not 32.
    is_wide: bool,
    page_index: bool,
    validity: Validity,
}

impl ChunkValues {
    fn encode(&self, settings: ChunkSettings) -> Result<Chunk> {
        let pages = self.validity.pages();
        let writer = match self.best_form(&pages)? {
            Form::Dictionary { codes, values } => {
                let mut writer = ChunkWriter::new(settings, Encoding::RLE_DICTIONARY);
                let effort = if self.is_wide { Effort::Quick } else { Effort::Numbers };
                writer.dictionary(&self.plain(&values), values.len(), effort)?;
                let range = |codes: &[u32]| self.range(codes.iter().map(|code| values[*code as usize]));
                write_codes(&mut writer, &codes, values.len(), &self.validity, range)?;
                writer
            }
            Form::Differences => self.write(settings, Encoding::DELTA_BINARY_PACKED, &pages, delta::append)?,
            Form::Plain => self.write(settings, Encoding::PLAIN, &pages, |values, body| {
                body.extend_from_slice(&self.plain(values));
            })?,
        };
        writer.finish(self.statistics())
    }

    fn write(
        &self,
        settings: ChunkSettings,
        encoding: Encoding,
        pages: &[PageRows],
        append: impl Fn(&[i64], &mut Vec<u8>),
    ) -> Result<ChunkWriter> {
        let mut writer = ChunkWriter::new(settings, encoding);
        for page in pages {
            let mut body = self.validity.levels(&page.rows);
            let values = &self.values[page.values.clone()];
            append(values, &mut body);
            let range = self.range(values.iter().copied());
            let nulls = (page.rows.len() - page.values.len()) as u64;
            writer.data(&body, page.rows.len(), PageRange { range, nulls }, Effort::Quick)?;
        }
        Ok(writer)
    }

    /// What makes the first page smallest; a dictionary takes part with its share of it.
    fn best_form(&self, pages: &[PageRows]) -> Result<Form> {
        let sample = pages.first().map_or(&[][..], |page| &self.values[page.values.clone()]);
        let mut differences = Vec::new();
        delta::append(sample, &mut differences);
        let differences = compressed_bytes(&differences, Effort::Quick)?;
        if differences * 8 * ROWS_A_SMALL_BIT < sample.len() {
            return Ok(Form::Differences);
        }
        let plain = compressed_bytes(&self.plain(sample), Effort::Quick)?;
        let least = differences.min(plain);
        if let Some((codes, values)) = self.dictionary() {
            let page = best_width(&codes[..sample.len()], values.len())?.1;
            let share =
                compressed_bytes(&self.plain(&values), Effort::Quick)? * sample.len() / self.values.len().max(1);
            // A little more is worth it: codes are quicker to read and to count by.
            if (page + share) * 19 <= least * 20 {
                return Ok(Form::Dictionary { codes, values });
            }
        }
        Ok(if differences <= plain {
            Form::Differences
        } else {
            Form::Plain
        })
    }

    /// A code for each value, and the values; `None` where there are too many.
    fn dictionary(&self) -> Option<(Vec<u32>, Vec<i64>)> {
        let (least, greatest) = (self.values.iter().min()?, self.values.iter().max()?);
        let (mut codes, values) = match greatest.checked_sub(*least) {
            Some(range) if range < TABLE_RANGE => by_table(&self.values, *least, range),
            _ => by_hash(&self.values)?,
        };
        if values.len() > MOST_DISTINCT.min(self.values.len() / 2 + 16) {
            return None;
        }
        let rank = |code: u32| values[code as usize].wrapping_sub(*least) as u64;
        let bits = 64 - (greatest.wrapping_sub(*least) as u64).leading_zeros();
        let numbering = Counted::of(&codes, values.len()).numbering(|code| rank(code) << (64 - bits.max(1)));
        for code in &mut codes {
            *code = numbering.numbers[*code as usize];
        }
        let values = numbering.codes.iter().map(|code| values[*code as usize]);
        Some((codes, values.collect()))
    }

    fn plain(&self, values: &[i64]) -> Vec<u8> {
        let mut plain = Vec::with_capacity(values.len() * 8);
        if self.is_wide {
            plain.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        } else {
            plain.extend(values.iter().flat_map(|value| (*value as i32).to_le_bytes()));
        }
        plain
    }

    /// The least and greatest of a page's values, where they are written down.
    fn range(&self, values: impl Iterator<Item = i64>) -> Option<(Vec<u8>, Vec<u8>)> {
        if !self.page_index {
            return None;
        }
        let ends = values.fold(None, |ends, value| match ends {
            Some((least, greatest)) => Some((value.min(least), value.max(greatest))),
            None => Some((value, value)),
        });
        ends.map(|(least, greatest)| (self.plain(&[least]), self.plain(&[greatest])))
    }

    fn statistics(&self) -> Statistics {
        let (least, greatest) = (self.values.iter().min().copied(), self.values.iter().max().copied());
        let nulls = Some(self.validity.nulls());
        if self.is_wide {
            return Statistics::Int64(
                ValueStatistics::new(least, greatest, None, nulls, false).with_backwards_compatible_min_max(true),
            );
        }
        let narrow = |value: Option<i64>| value.map(|value| value as i32);
        Statistics::Int32(
            ValueStatistics::new(narrow(least), narrow(greatest), None, nulls, false)
                .with_backwards_compatible_min_max(true),
        )
    }
}

/// Codes in the order of the values.
fn by_table(values: &[i64], least: i64, range: i64) -> (Vec<u32>, Vec<i64>) {
    let mut codes_of = vec![u32::MAX; range as usize + 1];
    let mut distinct = Vec::new();
    let codes = values.iter().map(|value| {
        let code = &mut codes_of[(value - least) as usize];
        if *code == u32::MAX {
            *code = distinct.len() as u32;
            distinct.push(*value);
        }
        *code
    });
    (codes.collect(), distinct)
}

fn by_hash(values: &[i64]) -> Option<(Vec<u32>, Vec<i64>)> {
    let mut codes_of: HashMap<i64, u32, foldhash::fast::RandomState> = HashMap::default();
    let mut distinct = Vec::new();
    let mut codes = Vec::with_capacity(values.len());
    for value in values {
        let code = *codes_of.entry(*value).or_insert_with(|| {
            distinct.push(*value);
            distinct.len() as u32 - 1
        });
        codes.push(code);
        if distinct.len() > MOST_DISTINCT {
            return None;
        }
    }
    Some((codes, distinct))
}
