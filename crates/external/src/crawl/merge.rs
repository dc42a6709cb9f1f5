//! What was found, together with the table that was there.

use std::collections::BTreeSet;

use flowtrail_catalog::{Column, ExternalTable};

use super::CRAWLED;
use super::shape::Shape;
use crate::access::place_of;
use crate::partition::AUTO;

/// A table with what was found since.
#[derive(Debug)]
pub struct Merged {
    /// The definition as it is to be.
    pub table: ExternalTable,
    /// What changed, in words; nothing where all is as it was.
    pub changes: Vec<String>,
}

const TEMPLATE: &str = "storage.location.template";

/// Whether a table is that of what was found: its files are in the same places.
pub fn is_of(table: &ExternalTable, found: &ExternalTable) -> bool {
    let (there, here) = (table.properties.get(TEMPLATE), found.properties.get(TEMPLATE));
    match (there, here) {
        (Some(there), Some(here)) => is_same_place(&without_names(there), &without_names(here)),
        (None, None) => is_same_place(&table.location, &found.location),
        // A table that finds its partitions needs no template: the date is all that follows its location.
        (None, Some(here)) if table.properties.get(AUTO).is_some() => {
            let before = here.split_once("${").filter(|(_, behind)| !behind.contains("${"));
            before.is_some_and(|(before, _)| is_same_place(&table.location, before))
        }
        _ => false,
    }
}

fn is_same_place(one: &str, other: &str) -> bool {
    let place = |location: &str| place_of(location.trim_end_matches('/')).ok();
    place(one).is_some_and(|one| place(other).is_some_and(|other| one == other))
}

/// A template in which columns may have any name.
fn without_names(template: &str) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once("${") {
        out.push_str(before);
        out.push('$');
        rest = behind.split_once('}').map_or("", |(_, behind)| behind);
    }
    out + rest
}

/// Adds to a table what was found and it lacks: columns at the end, wider types, partitions, values of projections. The
/// columns of a table that no crawl made stay as they are. `Err` is why the two do not go together.
pub fn merge(table: &ExternalTable, found: &ExternalTable) -> Result<Merged, String> {
    let mut merging = Merging {
        table: table.clone(),
        changes: Vec::new(),
    };
    let is_crawled = table.properties.get(CRAWLED).is_some();
    if is_crawled {
        if table.serde != found.serde || table.input_format != found.input_format {
            return Err(format!(
                "its objects were of format {} and are of format {} now; DROP TABLE it to have it made anew",
                format_of(table),
                format_of(found)
            ));
        }
        merging.columns(found)?;
        merging.projection(found);
        merging.malformed(found);
    }
    merging.partitions(found);
    Ok(Merged {
        table: merging.table,
        changes: merging.changes,
    })
}

fn format_of(table: &ExternalTable) -> &str {
    table.properties.get("classification").unwrap_or("unknown")
}

struct Merging {
    table: ExternalTable,
    changes: Vec<String>,
}

impl Merging {
    fn columns(&mut self, found: &ExternalTable) -> Result<(), String> {
        let is_by_name = !is_by_place(found);
        let mut added = Vec::new();
        for (place, column) in found.columns.iter().enumerate() {
            let known = if is_by_name {
                self.table.columns.iter().position(|known| known.name == column.name)
            } else {
                Some(place).filter(|place| *place < self.table.columns.len())
            };
            let Some(known) = known else {
                let is_partition = |known: &Column| known.name == column.name;
                if !self.table.partition_columns.iter().any(is_partition) {
                    added.push(column.name.clone());
                    self.table.columns.push(column.clone());
                }
                continue;
            };
            let known = &mut self.table.columns[known];
            if !is_by_name && known.name != column.name {
                return Err(format!(
                    "column {} of its objects was `{}` and is `{}` now; DROP TABLE it to have it made anew",
                    place + 1,
                    known.name,
                    column.name
                ));
            }
            let merged = Shape::of_type(&known.column_type).merged(Shape::of_type(&column.column_type));
            let merged = merged.into_type();
            if merged != known.column_type {
                self.changes.push(format!(
                    "column {} is {merged} now, and was {}",
                    known.name, known.column_type
                ));
                known.column_type = merged;
            }
        }
        if !added.is_empty() {
            self.changes.push(format!("columns added: {}", added.join(", ")));
        }
        Ok(())
    }

    /// Earlier days, and accounts and regions that are new.
    fn projection(&mut self, found: &ExternalTable) {
        let columns = self.table.partition_columns.clone();
        let before = self.table.properties.clone();
        for (known, new) in columns.iter().zip(&found.partition_columns) {
            let name = |column: &Column, last: &str| format!("projection.{}.{last}", column.name);
            let there = |last: &str| before.get(&name(known, last));
            let here = |last: &str| found.properties.get(&name(new, last));
            if let (Some(old), Some(more)) = (there("values"), here("values")) {
                let old: BTreeSet<&str> = old.split(',').collect();
                let fresh: Vec<&str> = more.split(',').filter(|value| !old.contains(value)).collect();
                if !fresh.is_empty() {
                    self.changes
                        .push(format!("{} has new values: {}", known.name, fresh.join(", ")));
                    let all: BTreeSet<&str> = old.into_iter().chain(fresh).collect();
                    let all: Vec<&str> = all.into_iter().collect();
                    self.table.properties.set(name(known, "values"), all.join(","));
                }
            }
            let (Some(old), Some(new_range)) = (there("range"), here("range")) else {
                continue;
            };
            if there("format") != here("format") {
                continue;
            }
            let (Some((old_first, old_last)), Some((first, last))) = (old.split_once(','), new_range.split_once(','))
            else {
                continue;
            };
            let is_earlier = !old_first.trim().to_uppercase().starts_with("NOW") && first < old_first.trim();
            let is_later = old_last.trim().eq_ignore_ascii_case("NOW") && last != "NOW";
            if is_earlier || is_later {
                let first = if is_earlier { first } else { old_first };
                let last = if is_later { last } else { old_last };
                self.changes
                    .push(format!("{} goes from {first} to {last} now", known.name));
                self.table
                    .properties
                    .set(name(known, "range"), format!("{first},{last}"));
            }
        }
    }

    fn malformed(&mut self, found: &ExternalTable) {
        let name = "ignore.malformed.json";
        if let Some(value) = found.serde_properties.get(name)
            && self.table.serde_properties.get(name).is_none()
        {
            self.table.serde_properties.set(name, value);
            self.changes
                .push("lines that are no JSON objects are rows of NULLs now".to_owned());
        }
    }

    /// Partitions that the table lacks, where its columns are those of the folders.
    fn partitions(&mut self, found: &ExternalTable) {
        let names = |table: &ExternalTable| {
            let columns = table.partition_columns.iter();
            columns.map(|column| column.name.to_lowercase()).collect::<Vec<_>>()
        };
        if self.table.properties.get(AUTO).is_some() || names(&self.table) != names(found) {
            return;
        }
        let known: BTreeSet<&Vec<String>> = self.table.partitions.iter().map(|known| &known.values).collect();
        let fresh = found
            .partitions
            .iter()
            .filter(|partition| !known.contains(&partition.values));
        let fresh: Vec<_> = fresh.cloned().collect();
        if fresh.is_empty() {
            return;
        }
        self.changes.push(format!("partitions added: {}", fresh.len()));
        self.table.partitions.extend(fresh);
        self.table.partitions.sort();
    }
}

/// Whether columns are those of the fields at their places.
fn is_by_place(table: &ExternalTable) -> bool {
    let serde = table.serde.as_deref().unwrap_or_default();
    serde.ends_with("OpenCSVSerde") || serde.ends_with("LazySimpleSerDe")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use flowtrail_catalog::Partition;

    use super::*;

    fn table(columns: &str, serde: &str, properties: &[(&str, &str)]) -> ExternalTable {
        let column = |text: &str| {
            let (name, column_type) = text.split_once(' ').unwrap();
            Column {
                name: name.to_owned(),
                column_type: column_type.parse().unwrap(),
                comment: None,
            }
        };
        let mut table = ExternalTable {
            columns: columns.split(", ").map(column).collect(),
            serde: Some(serde.to_owned()),
            location: "s3://b/t/".to_owned(),
            properties: properties.iter().copied().collect(),
            ..ExternalTable::default()
        };
        table.properties.set(CRAWLED, "true");
        table
    }

    fn changes(before: &ExternalTable, found: &ExternalTable) -> Vec<String> {
        merge(before, found).unwrap().changes
    }

    #[test]
    fn columns_are_added_and_widened() {
        let before = table("a int, b string", "x.JsonSerDe", &[]);
        let found = table("b bigint, c double, a bigint", "x.JsonSerDe", &[]);
        let merged = merge(&before, &found).unwrap();
        let shown = merged
            .table
            .columns
            .iter()
            .map(|column| format!("{} {}", column.name, column.column_type));
        assert_eq!(shown.collect::<Vec<_>>(), ["a bigint", "b string", "c double"]);
        assert_eq!(
            merged.changes,
            ["column a is bigint now, and was int", "columns added: c"]
        );
        assert_eq!(changes(&merged.table, &found), Vec::<String>::new());
        assert_eq!(changes(&found, &found), Vec::<String>::new());
    }

    #[test]
    fn columns_by_place_keep_theirs() {
        let before = table("a int, b string", "x.OpenCSVSerde", &[]);
        assert!(merge(&before, &table("b string, a int", "x.OpenCSVSerde", &[])).is_err());
        assert_eq!(
            changes(&before, &table("a int, b string, c int", "x.OpenCSVSerde", &[])),
            ["columns added: c"]
        );
        let other = merge(&before, &table("a int", "x.JsonSerDe", &[])).unwrap_err();
        assert!(other.starts_with("its objects were of format"), "{other}");
    }

    #[test]
    fn projections_grow() {
        let with = |values: &str, range: &str| {
            let properties = [
                ("projection.region.values", values),
                ("projection.day.range", range),
                ("projection.day.format", "yyyy/MM/dd"),
            ];
            let mut table = table("a int", "x.JsonSerDe", &properties);
            table.partition_columns = ["region", "day"]
                .map(|name| Column {
                    name: name.to_owned(),
                    column_type: flowtrail_catalog::ColumnType::Text,
                    comment: None,
                })
                .into();
            table
        };
        let before = with("eu-west-1", "2026/11/10,NOW");
        let found = with("us-east-1", "2026/11/01,NOW");
        let merged = merge(&before, &found).unwrap();
        assert_eq!(
            merged.changes,
            [
                "region has new values: us-east-1",
                "day goes from 2026/11/01 to NOW now"
            ]
        );
        assert_eq!(
            merged.table.properties.get("projection.region.values"),
            Some("eu-west-1,us-east-1")
        );
        assert_eq!(changes(&merged.table, &before), Vec::<String>::new());
        // What somebody wrote by hand stays.
        let by_hand = with("eu-west-1", "NOW-3DAYS,NOW");
        assert_eq!(
            changes(&by_hand, &with("eu-west-1", "2026/11/01,NOW")),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_table_made_by_hand_gets_partitions_only() {
        let mut before = table("line string", "x.RegexSerDe", &[]);
        before.properties.remove(CRAWLED);
        let day = Column {
            name: "day".to_owned(),
            column_type: flowtrail_catalog::ColumnType::Text,
            comment: None,
        };
        before.partition_columns = vec![day.clone()];
        let mut found = table("a int, b int", "x.JsonSerDe", &[]);
        found.partition_columns = vec![day];
        found.partitions = vec![Partition {
            values: vec!["1".to_owned()],
            location: "s3://b/t/day=1/".to_owned(),
        }];
        let merged = merge(&before, &found).unwrap();
        assert_eq!(merged.changes, ["partitions added: 1"]);
        assert_eq!(merged.table.columns, before.columns);
        assert!(is_of(&before, &found));
    }

    #[test]
    fn a_table_is_told_by_its_places() {
        let with = |location: &str, template: Option<&str>| ExternalTable {
            location: location.to_owned(),
            properties: template.map(|template| (TEMPLATE, template)).into_iter().collect(),
            ..ExternalTable::default()
        };
        let one = with("s3://b/t", None);
        assert!(is_of(&one, &with("s3://b/t/", None)));
        assert!(!is_of(&one, &with("s3://b/t/", Some("s3://b/t/${day}/"))));
        let dated = with("s3://b/t", Some("s3://b/t/${day}"));
        assert!(is_of(&dated, &with("s3://b/", Some("s3://b/t/${date}/"))));
        assert!(!is_of(&dated, &with("s3://b/t", Some("s3://b/u/${day}"))));
    }
}
