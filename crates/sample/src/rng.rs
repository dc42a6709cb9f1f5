//! Random numbers that are the same on every machine.

/// The generator xoshiro256++ (Blackman and Vigna), seeded through `SplitMix64`. Not for secrets.
#[derive(Clone, Debug)]
pub(crate) struct Rng {
    state: [u64; 4],
}

impl Rng {
    /// The generator of one stream of a seed: files and the estate each have their own, so that they do not shift each
    /// other.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut position = mix(seed) ^ mix(stream.wrapping_add(0x5851_F42D_4C95_7F2D));
        let state = std::array::from_fn(|_| {
            position = position.wrapping_add(0x9E37_79B9_7F4A_7C15);
            mix(position)
        });
        Self { state }
    }

    /// 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let result = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (c, d) = (c ^ a, d ^ b);
        self.state = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        result
    }

    /// A whole number from 0 up to and without `limit`, which is at least 1.
    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        (((self.bits() >> 32) * u64::from(limit)) >> 32) as u32
    }

    /// Like [`Self::below`], with low numbers likelier than high ones.
    pub(crate) fn low(&mut self, limit: u32) -> u32 {
        self.below(limit).min(self.below(limit))
    }

    /// True once in `times`.
    pub(crate) fn one_in(&mut self, times: u32) -> bool {
        self.below(times) == 0
    }

    /// One of `choices`, which is not empty.
    pub(crate) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len() as u32) as usize]
    }

    /// `length` characters out of `alphabet`.
    pub(crate) fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).map(|_| char::from(*self.pick(alphabet))).collect()
    }

    /// `length` lower-case hexadecimal digits.
    pub(crate) fn hex(&mut self, length: usize) -> String {
        self.text(b"0123456789abcdef", length)
    }

    /// A UUID of version 4 form.
    pub(crate) fn uuid(&mut self) -> String {
        let (high, low) = (self.bits(), self.bits());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xFFFF,
            high & 0xFFF,
            0x8000 | (low >> 50),
            low & 0xFFFF_FFFF_FFFF,
        )
    }
}

/// The finisher of `SplitMix64`: a mapping of 64 bits onto themselves without collisions.
pub(crate) const fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

/// The finisher of `MurmurHash3`: a mapping of 32 bits onto themselves without collisions.
pub(crate) const fn mix_32(value: u32) -> u32 {
    let value = (value ^ (value >> 16)).wrapping_mul(0x85EB_CA6B);
    let value = (value ^ (value >> 13)).wrapping_mul(0xC2B2_AE35);
    value ^ (value >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_of_a_seed_differ_and_repeat() {
        let draw = |seed, stream| Rng::new(seed, stream).bits();
        assert_eq!(draw(7, 1), draw(7, 1));
        assert_ne!(draw(7, 1), draw(7, 2));
        assert_ne!(draw(7, 1), draw(8, 1));
        assert_ne!(draw(1, 2), draw(2, 1));
    }

    #[test]
    fn below_is_even() {
        let mut rng = Rng::new(1, 1);
        let mut counts = [0_u32; 10];
        for _ in 0..100_000 {
            counts[rng.below(10) as usize] += 1;
        }
        assert!(counts.iter().all(|count| (9_500..10_500).contains(count)), "{counts:?}");
    }

    #[test]
    fn a_uuid_has_its_form() {
        let mut rng = Rng::new(1, 1);
        for _ in 0..1000 {
            let uuid = rng.uuid();
            let lengths: Vec<_> = uuid.split('-').map(str::len).collect();
            assert_eq!(lengths, [8, 4, 4, 4, 12], "{uuid}");
            assert_eq!(uuid.as_bytes()[14], b'4');
            assert!(b"89ab".contains(&uuid.as_bytes()[19]), "{uuid}");
        }
    }
}
