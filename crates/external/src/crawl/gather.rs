//! The objects of a place by their layouts, as a listing names them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDateTime;
use flowtrail_source::{Object, Place, Source, SourceError};
use futures::StreamExt;
use url::Url;

use super::layout::{Ending, Folder, Layout, Located, locate};
use super::sample::Sample;
use super::{Skipped, Skips};
use crate::access::Places;
use crate::error::ExternalError;

/// Folders beneath one folder that have tables of their own; where there are more, they are one table together.
const MOST_FOLDERS: usize = 500;

/// What is before the folders of all objects of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Root {
    /// `s3://bucket/`
    Bucket(String),
    /// `/`
    Files,
}

/// The objects of one layout.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) objects: u64,
    pub(super) sample: Sample<Object>,
    pub(super) accounts: BTreeSet<String>,
    pub(super) regions: BTreeSet<String>,
    /// The first and the last time of its folders.
    pub(super) times: Option<(NaiveDateTime, NaiveDateTime)>,
    /// Names of Hive's folders that all objects have.
    pub(super) names: Vec<String>,
    /// How many folders behind those of the layout are those of a partition.
    pub(super) depth: usize,
    /// The folders of partitions, with the values of Hive's.
    pub(super) partitions: BTreeMap<Vec<String>, Vec<String>>,
}

/// All of a place.
#[derive(Debug)]
pub(super) struct Gathered {
    pub(super) root: Root,
    pub(super) source: Option<Source>,
    pub(super) groups: BTreeMap<Layout, Group>,
    /// The place, where it is one object.
    pub(super) one_object: Option<String>,
    /// How many of each object's folders are the place's.
    pub(super) fixed: usize,
}

/// Lists a place.
pub(super) async fn gather(place: &str, places: &Places<'_>, skips: &mut Skips) -> Result<Gathered, ExternalError> {
    let (root, base) = match places.place(place)? {
        Place::S3 { bucket, prefix } => (Root::Bucket(bucket), prefix),
        Place::Path(path) => {
            let path = tokio::fs::canonicalize(&path).await;
            let path = path.map(|path| path.to_string_lossy().into_owned());
            // That it is not there is said when it is opened.
            (Root::Files, path.unwrap_or_default())
        }
        Place::Stdin => (Root::Files, String::new()),
    };
    let mut gathered = Gathered {
        root,
        source: None,
        groups: BTreeMap::new(),
        one_object: None,
        fixed: folders_of(&base).count(),
    };
    let source = places.open(place).await?.ok_or_else(|| SourceError::NotFound {
        place: place.to_owned(),
        nearest: None,
    })?;
    let mut listing = source.list();
    while let Some(listed) = listing.next().await {
        let object = match listed {
            Ok(object) => object,
            // A folder's listing goes on behind what cannot be listed; a bucket's is at its end.
            Err(error) if gathered.root == Root::Files => {
                skips.add(Skipped::of_place(place, error.to_string()));
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let Some(key) = gathered.root.key_of(&object.uri) else {
            skips.add(Skipped::of_object(&object.uri, "its name is no text".to_owned()));
            continue;
        };
        if gathered.root == Root::Files && folders_of(&key).eq(folders_of(&base)) {
            gathered.one_object = Some(base.clone());
            gathered.fixed -= 1;
        }
        let mut folders: Vec<&str> = folders_of(&key).collect();
        folders.pop();
        let located = locate(&folders, gathered.fixed);
        let group = gathered.groups.entry(located.layout.clone()).or_default();
        group.add(located, object);
    }
    drop(listing);
    gathered.source = Some(source);
    gathered.join_folders();
    Ok(gathered)
}

impl Root {
    /// The folders and the name of an object.
    fn key_of(&self, uri: &str) -> Option<String> {
        match self {
            Self::Bucket(bucket) => uri
                .strip_prefix("s3://")?
                .strip_prefix(bucket.as_str())?
                .strip_prefix('/')
                .map(str::to_owned),
            Self::Files => {
                let path = Url::parse(uri).ok()?.to_file_path().ok()?;
                path.to_str().map(str::to_owned)
            }
        }
    }

    /// Where folders are.
    pub(super) fn location_of<'a>(&self, folders: impl IntoIterator<Item = &'a str>) -> String {
        let mut location = match self {
            Self::Bucket(bucket) => format!("s3://{bucket}/"),
            Self::Files => "/".to_owned(),
        };
        for folder in folders {
            location.extend([folder, "/"]);
        }
        location
    }
}

fn folders_of(key: &str) -> impl Iterator<Item = &str> {
    key.split('/').filter(|folder| !folder.is_empty())
}

impl Group {
    fn add(&mut self, located: Located, object: Object) {
        if self.objects == 0 {
            self.names = located.pairs.iter().map(|(name, _)| name.clone()).collect();
            self.depth = located.behind.len();
        }
        let pairs = self.names.iter().zip(&located.pairs);
        let common = pairs.take_while(|(name, (found, _))| *name == found).count();
        self.names.truncate(common);
        self.depth = match located.layout.ending {
            Ending::Hive => common,
            _ => self.depth.min(located.behind.len()),
        };
        self.accounts.extend(located.account);
        self.regions.extend(located.region);
        if let Some(time) = located.time {
            let (first, last) = self.times.unwrap_or((time, time));
            self.times = Some((first.min(time), last.max(time)));
        }
        if !located.behind.is_empty() {
            let values = located.pairs.into_iter().map(|(_, value)| value).collect();
            self.partitions.insert(located.behind, values);
        }
        self.count(object);
    }

    fn count(&mut self, object: Object) {
        self.objects += 1;
        // Nothing can be seen in an object of no bytes.
        if object.size_bytes > 0 {
            self.sample.push(object);
        }
    }

    /// Folders and values of partitions, as deep as all objects have them.
    pub(super) fn partitions(&self) -> BTreeMap<&[String], &[String]> {
        let cut = |list: &'_ [String]| -> usize { list.len().min(self.depth) };
        self.partitions
            .iter()
            .map(|(folders, values)| (&folders[..cut(folders)], &values[..cut(values)]))
            .collect()
    }
}

impl Gathered {
    /// Makes one of the folders beneath one folder, where they are too many for tables of their own.
    fn join_folders(&mut self) {
        while let Some(parent) = self.crowded() {
            let is_below = |layout: &Layout| layout.ending == Ending::Objects && layout.folders.starts_with(&parent);
            let mut joined = Group::default();
            let below: Vec<Layout> = self.groups.keys().filter(|layout| is_below(layout)).cloned().collect();
            for layout in below {
                if let Some(group) = self.groups.remove(&layout) {
                    let objects = group.objects;
                    let mut sample = group.sample.into_vec().into_iter();
                    // One of each folder says as much as all of them.
                    sample.by_ref().take(1).for_each(|object| joined.sample.push(object));
                    joined.objects += objects;
                }
            }
            let layout = Layout {
                folders: parent,
                ending: Ending::Objects,
            };
            self.groups.insert(layout, joined);
        }
    }

    /// The deepest folder that too many folders of objects are beneath.
    fn crowded(&self) -> Option<Vec<Folder>> {
        let mut beneath: BTreeMap<&[Folder], usize> = BTreeMap::new();
        for layout in self.groups.keys().filter(|layout| layout.ending == Ending::Objects) {
            for depth in self.fixed..layout.folders.len() {
                *beneath.entry(&layout.folders[..depth]).or_default() += 1;
            }
        }
        let crowded = beneath.into_iter().filter(|(_, count)| *count > MOST_FOLDERS);
        crowded.map(|(parent, _)| parent.to_vec()).max_by_key(Vec::len)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;

    use datafusion::execution::runtime_env::RuntimeEnv;
    use object_store::memory::InMemory;
    use object_store::{ObjectStore, ObjectStoreExt};

    use super::*;
    use crate::Access;
    use crate::crawl::shape::Shape;
    use crate::crawl::{Found, rows, table};

    fn found(gathered: &Gathered) -> Vec<Found> {
        let rows = || rows::Rows {
            columns: vec![("a".to_owned(), Shape::Unknown)],
            format: "json",
            serde: "org.openx.data.jsonserde.JsonSerDe",
            input_format: None,
            serde_properties: flowtrail_catalog::Properties::default(),
            properties: flowtrail_catalog::Properties::default(),
            is_by_name: true,
            remarks: Vec::new(),
        };
        let groups = gathered.groups.iter();
        groups
            .map(|(layout, group)| table::found_of(&gathered.root, layout, group, rows()))
            .collect()
    }

    #[tokio::test]
    async fn a_bucket_has_layouts() {
        let bucket = Arc::new(InMemory::new());
        for key in [
            "in/AWSLogs/111111111111/x/eu-west-1/2026/11/20/a b.json",
            "in/AWSLogs/111111111111/x/eu-west-1/2026/11/21/b.json",
            "in/t/k=1%2F2/a.json",
            "in/t/k=1%2F2/_temporary",
            "other/a.json",
        ] {
            let key = object_store::path::Path::parse(key).unwrap();
            bucket.put(&key, "{}".into()).await.unwrap();
        }
        let runtime = Arc::new(RuntimeEnv::default());
        let url = Url::parse("s3://logs").unwrap();
        runtime.register_object_store(&url, bucket as Arc<dyn ObjectStore>);
        let access = Access::default();
        let places = Places::new(&access, Some(runtime));
        let mut skips = Skips::default();
        let gathered = gather("s3://logs/in", &places, &mut skips).await.unwrap();
        let found = found(&gathered);
        let [dated, hive] = found.as_slice() else {
            unreachable!("{found:?}")
        };
        assert_eq!(
            (dated.names[0].as_str(), dated.partitions, dated.objects),
            ("x", Some(2), 2)
        );
        assert_eq!(dated.table.location, "s3://logs/in/AWSLogs/");
        assert_eq!(
            dated.table.properties.get("storage.location.template"),
            Some("s3://logs/in/AWSLogs/${account}/x/${region}/${day}/")
        );
        assert_eq!((hive.names[0].as_str(), hive.objects), ("t", 1));
        assert_eq!(hive.table.partitions[0].values, ["1/2"]);
        assert_eq!(hive.table.partitions[0].location, "s3://logs/in/t/k=1%2F2/");
        let nothing = gather("s3://logs/none", &places, &mut skips).await.unwrap_err();
        assert!(nothing.to_string().contains("s3://logs/none"), "{nothing}");
    }
}
