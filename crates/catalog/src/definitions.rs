//! What is defined at one moment.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::{CatalogError, Definition, Kind, ObjectName};

/// A definition as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defined {
    /// Its name.
    pub name: ObjectName,
    /// What was defined.
    pub definition: Definition,
    /// When it was first defined, since it was last dropped.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub changed_at: DateTime<Utc>,
    /// The number of its stored form, which rises with each change.
    pub(crate) number: u64,
}

impl Defined {
    /// Its version: from 1, more with each change, and never the same again for other content, also after it was
    /// dropped.
    pub fn version(&self) -> u64 {
        self.number
    }
}

/// All definitions of a lake at one moment.
#[derive(Clone, Debug, Default)]
pub struct Definitions(BTreeMap<(Kind, ObjectName), Arc<Defined>>);

impl Definitions {
    pub(crate) fn insert(&mut self, defined: Arc<Defined>) {
        let key = (defined.definition.kind(), defined.name.clone());
        self.0.insert(key, defined);
    }

    /// The definition of that kind and name.
    pub fn get(&self, kind: Kind, name: &ObjectName) -> Option<&Arc<Defined>> {
        self.0.get(&(kind, name.clone()))
    }

    /// The definition of that kind and name.
    ///
    /// # Errors
    /// [`CatalogError::Missing`] where there is none.
    pub fn find(&self, kind: Kind, name: &ObjectName) -> Result<&Arc<Defined>, CatalogError> {
        self.get(kind, name).ok_or_else(|| CatalogError::Missing {
            kind,
            name: name.clone(),
        })
    }

    /// All of a kind, in order of name.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Arc<Defined>> {
        let defined = self.0.iter().filter(move |((of, _), _)| *of == kind);
        defined.map(|(_, defined)| defined)
    }

    /// All that is defined in a schema of a database, of a kind.
    pub fn in_schema<'a>(
        &'a self,
        kind: Kind,
        database: &'a str,
        schema: &'a str,
    ) -> impl Iterator<Item = &'a Arc<Defined>> {
        self.of_kind(kind)
            .filter(move |defined| defined.name.database == database && defined.name.schema == schema)
    }
}
