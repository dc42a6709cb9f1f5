//! Things put side by side by the number they belong to.

/// Positions of things, in the order of their numbers.
#[derive(Debug)]
pub struct Ordered {
    positions: Vec<u32>,
    /// Where in `positions` those of each number end.
    ends: Vec<usize>,
}

impl Ordered {
    /// The positions of things with `numbers`, each below `count`.
    pub fn by(numbers: impl Iterator<Item = usize> + Clone, count: usize) -> Self {
        let mut ends = vec![0_usize; count];
        for number in numbers.clone() {
            ends[number] += 1;
        }
        let mut begin = 0;
        for end in &mut ends {
            begin += *end;
            *end = begin - *end;
        }
        let mut positions = vec![0_u32; begin];
        for (position, number) in numbers.enumerate() {
            let end = &mut ends[number];
            positions[*end] = position as u32;
            *end += 1;
        }
        Self { positions, ends }
    }

    /// Those of a number.
    pub fn of(&self, number: usize) -> &[u32] {
        let begin = if number == 0 { 0 } else { self.ends[number - 1] };
        &self.positions[begin..self.ends[number]]
    }
}

#[cfg(test)]
mod tests {
    use super::Ordered;

    #[test]
    fn those_of_a_number_keep_their_order() {
        let ordered = Ordered::by([2, 0, 2, 3, 0].into_iter(), 5);
        let of: Vec<&[u32]> = (0..5).map(|number| ordered.of(number)).collect();
        assert_eq!(of, [&[1, 4][..], &[], &[0, 2], &[3], &[]]);
        assert_eq!(Ordered::by([].into_iter(), 1).of(0), [0_u32; 0]);
    }
}
