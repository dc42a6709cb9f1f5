//! A layout and the rows of its objects as the definition of a table.

use std::collections::BTreeSet;

use chrono::{NaiveDateTime, TimeDelta, Utc};
use flowtrail_catalog::{Column, ColumnType, ExternalTable, Partition};

use super::gather::{Group, Root};
use super::layout::{Ending, Folder, Layout};
use super::name::names_of;
use super::rows::Rows;
use super::{CRAWLED, Found};

/// The definition of what was found.
pub(super) fn found_of(root: &Root, layout: &Layout, group: &Group, rows: Rows) -> Found {
    let mut remarks = rows.remarks;
    let named: BTreeSet<&str> = rows.columns.iter().map(|(name, _)| name.as_str()).collect();
    let partitioned = Partitioned::of(root, layout, group, &named);
    let is_partition = |name: &str| partitioned.columns.iter().any(|column| column == name);
    let mut columns = Vec::with_capacity(rows.columns.len());
    for (name, shape) in rows.columns {
        let column = |name: String| Column {
            name,
            column_type: shape.into_type(),
            comment: None,
        };
        if !is_partition(&name) {
            columns.push(column(name));
        } else if rows.is_by_name {
            remarks.push(format!("`{name}` of the objects is left out, as a folder says it"));
        } else {
            columns.push(column(format!("{name}_of_object")));
        }
    }
    let mut table = ExternalTable {
        columns,
        partition_columns: partitioned.columns.into_iter().map(text_column).collect(),
        serde: Some(rows.serde.to_owned()),
        serde_properties: rows.serde_properties,
        input_format: rows.input_format.map(str::to_owned),
        location: partitioned.location,
        properties: rows.properties,
        partitions: partitioned.partitions,
        ..ExternalTable::default()
    };
    table.properties.set("classification", rows.format);
    table.properties.set(CRAWLED, "true");
    for (name, value) in partitioned.properties {
        table.properties.set(name, value);
    }
    Found {
        names: names_of(root, layout, group),
        format: rows.format,
        partitions: (!table.partition_columns.is_empty()).then(|| group.partitions().len() as u64),
        objects: group.objects,
        remarks,
        table,
    }
}

/// How the table of a layout is partitioned.
struct Partitioned {
    location: String,
    columns: Vec<String>,
    properties: Vec<(String, String)>,
    partitions: Vec<Partition>,
}

impl Partitioned {
    fn of(root: &Root, layout: &Layout, group: &Group, named: &BTreeSet<&str>) -> Self {
        let fixed = layout.folders.iter().map_while(|folder| match folder {
            Folder::Named(name) => Some(name.as_str()),
            _ => None,
        });
        let location = root.location_of(fixed);
        match (layout.ending, group.times) {
            (Ending::Hive, _) => Self::of_hive(location, group),
            (Ending::Slashes | Ending::Dashes, Some(times)) => {
                Self::of_dates(root, location, layout, group, times, named)
            }
            _ => Self {
                location,
                columns: Vec::new(),
                properties: Vec::new(),
                partitions: Vec::new(),
            },
        }
    }

    fn of_hive(location: String, group: &Group) -> Self {
        let partition = |(folders, values): (&[String], &[String])| Partition {
            values: values.to_vec(),
            location: format!("{location}{}/", folders.join("/")),
        };
        let mut partitions: Vec<Partition> = Vec::new();
        if !group.names.is_empty() {
            partitions = group.partitions().into_iter().map(partition).collect();
            partitions.sort();
            // `10:00` can be written in two ways; a table has a value once.
            partitions.dedup_by(|one, other| one.values == other.values);
        }
        Self {
            columns: group.names.clone(),
            properties: Vec::new(),
            partitions,
            location,
        }
    }

    fn of_dates(
        root: &Root,
        location: String,
        layout: &Layout,
        group: &Group,
        (first, last): (NaiveDateTime, NaiveDateTime),
        named: &BTreeSet<&str>,
    ) -> Self {
        let mut partitioned = Self {
            location,
            columns: Vec::new(),
            properties: vec![("projection.enabled".to_owned(), "true".to_owned())],
            partitions: Vec::new(),
        };
        let has_hours = layout.ending == Ending::Slashes && group.depth == 4;
        let (name, format, pattern) = match layout.ending {
            Ending::Dashes => ("day", "yyyy-MM-dd", "%Y-%m-%d"),
            _ if has_hours => ("datehour", "yyyy/MM/dd/HH", "%Y/%m/%d/%H"),
            _ => ("day", "yyyy/MM/dd", "%Y/%m/%d"),
        };
        let mut folders = Vec::new();
        for folder in &layout.folders {
            folders.push(match folder {
                Folder::Named(name) => name.clone(),
                Folder::Account => partitioned.add_enum("account", &group.accounts, named),
                Folder::Region => partitioned.add_enum("region", &group.regions, named),
            });
        }
        let range = format!("{},{}", first.format(pattern), end_of(last, has_hours));
        let unit = if has_hours { "HOURS" } else { "DAYS" };
        let date = [
            ("type", "date"),
            ("format", format),
            ("range", &range),
            ("interval", "1"),
            ("interval.unit", unit),
        ];
        folders.push(partitioned.add(name, &date, named));
        let template = root.location_of(folders.iter().map(String::as_str));
        partitioned
            .properties
            .push(("storage.location.template".to_owned(), template));
        partitioned
    }

    fn add_enum(&mut self, name: &str, values: &BTreeSet<String>, named: &BTreeSet<&str>) -> String {
        let values = values.iter().map(String::as_str).collect::<Vec<_>>().join(",");
        self.add(name, &[("type", "enum"), ("values", &values)], named)
    }

    /// Adds a projected column under a name that no column of the objects has; gives what stands for it in a template.
    fn add(&mut self, name: &str, properties: &[(&str, &str)], named: &BTreeSet<&str>) -> String {
        let others = ["folder_", "partition_"].map(|before| format!("{before}{name}"));
        let mut candidates = std::iter::once(name.to_owned()).chain(others);
        let free = candidates.find(|name| !named.contains(name.as_str()));
        let column = free.unwrap_or_else(|| format!("flowtrail_{name}"));
        for (property, value) in properties {
            self.properties
                .push((format!("projection.{column}.{property}"), (*value).to_owned()));
        }
        let place = format!("${{{column}}}");
        self.columns.push(column);
        place
    }
}

/// Where the range ends that moves on with time; behind now where folders are, as in a zone that is ahead.
fn end_of(last: NaiveDateTime, has_hours: bool) -> String {
    let ahead = last - Utc::now().naive_utc();
    if ahead <= TimeDelta::zero() {
        return "NOW".to_owned();
    }
    if has_hours {
        return format!("NOW+{}HOURS", ahead.num_hours() + 1);
    }
    format!("NOW+{}DAYS", ahead.num_days() + 1)
}

fn text_column(name: String) -> Column {
    Column {
        name,
        column_type: ColumnType::Text,
        comment: None,
    }
}
