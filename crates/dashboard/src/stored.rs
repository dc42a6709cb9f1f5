//! Dashboards as a lake has them: those in its catalog, and below them those that are built in.
//!
//! A dashboard that is built in and was changed is in the catalog under its name; taken away from there, it is again
//! what it was. Versions rise with each change and never come again, so that whoever changes a dashboard says which
//! version was seen, and is told where it is another's by now.

use std::sync::Arc;

use flowtrail_catalog::{Catalog, CatalogError, Defined, Definition, Kind, ObjectName};

use crate::built_in::{self, BuiltIn, built_in};
use crate::{Dashboard, Mistakes, Text, is_name};

/// The version of what is built in and was never changed.
pub const BUILT_IN_VERSION: u64 = 0;

/// The dashboards of a lake. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Dashboards {
    catalog: Catalog,
}

/// A dashboard as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// What it says.
    pub dashboard: Dashboard,
    /// Its text as it was written.
    pub yaml: String,
    /// Its version.
    pub version: u64,
    /// Whether one of its name is built in, to which [`Dashboards::delete`] goes back.
    pub is_built_in: bool,
}

/// A line of the list of dashboards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Its name.
    pub name: String,
    /// Its title; its name, where it cannot be read.
    pub title: Text,
    /// How many tiles it has.
    pub tile_count: usize,
    /// Its version.
    pub version: u64,
    /// Whether one of its name is built in.
    pub is_built_in: bool,
    /// Why it cannot be read: another version of the program may have written it.
    pub mistakes: Option<Mistakes>,
}

/// What is to be there when a dashboard is put or deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// None of that name, neither stored nor built in.
    Nothing,
    /// This version of it.
    Version(u64),
}

/// Why a dashboard could not be had, put or deleted.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The text has mistakes.
    #[error("{0}")]
    Mistakes(#[from] Mistakes),
    /// There is none of that name.
    #[error("no dashboard `{name}`")]
    Missing {
        /// The name.
        name: String,
        /// One that was perhaps meant.
        near: Option<String>,
    },
    /// There is one of that name, where none was to be.
    #[error("dashboard `{name}` exists already")]
    Exists {
        /// The name.
        name: String,
    },
    /// Somebody else changed it since it was read.
    #[error("dashboard `{name}` was changed by somebody else meanwhile; nothing was done")]
    Overtaken {
        /// The name.
        name: String,
    },
    /// What is built in cannot go.
    #[error("dashboard `{name}` is built in and was not changed; it cannot be deleted")]
    BuiltIn {
        /// The name.
        name: String,
    },
    /// What is stored cannot be read.
    #[error("the stored dashboard `{name}` cannot be read: {mistakes}")]
    Damaged {
        /// The name.
        name: String,
        /// Its version, which may be replaced.
        version: u64,
        /// What is wrong with it.
        mistakes: Mistakes,
    },
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl StoreError {
    /// What the user can do about it, where something can be said.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Missing { near: Some(near), .. } => Some(format!("did you mean `{near}`?")),
            Self::Overtaken { .. } => Some("look at what is there now, and do it again".to_owned()),
            Self::Damaged { .. } => {
                Some("a newer version of Flowtrail may have written it; another one may be put in its place".to_owned())
            }
            Self::Catalog(error) => error.hint(),
            Self::Mistakes(_) | Self::Missing { .. } | Self::Exists { .. } | Self::BuiltIn { .. } => None,
        }
    }
}

impl Dashboards {
    /// Those of the lake whose catalog this is.
    pub fn new(catalog: Catalog) -> Self {
        Self { catalog }
    }

    /// All there are: first those built in, in their order, then the others by name.
    pub async fn list(&self) -> Result<Vec<Summary>, StoreError> {
        let definitions = self.catalog.definitions().await?;
        let of_built_in = built_in().iter().map(|built_in| {
            let name = ObjectName::global(built_in.dashboard.name.as_str());
            match definitions.get(Kind::Dashboard, &name) {
                Some(defined) => Summary::of(defined),
                None => Summary::of_built_in(built_in),
            }
        });
        let others = definitions
            .of_kind(Kind::Dashboard)
            .filter(|defined| built_in::find(&defined.name.name).is_none())
            .map(Summary::of);
        Ok(of_built_in.chain(others).collect())
    }

    /// The dashboard of that name.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is none.
    pub async fn get(&self, name: &str) -> Result<Stored, StoreError> {
        match self.defined(name).await? {
            Some(defined) => Stored::of(&defined),
            None => match built_in::find(name) {
                Some(built_in) => Ok(Stored {
                    dashboard: built_in.dashboard.clone(),
                    yaml: built_in.yaml.to_owned(),
                    version: BUILT_IN_VERSION,
                    is_built_in: true,
                }),
                None => Err(self.missing(name).await),
            },
        }
    }

    /// Keeps a dashboard, written as YAML, under the name it says, and gives its new version.
    ///
    /// # Errors
    /// [`StoreError::Mistakes`] where the text is wrong, [`StoreError::Exists`], [`StoreError::Missing`] or
    /// [`StoreError::Overtaken`] where what is there is not as expected.
    pub async fn put(&self, yaml: &str, expected: Expected) -> Result<u64, StoreError> {
        let name = Dashboard::from_yaml(yaml)?.name;
        let there = self.expect(&name, expected).await?;
        let definition = Definition::Dashboard { yaml: yaml.to_owned() };
        let object = ObjectName::global(name.as_str());
        let put = self.catalog.put(&object, definition, there.as_deref()).await;
        put.map_err(|error| raced(error, &name, expected))
    }

    /// Takes a dashboard away; one that is built in is again what it was.
    ///
    /// # Errors
    /// [`StoreError::BuiltIn`] where there is nothing to take away, [`StoreError::Missing`] or
    /// [`StoreError::Overtaken`] where what is there is not as expected.
    pub async fn delete(&self, name: &str, expected: u64) -> Result<(), StoreError> {
        let expected = Expected::Version(expected);
        let Some(there) = self.expect(name, expected).await? else {
            return Err(StoreError::BuiltIn { name: name.to_owned() });
        };
        let dropped = self.catalog.drop(&there).await;
        dropped.map_err(|error| raced(error, name, expected))
    }

    /// What the catalog has under a name, which must be as expected.
    async fn expect(&self, name: &str, expected: Expected) -> Result<Option<Arc<Defined>>, StoreError> {
        let there = self.defined(name).await?;
        let version = match &there {
            Some(defined) => Some(defined.version()),
            None => built_in::find(name).map(|_| BUILT_IN_VERSION),
        };
        let name = name.to_owned();
        match (version, expected) {
            (Some(_), Expected::Nothing) => Err(StoreError::Exists { name }),
            (Some(version), Expected::Version(expected)) if version != expected => Err(StoreError::Overtaken { name }),
            (None, Expected::Version(_)) => Err(self.missing(&name).await),
            _ => Ok(there),
        }
    }

    async fn defined(&self, name: &str) -> Result<Option<Arc<Defined>>, StoreError> {
        // What is no name is nowhere, and in no path.
        if !is_name(name) {
            return Ok(None);
        }
        Ok(self.catalog.get(Kind::Dashboard, &ObjectName::global(name)).await?)
    }

    /// That there is none of that name, and which one was perhaps meant.
    async fn missing(&self, name: &str) -> StoreError {
        const LEAST_LIKENESS: f64 = 0.8;
        let there = self.list().await.unwrap_or_default();
        // Of a long name the beginning says enough.
        let beginning: String = name.chars().take(crate::LONGEST_NAME).collect();
        let near = there
            .into_iter()
            .map(|summary| (strsim::jaro_winkler(&beginning, &summary.name), summary.name))
            .filter(|(likeness, _)| *likeness >= LEAST_LIKENESS)
            .max_by(|(one, _), (other, _)| one.total_cmp(other))
            .map(|(_, name)| name);
        let name = name.to_owned();
        StoreError::Missing { name, near }
    }
}

impl Stored {
    fn of(defined: &Defined) -> Result<Self, StoreError> {
        let name = &defined.name.name;
        let yaml = text_of(defined);
        let dashboard = Dashboard::from_yaml(yaml).map_err(|mistakes| StoreError::Damaged {
            name: name.clone(),
            version: defined.version(),
            mistakes,
        })?;
        Ok(Self {
            dashboard,
            yaml: yaml.to_owned(),
            version: defined.version(),
            is_built_in: built_in::find(name).is_some(),
        })
    }
}

impl Summary {
    fn of(defined: &Arc<Defined>) -> Self {
        let name = defined.name.name.clone();
        let version = defined.version();
        let is_built_in = built_in::find(&name).is_some();
        match Dashboard::from_yaml(text_of(defined)) {
            Ok(dashboard) => Self {
                name,
                title: dashboard.title,
                tile_count: dashboard.tiles.len(),
                version,
                is_built_in,
                mistakes: None,
            },
            Err(mistakes) => Self {
                title: Text::from(name.as_str()),
                name,
                tile_count: 0,
                version,
                is_built_in,
                mistakes: Some(mistakes),
            },
        }
    }

    fn of_built_in(built_in: &BuiltIn) -> Self {
        let dashboard = &built_in.dashboard;
        Self {
            name: dashboard.name.clone(),
            title: dashboard.title.clone(),
            tile_count: dashboard.tiles.len(),
            version: BUILT_IN_VERSION,
            is_built_in: true,
            mistakes: None,
        }
    }
}

fn text_of(defined: &Defined) -> &str {
    match &defined.definition {
        Definition::Dashboard { yaml } => yaml,
        // Nothing else is in the dashboards' folder; as a text it has mistakes.
        _ => "",
    }
}

/// What the catalog says when somebody was faster, in this store's words.
fn raced(error: CatalogError, name: &str, expected: Expected) -> StoreError {
    let name = name.to_owned();
    match (error, expected) {
        (CatalogError::Exists { .. } | CatalogError::Overtaken { .. }, Expected::Nothing) => {
            StoreError::Exists { name }
        }
        (CatalogError::Exists { .. } | CatalogError::Overtaken { .. }, Expected::Version(_)) => {
            StoreError::Overtaken { name }
        }
        (error, _) => StoreError::Catalog(error),
    }
}
