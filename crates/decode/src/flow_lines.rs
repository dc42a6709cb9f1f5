//! Where the fields of plain records stand.

/// Walks over the places of a block of text where a field can end: every byte up to a space.
///
/// The text is looked at 64 bytes at a time, so that there are few branches that depend on it.
pub(crate) struct Separators<'a> {
    block: &'a [u8],
    /// Where the 64 bytes at hand begin.
    base: usize,
    /// A bit for each of them; those passed are cleared.
    mask: u64,
}

const EACH: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = EACH * 0x80;

impl<'a> Separators<'a> {
    pub(crate) fn new(block: &'a [u8]) -> Self {
        let mask = mask_at(block, 0);
        Self { block, base: 0, mask }
    }

    /// The next place, or `None` at the end of the block.
    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.mask == 0 {
            self.base += 64;
            if self.base >= self.block.len() {
                return None;
            }
            self.mask = mask_at(self.block, self.base);
        }
        let place = self.base + self.mask.trailing_zeros() as usize;
        self.mask &= self.mask - 1;
        Some(place)
    }

    /// Finds the fields of the line that begins at `start`: as many as `spans` has places for, with one space between
    /// them and a line feed behind them. Gives where the next line begins, or `None` where it takes a closer look; the
    /// walk has then lost its way.
    #[inline]
    pub(crate) fn line(&mut self, start: usize, spans: &mut [(u32, u32)]) -> Option<usize> {
        let last = spans.len().checked_sub(1)?;
        let mut field = start;
        for (number, span) in spans.iter_mut().enumerate() {
            let end = self.next()?;
            let expected = if number == last { b'\n' } else { b' ' };
            if end == field || self.block[end] != expected {
                return None;
            }
            *span = (field as u32, end as u32);
            field = end + 1;
        }
        Some(field)
    }
}

/// A bit for each of the 64 bytes from `at` that is a space or less, or beyond ASCII.
fn mask_at(block: &[u8], at: usize) -> u64 {
    let rest = &block[at..];
    let Some(chunk) = rest.first_chunk::<64>() else {
        let mut padded = [b'x'; 64];
        padded[..rest.len()].copy_from_slice(rest);
        return mask_of(&padded);
    };
    mask_of(chunk)
}

#[inline]
fn mask_of(chunk: &[u8; 64]) -> u64 {
    let (words, _) = chunk.as_chunks::<8>();
    words.iter().rev().fold(0, |mask, word| {
        let word = u64::from_le_bytes(*word);
        let above_space = (word & !HIGH_BITS) + EACH * (0x7f - u64::from(b' '));
        let found = (!above_space | word) & HIGH_BITS;
        // One bit a byte, gathered in the highest byte.
        mask << 8 | (found >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fields(block: &str, expected: usize) -> Option<(usize, Vec<&str>)> {
        let mut spans = vec![(0, 0); expected];
        let end = Separators::new(block.as_bytes()).line(0, &mut spans)?;
        let texts = spans.iter().map(|&(start, end)| &block[start as usize..end as usize]);
        Some((end, texts.collect()))
    }

    #[test]
    fn plain_lines_are_told_from_others() {
        assert_eq!(fields("2 10.0.0.1 -\né", 3), Some((13, vec!["2", "10.0.0.1", "-"])));
        for line in [
            "1 2\n",
            "1 2 3 4\n",
            "é 2 3\n",
            "1  2 3\n",
            " 1 2 3\n",
            "1 2 3 \n",
            "1\t2 3\n",
            "1 2 3\r\n",
            "\n",
            "1 2 3",
            "",
        ] {
            assert_eq!(fields(line, 3), None, "{line:?}");
        }
    }

    proptest! {
        #[test]
        fn lines_follow_one_another(lines in proptest::collection::vec("[!-~]{1,40}( [!-~]{1,40}){4}", 1..20)) {
            let block = lines.join("\n") + "\n";
            let mut separators = Separators::new(block.as_bytes());
            let (mut spans, mut at) = ([(0, 0); 5], 0);
            for line in &lines {
                let next = separators.line(at, &mut spans);
                prop_assert_eq!(next, Some(at + line.len() + 1));
                let found: Vec<&str> = spans.iter().map(|&(start, end)| &block[start as usize..end as usize]).collect();
                prop_assert_eq!(found, line.split(' ').collect::<Vec<_>>());
                at += line.len() + 1;
            }
            prop_assert_eq!(separators.line(at, &mut spans), None);
        }
    }
}
