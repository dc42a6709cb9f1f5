//! How long objects take from landing to being seen in tables.

use std::collections::VecDeque;

use flowtrail_catalog::LagFigures;

/// Quantiles are those of so many objects, the newest.
const REMEMBERED: usize = 4096;

/// The lags of the newest objects.
#[derive(Clone, Debug, Default)]
pub struct Lags {
    newest: VecDeque<f64>,
    count: u64,
    sum_s: f64,
}

impl Lags {
    /// One more object. A clock that is behind that of S3 makes no lag negative.
    pub fn add(&mut self, lag_s: f64) {
        let lag_s = lag_s.max(0.0);
        if self.newest.len() == REMEMBERED {
            self.newest.pop_front();
        }
        self.newest.push_back(lag_s);
        self.count += 1;
        self.sum_s += lag_s;
    }

    /// How many objects there were, and the sum of their lags in seconds.
    pub fn total(&self) -> (u64, f64) {
        (self.count, self.sum_s)
    }

    /// The quantiles; `None` before the first object.
    pub fn figures(&self) -> Option<LagFigures> {
        let mut sorted: Vec<f64> = self.newest.iter().copied().collect();
        sorted.sort_by(f64::total_cmp);
        let at = |part: f64| {
            let rank = (sorted.len() as f64 * part).ceil() as usize;
            sorted.get(rank.max(1) - 1).copied()
        };
        Some(LagFigures {
            p50_s: at(0.5)?,
            p99_s: at(0.99)?,
            max_s: *sorted.last()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_of_the_newest() {
        let mut lags = Lags::default();
        assert_eq!(lags.figures(), None);
        for lag in (1..=100).rev() {
            lags.add(f64::from(lag));
        }
        let figures = lags.figures().unwrap();
        assert_eq!((figures.p50_s, figures.p99_s, figures.max_s), (50.0, 99.0, 100.0));
        for _ in 0..REMEMBERED {
            lags.add(-1.0);
        }
        assert_eq!(lags.figures(), Some(LagFigures::default()));
        assert_eq!(lags.total(), (100 + REMEMBERED as u64, 5050.0));
    }
}
