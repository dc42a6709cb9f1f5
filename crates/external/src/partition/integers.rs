//! Projected values that are whole numbers.

use super::projection::Property;
use crate::error::ExternalError;

/// Whole numbers from one to another, both of them in.
#[derive(Debug)]
pub(super) struct IntegerRange {
    from: i64,
    to: i64,
    interval: u32,
    /// They are written with zeros before them, to so many digits.
    digits: usize,
}

impl IntegerRange {
    pub(super) fn of(property: &Property<'_>) -> Result<Self, ExternalError> {
        let (from, to) = property.range("integer")?;
        let number = |text: &str| {
            text.parse::<i64>()
                .map_err(|_| property.wrong("range", &format!("{from},{to}"), "expected two whole numbers"))
        };
        let range = Self {
            from: number(from)?,
            to: number(to)?,
            interval: property.count("interval")?.unwrap_or(1),
            digits: property.count("digits")?.unwrap_or(1) as usize,
        };
        if range.from > range.to {
            return Err(property.wrong("range", &format!("{from},{to}"), "the first number is the smaller one"));
        }
        Ok(range)
    }

    pub(super) fn count(&self) -> u64 {
        self.to.abs_diff(self.from) / u64::from(self.interval) + 1
    }

    pub(super) fn texts(&self) -> impl Iterator<Item = String> {
        (0..self.count()).map(|step| {
            let number = i128::from(self.from) + i128::from(step) * i128::from(self.interval);
            self.written(number)
        })
    }

    /// How a number of the range is written.
    pub(super) fn text_of(&self, text: &str) -> Option<String> {
        let number: i64 = text.trim_ascii().parse().ok()?;
        let is_in = (self.from..=self.to).contains(&number)
            && number.abs_diff(self.from).is_multiple_of(u64::from(self.interval));
        is_in.then(|| self.written(i128::from(number)))
    }

    fn written(&self, number: i128) -> String {
        let sign = if number < 0 { "-" } else { "" };
        format!("{sign}{:0width$}", number.unsigned_abs(), width = self.digits)
    }
}
