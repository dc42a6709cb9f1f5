//! Partitions that a table finds by itself when it is asked: `'flowtrail.partitions' = 'auto'`.
//!
//! Below the table's location are folders `yyyy/mm/dd` or `yyyy/mm/dd/hh`, or Hive's `column=value`. A table with one
//! partition column has their date in it, `2026-11-21-07`; one with three or four has a folder in each. Folders are
//! listed level by level, and what the question rules out by its begin is not gone into.

use chrono::NaiveDate;
use flowtrail_catalog::{ColumnType, ExternalTable, Partition};
use futures::{StreamExt, TryStreamExt, stream};

use super::NULL_VALUE;
use super::filter::{Bounds, PartitionFilters};
use crate::access::Places;
use crate::error::{ExternalError, wrong_property};
use crate::find::{LISTED_AT_ONCE, Listed, hive_folders, list_folder, with_slash};
use crate::table::{PartitionColumn, Table};

/// The property by which a table finds its partitions.
pub(crate) const AUTO: &str = "flowtrail.partitions";

/// Levels of folders down to the day.
const DAY: usize = 3;

/// What stands behind the begin of a date is not greater than this.
const LATEST: &str = "-99-99-99";

/// How the values of folders become those of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dated {
    /// One column of text: `2026-11-21` or `2026-11-21-07`.
    Text,
    /// One column that is a day.
    Day,
    /// A column for each of year, month and day.
    Parts,
    /// A column for each of year, month, day and hour.
    PartsWithHour,
    /// Another number of columns: those of Hive's folders only.
    Hive,
}

impl Dated {
    /// That of a definition, if it finds its partitions.
    pub(super) fn of(definition: &ExternalTable, columns: &[PartitionColumn]) -> Result<Option<Self>, ExternalError> {
        let Some(value) = definition.properties.get(AUTO) else {
            return Ok(None);
        };
        if !value.trim().eq_ignore_ascii_case("auto") {
            return Err(wrong_property(AUTO, value, "expected auto"));
        }
        let projected = definition.properties.get("projection.enabled");
        if projected.is_some_and(|projected| projected.trim().eq_ignore_ascii_case("true")) {
            return Err(wrong_property(
                AUTO,
                value,
                "the table has `projection.enabled`, too, and partitions are found or projected",
            ));
        }
        Ok(Some(match columns {
            [column] => match column.column_type {
                ColumnType::Date => Self::Day,
                _ => Self::Text,
            },
            [_, _, _] => Self::Parts,
            [_, _, _, _] => Self::PartsWithHour,
            _ => Self::Hive,
        }))
    }

    fn has_hours(self) -> bool {
        matches!(self, Self::Text | Self::PartsWithHour)
    }

    /// The values of a partition of these folders.
    fn values(self, mut parts: Vec<String>) -> Vec<String> {
        match self {
            Self::Text | Self::Day => vec![parts.join("-")],
            Self::PartsWithHour if parts.len() == DAY => {
                parts.push(NULL_VALUE.to_owned());
                parts
            }
            _ => parts,
        }
    }

    /// What the values of partitions below these folders are at least and at most.
    fn bounds(self, parts: &[String]) -> Bounds {
        match self {
            Self::Text => {
                let begin = parts.join("-");
                let most = format!("{begin}{LATEST}");
                vec![Some((begin, most))]
            }
            Self::Day | Self::Hive => Vec::new(),
            Self::Parts | Self::PartsWithHour => parts.iter().map(|part| Some((part.clone(), part.clone()))).collect(),
        }
    }
}

/// A folder on the way to partitions.
#[derive(Clone, Debug)]
struct Folder {
    location: String,
    parts: Vec<String>,
}

/// The partitions that there are now and that a question may need, in order of their values; all without a question.
pub(crate) async fn find(
    table: &Table,
    dated: Dated,
    places: &Places<'_>,
    filters: Option<&PartitionFilters>,
) -> Result<Vec<Partition>, ExternalError> {
    let names: Vec<&str> = table
        .partition_columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let mut found = hive_folders(&table.location, &names, places).await?;
    if dated != Dated::Hive {
        found.extend(find_dated(table, dated, places, filters).await?);
    }
    found.sort();
    Ok(found)
}

async fn find_dated(
    table: &Table,
    dated: Dated,
    places: &Places<'_>,
    filters: Option<&PartitionFilters>,
) -> Result<Vec<Partition>, ExternalError> {
    let mut open = vec![Folder {
        location: with_slash(&table.location),
        parts: Vec::new(),
    }];
    for _ in 0..DAY {
        let mut below = Vec::new();
        for (folder, listed) in listed(open, places).await? {
            let folders = listed.folders.into_iter();
            below.extend(folders.filter_map(|name| folder.below(&name)));
        }
        open = kept(table, dated, filters, below)?;
    }
    if !dated.has_hours() {
        return Ok(open.into_iter().map(|folder| folder.partition(dated)).collect());
    }
    let mut found = Vec::new();
    for (folder, listed) in listed(open, places).await? {
        let hours: Option<Vec<Folder>> = listed.folders.iter().map(|name| folder.below(name)).collect();
        match hours.filter(|hours| !hours.is_empty() && !listed.has_objects) {
            Some(hours) => found.extend(hours),
            // No row is left out: a day with anything but hours in it is a partition as a whole.
            None => found.push(folder),
        }
    }
    Ok(found.into_iter().map(|folder| folder.partition(dated)).collect())
}

/// What is in folders, in their order.
async fn listed(folders: Vec<Folder>, places: &Places<'_>) -> Result<Vec<(Folder, Listed)>, ExternalError> {
    let listed = stream::iter(folders).map(async |folder: Folder| {
        let listed = list_folder(places, &folder.location).await?;
        Ok::<_, ExternalError>((folder, listed))
    });
    listed.buffered(LISTED_AT_ONCE).try_collect().await
}

/// Folders below which there may be partitions that the question needs.
fn kept(
    table: &Table,
    dated: Dated,
    filters: Option<&PartitionFilters>,
    folders: Vec<Folder>,
) -> Result<Vec<Folder>, ExternalError> {
    let Some(filters) = filters else {
        return Ok(folders);
    };
    let bounds: Vec<Bounds> = folders.iter().map(|folder| dated.bounds(&folder.parts)).collect();
    let mut may = filters.may_hold(table, &bounds)?.into_iter();
    Ok(folders.into_iter().filter(|_| may.next().unwrap_or(true)).collect())
}

impl Folder {
    /// A folder in this one, if it goes on with the date.
    fn below(&self, name: &str) -> Option<Self> {
        let digits = if self.parts.is_empty() { 4 } else { 2 };
        let is_number = name.len() == digits && name.bytes().all(|byte| byte.is_ascii_digit());
        let number: u32 = name.parse().ok().filter(|_| is_number)?;
        let is_part = match self.parts.as_slice() {
            [] => number >= 1900,
            [_] => (1..=12).contains(&number),
            [year, month] => NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, number).is_some(),
            _ => number < 24,
        };
        let mut parts = self.parts.clone();
        parts.push(name.to_owned());
        is_part.then(|| Self {
            location: format!("{}{name}/", self.location),
            parts,
        })
    }

    fn partition(self, dated: Dated) -> Partition {
        Partition {
            values: dated.values(self.parts),
            location: self.location,
        }
    }
}
