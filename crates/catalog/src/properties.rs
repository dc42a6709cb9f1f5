//! Names and texts as a statement gave them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What stands in `TBLPROPERTIES`, `SERDEPROPERTIES` or the options of a stage: names with texts. Names are looked up
/// without regard to case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Properties(BTreeMap<String, String>);

impl Properties {
    /// The text of a property.
    ///
    /// ```
    /// let properties = flowtrail_catalog::Properties::from_iter([("Projection.Enabled", "true")]);
    /// assert_eq!(properties.get("projection.enabled"), Some("true"));
    /// ```
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Sets a property, in place of one of that name.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let name = name.into();
        self.0.retain(|known, _| !known.eq_ignore_ascii_case(&name));
        self.0.insert(name, value.into());
    }

    /// Takes a property away; false where there is none of that name.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|known, _| !known.eq_ignore_ascii_case(name));
        self.0.len() < before
    }

    /// All of them, in order of name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Properties {
    fn from_iter<T: IntoIterator<Item = (N, V)>>(pairs: T) -> Self {
        let mut properties = Self::default();
        for (name, value) in pairs {
            properties.set(name, value);
        }
        properties
    }
}
