//! Pages of a column chunk, compressed and described.

use arrow::buffer::BooleanBuffer;
use bytes::Bytes;
use parquet::basic::{BoundaryOrder, Compression, Encoding, EncodingMask, PageType, ZstdLevel};
use parquet::bloom_filter::Sbbf;
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ColumnChunkMetaData, ColumnIndexBuilder, OffsetIndexBuilder, PageEncodingStats};
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedPageWriter, SerializedRowGroupWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;
use std::cell::RefCell;
use std::io::Write;
use std::ops::Range;
use zstd::zstd_safe::{CParameter, Strategy};

use super::{LAST_PAGE_ROWS, PAGE_ROWS, packed};

/// How hard the compressor tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// Values that are packed already, and text.
    Quick,
    /// Codes of whole bytes, among which there is something to find.
    Codes,
    /// Dictionaries of 32-bit numbers, of which three in four bytes come again: what is quick looks for longer matches.
    Numbers,
}

/// Bits of a bloom filter for each distinct value: at most one in eight files too many is looked into.
const BLOOM_SIXTEENTHS_OF_A_BYTE: usize = 11;

/// How the chunk of a column is described.
#[derive(Clone, Debug)]
pub(crate) struct ChunkSettings {
    /// The column in the file's schema; optional, as are the records it may stand in, and not repeated.
    pub column: ColumnDescPtr,
    /// Whether each page's least and greatest value is written down.
    pub page_index: bool,
    /// Whether there is a bloom filter.
    pub bloom_filter: bool,
}

/// A column chunk that is ready to become part of a file.
pub(crate) struct Chunk {
    bytes: Bytes,
    close: ColumnCloseResult,
}

impl Chunk {
    /// Makes the chunk the next column of a row group.
    pub(crate) fn append_to<W: Write + Send>(self, group: &mut SerializedRowGroupWriter<'_, W>) -> Result<()> {
        group.append_column(&self.bytes, self.close)
    }
}

/// Least and greatest value of a page, as Parquet writes plain values, and its nulls.
pub(crate) struct PageRange {
    pub range: Option<(Vec<u8>, Vec<u8>)>,
    pub nulls: u64,
}

/// Writes a chunk page by page.
pub(crate) struct ChunkWriter {
    settings: ChunkSettings,
    sink: TrackedWrite<Vec<u8>>,
    offsets: OffsetIndexBuilder,
    ranges: Vec<PageRange>,
    dictionary_offset: Option<u64>,
    first_data_offset: Option<u64>,
    data_pages: i32,
    data_encoding: Encoding,
    rows: u64,
    uncompressed_bytes: usize,
    compressed_bytes: usize,
    bloom_filter: Option<Sbbf>,
}

impl ChunkWriter {
    /// A chunk whose data pages have `data_encoding`.
    pub(crate) fn new(settings: ChunkSettings, data_encoding: Encoding) -> Self {
        Self {
            settings,
            sink: TrackedWrite::new(Vec::new()),
            offsets: OffsetIndexBuilder::new(),
            ranges: Vec::new(),
            dictionary_offset: None,
            first_data_offset: None,
            data_pages: 0,
            data_encoding,
            rows: 0,
            uncompressed_bytes: 0,
            compressed_bytes: 0,
            bloom_filter: None,
        }
    }

    /// Writes the dictionary: `count` plain values.
    pub(crate) fn dictionary(&mut self, plain: &[u8], count: usize, effort: Effort) -> Result<()> {
        let buf = compress(effort, plain)?;
        let page = Page::DictionaryPage {
            buf: buf.into(),
            num_values: count as u32,
            encoding: Encoding::PLAIN,
            is_sorted: false,
        };
        self.dictionary_offset = Some(self.write(page, plain.len())?);
        Ok(())
    }

    /// Writes a data page of `rows` rows: their levels and encoded values.
    pub(crate) fn data(&mut self, body: &[u8], rows: usize, range: PageRange, effort: Effort) -> Result<()> {
        let buf = compress(effort, body)?;
        let page = Page::DataPage {
            buf: buf.into(),
            num_values: rows as u32,
            encoding: self.data_encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let before = self.compressed_bytes;
        let offset = self.write(page, body.len())?;
        self.first_data_offset.get_or_insert(offset);
        self.offsets.append_row_count(rows as i64);
        self.offsets
            .append_offset_and_size(offset as i64, (self.compressed_bytes - before) as i32);
        self.ranges.push(range);
        self.rows += rows as u64;
        self.data_pages += 1;
        Ok(())
    }

    /// Makes a bloom filter of `count` distinct values, if the column has one.
    pub(crate) fn bloom_filter<'v>(&mut self, count: usize, values: impl Iterator<Item = &'v [u8]>) {
        if !self.settings.bloom_filter || count == 0 {
            return;
        }
        let mut filter = Sbbf::new_with_num_of_bytes(count * BLOOM_SIXTEENTHS_OF_A_BYTE / 16);
        values.for_each(|value| filter.insert(value));
        self.bloom_filter = Some(filter);
    }

    fn write(&mut self, page: Page, uncompressed_bytes: usize) -> Result<u64> {
        let written =
            SerializedPageWriter::new(&mut self.sink).write_page(CompressedPage::new(page, uncompressed_bytes))?;
        self.uncompressed_bytes += written.uncompressed_size;
        self.compressed_bytes += written.compressed_size;
        Ok(written.offset)
    }

    /// Ends the chunk; `statistics` are of all its rows.
    pub(crate) fn finish(self, statistics: Statistics) -> Result<Chunk> {
        let mut encodings = vec![Encoding::RLE, self.data_encoding];
        let mut pages = vec![PageEncodingStats {
            page_type: PageType::DATA_PAGE,
            encoding: self.data_encoding,
            count: self.data_pages,
        }];
        if self.dictionary_offset.is_some() {
            encodings.push(Encoding::PLAIN);
            pages.push(PageEncodingStats {
                page_type: PageType::DICTIONARY_PAGE,
                encoding: Encoding::PLAIN,
                count: 1,
            });
        }
        let column_index = self.settings.page_index.then(|| self.column_index()).transpose()?;
        let bytes = self.sink.into_inner()?;
        let metadata = ColumnChunkMetaData::builder(self.settings.column)
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_encodings_mask(EncodingMask::new_from_encodings(encodings.iter()))
            .set_page_encoding_stats(pages)
            .set_total_compressed_size(self.compressed_bytes as i64)
            .set_total_uncompressed_size(self.uncompressed_bytes as i64)
            .set_num_values(self.rows as i64)
            .set_data_page_offset(self.first_data_offset.unwrap_or(0) as i64)
            .set_dictionary_page_offset(self.dictionary_offset.map(|offset| offset as i64))
            .set_statistics(statistics)
            .build()?;
        let close = ColumnCloseResult {
            bytes_written: bytes.len() as u64,
            rows_written: self.rows,
            metadata,
            bloom_filter: self.bloom_filter,
            column_index: column_index.flatten(),
            offset_index: Some(self.offsets.build()),
        };
        Ok(Chunk {
            bytes: bytes.into(),
            close,
        })
    }

    fn column_index(&self) -> Result<Option<parquet::file::page_index::column_index::ColumnIndexMetaData>> {
        let mut index = ColumnIndexBuilder::new(self.settings.column.physical_type());
        for page in &self.ranges {
            let (least, greatest) = page.range.clone().unwrap_or_default();
            index.append(page.range.is_none(), least, greatest, page.nulls as i64);
        }
        index.set_boundary_order(BoundaryOrder::UNORDERED);
        index.build().map(Some)
    }
}

/// The rows of a chunk: which of them have a value.
#[derive(Clone, Debug)]
pub(crate) enum Validity {
    /// All `usize` rows.
    All(usize),
    /// Those set.
    Some(BooleanBuffer),
    /// Of a column inside records, how many of these and itself a row has: all, where it has a value.
    Nested { levels: Vec<u8>, all: u8 },
}

/// A page's rows, and where its values stand among those of the chunk.
pub(crate) struct PageRows {
    pub rows: Range<usize>,
    pub values: Range<usize>,
}

impl Validity {
    pub(crate) fn rows(&self) -> usize {
        match self {
            Self::All(rows) => *rows,
            Self::Some(valid) => valid.len(),
            Self::Nested { levels, .. } => levels.len(),
        }
    }

    pub(crate) fn nulls(&self) -> u64 {
        match self {
            Self::All(_) => 0,
            Self::Some(valid) => (valid.len() - valid.count_set_bits()) as u64,
            Self::Nested { levels, all } => levels.iter().filter(|level| **level < *all).count() as u64,
        }
    }

    pub(crate) fn pages(&self) -> Vec<PageRows> {
        let last = self.rows().saturating_sub(LAST_PAGE_ROWS);
        let mut ends: Vec<usize> = (0..last).step_by(PAGE_ROWS).chain([last, self.rows()]).collect();
        ends.dedup();
        let mut first_value = 0;
        let pages = ends.windows(2).map(|ends| {
            let rows = ends[0]..ends[1];
            let values = first_value..first_value + self.count(&rows);
            first_value = values.end;
            PageRows { rows, values }
        });
        pages.collect()
    }

    /// How many of the rows have a value.
    fn count(&self, rows: &Range<usize>) -> usize {
        match self {
            Self::All(_) => rows.len(),
            Self::Some(valid) => valid.slice(rows.start, rows.len()).count_set_bits(),
            Self::Nested { levels, all } => levels[rows.clone()].iter().filter(|level| **level >= *all).count(),
        }
    }

    /// Begins the body of a page: its definition levels.
    pub(crate) fn levels(&self, rows: &Range<usize>) -> Vec<u8> {
        let (levels, greatest): (Vec<u32>, u8) = match self {
            Self::All(_) => (vec![1; rows.len()], 1),
            Self::Some(valid) => (valid.slice(rows.start, rows.len()).iter().map(u32::from).collect(), 1),
            Self::Nested { levels, all } => (
                levels[rows.clone()].iter().map(|level| u32::from(*level)).collect(),
                *all,
            ),
        };
        let mut body = vec![0; 4];
        packed::append(&levels, packed::width_of(greatest.into()), &mut body);
        let length = body.len() as u32 - 4;
        body[..4].copy_from_slice(&length.to_le_bytes());
        body
    }
}

/// What a page's body takes compressed.
pub(crate) fn compressed_bytes(body: &[u8], effort: Effort) -> Result<usize> {
    Ok(compress(effort, body)?.len())
}

type Compressor = RefCell<std::io::Result<zstd::bulk::Compressor<'static>>>;

thread_local! {
    // Making one takes longer than compressing a page.
    static QUICK: Compressor = RefCell::new(zstd::bulk::Compressor::new(1));
    static CODES: Compressor = RefCell::new(zstd::bulk::Compressor::new(3));
    static NUMBERS: Compressor = RefCell::new(numbers_compressor());
}

fn numbers_compressor() -> std::io::Result<zstd::bulk::Compressor<'static>> {
    let mut compressor = zstd::bulk::Compressor::new(1)?;
    compressor.set_parameter(CParameter::Strategy(Strategy::ZSTD_btopt))?;
    compressor.set_parameter(CParameter::MinMatch(3))?;
    compressor.set_parameter(CParameter::SearchLog(1))?;
    compressor.set_parameter(CParameter::TargetLength(1))?;
    compressor.set_parameter(CParameter::HashLog(14))?;
    compressor.set_parameter(CParameter::ChainLog(14))?;
    Ok(compressor)
}

fn compress(effort: Effort, bytes: &[u8]) -> Result<Vec<u8>> {
    let compressor = match effort {
        Effort::Quick => &QUICK,
        Effort::Codes => &CODES,
        Effort::Numbers => &NUMBERS,
    };
    compressor.with_borrow_mut(|compressor| match compressor {
        Ok(compressor) => compressor.compress(bytes).map_err(|error| external(&error)),
        Err(error) => Err(external(error)),
    })
}

fn external(error: &std::io::Error) -> ParquetError {
    ParquetError::General(format!("compressing: {error}"))
}
