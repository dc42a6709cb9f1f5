//! What is in a place: formats, columns and partitions of its objects, as definitions of tables.
//!
//! ```text
//!   place ──[gather]── objects by [layout], some of each by [sample]
//!                         └──[content]── what each of those holds: [footer], [json], [delimited]
//!                                          └──[rows]── what they hold together ──[table]── ExternalTable
//!                                                                  [merge]── with the one that was there
//! ```
//!
//! All is listed and little is opened: of a layout some ten objects, and of each its first bytes. What is not understood
//! is said, and is never an error of the whole.

mod content;
mod delimited;
mod footer;
mod gather;
mod json;
mod layout;
mod merge;
mod name;
mod rows;
mod sample;
mod shape;
mod table;

use std::collections::BTreeMap;

use flowtrail_catalog::ExternalTable;
use futures::{StreamExt, stream};

pub use merge::{Merged, is_of, merge};

use crate::access::{Access, Places};
use crate::error::ExternalError;
use crate::table::Table;
use content::{Content, content_of};
use gather::{Gathered, Group, gather};
use layout::{Ending, Folder, Layout};

/// The property that says that a crawl made a table, and may change its columns.
pub const CRAWLED: &str = "flowtrail.crawl";

/// Objects that are looked at at once.
const LOOKED_AT_ONCE: usize = 16;

/// What is in a place.
#[derive(Debug, Default)]
pub struct Crawled {
    /// The tables that its objects could be, in order of their places.
    pub found: Vec<Found>,
    /// What is not understood.
    pub skipped: Vec<Skipped>,
}

/// Objects that could be one table.
#[derive(Debug)]
pub struct Found {
    /// Names that would do, the best first.
    pub names: Vec<String>,
    /// The definition.
    pub table: ExternalTable,
    /// `vpc_flow`, `cloudtrail`, `json`, `csv`, `delimited`, `parquet`.
    pub format: &'static str,
    /// How many partitions there are folders of; `None` where the table has none.
    pub partitions: Option<u64>,
    /// How many objects.
    pub objects: u64,
    /// What there is to say about it.
    pub remarks: Vec<String>,
}

/// Objects that are no table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The object, the first of them, or their folder.
    pub place: String,
    /// How many.
    pub objects: u64,
    /// Why not.
    pub reason: String,
}

impl Skipped {
    fn of_place(place: &str, reason: String) -> Self {
        Self {
            place: place.to_owned(),
            objects: 0,
            reason,
        }
    }

    fn of_object(uri: &str, reason: String) -> Self {
        Self {
            place: uri.to_owned(),
            objects: 1,
            reason,
        }
    }
}

/// What is skipped, once for each folder and reason.
#[derive(Debug, Default)]
struct Skips(BTreeMap<(String, String), Skipped>);

impl Skips {
    fn add(&mut self, skipped: Skipped) {
        let folder = skipped.place.rsplit_once('/').map_or("", |(folder, _)| folder);
        let key = (folder.to_owned(), skipped.reason.clone());
        match self.0.get_mut(&key) {
            Some(known) => known.objects += skipped.objects,
            None => {
                self.0.insert(key, skipped);
            }
        }
    }
}

/// Looks at what is in a place.
///
/// # Errors
/// The place is none, is not there, or cannot be listed.
pub async fn crawl(place: &str, access: &Access) -> Result<Crawled, ExternalError> {
    let places = Places::new(access, None);
    let mut skips = Skips::default();
    let mut gathered = gather(place, &places, &mut skips).await?;
    let mut looked = look_at(&mut gathered).await;
    looked = join_nested(looked);
    let mut found = Vec::new();
    for number in 0..looked.len() {
        let is_around = is_around_others(&looked, number);
        match found_in(&gathered, &looked[number], is_around, &mut skips) {
            Ok(table) => found.push(table),
            Err(reason) => skips.add(Skipped {
                place: looked[number].place(&gathered),
                objects: looked[number].group.objects,
                reason,
            }),
        }
    }
    Ok(Crawled {
        found,
        skipped: skips.0.into_values().collect(),
    })
}

/// A layout, and what some of its objects hold.
#[derive(Debug)]
struct Looked {
    layout: Layout,
    group: Group,
    contents: Vec<(String, Result<Content, String>)>,
}

impl Looked {
    /// Where its objects are, for messages: the first that was looked at, or the folder.
    fn place(&self, gathered: &Gathered) -> String {
        match self.contents.first() {
            Some((uri, _)) => uri.clone(),
            None => gathered
                .root
                .location_of(self.layout.folders.iter().map(|folder| match folder {
                    Folder::Named(name) => name.as_str(),
                    Folder::Account | Folder::Region => "*",
                })),
        }
    }

    /// What is understood, by the objects' URIs.
    fn understood(&self) -> Vec<(&str, &Content)> {
        self.contents
            .iter()
            .filter_map(|(uri, content)| Some((uri.as_str(), content.as_ref().ok()?)))
            .collect()
    }

    /// Whether a table over the folder of these objects would read those of another, too.
    fn is_around(&self, other: &Self) -> bool {
        let is_same = |(one, other): (&Folder, &Folder)| one == other || !matches!(other, Folder::Named(_));
        let (outer, inner) = (&self.layout.folders, &other.layout.folders);
        self.layout.ending == Ending::Objects
            && self.layout != other.layout
            && outer.len() <= inner.len()
            && outer.iter().zip(inner).all(is_same)
    }
}

/// Looks at the samples of all layouts.
async fn look_at(gathered: &mut Gathered) -> Vec<Looked> {
    let mut looked: Vec<Looked> = std::mem::take(&mut gathered.groups)
        .into_iter()
        .map(|(layout, group)| Looked {
            layout,
            group,
            contents: Vec::new(),
        })
        .collect();
    let mut objects = Vec::new();
    for (number, one) in looked.iter_mut().enumerate() {
        let sample = std::mem::take(&mut one.group.sample).into_vec();
        objects.extend(sample.into_iter().map(|object| (number, object)));
    }
    let source = gathered.source.as_ref();
    let contents = stream::iter(objects).map(async |(number, object): (usize, flowtrail_source::Object)| {
        let content = match source {
            Some(source) => content_of(source, &object).await,
            None => Ok(Content::Nothing),
        };
        (number, object.uri, content)
    });
    let mut contents = contents.buffered(LOOKED_AT_ONCE);
    while let Some((number, uri, content)) = contents.next().await {
        looked[number].contents.push((uri, content));
    }
    looked
}

/// Objects of a folder and of the folders in it are one table, where they could be.
fn join_nested(mut looked: Vec<Looked>) -> Vec<Looked> {
    let mut outer = 0;
    while outer < looked.len() {
        let inner: Vec<usize> = (0..looked.len())
            .filter(|other| looked[outer].is_around(&looked[*other]))
            .collect();
        if !inner.is_empty() && inner.iter().all(|inner| is_joinable(&looked[outer], &looked[*inner])) {
            for place in inner.into_iter().rev() {
                let joined = looked.remove(place);
                // Layouts are in order, so that what is inside of another stands behind it.
                looked[outer].group.objects += joined.group.objects;
                looked[outer].contents.extend(joined.contents);
            }
        }
        outer += 1;
    }
    looked
}

/// Whether two layouts without partitions are of one format, and have about the same columns.
fn is_joinable(outer: &Looked, inner: &Looked) -> bool {
    if inner.layout.ending != Ending::Objects {
        return false;
    }
    let (one, other) = (outer.understood(), inner.understood());
    let (Ok(left), Ok(right)) = (rows::rows_of(&one), rows::rows_of(&other)) else {
        return false;
    };
    let is_common = |name: &str| right.columns.iter().any(|(known, _)| known == name);
    let common = left.columns.iter().filter(|(name, _)| is_common(name)).count();
    let fewest = left.columns.len().min(right.columns.len());
    common * 2 >= fewest && rows::rows_of(&[one, other].concat()).is_ok()
}

fn is_around_others(looked: &[Looked], number: usize) -> bool {
    looked.iter().any(|other| looked[number].is_around(other))
}

/// The table of a layout, or why there is none.
fn found_in(gathered: &Gathered, looked: &Looked, is_around: bool, skips: &mut Skips) -> Result<Found, String> {
    let failed: Vec<(&String, &String)> = looked
        .contents
        .iter()
        .filter_map(|(uri, content)| Some((uri, content.as_ref().err()?)))
        .collect();
    let understood = looked.understood();
    if let Some((_, reason)) = failed.first()
        && understood.iter().all(|(_, content)| **content == Content::Nothing)
    {
        return Err((*reason).clone());
    }
    let rows = rows::rows_of(&understood)?;
    if rows.columns.is_empty() {
        return Err("its objects have no columns".to_owned());
    }
    if is_around {
        return Err(
            "other layouts are in the folders below, and a table here would read them too; put these objects into a \
             folder of their own"
                .to_owned(),
        );
    }
    for (uri, reason) in &failed {
        skips.add(Skipped::of_object(uri, (*reason).clone()));
    }
    let mut found = table::found_of(&gathered.root, &looked.layout, &looked.group, rows);
    if let Some(object) = &gathered.one_object {
        found.table.location.clone_from(object);
        let name = object.rsplit('/').next().unwrap_or_default();
        let stem = name::name_of(&[name.split('.').next().unwrap_or_default()]);
        found.names.insert(0, stem);
        found.names.retain(|name| !name.is_empty());
    }
    if !failed.is_empty() {
        let remark = format!(
            "{} of the objects looked at are not understood, and are read all the same",
            failed.len()
        );
        found.remarks.push(remark);
    }
    match Table::of("", &found.table) {
        Ok(_) => Ok(found),
        Err(error) => Err(error.to_string()),
    }
}
