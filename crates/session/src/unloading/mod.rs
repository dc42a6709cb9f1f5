//! The rows of a question as files outside of the lake.
//!
//! ```text
//!   question, in the order of its partitions ──> batches ──> [writing] one file at a time ──> Delivery
//! ```
//!
//! Rows are in memory a batch at a time, and one file is open, however many partitions there are. The files appear when
//! the last row is written, or none does (see [`flowtrail_source::Delivery`]).

mod partition;
mod writing;

use arrow::datatypes::{Schema, SchemaRef};
use flowtrail_catalog::Integration;
use flowtrail_lake::Lake;
use flowtrail_query::output::{Compression, OutputFormat, OutputOptions};
use flowtrail_query::{Answer, QueryError};
use flowtrail_source::{AwsSettings, Delivery, Place};
use futures::TryStreamExt;
use tokio::sync::mpsc;

use crate::{Session, SessionError};
pub use partition::Partitions;

/// Batches that the question may be ahead of the writing.
const BATCHES_AHEAD: usize = 2;

/// Where rows go, and as what.
#[derive(Debug)]
pub struct Unloading {
    /// The folder or prefix.
    pub url: String,
    /// How it is reached.
    pub aws: AwsSettings,
    /// What names the only places that may be written to, where something does.
    pub integration: Option<Integration>,
    /// What the files are called.
    pub names: FileNames,
    /// What is in them.
    pub form: FileForm,
    /// What decides which rows are in which folder.
    pub partitions: Partitions,
    /// A file ends when it is about so large.
    pub file_bytes: u64,
    /// Whether files of the same names are replaced.
    pub overwrites: bool,
    /// Whether there must be no file below the place.
    pub must_be_empty: bool,
}

/// What files are called: what stands before their number, and behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileNames {
    /// One file of this name.
    Single(String),
    /// `before`, the number, `behind`.
    Numbered {
        /// Such as `part-`.
        before: String,
        /// Such as `.csv.gz`.
        behind: String,
    },
}

/// What is in files.
#[derive(Clone, Debug)]
pub struct FileForm {
    /// The format, and how CSV is written.
    pub options: OutputOptions,
    /// Whether a JSON file is the documents that the one column holds, instead of an object for each row.
    pub documents: bool,
    /// Whether columns are called `_COL_0`, `_COL_1`, …
    pub anonymous: bool,
    /// How they are compressed.
    pub compression: Compression,
}

/// What was written.
#[derive(Debug, Default)]
pub struct Unloaded {
    /// The files, in order.
    pub files: Vec<UnloadedFile>,
    /// Bytes before they were compressed.
    pub plain_bytes: u64,
}

/// A file that was written.
#[derive(Debug)]
pub struct UnloadedFile {
    /// Its path or URI.
    pub uri: String,
    /// Its rows.
    pub rows: u64,
    /// Its size.
    pub bytes: u64,
}

impl Unloaded {
    /// The rows of all files.
    pub fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.rows).sum()
    }

    /// The size of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

impl FileNames {
    fn name(&self, number: usize) -> String {
        match self {
            Self::Single(name) => name.clone(),
            Self::Numbered { before, behind } => format!("{before}{number}{behind}"),
        }
    }
}

impl FileForm {
    /// What a format's files end in: `.csv.gz`, `.parquet`.
    pub fn ending(&self, of_format: &str) -> String {
        let is_text = self.options.format != OutputFormat::Parquet;
        match self.compression {
            Compression::Gzip if is_text => format!(".{of_format}.gz"),
            Compression::Zstd(_) if is_text => format!(".{of_format}.zst"),
            _ => format!(".{of_format}"),
        }
    }
}

impl Unloading {
    /// Asks the question `sql`, which gives rows of `schema`, and writes its rows.
    pub async fn run(self, session: &Session, sql: &str, schema: &Schema) -> Result<Unloaded, Unfinished> {
        let place: Place = self.url.parse()?;
        outside_of_lake(session.engine().lake(), &place)?;
        self.partitions.check(schema)?;
        let mut delivery = Box::pin(Delivery::open(&place, &self.aws, self.overwrites)).await?;
        if self.must_be_empty
            && let Some(there) = delivery.first_file().await?
        {
            let message = format!("`{}` is not empty: there is {there}", self.url);
            return Err(
                SessionError::refused(message, Some("UNLOAD writes to a place without files; name another")).into(),
            );
        }
        let order = self.partitions.order(schema);
        let answer = session.ask_in_order(sql, &order).await.map_err(Unfinished::Question)?;
        self.deliver(session.engine().lake().clone(), delivery, answer).await
    }

    async fn deliver(self, lake: Lake, delivery: Delivery, mut answer: Answer) -> Result<Unloaded, Unfinished> {
        let (sender, receiver) = mpsc::channel(BATCHES_AHEAD);
        let schema = self.stored_schema(&answer.schema);
        let writing = tokio::task::spawn_blocking(move || writing::write(&self, &lake, &schema, delivery, receiver));
        let asked = async {
            while let Some(batch) = answer.stream.try_next().await? {
                if sender.send(batch).await.is_err() {
                    // Why nobody takes rows any more is the writing's to tell.
                    break;
                }
            }
            Ok::<(), QueryError>(())
        };
        let asked = asked.await;
        drop(sender);
        let written = writing
            .await
            .map_err(|error| SessionError::refused(format!("the writing broke off: {error}"), None))?;
        match (asked, written) {
            (Err(error), (delivery, _)) => {
                delivery.abandon().await;
                Err(Unfinished::Question(error))
            }
            (Ok(()), (delivery, Err(error))) => {
                delivery.abandon().await;
                Err(error.into())
            }
            (Ok(()), (delivery, Ok(unloaded))) => {
                delivery.finish().await?;
                Ok(unloaded)
            }
        }
    }

    /// The columns that are in the files.
    fn stored_schema(&self, schema: &SchemaRef) -> Schema {
        let stored = self.partitions.stored(schema);
        let fields = stored.iter().enumerate().map(|(number, at)| {
            let field = schema.field(*at).clone();
            if self.form.anonymous {
                field.with_name(format!("_COL_{number}"))
            } else {
                field
            }
        });
        Schema::new(fields.collect::<Vec<_>>())
    }
}

/// Why rows were not written; an error of the question has its place there.
#[derive(Debug)]
pub enum Unfinished {
    /// The question has no answer.
    Question(QueryError),
    /// Anything else.
    Other(SessionError),
}

impl<E: Into<SessionError>> From<E> for Unfinished {
    fn from(error: E) -> Self {
        Self::Other(error.into())
    }
}

impl Unfinished {
    /// As an error of the statement, given what places an error of its question.
    pub fn placed(self, place: impl FnOnce(QueryError) -> QueryError) -> SessionError {
        match self {
            Self::Question(error) => place(error).into(),
            Self::Other(error) => error,
        }
    }
}

/// What lies in the lake is written by Flowtrail's own protocol only.
fn outside_of_lake(lake: &Lake, place: &Place) -> Result<(), SessionError> {
    let is_inside = match (place, lake.folder()) {
        (Place::Path(path), Some(folder)) => {
            let real = real_path(path);
            let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
            real.starts_with(folder)
        }
        (Place::S3 { bucket, prefix }, None) => match lake.to_string().parse() {
            Ok(Place::S3 {
                bucket: of_lake,
                prefix: root,
            }) => {
                let with_slash = |key: &str| format!("{}/", key.trim_matches('/'));
                let root = root.trim_matches('/');
                *bucket == of_lake && (root.is_empty() || with_slash(prefix).starts_with(&with_slash(root)))
            }
            _ => false,
        },
        _ => false,
    };
    if is_inside {
        let message = format!("`{place}` is in the lake `{lake}`, whose files Flowtrail keeps itself");
        return Err(SessionError::refused(message, Some("name a place outside of it")));
    }
    Ok(())
}

/// A path without links, as far as it is there.
fn real_path(path: &std::path::Path) -> std::path::PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for above in absolute.ancestors() {
        if let (Ok(real), Ok(below)) = (above.canonicalize(), absolute.strip_prefix(above)) {
            return real.join(below);
        }
    }
    absolute
}
