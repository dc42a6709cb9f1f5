//! All rows of a column chunk, as narrow as their values allow.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array};
use arrow::datatypes::DataType;
use parquet::basic::Encoding;
use parquet::column::page::{Page, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::serialized_reader::SerializedPageReader;

use super::page::{DataPage, little_endian};
use super::validity::Validity;
use super::{ChunkBytes, delta, dictionary, hybrid};
use crate::numbers::{from_int64, is_text};

/// Sorted numbers are kept as codes when each stands for so many rows or more.
const ROWS_A_VALUE: usize = 4;

/// A column of a row group.
#[derive(Debug)]
pub struct Decoded {
    /// The type of its values.
    pub data_type: DataType,
    /// Its distinct values, where rows are codes: positions in it. The last is null, when any row is.
    pub values: Option<ArrayRef>,
    /// Its rows.
    pub rows: Rows,
}

/// The rows of a column.
#[derive(Debug)]
#[allow(missing_docs)]
pub enum Rows {
    Codes8(Vec<u8>),
    Codes16(Vec<u16>),
    Codes32(Vec<u32>),
    Numbers32(Vec<i32>, Validity),
    Numbers64(Vec<i64>, Validity),
}

impl Decoded {
    /// Decodes a chunk. `None` for a form that is not known here; files of other writers may have some.
    pub fn read(
        data_type: &DataType,
        metadata: &ColumnChunkMetaData,
        bytes: ChunkBytes,
        rows: usize,
    ) -> Result<Option<Self>> {
        let column = metadata.column_descr();
        let has_dictionary = metadata.dictionary_page_offset().is_some();
        let is_coded = has_dictionary
            && metadata
                .page_encoding_stats_mask()
                .is_some_and(|mask| mask.is_only(Encoding::RLE_DICTIONARY) || mask.is_only(Encoding::PLAIN_DICTIONARY));
        let is_text = is_text(data_type);
        if column.max_rep_level() > 0 || column.max_def_level() > 1 || is_text && !is_coded {
            return Ok(None);
        }
        let mut pages = SerializedPageReader::new(Arc::new(bytes), metadata, rows, None)?;
        let dictionary = if has_dictionary {
            Some(dictionary_page(&mut pages)?)
        } else {
            None
        };
        let mut data = DataPages {
            pages,
            is_nullable: column.max_def_level() == 1,
        };
        let decoded = match dictionary {
            Some((page, count)) if is_coded => {
                let codes = data.codes(rows, count)?;
                let values = dictionary::decode(&page, count, data_type)?;
                let has_null = codes.has_null();
                Self {
                    data_type: data_type.clone(),
                    // The dictionary's own null stands behind its values.
                    values: Some(if has_null { values } else { values.slice(0, count) }),
                    rows: codes.rows,
                }
            }
            _ => {
                let mut known = Vec::new();
                if let Some((page, count)) = dictionary {
                    little_endian(&page, count, data_type, &mut known)?;
                }
                let (numbers, validity) = data.numbers(rows, data_type, &known)?;
                Self::of_numbers(data_type, numbers, validity)?
            }
        };
        if decoded.rows.len() != rows {
            return Err(ParquetError::EOF(
                "a column has fewer rows than its row group".to_owned(),
            ));
        }
        Ok(Some(decoded))
    }

    fn of_numbers(data_type: &DataType, numbers: Vec<i64>, validity: Validity) -> Result<Self> {
        let column = |values, rows| Self {
            data_type: data_type.clone(),
            values,
            rows,
        };
        if validity.all_set()
            && let Some((values, rows)) = runs(&numbers)
        {
            let values: ArrayRef = Arc::new(Int64Array::from(values));
            return Ok(column(Some(from_int64(&values, data_type)?), rows));
        }
        if numbers.iter().all(|number| i32::try_from(*number).is_ok()) {
            let numbers = numbers.into_iter().map(|number| number as i32).collect();
            return Ok(column(None, Rows::Numbers32(numbers, validity)));
        }
        Ok(column(None, Rows::Numbers64(numbers, validity)))
    }

    /// Whether no row is null.
    pub fn is_set(&self) -> bool {
        match (&self.values, &self.rows) {
            (Some(values), _) => values.null_count() == 0,
            (None, Rows::Numbers32(_, validity) | Rows::Numbers64(_, validity)) => validity.all_set(),
            (None, _) => false,
        }
    }

    /// Memory it takes.
    pub fn bytes(&self) -> usize {
        let values = self.values.as_ref().map_or(0, Array::get_array_memory_size);
        values
            + match &self.rows {
                Rows::Codes8(codes) => codes.len(),
                Rows::Codes16(codes) => codes.len() * 2,
                Rows::Codes32(codes) => codes.len() * 4,
                Rows::Numbers32(numbers, validity) => numbers.len() * 4 + validity.bytes(),
                Rows::Numbers64(numbers, validity) => numbers.len() * 8 + validity.bytes(),
            }
    }
}

impl Rows {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Codes8(codes) => codes.len(),
            Self::Codes16(codes) => codes.len(),
            Self::Codes32(codes) => codes.len(),
            Self::Numbers32(numbers, _) => numbers.len(),
            Self::Numbers64(numbers, _) => numbers.len(),
        }
    }
}

/// The distinct values of sorted numbers and the rows as codes of them; `None` where they are not sorted or too many.
fn runs(numbers: &[i64]) -> Option<(Vec<i64>, Rows)> {
    let changes = numbers.windows(2).filter(|pair| pair[0] != pair[1]).count();
    if numbers.is_empty() || (changes + 1) * ROWS_A_VALUE > numbers.len() || !numbers.is_sorted() {
        return None;
    }
    let mut values = Vec::with_capacity(changes + 1);
    let mut codes = Codes::new(numbers.len(), changes + 1);
    for run in numbers.chunk_by(|one, next| one == next) {
        codes.extend(std::iter::repeat_n(values.len() as u32, run.len()));
        values.push(run[0]);
    }
    Some((values, codes.rows))
}

fn dictionary_page(pages: &mut impl PageReader) -> Result<(bytes::Bytes, usize)> {
    match pages.get_next_page()? {
        Some(Page::DictionaryPage { buf, num_values, .. }) => Ok((buf, num_values as usize)),
        _ => Err(ParquetError::General(
            "the dictionary is not where it should be".to_owned(),
        )),
    }
}

/// Codes, while pages are added.
struct Codes {
    rows: Rows,
    null: u32,
    has_null: bool,
}

impl Codes {
    /// For `rows` rows with codes up to `null`, which stands for null.
    fn new(rows: usize, null: usize) -> Self {
        let codes = match null {
            0..=0xFF => Rows::Codes8(Vec::with_capacity(rows)),
            0x100..=0xFFFF => Rows::Codes16(Vec::with_capacity(rows)),
            _ => Rows::Codes32(Vec::with_capacity(rows)),
        };
        Self {
            rows: codes,
            null: null as u32,
            has_null: false,
        }
    }

    fn has_null(&self) -> bool {
        self.has_null
    }

    fn extend(&mut self, codes: impl Iterator<Item = u32>) {
        match &mut self.rows {
            Rows::Codes8(all) => all.extend(codes.map(|code| code as u8)),
            Rows::Codes16(all) => all.extend(codes.map(|code| code as u16)),
            Rows::Codes32(all) => all.extend(codes),
            Rows::Numbers32(..) | Rows::Numbers64(..) => {}
        }
    }

    /// Adds a page's codes: those of the rows that have a value.
    fn add(&mut self, present: &[u32], validity: &Validity, rows: usize) {
        if validity.all_set() {
            return self.extend(present.iter().copied());
        }
        self.has_null = true;
        let null = self.null;
        match &mut self.rows {
            Rows::Codes8(all) => validity.spread(rows, present, null as u8, |code| code as u8, all),
            Rows::Codes16(all) => validity.spread(rows, present, null as u16, |code| code as u16, all),
            Rows::Codes32(all) => validity.spread(rows, present, null, |code| code, all),
            Rows::Numbers32(..) | Rows::Numbers64(..) => {}
        }
    }
}

/// The data pages of a chunk.
struct DataPages {
    pages: SerializedPageReader<ChunkBytes>,
    is_nullable: bool,
}

impl DataPages {
    fn next(&mut self) -> Result<Option<DataPage>> {
        while let Some(page) = self.pages.get_next_page()? {
            if let Some(page) = DataPage::of(page, self.is_nullable)? {
                return Ok(Some(page));
            }
        }
        Ok(None)
    }

    /// The codes of all pages, each below `count`.
    fn codes(&mut self, rows: usize, count: usize) -> Result<Codes> {
        let mut codes = Codes::new(rows, count);
        let mut present = Vec::new();
        while let Some(page) = self.next()? {
            if !is_dictionary(page.encoding) {
                return Err(unexpected(page.encoding));
            }
            let validity = page.validity()?;
            page_codes(&page.values, validity.count_set(page.rows), count, &mut present)?;
            codes.add(&present, &validity, page.rows);
        }
        Ok(codes)
    }

    /// The numbers of all pages, some of which may be codes of `known` ones. Where a row is null its number is 0.
    fn numbers(&mut self, rows: usize, data_type: &DataType, known: &[i64]) -> Result<(Vec<i64>, Validity)> {
        let mut all = Vec::with_capacity(rows);
        let mut all_valid = Validity::default();
        let (mut codes, mut present) = (Vec::new(), Vec::new());
        while let Some(page) = self.next()? {
            let validity = page.validity()?;
            let count = validity.count_set(page.rows);
            present.clear();
            match page.encoding {
                Encoding::PLAIN => little_endian(&page.values, count, data_type, &mut present)?,
                Encoding::DELTA_BINARY_PACKED => {
                    let decoded = delta::decode(&page.values, count, &mut present);
                    if decoded.is_none() || present.len() != count {
                        return Err(ParquetError::General("a page's differences make no sense".to_owned()));
                    }
                    if matches!(data_type, DataType::Int32 | DataType::Date32) {
                        // Differences of 32-bit numbers are taken modulo 2^32.
                        for number in &mut present {
                            *number = i64::from(*number as i32);
                        }
                    }
                }
                encoding if is_dictionary(encoding) => {
                    page_codes(&page.values, count, known.len(), &mut codes)?;
                    present.extend(codes.iter().map(|code| known[*code as usize]));
                }
                encoding => return Err(unexpected(encoding)),
            }
            all_valid.append(&validity, all.len(), page.rows);
            if validity.all_set() {
                all.append(&mut present);
            } else {
                validity.spread(page.rows, &present, 0, |number| number, &mut all);
            }
        }
        Ok((all, all_valid))
    }
}

/// The codes of a page of which `present` rows have a value, in place of what `codes` held.
fn page_codes(values: &[u8], present: usize, known: usize, codes: &mut Vec<u32>) -> Result<()> {
    codes.clear();
    let (width, packed) = values.split_first().unwrap_or((&0, &[]));
    let is_whole = hybrid::decode(packed, usize::from(*width), present, codes);
    // One pass that the compiler turns into wide instructions, so that no code needs to be looked at again.
    let greatest = codes.iter().fold(0, |greatest, code| greatest.max(*code));
    if !is_whole || present > 0 && greatest as usize >= known {
        return Err(ParquetError::General("a page's codes make no sense".to_owned()));
    }
    Ok(())
}

fn is_dictionary(encoding: Encoding) -> bool {
    matches!(encoding, Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY)
}

fn unexpected(encoding: Encoding) -> ParquetError {
    ParquetError::NYI(format!("a page of {encoding}"))
}
