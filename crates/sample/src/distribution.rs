//! Skewed distributions, drawn from tables, because a logarithm and a power a record would be what a run spends its
//! time on.

use crate::rng::Rng;

const CELLS: u32 = 4096;

/// A distribution as the values at evenly spaced probabilities; between two of them it is taken as even.
#[derive(Debug)]
pub(crate) struct Quantiles {
    values: Vec<u32>,
}

impl Quantiles {
    /// Ranks from 0 up to and without `ranks`, where rank k comes up about as `(k + 1)` to the power `-exponent`;
    /// `exponent` is not 1.
    pub(crate) fn power_law(ranks: u32, exponent: f64) -> Self {
        let power = 1.0 - exponent;
        let span = f64::from(ranks).powf(power) - 1.0;
        Self::from_inverse(|p| ((p * span + 1.0).powf(power.recip()) - 1.0).clamp(0.0, f64::from(ranks - 1)))
    }

    /// Sizes around `median` with a long tail, log-logistic: `spread` 0 is always the median, 1 a very heavy tail.
    pub(crate) fn heavy_tail(median: f64, spread: f64) -> Self {
        let ends = 1.0 / f64::from(CELLS * 16);
        Self::from_inverse(|p| {
            let p = p.clamp(ends, 1.0 - ends);
            median * (p / (1.0 - p)).powf(spread)
        })
    }

    fn from_inverse(inverse: impl Fn(f64) -> f64) -> Self {
        Self {
            values: (0..=CELLS)
                .map(|cell| inverse(f64::from(cell) / f64::from(CELLS)) as u32)
                .collect(),
        }
    }

    /// A value drawn.
    pub(crate) fn draw(&self, rng: &mut Rng) -> u32 {
        let bits = rng.bits();
        let cell = (bits >> 52) as usize;
        let (low, high) = (self.values[cell], self.values[cell + 1]);
        let within = (u64::from(high - low) * (bits & 0xFFFF_FFFF)) >> 32;
        low + within as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_power_law_stays_in_range_and_has_a_head() {
        let quantiles = Quantiles::power_law(20_000, 1.1);
        let mut rng = Rng::new(3, 0);
        let draws: Vec<_> = (0..100_000).map(|_| quantiles.draw(&mut rng)).collect();
        assert!(draws.iter().all(|rank| *rank < 20_000));
        let head = draws.iter().filter(|rank| **rank < 10).count();
        assert!(
            (20_000..60_000).contains(&head),
            "{head} draws are of the ten first ranks"
        );
        assert!(draws.iter().any(|rank| *rank > 15_000), "the tail is never drawn");
    }

    #[test]
    fn a_heavy_tail_has_its_median() {
        let quantiles = Quantiles::heavy_tail(10.0, 0.8);
        let mut rng = Rng::new(3, 0);
        let mut draws: Vec<_> = (0..100_001).map(|_| quantiles.draw(&mut rng)).collect();
        draws.sort_unstable();
        assert!((9..=11).contains(&draws[50_000]), "the median is {}", draws[50_000]);
        assert!(draws[99_999] > 1_000);
    }
}
