//! What must hold for any bytes: decoding ends, nothing panics, and the counts add up.

use std::panic;
use std::process;

use bytes::Bytes;
use flowtrail_decode::{Hint, Input, Limits, LogKind, Opened, open};

/// Text an object may grow to: enough for every path through the decoders, little enough for thousands of runs a second.
const TEXT_BYTES: u64 = 8 << 20;

/// Decodes `bytes` as an object of which `kind` is promised.
///
/// # Panics
/// When a part does not add up: that is what the fuzzer looks for.
pub fn decode(bytes: &[u8], kind: Option<LogKind>) {
    let limits = Limits {
        max_inflated_bytes: TEXT_BYTES,
        ..Limits::default()
    };
    let hint = Hint {
        kind,
        flow_format: None,
    };
    let Ok(Opened::Records(decoder)) = open(Input::Bytes(Bytes::copy_from_slice(bytes)), &hint, &limits) else {
        return;
    };
    for part in decoder {
        // Damage to the object as a whole is an answer; the decoder ends with it.
        let Ok(part) = part else { return };
        let counts = part.counts;
        assert_eq!(counts.rows, part.batch.num_rows() as u64, "rows are those of the batch");
        assert_eq!(
            counts.lines,
            counts.rows + counts.headers + counts.rejected,
            "every line is accounted for: {counts:?}"
        );
        assert_eq!(counts.rejected, part.rejects.len() as u64, "every reject is named");
        assert!(
            counts.nodata + counts.skipdata <= counts.rows,
            "NODATA and SKIPDATA are rows: {counts:?}"
        );
    }
}

/// Our own code, where no panic may begin. Those of the Parquet reader are caught by the decoder, which answers that the
/// file is damaged; the fuzzer would otherwise end at the first. One that the decoder does not catch still ends it.
const OURS: [&str; 2] = ["crates/decode/", "src/lib.rs"];

/// Ends the process at a panic that begins in our own code, and at no other.
pub fn abort_at_our_panics() {
    panic::set_hook(Box::new(|info| {
        let is_ours = |place: &panic::Location<'_>| {
            OURS.iter()
                .any(|ours| place.file().contains(ours) && !place.file().contains("/registry/"))
        };
        if info.location().is_none_or(is_ours) {
            eprintln!("{info}");
            process::abort();
        }
    }));
}
