//! Bit-packed numbers: a number's lowest bit first, one right after the other.

/// Numbers are packed in groups of eight, which are as many bytes as a number has bits.
const GROUP: usize = 8;
/// What a number is loaded with; the last groups of a run have fewer bytes behind them.
const WORD: usize = size_of::<u64>();

/// Fills `out` with numbers of `width` bits (1 to 32). What `packed` is too short for stays as it is.
pub fn unpack(packed: &[u8], width: usize, out: &mut [u32]) {
    macro_rules! dispatch {
        ($($bits:literal)*) => {
            match width {
                $($bits => unpack_width::<$bits>(packed, out),)*
                _ => {}
            }
        };
    }
    dispatch!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32);
}

fn unpack_width<const WIDTH: usize>(packed: &[u8], out: &mut [u32]) {
    let (groups, rest) = out.as_chunks_mut::<GROUP>();
    let mut at = 0;
    for group in groups {
        let Some(from) = packed.get(at..) else { return };
        match from.get(..WIDTH + WORD) {
            Some(bytes) => unpack_group::<WIDTH>(bytes, group),
            None => unpack_group::<WIDTH>(&padded(from), group),
        }
        at += WIDTH;
    }
    if !rest.is_empty() {
        let mut group = [0; GROUP];
        unpack_group::<WIDTH>(&padded(packed.get(at..).unwrap_or_default()), &mut group);
        rest.copy_from_slice(&group[..rest.len()]);
    }
}

/// The first bytes of `from` and zeros after them, enough for a group of any width.
fn padded(from: &[u8]) -> [u8; 32 + WORD] {
    let mut bytes = [0; 32 + WORD];
    let length = from.len().min(bytes.len());
    bytes[..length].copy_from_slice(&from[..length]);
    bytes
}

#[inline]
fn unpack_group<const WIDTH: usize>(bytes: &[u8], group: &mut [u32; GROUP]) {
    let mask = (1_u64 << WIDTH) - 1;
    for (number, out) in group.iter_mut().enumerate() {
        let bit = number * WIDTH;
        let mut word = [0; WORD];
        word.copy_from_slice(&bytes[bit / 8..bit / 8 + WORD]);
        *out = (u64::from_le_bytes(word) >> (bit % 8) & mask) as u32;
    }
}

#[cfg(test)]
mod tests {
    use super::unpack;

    #[test]
    fn every_width_comes_out_as_it_went_in() {
        for width in 1..=32_usize {
            for count in [1, 7, 8, 9, 64, 100] {
                let numbers: Vec<u32> = (0..count as u64)
                    .map(|n| (n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20 & ((1 << width) - 1)) as u32)
                    .collect();
                let mut packed = vec![0_u8; (count * width).div_ceil(8)];
                for (at, number) in numbers.iter().enumerate() {
                    for bit in 0..width {
                        let to = at * width + bit;
                        packed[to / 8] |= ((number >> bit & 1) as u8) << (to % 8);
                    }
                }
                let mut out = vec![0; count];
                unpack(&packed, width, &mut out);
                assert_eq!(out, numbers, "width {width}, {count} numbers");
            }
        }
    }
}
