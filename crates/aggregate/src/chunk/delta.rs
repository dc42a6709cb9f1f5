//! Numbers as differences: Parquet's `DELTA_BINARY_PACKED`
//! (<https://parquet.apache.org/docs/file-format/data-pages/encodings/#delta-encoding-delta_binary_packed--5>).

use super::unpack::unpack;
use super::varint::{varint, zigzag};

/// Miniblocks hold a multiple of this many numbers.
const MINIBLOCK: usize = 32;

/// Appends the numbers of a page, `most` at most; `None` when `bytes` are cut off or make no sense.
pub fn decode(mut bytes: &[u8], most: usize, out: &mut Vec<i64>) -> Option<()> {
    let block = varint(&mut bytes)? as usize;
    let miniblocks = varint(&mut bytes)? as usize;
    let count = varint(&mut bytes)? as usize;
    let mut value = zigzag(&mut bytes)?;
    let length = block.checked_div(miniblocks)?;
    if count > most || length == 0 || length % MINIBLOCK != 0 || length > 1 << 16 {
        return None;
    }
    if count == 0 {
        return Some(());
    }
    out.reserve(count);
    out.push(value);
    let mut left = count - 1;
    while left > 0 {
        let least = zigzag(&mut bytes)?;
        let (widths, rest) = bytes.split_at_checked(miniblocks)?;
        bytes = rest;
        for width in widths {
            if left == 0 {
                break;
            }
            let width = usize::from(*width);
            let numbers = left.min(length);
            // The last miniblock is whole, whatever of it counts; some writers cut it all the same.
            let packed = &bytes[..(length * width / 8).min(bytes.len())];
            if packed.len() < (numbers * width).div_ceil(8) {
                return None;
            }
            value = append(packed, width, least, value, numbers, out)?;
            bytes = &bytes[packed.len()..];
            left -= numbers;
        }
    }
    Some(())
}

/// Appends `numbers` sums that begin after `value`; gives the last.
fn append(packed: &[u8], width: usize, least: i64, mut value: i64, numbers: usize, out: &mut Vec<i64>) -> Option<i64> {
    match width {
        0 => out.extend((0..numbers).map(|_| {
            value = value.wrapping_add(least);
            value
        })),
        1..=32 => {
            let mut above = [0_u32; MINIBLOCK];
            for (number, at) in (0..numbers).step_by(MINIBLOCK).enumerate() {
                let above = &mut above[..MINIBLOCK.min(numbers - at)];
                unpack(&packed[number * width * MINIBLOCK / 8..], width, above);
                out.extend(above.iter().map(|above| {
                    value = value.wrapping_add(least).wrapping_add(i64::from(*above));
                    value
                }));
            }
        }
        33..=64 => {
            for number in 0..numbers {
                let above = wide(packed, number * width, width);
                value = value.wrapping_add(least).wrapping_add(above as i64);
                out.push(value);
            }
        }
        _ => return None,
    }
    Some(value)
}

/// The number of up to 64 bits that begins at `bit`.
fn wide(packed: &[u8], bit: usize, width: usize) -> u64 {
    let mut word = [0; 16];
    let from = &packed[bit / 8..];
    let length = from.len().min(9);
    word[..length].copy_from_slice(&from[..length]);
    (u128::from_le_bytes(word) >> (bit % 8)) as u64 & (u64::MAX >> (64 - width))
}
