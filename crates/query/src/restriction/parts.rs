//! The parts of a restriction.

use std::fmt;

use serde::{Serialize, Serializer};

/// A part of a restriction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The period.
    Time,
    /// The accounts.
    Account,
    /// The regions.
    Region,
    /// The networks.
    Vpc,
    /// The filter line.
    Filter,
}

impl Part {
    const ALL: [Self; 5] = [Self::Time, Self::Account, Self::Region, Self::Vpc, Self::Filter];

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// Several parts.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Parts(u8);

impl Parts {
    /// One more.
    pub fn insert(&mut self, part: Part) {
        self.0 |= part.bit();
    }

    /// Those of both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those that are not in `other`.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether `part` is one of them.
    pub fn contains(self, part: Part) -> bool {
        self.0 & part.bit() != 0
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Part> {
        Part::ALL.into_iter().filter(move |part| self.contains(*part))
    }
}

impl FromIterator<Part> for Parts {
    fn from_iter<I: IntoIterator<Item = Part>>(parts: I) -> Self {
        parts.into_iter().fold(Self::default(), |mut all, part| {
            all.insert(part);
            all
        })
    }
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for Parts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}
