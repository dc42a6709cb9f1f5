//! Partition projection: partitions that follow from a table's properties, as the page "Partition projection" of
//! Athena's guide has it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use datafusion::arrow::array::ArrayRef;
use datafusion::common::ScalarValue;
use flowtrail_catalog::{ExternalTable, Partition};

use super::dates::DateRange;
use super::filter::PartitionFilters;
use super::integers::IntegerRange;
use super::product::Product;
use super::{CHUNK, Chosen, MOST_PARTITIONS, PlaceToRead, typed};
use crate::error::{ExternalError, wrong_property};
use crate::find::with_slash;
use crate::table::{PartitionColumn, Table};

/// A column with more values than this is asked for those that the question says, if it says them.
const MANY_VALUES: u64 = 100_000;

/// A column with more values than this is not looked through at all.
const MOST_VALUES: u64 = 20_000_000;

/// How the partitions of a table follow from its properties.
#[derive(Debug)]
pub(crate) struct Projection {
    columns: Vec<ProjectedColumn>,
    location: Template,
}

#[derive(Debug)]
struct ProjectedColumn {
    column: PartitionColumn,
    values: Values,
}

/// The values of a column.
#[derive(Debug)]
enum Values {
    Enum(Vec<String>),
    Integers(IntegerRange),
    Dates(DateRange),
    /// Those that a question says.
    Injected,
}

impl Projection {
    /// The projection of a definition, if it has one that is enabled.
    pub(super) fn of(definition: &ExternalTable, columns: &[PartitionColumn]) -> Result<Option<Self>, ExternalError> {
        match definition.properties.get("projection.enabled") {
            None => return Ok(None),
            Some(value) => match value.trim().to_ascii_lowercase().as_str() {
                "true" => {}
                "false" => return Ok(None),
                _ => return Err(wrong_property("projection.enabled", value, "expected true or false")),
            },
        }
        let projected = |column: &PartitionColumn| {
            Ok(ProjectedColumn {
                column: column.clone(),
                values: Values::of(&Property {
                    definition,
                    column: &column.name,
                })?,
            })
        };
        Ok(Some(Self {
            columns: columns.iter().map(projected).collect::<Result<_, ExternalError>>()?,
            location: Template::of(definition, columns)?,
        }))
    }

    /// The partitions that a question needs.
    pub(super) fn choose(
        &self,
        table: &Table,
        filters: &PartitionFilters,
        now: DateTime<Utc>,
    ) -> Result<Chosen, ExternalError> {
        let mut total: u64 = 1;
        let mut left = Vec::with_capacity(self.columns.len());
        for (place, column) in self.columns.iter().enumerate() {
            let equated = filters.equated(place).map(|values| column.texts_of(values));
            let (count, values) = column.left(place, equated, filters, now, &table.name)?;
            total = total.saturating_mul(count);
            left.push(values);
        }
        let product = Product::of(left);
        let kept = product.kept(filters)?;
        let places = kept
            .into_iter()
            .map(|row| {
                Ok(PlaceToRead {
                    location: self.location.of_values(&row.texts),
                    values: row.values,
                })
            })
            .collect::<Result<_, ExternalError>>()?;
        Ok(Chosen { total, places })
    }

    /// All partitions at a moment.
    pub(super) fn all(&self, now: DateTime<Utc>) -> Result<Vec<Partition>, ExternalError> {
        let mut left = Vec::with_capacity(self.columns.len());
        for projected in &self.columns {
            if matches!(projected.values, Values::Injected) {
                return Err(ExternalError::Unlistable {
                    column: projected.column.name.clone(),
                });
            }
            if projected.values.count(now) > MOST_PARTITIONS as u64 {
                return Err(too_many(&projected.column.name));
            }
            left.push(Left::new(&projected.column, projected.values.texts(now).collect())?);
        }
        let partition = |texts: Vec<String>| Partition {
            location: self.location.of_values(&texts),
            values: texts,
        };
        Ok(Product::of(left).texts()?.map(partition).collect())
    }
}

impl ProjectedColumn {
    /// How many values there are, and those that the question leaves.
    fn left(
        &self,
        place: usize,
        equated: Option<Vec<String>>,
        filters: &PartitionFilters,
        now: DateTime<Utc>,
        table: &str,
    ) -> Result<(u64, Left), ExternalError> {
        let count = self.values.count(now);
        let texts: Box<dyn Iterator<Item = String> + '_> = match (&self.values, equated) {
            (Values::Injected, None) => {
                return Err(ExternalError::NotInjected {
                    table: table.to_owned(),
                    column: self.column.name.clone(),
                });
            }
            (Values::Injected, Some(said)) => Box::new(said.into_iter()),
            (values, Some(said)) if count > MANY_VALUES => {
                Box::new(said.into_iter().filter(move |text| values.has(text, now)))
            }
            (_, None) if count > MOST_VALUES => return Err(too_many(&self.column.name)),
            (values, _) => values.texts(now),
        };
        let mut kept = Vec::new();
        let mut texts = texts.peekable();
        while texts.peek().is_some() {
            let chunk: Vec<String> = texts.by_ref().take(CHUNK).collect();
            let array = typed(&self.column, chunk.iter().map(String::as_str))?;
            let rows = filters.kept_of_column(place, &array)?;
            let mut rows = rows.into_iter().peekable();
            let is_kept = |(row, text): (usize, String)| rows.next_if_eq(&row).map(|_| text);
            kept.extend(chunk.into_iter().enumerate().filter_map(is_kept));
            if kept.len() > MOST_PARTITIONS {
                return Err(too_many(&self.column.name));
            }
        }
        let count = if matches!(self.values, Values::Injected) {
            kept.len() as u64
        } else {
            count
        };
        Ok((count, Left::new(&self.column, kept)?))
    }

    /// Values that a question says, as a location has them, each once.
    fn texts_of(&self, values: &[ScalarValue]) -> Vec<String> {
        let text = |value: &ScalarValue| match (&self.values, value.try_as_str()) {
            (_, Some(text)) => text.map(str::to_owned),
            (Values::Integers(range), None) => range.text_of(&value.to_string()),
            (_, None) => (!value.is_null()).then(|| value.to_string()),
        };
        let mut texts: Vec<String> = values.iter().filter_map(text).collect();
        texts.sort_unstable();
        texts.dedup();
        texts
    }
}

/// Values of a column that are left: as they are written, and as they are asked.
#[derive(Debug)]
pub(super) struct Left {
    pub(super) texts: Vec<String>,
    pub(super) values: ArrayRef,
}

impl Left {
    fn new(column: &PartitionColumn, texts: Vec<String>) -> Result<Self, ExternalError> {
        let values = typed(column, texts.iter().map(String::as_str))?;
        Ok(Self { texts, values })
    }
}

impl Values {
    fn of(property: &Property<'_>) -> Result<Self, ExternalError> {
        let kind = property.needed("type", "each partition column of a projection has a type")?;
        match kind.trim().to_ascii_lowercase().as_str() {
            "enum" => {
                let values = property.needed("values", "it is of type `enum`")?;
                // A blank is a part of its value, as in Athena.
                let mut values: Vec<String> = values.split(',').map(str::to_owned).collect();
                let mut seen = std::collections::HashSet::new();
                values.retain(|value| seen.insert(value.clone()));
                Ok(Self::Enum(values))
            }
            "integer" => Ok(Self::Integers(IntegerRange::of(property)?)),
            "date" => Ok(Self::Dates(DateRange::of(property)?)),
            "injected" => Ok(Self::Injected),
            _ => Err(property.wrong("type", kind, "expected enum, integer, date or injected")),
        }
    }

    /// How many there are; of injected ones, nobody knows.
    fn count(&self, now: DateTime<Utc>) -> u64 {
        match self {
            Self::Enum(values) => values.len() as u64,
            Self::Integers(range) => range.count(),
            Self::Dates(range) => range.count(now),
            Self::Injected => 0,
        }
    }

    fn texts(&self, now: DateTime<Utc>) -> Box<dyn Iterator<Item = String> + '_> {
        match self {
            Self::Enum(values) => Box::new(values.iter().cloned()),
            Self::Integers(range) => Box::new(range.texts()),
            Self::Dates(range) => Box::new(range.texts(now)),
            Self::Injected => Box::new(std::iter::empty()),
        }
    }

    fn has(&self, text: &str, now: DateTime<Utc>) -> bool {
        match self {
            Self::Enum(values) => values.iter().any(|value| value == text),
            Self::Integers(range) => range.text_of(text).is_some_and(|written| written == text),
            Self::Dates(range) => range.has(text, now),
            Self::Injected => true,
        }
    }
}

/// The properties `projection.<column>.…`.
pub(super) struct Property<'a> {
    definition: &'a ExternalTable,
    column: &'a str,
}

impl<'a> Property<'a> {
    fn name(&self, last: &str) -> String {
        format!("projection.{}.{last}", self.column)
    }

    pub(super) fn get(&self, last: &str) -> Option<&'a str> {
        self.definition.properties.get(&self.name(last))
    }

    pub(super) fn needed(&self, last: &str, why: &str) -> Result<&'a str, ExternalError> {
        self.get(last).ok_or_else(|| ExternalError::Missing {
            name: self.name(last),
            why: why.to_owned(),
        })
    }

    pub(super) fn wrong(&self, last: &str, value: &str, why: &str) -> ExternalError {
        wrong_property(&self.name(last), value, why)
    }

    /// The two ends of `range`.
    pub(super) fn range(&self, kind: &str) -> Result<(&'a str, &'a str), ExternalError> {
        let range = self.needed("range", &format!("it is of type `{kind}`"))?;
        let (from, to) = range
            .split_once(',')
            .ok_or_else(|| self.wrong("range", range, "expected two values with a comma between them"))?;
        Ok((from.trim(), to.trim()))
    }

    /// A whole number above zero.
    pub(super) fn count(&self, last: &str) -> Result<Option<u32>, ExternalError> {
        let Some(value) = self.get(last) else {
            return Ok(None);
        };
        match value.trim().parse() {
            Ok(number) if number > 0 => Ok(Some(number)),
            _ => Err(self.wrong(last, value, "expected a whole number above zero")),
        }
    }
}

/// Where a partition's files are, with places for its values.
#[derive(Debug)]
struct Template(Vec<Piece>);

#[derive(Debug)]
enum Piece {
    Text(String),
    Column(usize),
}

impl Template {
    /// `storage.location.template`, or `column=value/` under the location, as Hive has it.
    fn of(definition: &ExternalTable, columns: &[PartitionColumn]) -> Result<Self, ExternalError> {
        let name = "storage.location.template";
        let Some(template) = definition.properties.get(name) else {
            let mut pieces = vec![Piece::Text(with_slash(&definition.location))];
            for (place, column) in columns.iter().enumerate() {
                pieces.push(Piece::Text(format!("{}=", column.name)));
                pieces.push(Piece::Column(place));
                pieces.push(Piece::Text("/".to_owned()));
            }
            return Ok(Self(pieces));
        };
        let wrong = |why: String| wrong_property(name, template, why);
        let places: HashMap<&str, usize> = columns
            .iter()
            .enumerate()
            .map(|(place, column)| (column.name.as_str(), place))
            .collect();
        let mut pieces = Vec::new();
        let mut rest = template;
        while let Some((before, behind)) = rest.split_once("${") {
            let (column, behind) = behind
                .split_once('}')
                .ok_or_else(|| wrong("a `${` is not closed".to_owned()))?;
            let place = places
                .get(column.to_lowercase().as_str())
                .ok_or_else(|| wrong(format!("`{column}` is no partition column")))?;
            pieces.push(Piece::Text(before.to_owned()));
            pieces.push(Piece::Column(*place));
            rest = behind;
        }
        pieces.push(Piece::Text(with_slash(rest)));
        for (place, column) in columns.iter().enumerate() {
            if !pieces
                .iter()
                .any(|piece| matches!(piece, Piece::Column(found) if *found == place))
            {
                return Err(wrong(format!(
                    "`${{{}}}` is missing, and so all its values have the same files",
                    column.name
                )));
            }
        }
        let sample = Self(pieces);
        crate::access::place_of(&sample.of_values(&vec!["0".to_owned(); columns.len()]))?;
        Ok(sample)
    }

    fn of_values(&self, texts: &[String]) -> String {
        let mut location = String::new();
        for piece in &self.0 {
            location.push_str(match piece {
                Piece::Text(text) => text,
                Piece::Column(place) => texts.get(*place).map_or("", String::as_str),
            });
        }
        location
    }
}

fn too_many(column: &str) -> ExternalError {
    ExternalError::TooManyPartitions {
        most: MOST_PARTITIONS,
        of: format!(" of column `{column}` alone"),
    }
}
