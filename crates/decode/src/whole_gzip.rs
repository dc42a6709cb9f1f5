//! Gzip objects that are in memory, inflated at once, which takes a third of the time of a stream.

use std::cell::RefCell;

use bytes::Bytes;

use crate::Limits;

/// Objects with more text are inflated as a stream.
const MOST_TEXT_BYTES: usize = 64 << 20;
/// Memory that a thread keeps for the next object, at most.
const MOST_SPARE_BYTES: usize = 16 << 20;
/// Deflate cannot do better; an object that claims more is left to the stream, which says what is wrong.
const MOST_RATIO: usize = 1032;
/// The least a gzip member can take.
const LEAST_MEMBER_BYTES: usize = 18;
const MEMBER_BEGIN: [u8; 3] = [0x1f, 0x8b, 0x08];

/// The text of an object of one sound gzip member. `None` is for the stream: it is something else, or damaged, or large.
///
/// The library reads one member and does not say where it ended. So nothing in the object may look like the begin of
/// another member, and its last four bytes, which are the member's length where nothing follows it, must say what came
/// out.
pub(crate) fn inflate(object: &Bytes, limits: &Limits) -> Option<Vec<u8>> {
    if !object.starts_with(&MEMBER_BEGIN) || object.len() < LEAST_MEMBER_BYTES {
        return None;
    }
    let text_bytes = u32::from_le_bytes(*object.last_chunk::<4>()?) as usize;
    if text_bytes > MOST_TEXT_BYTES.min(object.len() * MOST_RATIO) || text_bytes as u64 > limits.max_inflated_bytes {
        return None;
    }
    let mut begins = memchr::memmem::find_iter(&object[1..], &MEMBER_BEGIN);
    if begins.any(|at| may_be_member(&object[1 + at..])) {
        return None;
    }
    let mut text = SPARE.take();
    text.resize(text_bytes, 0);
    let inflated = libdeflater::Decompressor::new().gzip_decompress(object, &mut text);
    inflated.is_ok_and(|bytes| bytes == text_bytes).then_some(text)
}

/// Three equal bytes are there by chance in one object of twenty; flags nobody may set rule most of them out.
fn may_be_member(begin: &[u8]) -> bool {
    const RESERVED_FLAGS: u8 = 0b1110_0000;
    begin.get(3).is_none_or(|flags| flags & RESERVED_FLAGS == 0)
}

thread_local! {
    /// The memory of the text before, which the next fills again: fresh memory costs as much as inflating into it.
    static SPARE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Takes back the memory of a text that was read.
pub(crate) fn recycle(text: Vec<u8>) {
    if text.capacity() > SPARE.with_borrow(Vec::capacity) && text.capacity() <= MOST_SPARE_BYTES {
        SPARE.set(text);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn one_sound_member_comes_out_and_everything_else_is_left_alone() {
        let text: Vec<u8> = (0..100_000_u32).flat_map(|n| format!("{n}\n").into_bytes()).collect();
        let whole = gzip(&text);
        assert_eq!(inflate(&whole.clone().into(), &Limits::default()).unwrap(), text);
        assert_eq!(inflate(&gzip(b"").into(), &Limits::default()).unwrap(), b"");
        let two_of_a_kind = [whole.clone(), whole.clone()].concat();
        let trailing = [whole.clone(), b"text".to_vec()].concat();
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 1;
        for other in [
            two_of_a_kind,
            trailing,
            flipped,
            whole[..whole.len() - 1].to_vec(),
            text,
        ] {
            assert_eq!(inflate(&other.into(), &Limits::default()), None);
        }
    }
}
