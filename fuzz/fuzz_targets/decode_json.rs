//! Documents, JSON lines and envelopes, their kind told by their content or promised.
#![no_main]

use flowtrail_decode::LogKind;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    flowtrail_fuzz::decode(bytes, None);
    flowtrail_fuzz::decode(bytes, Some(LogKind::CloudTrail));
});
