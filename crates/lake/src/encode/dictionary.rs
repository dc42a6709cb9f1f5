//! Which values a row group has, and how they are numbered in its file.

/// How often each code of a larger dictionary comes up in a row group.
pub(crate) struct Counted {
    counts: Vec<u32>,
}

/// The values of a row group in the order of their numbers.
pub(crate) struct Numbering {
    /// By number: the code in the larger dictionary.
    pub codes: Vec<u32>,
    /// By code: the number; meaningless where the code does not come up.
    pub numbers: Vec<u32>,
}

impl Counted {
    /// Counts `codes`, each below `distinct`.
    pub(crate) fn of(codes: &[u32], distinct: usize) -> Self {
        let mut counts = vec![0; distinct];
        for code in codes {
            counts[*code as usize] += 1;
        }
        Self { counts }
    }

    /// Numbers what comes up. Frequent values come first, so that small numbers are frequent, which the compressor makes
    /// use of; values about as frequent are in order of `rank`, because a dictionary of neighbours is smaller.
    pub(crate) fn numbering(self, rank: impl Fn(u32) -> u64) -> Numbering {
        let used = self.counts.iter().enumerate().filter(|(_, count)| **count > 0);
        let mut order: Vec<(u64, u32)> = used
            .map(|(code, count)| {
                let seldom = u64::from(count.leading_zeros()) / 2;
                (seldom << 59 | rank(code as u32) >> 5, code as u32)
            })
            .collect();
        order.sort_unstable();
        let mut numbers = self.counts;
        for (number, (_, code)) in order.iter().enumerate() {
            numbers[*code as usize] = number as u32;
        }
        Numbering {
            codes: order.into_iter().map(|(_, code)| code).collect(),
            numbers,
        }
    }
}
