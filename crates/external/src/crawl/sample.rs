//! Some of many, evenly spread, without keeping the many.

/// How many are kept.
const MOST: usize = 10;

/// Takes one after another and keeps the first, the last, and about evenly between them.
#[derive(Debug)]
pub(super) struct Sample<T> {
    /// Every `stride`th, from the first on.
    kept: Vec<T>,
    stride: u64,
    seen: u64,
    last: Option<T>,
}

impl<T> Default for Sample<T> {
    fn default() -> Self {
        Self {
            kept: Vec::new(),
            stride: 1,
            seen: 0,
            last: None,
        }
    }
}

impl<T> Sample<T> {
    pub(super) fn push(&mut self, one: T) {
        if self.seen.is_multiple_of(self.stride) {
            self.kept.push(one);
            self.last = None;
        } else {
            self.last = Some(one);
        }
        self.seen += 1;
        if self.kept.len() > 2 * MOST {
            // The last one may be among those that go.
            let last = self.kept.len() - 1;
            let was_last = self.last.is_none() && last % 2 == 1;
            if was_last {
                self.last = self.kept.pop();
            }
            let mut place = 0;
            self.kept.retain(|_| {
                place += 1;
                place % 2 == 1
            });
            self.stride *= 2;
        }
    }

    /// Those that are kept, in order.
    pub(super) fn into_vec(self) -> Vec<T> {
        let count = self.kept.len() + usize::from(self.last.is_some());
        let all = self.kept.into_iter().chain(self.last);
        if count <= MOST {
            return all.collect();
        }
        let wanted: Vec<usize> = (0..MOST).map(|number| number * (count - 1) / (MOST - 1)).collect();
        let is_wanted = |(place, one): (usize, T)| wanted.contains(&place).then_some(one);
        all.enumerate().filter_map(is_wanted).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample(count: u64) -> Vec<u64> {
        let mut sample = Sample::default();
        for number in 0..count {
            sample.push(number);
        }
        sample.into_vec()
    }

    #[test]
    fn few_are_all_kept() {
        assert_eq!(sample(0), Vec::<u64>::new());
        assert_eq!(sample(1), [0]);
        assert_eq!(sample(10), (0..10).collect::<Vec<_>>());
    }

    proptest! {
        #[test]
        fn first_and_last_are_kept_and_none_is_far(count in 1_u64..5000) {
            let kept = sample(count);
            prop_assert!(kept.len() <= MOST);
            prop_assert_eq!((kept.first(), kept.last()), (Some(&0), Some(&(count - 1))));
            prop_assert!(kept.is_sorted());
            let widest = kept.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0);
            prop_assert!(widest <= count / 4 + 1, "{:?}", kept);
        }
    }
}
