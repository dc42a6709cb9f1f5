//! Small numbers as runs and bit-packed groups: Parquet's `RLE` hybrid
//! (<https://parquet.apache.org/docs/file-format/data-pages/encodings/#run-length-encoding--bit-packing-hybrid-rle--3>).

use super::unpack::unpack;
use super::varint::varint;

/// Appends `count` numbers of `width` bits (0 to 32); false when `bytes` hold fewer.
pub fn decode(mut bytes: &[u8], width: usize, count: usize, out: &mut Vec<u32>) -> bool {
    let end = out.len() + count;
    if width == 0 {
        out.resize(end, 0);
        return true;
    }
    if width > 32 {
        return false;
    }
    while out.len() < end {
        let Some(header) = varint(&mut bytes) else { return false };
        let left = end - out.len();
        if header & 1 == 1 {
            let Some(length) = usize::try_from(header >> 1)
                .ok()
                .and_then(|groups| groups.checked_mul(width))
            else {
                return false;
            };
            let packed = &bytes[..length.min(bytes.len())];
            // The last group may be cut off behind its last number.
            let numbers = (packed.len() * 8 / width).min(left);
            if numbers == 0 {
                return false;
            }
            let from = out.len();
            out.resize(from + numbers, 0);
            unpack(packed, width, &mut out[from..]);
            bytes = &bytes[packed.len()..];
        } else {
            let Some((value, rest)) = bytes.split_at_checked(width.div_ceil(8)) else {
                return false;
            };
            let mut word = [0; 4];
            word[..value.len()].copy_from_slice(value);
            let run = usize::try_from(header >> 1).unwrap_or(usize::MAX).min(left);
            if run == 0 {
                return false;
            }
            out.resize(out.len() + run, u32::from_le_bytes(word));
            bytes = rest;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn runs_and_groups_follow_each_other() {
        // Five times 4; the numbers 0 to 7; three of the next group.
        let bytes = [5 << 1, 4, 1 << 1 | 1, 0x88, 0xC6, 0xFA, 1 << 1 | 1, 0x88, 0xC6, 0xFA];
        let mut out = Vec::new();
        assert!(decode(&bytes, 3, 16, &mut out));
        assert_eq!(out, [4, 4, 4, 4, 4, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2]);
        assert!(!decode(&bytes, 3, 22, &mut Vec::new()));
        assert!(!decode(&[], 3, 1, &mut Vec::new()));
        assert!(!decode(&[0], 3, 1, &mut Vec::new()));
        assert!(decode(&[], 0, 2, &mut Vec::new()));
    }
}
