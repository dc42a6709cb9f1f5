//! Parquet files with a damaged footer, page or type.
#![no_main]

use libfuzzer_sys::fuzz_target;

const MAGIC: &[u8] = b"PAR1";

fuzz_target!(init: flowtrail_fuzz::abort_at_our_panics(), |bytes: &[u8]| {
    // Without its marks it is not taken for Parquet at all; that is the other targets' business.
    let file = [MAGIC, bytes.strip_prefix(MAGIC).unwrap_or(bytes)].concat();
    let whole = if file.ends_with(MAGIC) { file } else { [&file, MAGIC].concat() };
    flowtrail_fuzz::decode(&whole, None);
});
