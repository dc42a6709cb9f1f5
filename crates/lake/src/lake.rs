//! The root: one folder or bucket prefix that holds tables, intents and definitions.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use flowtrail_source::{AwsSettings, s3_store};
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt};

use crate::durable::DurableStore;
use crate::{LakeError, Table, TableDefinition};

/// A lake: everything Flowtrail keeps, under one root. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Lake {
    name: Arc<str>,
    root: Arc<dyn ObjectStore>,
    folder: Option<PathBuf>,
}

impl Lake {
    /// Opens the lake at `url`, a folder (made where it does not exist), `file:///folder`, or `s3://bucket/prefix`.
    pub async fn open(url: &str, aws: &AwsSettings) -> Result<Self, LakeError> {
        if let Some(rest) = url.strip_prefix("s3://").or_else(|| url.strip_prefix("s3a://")) {
            return Self::open_s3(url, rest, aws).await;
        }
        if let Some(path) = url.strip_prefix("file://") {
            return Self::open_folder(PathBuf::from(path));
        }
        match url.split_once("://") {
            Some((scheme, _)) => Err(LakeError::Url {
                url: url.to_owned(),
                why: format!("the scheme `{scheme}` is not known; it is a folder or s3://bucket/prefix"),
            }),
            None if url.is_empty() => Err(LakeError::Url {
                url: url.to_owned(),
                why: "it is empty".into(),
            }),
            None => Self::open_folder(PathBuf::from(url)),
        }
    }

    /// Opens the lake in a folder.
    pub fn open_folder(folder: PathBuf) -> Result<Self, LakeError> {
        let store = DurableStore::open(&folder).map_err(|e| LakeError::Open {
            url: folder.display().to_string(),
            source: Box::new(e),
        })?;
        Ok(Self {
            name: folder.display().to_string().into(),
            root: Arc::new(store),
            folder: Some(folder),
        })
    }

    async fn open_s3(url: &str, rest: &str, aws: &AwsSettings) -> Result<Self, LakeError> {
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            return Err(LakeError::Url {
                url: url.to_owned(),
                why: "the bucket's name is missing".into(),
            });
        }
        let store = s3_store(bucket, aws).await.map_err(|e| LakeError::Open {
            url: url.to_owned(),
            source: Box::new(e),
        })?;
        let prefix = Path::from(prefix.trim_matches('/'));
        let root: Arc<dyn ObjectStore> = if prefix.as_ref().is_empty() {
            store
        } else {
            Arc::new(PrefixStore::new(store, prefix))
        };
        Ok(Self {
            name: url.trim_end_matches('/').into(),
            root,
            folder: None,
        })
    }

    /// The store over the root; every path of the lake is relative to it.
    pub fn store(&self) -> &Arc<dyn ObjectStore> {
        &self.root
    }

    /// The folder, where the lake is one.
    pub fn folder(&self) -> Option<&std::path::Path> {
        self.folder.as_deref()
    }

    /// Takes away all that is in a table's folder: rows first, then the log from its end, so that what is left at any
    /// moment is a table that can be opened.
    pub async fn remove_folder(&self, folder: &str) -> Result<(), LakeError> {
        let inside = self.root.list(Some(&Path::from(folder)));
        let mut inside: Vec<Path> = inside.map_ok(|object| object.location).try_collect().await?;
        let rank = |path: &Path| match path.filename() {
            _ if !path.as_ref().contains("/_delta_log/") => 0,
            Some(name) if name.strip_suffix(".json").is_none() => 1,
            _ => 2,
        };
        inside.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| b.cmp(a)));
        for path in inside {
            match self.root.delete(&path).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// The table of a definition; it need not exist yet.
    pub fn table(&self, definition: &Arc<TableDefinition>) -> Table {
        Table::new(Arc::clone(&self.root), Arc::clone(definition))
    }
}

impl fmt::Display for Lake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
