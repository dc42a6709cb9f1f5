//! Parquet files that promise far more than they hold: each is told as damaged, and takes no memory for the promise.

use arrow::array::{ArrayRef, StringArray};
use arrow::record_batch::RecordBatch;
use bytes::Bytes;
use flowtrail_decode::Hint;
use parquet::arrow::ArrowWriter;
use parquet::basic::{BrotliLevel, Compression, Encoding, Type, ZstdLevel};
use parquet::column::writer::ColumnCloseResult;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::sync::Arc;

use crate::object::{decode, try_decode};

const TWO_BILLION: i64 = i32::MAX as i64;

/// Numbers as Thrift writes them.
fn zigzag(number: i64) -> Vec<u8> {
    varint((number << 1 ^ number >> 63) as u64)
}

fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

/// A page: its header by `parquet.thrift`, and its bytes as they are.
struct Page {
    kind: i64,
    uncompressed_bytes: i64,
    values: i64,
    encoding: Encoding,
    bytes: Vec<u8>,
}

impl Page {
    const DATA: i64 = 0;
    const DICTIONARY: i64 = 2;

    fn new(kind: i64, values: i64, encoding: Encoding, bytes: Vec<u8>) -> Self {
        Self {
            kind,
            uncompressed_bytes: bytes.len() as i64,
            values,
            encoding,
            bytes,
        }
    }

    fn written(&self) -> Vec<u8> {
        // Field headers: the id's distance from the last in the upper half; 5 is a 32-bit number, 12 a struct.
        let mut header = vec![0x15];
        header.extend(zigzag(self.kind));
        header.push(0x15);
        header.extend(zigzag(self.uncompressed_bytes));
        header.push(0x15);
        header.extend(zigzag(self.bytes.len() as i64));
        header.push(if self.kind == Self::DATA { 0x2c } else { 0x4c });
        header.push(0x15);
        header.extend(zigzag(self.values));
        header.push(0x15);
        header.extend(zigzag(self.encoding as i64));
        if self.kind == Self::DATA {
            for _levels in 0..2 {
                header.push(0x15);
                header.extend(zigzag(Encoding::RLE as i64));
            }
        }
        header.extend([0, 0]);
        header.extend(&self.bytes);
        header
    }
}

/// A file of one column, `leaf`, with these pages in one row group of `rows`.
fn file(leaf: &str, compression: Compression, rows: i64, pages: &[Page]) -> Vec<u8> {
    file_of(compression, rows, &[(leaf, pages)])
}

/// The same with several columns.
fn file_of(compression: Compression, rows: i64, columns: &[(&str, &[Page])]) -> Vec<u8> {
    let leaves: Vec<_> = columns.iter().map(|(leaf, _)| *leaf).collect();
    let schema = Arc::new(parse_message_type(&format!("message log {{ {}; }}", leaves.join(";"))).unwrap());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
    let descriptions = writer.schema_descr().columns().to_vec();
    let mut group = writer.next_row_group().unwrap();
    for ((_, pages), description) in columns.iter().zip(descriptions) {
        let chunk: Vec<u8> = pages.iter().flat_map(Page::written).collect();
        let has_dictionary = pages[0].kind == Page::DICTIONARY;
        let data_at = if has_dictionary {
            pages[0].written().len() as i64
        } else {
            0
        };
        let metadata = ColumnChunkMetaData::builder(description)
            .set_compression(compression)
            .set_encodings(vec![Encoding::PLAIN])
            .set_num_values(rows)
            .set_total_compressed_size(chunk.len() as i64)
            .set_total_uncompressed_size(chunk.len() as i64)
            .set_data_page_offset(data_at)
            .set_dictionary_page_offset(has_dictionary.then_some(0))
            .build()
            .unwrap();
        let column = ColumnCloseResult {
            bytes_written: chunk.len() as u64,
            rows_written: rows as u64,
            metadata,
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        };
        group.append_column(&Bytes::from(chunk), column).unwrap();
    }
    group.close().unwrap();
    writer.into_inner().unwrap()
}

fn error(file: Vec<u8>) -> String {
    try_decode(file, &Hint::default()).err().unwrap().to_string()
}

fn two_numbers() -> Vec<u8> {
    [1_i64, 2].iter().flat_map(|number| number.to_le_bytes()).collect()
}

#[test]
fn pages_made_by_hand_are_read() {
    let page = Page::new(Page::DATA, 2, Encoding::PLAIN, two_numbers());
    let object = decode(file("required int64 start", Compression::UNCOMPRESSED, 2, &[page]));
    assert_eq!(object.numbers("start"), [Some(1), Some(2)]);
}

#[test]
fn a_dictionary_of_two_billion_numbers_in_sixteen_bytes() {
    let pages = [
        Page::new(Page::DICTIONARY, TWO_BILLION, Encoding::PLAIN, two_numbers()),
        Page::new(Page::DATA, 2, Encoding::RLE_DICTIONARY, vec![1, 4, 0]),
    ];
    insta::assert_snapshot!(
        error(file("required int64 start", Compression::UNCOMPRESSED, 2, &pages)),
        @"parquet file: the dictionary of column `start` is said to have 2147483647 values in 16 bytes; fetch or write the object again"
    );
}

#[test]
fn a_compressed_page_of_two_gigabytes_in_sixteen_bytes() {
    for compression in [
        Compression::SNAPPY,
        Compression::ZSTD(ZstdLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
    ] {
        let page = Page {
            uncompressed_bytes: TWO_BILLION,
            ..Page::new(Page::DATA, 2, Encoding::PLAIN, two_numbers())
        };
        insta::allow_duplicates! { insta::assert_snapshot!(
            error(file("required int64 start", compression, 2, &[page])),
            @"parquet file: its pages are said to take more than 1073741824 bytes at once, at column `start`; write it with smaller pages if that is so; fetch or write the object again"
        ) }
    }
}

#[test]
fn more_lengths_than_values() {
    // 2^40 lengths, of which a block's first miniblock would fill 2^30 from no bits.
    let mut run: Vec<u8> = [1 << 30, 1, 1 << 40].into_iter().flat_map(varint).collect();
    run.extend([2, 0, 0]);
    let two_empty: Vec<u8> = [128, 1, 2].into_iter().flat_map(varint).chain([0, 0, 0]).collect();
    for (encoding, bytes) in [
        (Encoding::DELTA_LENGTH_BYTE_ARRAY, run.clone()),
        (Encoding::DELTA_BYTE_ARRAY, run.clone()),
        (Encoding::DELTA_BYTE_ARRAY, [two_empty, run].concat()),
    ] {
        let page = Page::new(Page::DATA, 2, encoding, bytes);
        insta::allow_duplicates! { insta::assert_snapshot!(
            error(file("required binary srcaddr (UTF8)", Compression::UNCOMPRESSED, 2, &[page])),
            @"parquet file: after 0 rows: a page of column `srcaddr` is said to hold more lengths than values; fetch or write the object again"
        ) }
    }
}

#[test]
fn two_billion_values_with_lengths() {
    let page = Page::new(Page::DATA, TWO_BILLION, Encoding::DELTA_LENGTH_BYTE_ARRAY, vec![0; 8]);
    let file = file("required binary srcaddr (UTF8)", Compression::UNCOMPRESSED, 2, &[page]);
    assert!(error(file).contains("take more than 1073741824 bytes at once, at column `srcaddr`"));
}

#[test]
fn a_row_of_two_billion_nested_values() {
    let run = [varint(TWO_BILLION as u64 * 2), vec![1]].concat();
    let levels = [(run.len() as u32).to_le_bytes().to_vec(), run].concat();
    let nested = [Page::new(
        Page::DATA,
        TWO_BILLION,
        Encoding::PLAIN,
        [levels.clone(), levels].concat(),
    )];
    let start = [Page::new(Page::DATA, 1, Encoding::PLAIN, vec![0; 8])];
    let columns: [(_, &[Page]); 2] = [("required int64 start", &start), ("repeated int64 tags", &nested)];
    let file = file_of(Compression::UNCOMPRESSED, 1, &columns);
    assert!(error(file).contains("take more than 1073741824 bytes at once, at column `tags`"));
}

#[test]
fn values_as_wide_as_gigabytes() {
    let page = Page::new(Page::DATA, 2, Encoding::PLAIN, vec![2, 0, 0, 0, 4, 0]);
    let file = file(
        "optional fixed_len_byte_array(1000000000) srcaddr",
        Compression::UNCOMPRESSED,
        2,
        &[page],
    );
    insta::assert_snapshot!(
        error(file),
        @"parquet file: column `srcaddr` is said to hold values of 1000000000 bytes each; at most 65536 are read; fetch or write the object again"
    );
}

#[test]
fn metadata_that_lists_two_billion_row_groups() {
    let list_of_structs = [0x49, 0xfc];
    let metadata = [&list_of_structs[..], &varint(TWO_BILLION as u64), &[0, 0]].concat();
    let length = (metadata.len() as u32).to_le_bytes();
    let whole = [b"PAR1", &metadata[..], &length, b"PAR1"].concat();
    insta::assert_snapshot!(
        error(whole.clone()),
        @"parquet file: its metadata is damaged; fetch or write the object again"
    );
    let mut too_long = whole;
    let at = too_long.len() - 5;
    too_long[at] = 0x7f;
    assert!(error(too_long).contains("its metadata is said to be 2130706"));
}

#[test]
fn metadata_that_would_be_read_for_long() {
    // A list of two thousand million truth values, which some readers take for no bytes at all.
    let file = include_bytes!("../golden/list_of_truth_values.parquet");
    assert!(error(file.to_vec()).contains("its metadata is damaged"));
}

/// A text that stands once and is meant sixty thousand times is not copied as often.
#[test]
fn a_long_text_of_a_dictionary_is_held_once() {
    let text = "x".repeat(1 << 20);
    let rows = 60_000;
    let dictionary = [&(text.len() as u32).to_le_bytes()[..], text.as_bytes()].concat();
    let pages = [
        Page::new(Page::DICTIONARY, 1, Encoding::PLAIN, dictionary),
        Page::new(
            Page::DATA,
            rows,
            Encoding::RLE_DICTIONARY,
            [&[1][..], &varint(rows as u64 * 2), &[0]].concat(),
        ),
    ];
    let object = decode(file(
        "required binary srcaddr (UTF8)",
        Compression::UNCOMPRESSED,
        rows,
        &pages,
    ));
    assert_eq!(object.counts().rows, rows as u64);
    let held_bytes: usize = object.parts.iter().map(|part| part.batch.get_array_memory_size()).sum();
    assert!(held_bytes < 16 << 20, "{held_bytes}");
}

/// What is checked is read as before: each encoding with lengths, at the counts where blocks and miniblocks end.
#[test]
fn packed_lengths_of_any_count_are_read() {
    for encoding in [Encoding::DELTA_LENGTH_BYTE_ARRAY, Encoding::DELTA_BYTE_ARRAY] {
        for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
            for rows in [1, 2, 31, 32, 33, 34, 127, 128, 129, 130, 257, 1_000, 30_000] {
                let texts: Vec<Option<String>> = (0..rows)
                    .map(|row| (row % 7 != 3).then(|| "10.0.".repeat(row % 5) + &row.to_string()))
                    .collect();
                let column = Arc::new(StringArray::from(texts.clone())) as ArrayRef;
                let batch = RecordBatch::try_from_iter_with_nullable([
                    ("srcaddr", Arc::clone(&column), true),
                    ("start", Arc::new(StringArray::from(vec!["1"; rows])) as ArrayRef, true),
                ])
                .unwrap();
                let properties = WriterProperties::builder()
                    .set_writer_version(version)
                    .set_dictionary_enabled(false)
                    .set_encoding(encoding)
                    .set_data_page_row_count_limit(20_000)
                    .build();
                let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
                writer.write(&batch).unwrap();
                let object = decode(writer.into_inner().unwrap());
                assert_eq!(object.texts("srcaddr"), texts, "{encoding} {version:?} {rows}");
            }
        }
    }
}

/// The widths that the check of dictionaries takes, by what writers write.
#[test]
fn full_dictionaries_are_read() {
    for (leaf, physical) in [
        ("int32", Type::INT32),
        ("int64", Type::INT64),
        ("float", Type::FLOAT),
        ("double", Type::DOUBLE),
    ] {
        let width = if matches!(physical, Type::INT32 | Type::FLOAT) {
            4
        } else {
            8
        };
        let pages = [
            Page::new(Page::DICTIONARY, 2, Encoding::PLAIN, vec![0; 2 * width]),
            Page::new(Page::DATA, 2, Encoding::RLE_DICTIONARY, vec![1, 4, 1]),
        ];
        let object = decode(file(
            &format!("required {leaf} start"),
            Compression::UNCOMPRESSED,
            2,
            &pages,
        ));
        assert_eq!(object.numbers("start"), [Some(0), Some(0)], "{leaf}");
    }
}
