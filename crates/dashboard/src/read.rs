//! A tree as a dashboard. Every part is looked at whatever was wrong before it, so that all mistakes are found at once.

mod fields;

use std::collections::HashMap;

use crate::choice::Range;
use crate::dashboard::{Area, Dashboard, GRID_COLUMNS, Needs, Text, Tile};
use crate::mistake::{Mistakes, Place};
use crate::node::{Node, Tree, Value};
use fields::Reader;

/// A definition's text has at most so many bytes.
pub const MOST_BYTES: usize = 256 * 1024;
/// A dashboard has at most so many tiles.
pub const MOST_TILES: usize = 100;
/// A name or id has at most so many characters.
pub const LONGEST_NAME: usize = 64;
/// A title has at most so many characters.
pub const LONGEST_TITLE: usize = 200;
/// A description has at most so many characters.
const LONGEST_DESCRIPTION: usize = 2_000;
/// The name of a column or table has at most so many characters.
const LONGEST_COLUMN: usize = 255;
/// A tile names at most so many columns or fields.
const MOST_COLUMNS: usize = 50;
/// The longest a dashboard waits between two refreshes.
const LONGEST_REFRESH_S: i64 = 86_400;
/// The lowest row that a tile reaches.
const LOWEST_ROW: i64 = 10_000;

const OF_DASHBOARD: &[&str] = &["dashboard", "title", "description", "range", "refresh_s", "tiles"];
const OF_TILE: &[&str] = &[
    "id",
    "title",
    "description",
    "sql",
    "accent",
    "chart",
    "x",
    "y",
    "series",
    "order",
    "direction",
    "unit",
    "compare",
    "needs",
    "at",
];
const OF_NEEDS: &[&str] = &["table", "fields"];
const OF_AREA: &[&str] = &["x", "y", "width", "height"];
const OF_TEXT: &[&str] = &["en", "ja"];

/// Reads a dashboard from a text of which `parse` makes a tree.
pub(crate) fn dashboard(text: &str, parse: fn(&str) -> Tree) -> Result<Dashboard, Mistakes> {
    if text.len() > MOST_BYTES {
        let message = format!(
            "the definition has {} bytes; {MOST_BYTES} are taken at most",
            text.len()
        );
        return Err(Mistakes::one(Place::START, message));
    }
    let (root, mistakes) = parse(text.strip_prefix('\u{feff}').unwrap_or(text));
    let mut reader = Reader { mistakes };
    let dashboard = root.as_ref().and_then(|root| reader.dashboard(root));
    match (Mistakes::of(reader.mistakes), dashboard) {
        (None, Some(dashboard)) => Ok(dashboard),
        (Some(mistakes), _) => Err(mistakes),
        (None, None) => Err(Mistakes::one(Place::START, "there is no dashboard in here")),
    }
}

impl Reader {
    fn dashboard(&mut self, node: &Node) -> Option<Dashboard> {
        let fields = self.fields(node, "a dashboard", OF_DASHBOARD)?;
        let name = self.required(&fields, "dashboard", Self::name);
        let title = self.required(&fields, "title", Self::title);
        let description = self.optional(&fields, "description", Self::description);
        let range: Option<Range> = self.optional(&fields, "range", Self::choice);
        let refresh_s = self.optional(&fields, "refresh_s", |reader, node, key| {
            reader.integer(node, key, 1, LONGEST_REFRESH_S)
        });
        let tiles = self.required(&fields, "tiles", Self::tiles);
        Some(Dashboard {
            name: name?,
            title: title?,
            description,
            range,
            refresh_s,
            tiles: tiles?,
        })
    }

    fn tiles(&mut self, node: &Node, key: &str) -> Option<Vec<Tile>> {
        let nodes = self.list(node, key)?;
        if let Some(first_beyond) = nodes.get(MOST_TILES) {
            let message = format!("{} tiles; a dashboard has {MOST_TILES} at most", nodes.len());
            self.mistake(first_beyond.place, message);
        }
        let mut ids: HashMap<String, Place> = HashMap::new();
        let tiles: Vec<Option<Tile>> = nodes.iter().map(|node| self.tile(node, &mut ids)).collect();
        tiles.into_iter().collect()
    }

    fn tile(&mut self, node: &Node, ids: &mut HashMap<String, Place>) -> Option<Tile> {
        let fields = self.fields(node, "a tile", OF_TILE)?;
        let id = self.required(&fields, "id", |reader, node, key| {
            let id = reader.id(node, key)?;
            if let Some(first) = ids.insert(id.clone(), node.place) {
                let message = format!("the id `{id}` has another tile already, in line {}", first.line);
                reader.mistake(node.place, message);
            }
            Some(id)
        });
        let title = self.required(&fields, "title", Self::title);
        let description = self.optional(&fields, "description", Self::description);
        let sql = self.required(&fields, "sql", Self::statement);
        let accent = self.optional(&fields, "accent", Self::choice);
        let chart = self.required(&fields, "chart", Self::choice);
        let x = self.optional(&fields, "x", Self::column);
        let y = self.optional(&fields, "y", Self::columns);
        let series = self.optional(&fields, "series", Self::column);
        let order = self.optional(&fields, "order", Self::choice);
        let direction = self.optional(&fields, "direction", Self::choice);
        let unit = self.optional(&fields, "unit", Self::choice);
        let compare = self.optional(&fields, "compare", Self::choice);
        let needs = self.optional(&fields, "needs", Self::needs);
        let at = self.required(&fields, "at", Self::area);
        Some(Tile {
            id: id?,
            title: title?,
            description,
            sql: sql?,
            accent,
            chart: chart?,
            x,
            y: y.unwrap_or_default(),
            series,
            order,
            direction,
            unit,
            compare,
            needs,
            at: at?,
        })
    }

    /// A dashboard's name, which is a part of addresses.
    fn name(&mut self, node: &Node, key: &str) -> Option<String> {
        let name = self.text(node, key)?;
        if is_name(name) {
            return Some(name.to_owned());
        }
        let message = format!(
            "{key} is 1 to {LONGEST_NAME} small letters, digits and hyphens, not {}",
            quoted(name)
        );
        self.mistake(node.place, message);
        None
    }

    fn id(&mut self, node: &Node, key: &str) -> Option<String> {
        let id = self.text(node, key)?;
        let is_of_id = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !id.is_empty() && id.len() <= LONGEST_NAME && id.chars().all(is_of_id) {
            return Some(id.to_owned());
        }
        let message = format!(
            "{key} is 1 to {LONGEST_NAME} letters without accents, digits, hyphens and underscores, not {}",
            quoted(id)
        );
        self.mistake(node.place, message);
        None
    }

    fn title(&mut self, node: &Node, key: &str) -> Option<Text> {
        self.for_people(node, key, LONGEST_TITLE)
    }

    fn description(&mut self, node: &Node, key: &str) -> Option<Text> {
        self.for_people(node, key, LONGEST_DESCRIPTION)
    }

    /// A text, or one in each language.
    fn for_people(&mut self, node: &Node, key: &str, longest: usize) -> Option<Text> {
        match &node.value {
            Value::Text(_) => {
                let en = self.short(node, key, longest)?;
                Some(Text { en, ja: None })
            }
            Value::Map(_) => {
                let fields = self.fields(node, key, OF_TEXT)?;
                let en = self.required(&fields, "en", |reader, node, _| reader.short(node, key, longest));
                let ja = self.optional(&fields, "ja", |reader, node, _| reader.short(node, key, longest));
                Some(Text { en: en?, ja })
            }
            _ => self.wrong(node, key, "a text, or {en: …, ja: …}"),
        }
    }

    fn statement(&mut self, node: &Node, key: &str) -> Option<String> {
        let sql = self.text(node, key)?.trim();
        if sql.is_empty() {
            self.mistake(node.place, format!("{key} is empty"));
            return None;
        }
        Some(sql.to_owned())
    }

    fn column(&mut self, node: &Node, key: &str) -> Option<String> {
        self.short(node, key, LONGEST_COLUMN)
    }

    fn columns(&mut self, node: &Node, key: &str) -> Option<Vec<String>> {
        let nodes = self.list(node, key)?;
        if nodes.len() > MOST_COLUMNS {
            let message = format!("{key} has {} names; {MOST_COLUMNS} are taken at most", nodes.len());
            self.mistake(node.place, message);
            return None;
        }
        let names: Vec<Option<String>> = nodes.iter().map(|node| self.column(node, key)).collect();
        names.into_iter().collect()
    }

    fn needs(&mut self, node: &Node, key: &str) -> Option<Needs> {
        let fields = self.fields(node, key, OF_NEEDS)?;
        let table = self.required(&fields, "table", Self::column);
        let named = self.required(&fields, "fields", |reader, node, key| {
            let names = reader.columns(node, key)?;
            if names.is_empty() {
                reader.mistake(node.place, "fields is empty; a tile that needs none has no `needs`");
            }
            Some(names)
        });
        Some(Needs {
            table: table?,
            fields: named?,
        })
    }

    fn area(&mut self, node: &Node, key: &str) -> Option<Area> {
        let fields = self.fields(node, key, OF_AREA)?;
        let columns = i64::from(GRID_COLUMNS);
        let x = self.required(&fields, "x", |reader, node, key| {
            reader.integer(node, key, 0, columns - 1)
        });
        let y = self.required(&fields, "y", |reader, node, key| {
            reader.integer(node, key, 0, LOWEST_ROW - 1)
        });
        let width = self.required(&fields, "width", |reader, node, key| {
            reader.integer(node, key, 1, columns)
        });
        let height = self.required(&fields, "height", |reader, node, key| {
            reader.integer(node, key, 1, LOWEST_ROW)
        });
        let area = Area {
            x: x?,
            y: y?,
            width: width?,
            height: height?,
        };
        if area.x + area.width > GRID_COLUMNS {
            let message = format!(
                "the tile ends at column {} of a grid of {GRID_COLUMNS}: make x or width less",
                area.x + area.width
            );
            self.mistake(node.place, message);
            return None;
        }
        Some(area)
    }
}

/// Whether a dashboard can be called so.
pub fn is_name(name: &str) -> bool {
    let is_of_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=LONGEST_NAME).contains(&name.len()) && name.chars().all(is_of_name)
}

/// A text as it can stand in a message, whatever is in it.
fn quoted(text: &str) -> String {
    const SHOWN: usize = 40;
    let shown: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    let rest = if text.chars().nth(SHOWN).is_some() { "…" } else { "" };
    format!("`{shown}{rest}`")
}
