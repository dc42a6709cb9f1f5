//! Flow log text: any header, any line, plain or compressed.
#![no_main]

use flowtrail_decode::LogKind;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    flowtrail_fuzz::decode(bytes, Some(LogKind::VpcFlow));
});
