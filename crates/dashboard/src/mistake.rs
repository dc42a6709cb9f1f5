//! What is wrong with a definition, and where.

use std::fmt;

use serde::Serialize;

/// The most mistakes that are named; whoever has more has another problem.
const MOST_NAMED: usize = 100;

/// A place in a text, both parts from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

impl Place {
    /// Where a text begins.
    pub(crate) const START: Self = Self { line: 1, column: 1 };
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Mistake {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// What, and what would be right.
    pub message: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.place.line, self.place.column, self.message)
    }
}

/// All that is wrong with a definition, in the order of the text. There is at least one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(transparent)]
pub struct Mistakes(Vec<Mistake>);

impl Mistakes {
    /// Those found, if any were; of very many the first.
    pub(crate) fn of(mut found: Vec<Mistake>) -> Option<Self> {
        if found.is_empty() {
            return None;
        }
        found.sort();
        found.dedup();
        if let Some(first_unnamed) = found.get(MOST_NAMED) {
            let place = first_unnamed.place;
            let message = format!("and {} more mistakes", found.len() - MOST_NAMED);
            found.truncate(MOST_NAMED);
            found.push(Mistake { place, message });
        }
        Some(Self(found))
    }

    pub(crate) fn one(place: Place, message: impl Into<String>) -> Self {
        Self(vec![Mistake {
            place,
            message: message.into(),
        }])
    }

    /// Each of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Mistake> {
        self.0.iter()
    }

    /// How many there are.
    #[allow(clippy::len_without_is_empty, reason = "there is always one")]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl<'a> IntoIterator for &'a Mistakes {
    type Item = &'a Mistake;
    type IntoIter = std::slice::Iter<'a, Mistake>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// A line each: `3:5: …`.
impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, mistake) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{mistake}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_very_many_the_first_are_named() {
        let mistake = |line| Mistake {
            place: Place { line, column: 1 },
            message: "wrong".into(),
        };
        assert_eq!(Mistakes::of(Vec::new()), None);
        let two = Mistakes::of(vec![mistake(7), mistake(2), mistake(7)]).unwrap();
        assert_eq!(two.to_string(), "2:1: wrong\n7:1: wrong");
        let many = Mistakes::of((1..=150).map(mistake).collect()).unwrap();
        assert_eq!(many.len(), 101);
        assert_eq!(many.iter().last().unwrap().to_string(), "101:1: and 50 more mistakes");
    }
}
