//! Small numbers as runs and bit-packed groups: Parquet's `RLE` hybrid.

/// Runs of fewer equal values are packed with their neighbours.
const SHORTEST_RUN_GROUPS: usize = 2;
const GROUP: usize = 8;

/// Appends `values`, each below 2^`width` (1 to 32), as the hybrid of runs and packed groups of eight.
pub(crate) fn append(values: &[u32], width: u32, out: &mut Vec<u8>) {
    let (groups, rest) = values.as_chunks::<GROUP>();
    let mut packed_from = 0;
    let mut at = 0;
    while at < groups.len() {
        let run = run_of(groups, at);
        if run < SHORTEST_RUN_GROUPS {
            at += run.max(1);
            continue;
        }
        append_packed(&groups[packed_from..at], width, out);
        append_run(groups[at][0], run * GROUP, width, out);
        at += run;
        packed_from = at;
    }
    let packed = &groups[packed_from..];
    if rest.is_empty() {
        append_packed(packed, width, out);
        return;
    }
    // The last group is filled up; the page says how many values there are.
    let mut last = [0; GROUP];
    last[..rest.len()].copy_from_slice(rest);
    append_header(packed.len() + 1, out);
    pack(packed, width, out);
    pack(&[last], width, out);
}

/// How many groups from `at` hold one value only.
fn run_of(groups: &[[u32; GROUP]], at: usize) -> usize {
    let value = groups[at][0];
    groups[at..]
        .iter()
        .take_while(|group| group.iter().fold(0, |other, found| other | (found ^ value)) == 0)
        .count()
}

fn append_run(value: u32, count: usize, width: u32, out: &mut Vec<u8>) {
    append_varint((count as u64) << 1, out);
    out.extend_from_slice(&value.to_le_bytes()[..width.div_ceil(8) as usize]);
}

fn append_packed(groups: &[[u32; GROUP]], width: u32, out: &mut Vec<u8>) {
    if !groups.is_empty() {
        append_header(groups.len(), out);
        pack(groups, width, out);
    }
}

fn append_header(groups: usize, out: &mut Vec<u8>) {
    append_varint((groups as u64) << 1 | 1, out);
}

fn pack(groups: &[[u32; GROUP]], width: u32, out: &mut Vec<u8>) {
    match width {
        8 => out.extend(groups.as_flattened().iter().map(|value| *value as u8)),
        16 => {
            out.reserve(groups.len() * 2 * GROUP);
            for value in groups.as_flattened() {
                out.extend_from_slice(&(*value as u16).to_le_bytes());
            }
        }
        _ => pack_bits(groups.as_flattened().iter().map(|value| u64::from(*value)), width, out),
    }
}

/// Packs values of `width` (up to 57) bits, the first lowest; their number times the width is whole bytes.
pub(crate) fn pack_bits(values: impl Iterator<Item = u64>, width: u32, out: &mut Vec<u8>) {
    let (mut bits, mut filled) = (0_u64, 0);
    for value in values {
        bits |= value << filled;
        filled += width;
        if filled >= 64 {
            out.extend_from_slice(&bits.to_le_bytes());
            filled -= 64;
            bits = if filled == 0 { 0 } else { value >> (width - filled) };
        }
    }
    out.extend_from_slice(&bits.to_le_bytes()[..filled.div_ceil(8) as usize]);
}

/// A number in seven bits a byte, the lowest first.
pub(crate) fn append_varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// The bits that `greatest` takes, at least one.
pub(crate) fn width_of(greatest: u64) -> u32 {
    (64 - greatest.leading_zeros()).max(1)
}
