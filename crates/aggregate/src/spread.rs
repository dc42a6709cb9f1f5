//! Hashes for tables that keep only half of them.

/// An odd number whose bits are as good as random: 2^64 divided by the golden ratio.
pub const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// What a table sees of a hash of which it keeps the low half beside the place: that half over all 64 bits.
pub fn spread(low: u32) -> u64 {
    u64::from(low).wrapping_mul(FACTOR)
}
