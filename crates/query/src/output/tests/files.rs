//! Files: split, named at the end, gone after a failure; and Parquet, which only files show well.

use std::fs::{self, File};
use std::io;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, DictionaryArray, Int64Array, IntervalMonthDayNanoArray, NullArray, RecordBatch, StringArray,
    StringViewArray, TimestampSecondArray,
};
use arrow::datatypes::{DataType, Int32Type, IntervalMonthDayNano, TimeUnit};
use futures::StreamExt;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;

use super::super::{Destination, OutputError, OutputFormat, OutputOptions, write_stream};
use super::{Buffer, batch, bytes_of, names_in, options, run};

fn numbers(range: std::ops::Range<i64>) -> RecordBatch {
    batch([("n", Arc::new(Int64Array::from_iter_values(range)) as ArrayRef)])
}

#[test]
fn csv_is_split_at_the_line_limit_header_included() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flows.csv");
    let limited = OutputOptions {
        rows_per_file: 4,
        csv_bom: true,
        ..options(OutputFormat::Csv)
    };
    let batches = [numbers(0..2), numbers(2..7)];
    let written = run(&batches, &limited, Destination::File(path)).unwrap();
    assert_eq!(written.rows, 7);
    assert_eq!(names_in(folder.path()), ["flows-1.csv", "flows-2.csv", "flows-3.csv"]);
    assert_eq!(
        written.files,
        ["flows-1.csv", "flows-2.csv", "flows-3.csv"].map(|name| folder.path().join(name))
    );
    assert_eq!(fs::read_to_string(&written.files[0]).unwrap(), "\u{feff}n\n0\n1\n2\n");
    assert_eq!(fs::read_to_string(&written.files[1]).unwrap(), "\u{feff}n\n3\n4\n5\n");
    assert_eq!(fs::read_to_string(&written.files[2]).unwrap(), "\u{feff}n\n6\n");
}

#[test]
fn csv_that_just_fits_is_one_file_and_a_writer_is_never_split() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flows.csv");
    let limited = OutputOptions {
        rows_per_file: 4,
        ..options(OutputFormat::Csv)
    };
    let written = run(&[numbers(0..3)], &limited, Destination::File(path.clone())).unwrap();
    assert_eq!(written.files, std::slice::from_ref(&path));
    assert_eq!(names_in(folder.path()), ["flows.csv"]);
    assert_eq!(bytes_of(&[numbers(0..5)], &limited), b"n\n0\n1\n2\n3\n4\n");
}

#[test]
fn a_failing_query_leaves_nothing_and_the_old_answer_in_place() {
    let folder = tempfile::tempdir().unwrap();
    for format in OutputFormat::ALL {
        let path = folder.path().join("answer");
        fs::write(&path, "old").unwrap();
        let stream = futures::stream::iter([Ok(numbers(0..3)), Err(io::Error::other("the disk is gone"))]).boxed();
        let limited = OutputOptions {
            rows_per_file: 2,
            ..options(format)
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let writing = write_stream(numbers(0..0).schema(), stream, limited, Destination::File(path.clone()));
        let error = runtime.block_on(writing).unwrap_err();
        assert!(matches!(error, OutputError::Query(_)));
        assert_eq!(error.to_string(), "the disk is gone");
        assert_eq!(names_in(folder.path()), ["answer"], "{format}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    }
}

#[test]
fn giving_up_removes_the_partial_file() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(async {
        let endless = futures::stream::iter([Ok::<_, io::Error>(numbers(0..3))]).chain(futures::stream::pending());
        let destination = Destination::File(folder.path().join("answer.csv"));
        let writing = write_stream(
            numbers(0..0).schema(),
            endless.boxed(),
            options(OutputFormat::Csv),
            destination,
        );
        tokio::time::timeout(std::time::Duration::from_millis(50), writing)
            .await
            .unwrap_err();
    });
    // The end of the runtime waits for its threads.
    drop(runtime);
    assert_eq!(names_in(folder.path()), [""; 0]);
}

#[test]
fn a_pipe_whose_reader_went_is_told_apart() {
    struct Closed;
    impl io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    for format in OutputFormat::ALL {
        let error = run(
            &[numbers(0..100)],
            &options(format),
            Destination::Writer(Box::new(Closed)),
        )
        .unwrap_err();
        assert!(error.is_broken_pipe(), "{format}: {error:?}");
    }
}

#[test]
fn parquet_is_plain_and_compressed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("answer.parquet");
    let dictionary: DictionaryArray<Int32Type> = vec![Some("ACCEPT"), None].into_iter().collect();
    let interval = IntervalMonthDayNano::new(0, 1, 0);
    let batch = batch([
        (
            "note",
            Arc::new(StringViewArray::from(vec![
                Some("a view longer than twelve bytes"),
                None,
            ])) as ArrayRef,
        ),
        ("note", Arc::new(dictionary)),
        (
            "at",
            Arc::new(TimestampSecondArray::from(vec![1, -1]).with_timezone("UTC")),
        ),
        (
            "every",
            Arc::new(IntervalMonthDayNanoArray::from(vec![Some(interval), None])),
        ),
        ("nothing", Arc::new(NullArray::new(2))),
    ]);
    run(
        &[batch.clone(), batch],
        &options(OutputFormat::Parquet),
        Destination::File(path.clone()),
    )
    .unwrap();

    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&path).unwrap()).unwrap();
    let schema = reader
        .schema()
        .fields()
        .iter()
        .map(|field| (field.name().clone(), field.data_type().clone()));
    assert_eq!(
        schema.collect::<Vec<_>>(),
        [
            ("note".to_owned(), DataType::Utf8),
            ("note_2".to_owned(), DataType::Utf8),
            (
                "at".to_owned(),
                DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()))
            ),
            ("every".to_owned(), DataType::Utf8),
            ("nothing".to_owned(), DataType::Null),
        ]
    );
    let column = reader.metadata().row_group(0).column(0);
    assert!(matches!(column.compression(), Compression::ZSTD(_)));
    let rows = reader.build().unwrap().collect::<Result<Vec<_>, _>>().unwrap();
    assert_eq!(rows[0].num_rows(), 4);
    let every = rows[0].column(3).as_any().downcast_ref::<StringArray>().unwrap();
    assert_eq!(every.value(0), "1 days");
}

#[test]
fn parquet_and_xlsx_go_to_a_writer_too() {
    let buffer = Buffer::default();
    run(
        &[numbers(0..3)],
        &options(OutputFormat::Parquet),
        Destination::Writer(Box::new(buffer.clone())),
    )
    .unwrap();
    assert_eq!(&buffer.bytes()[..4], b"PAR1");
    assert_eq!(
        &bytes_of(&[numbers(0..3)], &options(OutputFormat::Xlsx))[..4],
        b"PK\x03\x04"
    );
}
