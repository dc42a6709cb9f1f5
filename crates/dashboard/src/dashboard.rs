//! A dashboard and its tiles.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::choice::{Accent, Chart, Compare, Direction, Order, Range, Unit};
use crate::{Mistakes, json, read, write, yaml};

/// Columns of the grid that tiles stand on.
pub const GRID_COLUMNS: u32 = 12;

/// A dashboard. Serialized it is the JSON form; [`Dashboard::to_yaml`] is the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dashboard {
    /// Its name, of small letters, digits and hyphens.
    #[serde(rename = "dashboard")]
    pub name: String,
    /// Its title, for people.
    pub title: Text,
    /// What it shows, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// The time range that it opens with; a day where it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
    /// How often it asks anew by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_s: Option<u32>,
    /// Its tiles.
    pub tiles: Vec<Tile>,
}

/// A statement and how its rows are shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tile {
    /// What tells it from the dashboard's other tiles.
    pub id: String,
    /// Its title, for people.
    pub title: Text,
    /// What it shows, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// The statement, without blanks around it.
    pub sql: String,
    /// Whose SQL that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accent: Option<Accent>,
    /// How the rows are shown.
    pub chart: Chart,
    /// The column of categories or times; in a sankey or graph, of sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// The columns of values; none: those that are numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub y: Vec<String>,
    /// The column of colours; in a sankey or graph, of targets; in a heat map, of rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
    /// What bars are ordered by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// Which way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// What the values are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// What they are compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compare: Option<Compare>,
    /// Fields without which it makes no sense.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<Needs>,
    /// Where it stands.
    pub at: Area,
}

/// Fields of a table that a log's format may lack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Needs {
    /// The table, such as `logs.vpc_flow`.
    pub table: String,
    /// Its fields.
    pub fields: Vec<String>,
}

/// A part of the grid, from its upper left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Area {
    /// Columns to the left of it.
    pub x: u32,
    /// Rows above it.
    pub y: u32,
    /// Columns it takes.
    pub width: u32,
    /// Rows it takes.
    pub height: u32,
}

/// A text for people, in English and perhaps in Japanese.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// In English, or in the one language there is.
    pub en: String,
    /// In Japanese.
    pub ja: Option<String>,
}

impl Dashboard {
    /// Reads the YAML form.
    ///
    /// # Errors
    /// All mistakes that are in it, each with its place.
    pub fn from_yaml(text: &str) -> Result<Self, Mistakes> {
        read::dashboard(text, yaml::read)
    }

    /// Reads the JSON form.
    ///
    /// # Errors
    /// All mistakes that are in it, each with its place.
    pub fn from_json(text: &str) -> Result<Self, Mistakes> {
        read::dashboard(text, json::read)
    }

    /// The YAML form, as people write it: the same dashboard is always the same text, and read again the same
    /// dashboard.
    pub fn to_yaml(&self) -> String {
        write::yaml(self)
    }
}

impl Text {
    /// The text in Japanese where there is one, else the other.
    pub fn in_japanese(&self) -> &str {
        self.ja.as_deref().unwrap_or(&self.en)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self {
            en: text.to_owned(),
            ja: None,
        }
    }
}

/// A string where there is one language, else `{"en": …, "ja": …}`.
impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(ja) = &self.ja else {
            return serializer.serialize_str(&self.en);
        };
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("en", &self.en)?;
        map.serialize_entry("ja", ja)?;
        map.end()
    }
}
