//! Numbers as differences: Parquet's `DELTA_BINARY_PACKED`.

use super::packed::{append_varint, pack_bits};

const BLOCK: usize = 128;
const MINIBLOCKS: usize = 4;
const MINIBLOCK: usize = BLOCK / MINIBLOCKS;

/// Appends `values` as their first and the differences between neighbours.
pub(crate) fn append(values: &[i64], out: &mut Vec<u8>) {
    append_varint(BLOCK as u64, out);
    append_varint(MINIBLOCKS as u64, out);
    append_varint(values.len() as u64, out);
    append_varint(zigzag(values.first().copied().unwrap_or(0)), out);
    let mut block = [0; BLOCK];
    for start in (1..values.len()).step_by(BLOCK) {
        let end = values.len().min(start + BLOCK);
        for (difference, at) in block.iter_mut().zip(start..end) {
            *difference = values[at].wrapping_sub(values[at - 1]);
        }
        append_block(&block[..end - start], out);
    }
}

fn append_block(differences: &[i64], out: &mut Vec<u8>) {
    let least = differences.iter().copied().min().unwrap_or(0);
    append_varint(zigzag(least), out);
    let widths_at = out.len();
    out.extend_from_slice(&[0; MINIBLOCKS]);
    for (number, miniblock) in differences.chunks(MINIBLOCK).enumerate() {
        let mut above = [0_u64; MINIBLOCK];
        for (above, difference) in above.iter_mut().zip(miniblock) {
            *above = difference.wrapping_sub(least) as u64;
        }
        let width = 64 - above.iter().fold(0, |all, above| all | above).leading_zeros();
        out[widths_at + number] = width as u8;
        append_packed(&above, width, out);
    }
}

fn append_packed(values: &[u64; MINIBLOCK], width: u32, out: &mut Vec<u8>) {
    match width {
        0 => {}
        1..=56 => pack_bits(values.iter().copied(), width, out),
        // Wider than what is shifted at a time: bit by bit, which hardly ever happens.
        _ => {
            let bits = values
                .iter()
                .flat_map(|value| (0..width).map(move |bit| value >> bit & 1));
            pack_bits(bits, 1, out);
        }
    }
}

/// Small numbers of either sign as small numbers.
fn zigzag(number: i64) -> u64 {
    (number << 1 ^ number >> 63) as u64
}
