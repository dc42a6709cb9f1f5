//! The pages of a Parquet file, looked at before memory is given for what they say of themselves.
//!
//! A page's header says how large the page becomes, and how many values it or a dictionary has; the Parquet reader makes
//! room for as much before it reads the first of them, so a few damaged bytes would take gigabytes, or end the process
//! where there are none. [`check`] walks the headers of all pages, and [`CheckedRowGroups`] hands out pages whose
//! encoded lengths fit what was walked.
//!
//! The form of a page: <https://parquet.apache.org/docs/file-format/data-pages/>

use parquet::arrow::arrow_reader::RowGroups;
use parquet::basic::{PageType, Type};
use parquet::column::page::{Page, PageIterator, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::{ChunkReader, SerializedPageReader};
use parquet::schema::types::ColumnDescPtr;
use std::ops::Range;
use std::sync::Arc;

use crate::parquet_description;
use crate::parquet_lengths::{LENGTHS, lengths_fit};
use crate::thrift::{self, NotWhole};

/// What the pages of a row group that are held at once may take: of each column its dictionary and one page. A writer's
/// defaults come to a few mebibytes a column.
const HELD_LIMIT_BYTES: u64 = 1 << 30;

/// The widest fixed-length value that is read. Decimals and UUIDs take 16 bytes.
const FIXED_LIMIT_BYTES: i32 = 64 << 10;

/// What is read to see a page's header; one with long statistics is read again, twice as much each time.
const HEADER_BYTES: u64 = 4 << 10;

/// The metadata's length and the magic, at the end of a file.
const TAIL_BYTES: u64 = 8;

/// What a page's header says that matters here. Bytes and values are as found: any number.
#[derive(Debug, Default)]
struct PageHeader {
    page_type: i64,
    page_bytes: i64,
    compressed_bytes: i64,
    values: i64,
    /// Whether lengths of texts are packed before the texts.
    has_lengths: bool,
    /// Its own length.
    header_bytes: u64,
}

impl PageHeader {
    /// The header that `bytes` begin with.
    fn parse(bytes: &[u8]) -> std::result::Result<Self, NotWhole> {
        let mut header = Self::default();
        let length = thrift::walk(
            bytes,
            parquet_description::PAGE_HEADER,
            &mut |path, number| match path {
                [1] => header.page_type = number,
                [2] => header.page_bytes = number,
                [3] => header.compressed_bytes = number,
                // Of a data page, a dictionary page or a data page of the second version; were there several, the most.
                [5 | 7 | 8, 1] => header.values = header.values.max(number),
                [5 | 7, 2] | [8, 4] => header.has_lengths |= LENGTHS.iter().any(|&encoding| encoding as i64 == number),
                _ => {}
            },
        )?;
        header.header_bytes = length as u64;
        Ok(header)
    }

    fn is_dictionary(&self) -> bool {
        self.page_type == PageType::DICTIONARY_PAGE as i64
    }

    /// What reading the page takes at once.
    fn held_bytes(&self) -> u64 {
        // Two of four bytes for each value.
        let lengths = if self.has_lengths {
            8 * at_least_zero(self.values)
        } else {
            0
        };
        at_least_zero(self.page_bytes).saturating_add(lengths)
    }
}

fn at_least_zero(number: i64) -> u64 {
    // Headers hold 32-bit numbers; what is larger cannot be read anyway, and must not overflow here.
    number.clamp(0, i64::from(u32::MAX)) as u64
}

/// Looks at the description and at every page's header, and reads no page.
///
/// # Errors
/// What the file says of itself cannot be, or would take more than a gibibyte at once; a sentence that names the column.
fn check<C: ChunkReader>(chunks: &C, metadata: &ParquetMetaData) -> Result<()> {
    for column in metadata.file_metadata().schema_descr().columns() {
        if column.physical_type() == Type::FIXED_LEN_BYTE_ARRAY && column.type_length() > FIXED_LIMIT_BYTES {
            let (name, length) = (column.name(), column.type_length());
            return Err(error(format!(
                "column `{name}` is said to hold values of {length} bytes each; at most {FIXED_LIMIT_BYTES} are read"
            )));
        }
    }
    for group in metadata.row_groups() {
        let mut held_bytes = 0_u64;
        for column in group.columns() {
            held_bytes = held_bytes.saturating_add(column_held_bytes(chunks, column)?);
            if held_bytes > HELD_LIMIT_BYTES {
                let name = column.column_descr().name();
                return Err(error(format!(
                    "its pages are said to take more than {HELD_LIMIT_BYTES} bytes at once, at column `{name}`; write it \
                     with smaller pages if that is so"
                )));
            }
        }
    }
    Ok(())
}

/// Looks at the metadata at the end of a file, whose lists may say that they are longer than the file.
///
/// # Errors
/// It is cut off, or is none.
pub(crate) fn check_footer<C: ChunkReader>(chunks: &C) -> Result<()> {
    let file_bytes = chunks.len();
    let tail = chunks.get_bytes(file_bytes.saturating_sub(TAIL_BYTES), TAIL_BYTES as usize)?;
    let length = tail
        .first_chunk()
        .map_or(0, |length| u64::from(u32::from_le_bytes(*length)));
    let Some(start) = file_bytes.checked_sub(TAIL_BYTES + length) else {
        return Err(error(format!(
            "its metadata is said to be {length} bytes long, the file is {file_bytes}"
        )));
    };
    let metadata = chunks.get_bytes(start, length as usize)?;
    match thrift::walk(&metadata, parquet_description::FILE, &mut |_, _| {}) {
        Ok(_) => Ok(()),
        Err(NotWhole) => Err(error("its metadata is damaged".to_owned())),
    }
}

/// What reading a column of a row group takes at once.
fn column_held_bytes<C: ChunkReader>(chunks: &C, column: &ColumnChunkMetaData) -> Result<u64> {
    let name = column.column_descr().name();
    let is_repeated = column.column_descr().max_rep_level() > 0;
    let (start, length) = column.byte_range();
    let end = start.saturating_add(length).min(chunks.len());
    let (mut dictionary_bytes, mut page_bytes, mut level_bytes) = (0, 0, 0_u64);
    let (mut values, mut at) = (0_i64, start);
    while at < end {
        let header = match read_header(chunks, at..end)? {
            Ok(header) => header,
            // All is there; some old writers leave padding behind.
            Err(NotWhole) if values >= column.num_values() => break,
            Err(NotWhole) => {
                return Err(error(format!(
                    "a page of column `{name}` at byte {at} has a damaged header"
                )));
            }
        };
        if header.is_dictionary() {
            check_dictionary(&header, &column.column_descr_ptr())?;
            dictionary_bytes = header.held_bytes();
        } else {
            values = values.saturating_add(header.values);
            page_bytes = page_bytes.max(header.held_bytes());
        }
        if is_repeated {
            // A row may go on over any number of pages; of each value two levels of two bytes are held till it ends.
            level_bytes = level_bytes.saturating_add(4 * at_least_zero(header.values));
        }
        at = at.saturating_add(header.header_bytes + at_least_zero(header.compressed_bytes));
    }
    Ok(level_bytes.saturating_add(dictionary_bytes + page_bytes))
}

fn read_header<C: ChunkReader>(chunks: &C, range: Range<u64>) -> Result<std::result::Result<PageHeader, NotWhole>> {
    let whole = range.end - range.start;
    let mut length = HEADER_BYTES.min(whole);
    loop {
        let bytes = chunks.get_bytes(range.start, length as usize)?;
        let header = PageHeader::parse(&bytes);
        if header.is_ok() || length == whole {
            return Ok(header);
        }
        length = (2 * length).min(whole);
    }
}

/// A dictionary is written plainly: its values take what they take.
fn check_dictionary(header: &PageHeader, column: &ColumnDescPtr) -> Result<()> {
    let value_bytes = match column.physical_type() {
        Type::INT32 | Type::FLOAT | Type::BYTE_ARRAY => 4,
        Type::INT64 | Type::DOUBLE => 8,
        Type::INT96 => 12,
        Type::FIXED_LEN_BYTE_ARRAY => u64::try_from(column.type_length()).unwrap_or(1).max(1),
        Type::BOOLEAN => 1,
    };
    let (values, page_bytes) = (at_least_zero(header.values), at_least_zero(header.page_bytes));
    if values * value_bytes > page_bytes {
        let name = column.name();
        return Err(error(format!(
            "the dictionary of column `{name}` is said to have {values} values in {page_bytes} bytes"
        )));
    }
    Ok(())
}

fn error(why: String) -> ParquetError {
    ParquetError::General(why)
}

/// The row groups of a file that [`check`] found well.
pub(crate) struct CheckedRowGroups<C: ChunkReader> {
    chunks: Arc<C>,
    metadata: Arc<ParquetMetaData>,
}

impl<C: ChunkReader> CheckedRowGroups<C> {
    pub(crate) fn new(chunks: C, metadata: Arc<ParquetMetaData>) -> Result<Self> {
        check(&chunks, &metadata)?;
        Ok(Self {
            chunks: Arc::new(chunks),
            metadata,
        })
    }
}

impl<C: ChunkReader + 'static> RowGroups for CheckedRowGroups<C> {
    fn num_rows(&self) -> usize {
        let rows = self.metadata.row_groups().iter().map(RowGroupMetaData::num_rows);
        usize::try_from(rows.fold(0, i64::saturating_add)).unwrap_or_default()
    }

    fn column_chunks(&self, column: usize) -> Result<Box<dyn PageIterator>> {
        Ok(Box::new(ColumnChunks {
            chunks: Arc::clone(&self.chunks),
            metadata: Arc::clone(&self.metadata),
            column,
            groups: 0..self.metadata.num_row_groups(),
        }))
    }

    fn row_groups(&self) -> Box<dyn Iterator<Item = &RowGroupMetaData> + '_> {
        Box::new(self.metadata.row_groups().iter())
    }

    fn metadata(&self) -> &ParquetMetaData {
        &self.metadata
    }
}

/// One column's chunks, one for each row group.
struct ColumnChunks<C: ChunkReader> {
    chunks: Arc<C>,
    metadata: Arc<ParquetMetaData>,
    column: usize,
    groups: Range<usize>,
}

impl<C: ChunkReader + 'static> Iterator for ColumnChunks<C> {
    type Item = Result<Box<dyn PageReader>>;

    fn next(&mut self) -> Option<Self::Item> {
        let group = self.metadata.row_group(self.groups.next()?);
        let column = group.column(self.column);
        let rows = usize::try_from(group.num_rows()).unwrap_or_default();
        let pages = SerializedPageReader::new(Arc::clone(&self.chunks), column, rows, None);
        Some(pages.map(|pages| {
            let column = column.column_descr_ptr();
            Box::new(CheckedPages { pages, column }) as Box<dyn PageReader>
        }))
    }
}

impl<C: ChunkReader + 'static> PageIterator for ColumnChunks<C> {}

/// The pages of a column chunk, whose decoders are not told to decode more lengths than there are values.
struct CheckedPages<C: ChunkReader> {
    pages: SerializedPageReader<C>,
    column: ColumnDescPtr,
}

impl<C: ChunkReader> Iterator for CheckedPages<C> {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl<C: ChunkReader> PageReader for CheckedPages<C> {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.pages.get_next_page()?;
        if let Some(page) = &page
            && !lengths_fit(page, &self.column)
        {
            let name = self.column.name();
            return Err(error(format!(
                "a page of column `{name}` is said to hold more lengths than values"
            )));
        }
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.pages.at_record_boundary()
    }
}
