//! Inputs that broke a decoder, or the reader below it, once: each is read to its end, and what it holds adds up.

use std::fs;
use std::path::Path;

use flowtrail_decode::{Hint, Input, Limits, Opened, open};

#[test]
fn nothing_that_broke_a_decoder_breaks_it_again() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut read = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        read += 1;
        let Ok(Opened::Records(decoder)) = open(Input::Bytes(bytes.into()), &Hint::default(), &Limits::default())
        else {
            continue;
        };
        for part in decoder.map_while(Result::ok) {
            let counts = part.counts;
            assert_eq!(counts.rows, part.batch.num_rows() as u64, "{}", path.display());
            assert_eq!(
                counts.lines,
                counts.rows + counts.headers + counts.rejected,
                "{}",
                path.display()
            );
        }
    }
    assert!(read > 0);
}

#[test]
fn an_arrow_schema_beside_parquets_own_is_not_looked_at() {
    // It speaks of integers of 16,777,216 bits; what reads such schemas panicked.
    let bytes = include_bytes!("../golden/arrow_type_of_16777216_bits.parquet");
    let opened = open(
        Input::Bytes(bytes.as_slice().into()),
        &Hint::default(),
        &Limits::default(),
    );
    assert!(matches!(opened, Ok(Opened::Records(_))), "{opened:?}");
}
