//! Lengths of texts that a page of Parquet packs before the texts: how many they say they are.

use parquet::basic::Encoding;
use parquet::column::page::Page;
use parquet::schema::types::ColumnDescPtr;

use crate::thrift::{self, NotWhole};

/// Encodings that begin with lengths of texts, all decoded before the first text.
pub(crate) const LENGTHS: [Encoding; 2] = [Encoding::DELTA_LENGTH_BYTE_ARRAY, Encoding::DELTA_BYTE_ARRAY];

/// Whether the lengths before a page's texts are at most as many as its values. A page that is damaged in another way
/// fits: its decoder tells how, and takes no memory for it.
pub(crate) fn lengths_fit(page: &Page, column: &ColumnDescPtr) -> bool {
    let lists = match page.encoding() {
        Encoding::DELTA_LENGTH_BYTE_ARRAY => 1,
        Encoding::DELTA_BYTE_ARRAY => 2,
        _ => return true,
    };
    let Some(start) = values_start(page, column) else {
        return true;
    };
    let most = u64::from(page.num_values());
    let mut values = page.buffer().slice(start..);
    for _ in 0..lists {
        let Ok(run) = DeltaPacked::parse(&values) else {
            return true;
        };
        if run.count > most {
            return false;
        }
        let Ok(length) = run.length(&values) else { return true };
        values = values.slice(length.min(values.len())..);
    }
    true
}

/// Where the values begin, behind the levels. `None` where the levels say that they are longer than the page.
fn values_start(page: &Page, column: &ColumnDescPtr) -> Option<usize> {
    let bytes = page.buffer();
    let start = match page {
        Page::DictionaryPage { .. } => 0,
        Page::DataPageV2 {
            def_levels_byte_len,
            rep_levels_byte_len,
            ..
        } => (*def_levels_byte_len as usize).checked_add(*rep_levels_byte_len as usize)?,
        Page::DataPage {
            num_values,
            def_level_encoding,
            rep_level_encoding,
            ..
        } => {
            let repetition = (column.max_rep_level(), *rep_level_encoding);
            let definition = (column.max_def_level(), *def_level_encoding);
            let mut start = 0;
            for (max, encoding) in [repetition, definition] {
                start += levels_bytes(bytes.get(start..)?, max, encoding, *num_values)?;
            }
            start
        }
    };
    (start <= bytes.len()).then_some(start)
}

/// What the levels that `bytes` begin with take, in a data page of the first version.
fn levels_bytes(bytes: &[u8], max: i16, encoding: Encoding, values: u32) -> Option<usize> {
    if max == 0 {
        return Some(0);
    }
    if encoding == Encoding::RLE {
        let length = u32::from_le_bytes(*bytes.first_chunk()?);
        return (length as usize).checked_add(size_of::<u32>());
    }
    let bits = u64::from(i16::BITS - max.leading_zeros());
    usize::try_from((bits * u64::from(values)).div_ceil(8)).ok()
}

/// The head of a delta-packed run of numbers.
///
/// <https://parquet.apache.org/docs/file-format/data-pages/encodings/#DELTAENC>
struct DeltaPacked {
    /// How many numbers there are.
    count: u64,
    /// In each block.
    miniblocks: usize,
    miniblock_values: u64,
    /// Its own length, with the first number.
    head_bytes: usize,
}

impl DeltaPacked {
    fn parse(bytes: &[u8]) -> Result<Self, NotWhole> {
        let mut at = 0;
        let mut number = || {
            let (number, length) = thrift::varint(bytes.get(at..).ok_or(NotWhole)?)?;
            at += length;
            Ok(number)
        };
        let (block_values, miniblocks, count, _first) = (number()?, number()?, number()?, number()?);
        let miniblock_values = block_values.checked_div(miniblocks);
        Ok(Self {
            count,
            miniblocks: usize::try_from(miniblocks).map_err(|_| NotWhole)?,
            miniblock_values: miniblock_values.filter(|&values| values > 0).ok_or(NotWhole)?,
            head_bytes: at,
        })
    }

    /// How many bytes the run takes that `bytes` begin with. Its last miniblock is padded.
    fn length(&self, bytes: &[u8]) -> Result<usize, NotWhole> {
        let mut at = self.head_bytes;
        let mut left = self.count.saturating_sub(1);
        while left > 0 {
            let block = bytes.get(at..).ok_or(NotWhole)?;
            let (_least_delta, least_delta_bytes) = thrift::varint(block)?;
            let widths = block[least_delta_bytes..].get(..self.miniblocks).ok_or(NotWhole)?;
            at += least_delta_bytes + widths.len();
            for &bits in widths {
                if left == 0 {
                    break;
                }
                let packed_bits = self.miniblock_values.checked_mul(u64::from(bits)).ok_or(NotWhole)?;
                let packed = usize::try_from(packed_bits / 8).map_err(|_| NotWhole)?;
                at = at.checked_add(packed).ok_or(NotWhole)?;
                left = left.saturating_sub(self.miniblock_values);
            }
        }
        Ok(at)
    }
}
