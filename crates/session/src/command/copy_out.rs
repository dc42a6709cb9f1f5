//! `COPY INTO @stage`: Snowflake's way to write the rows of a table or a question to a place.

use arrow::datatypes::DataType;
use flowtrail_catalog::Properties;
use flowtrail_lake::stored_type;
use flowtrail_query::output::{Compression, CsvForm, OutputFormat, OutputOptions};
use flowtrail_query::statements::{Token, TokenKind};
use flowtrail_query::{Answer, Marks, Names, QueryError};
use uuid::Uuid;

use super::file_format::{known_only, options_of};
use super::stage::{StagePath, StagePlace};
use super::unload::delimiter_of;
use crate::cursor::{Cursor, Query, Read};
use crate::rows::Rows;
use crate::settings::Settings;
use crate::unloading::{FileForm, FileNames, Partitions, Unloaded, Unloading};
use crate::{Session, SessionError};

/// A file ends at about this size unless the statement says another; Snowflake's 16 MB.
const FILE_BYTES: u64 = 16 << 20;
/// The name of the column that says in which folder a row is.
const FOLDER_COLUMN: &str = "folder of the row";

/// `COPY INTO @stage | 's3://…' FROM table | (query) …`
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "the options that the statement has")]
pub struct CopyOut {
    to: To,
    from: From,
    partition_by: Option<String>,
    file_format: Properties,
    integration: Option<String>,
    header: bool,
    detailed: bool,
    files: Files,
}

/// What files come of it.
#[derive(Debug)]
struct Files {
    overwrite: bool,
    single: bool,
    with_query_id: Option<bool>,
    bytes: Option<u64>,
}

#[derive(Debug)]
enum To {
    Stage(StagePath),
    Place(String),
}

#[derive(Debug)]
enum From {
    Table(Vec<String>),
    Query(Query),
}

impl CopyOut {
    /// Whether a `COPY` is of this kind, and not into a table.
    pub fn is_next(cursor: &Cursor<'_>) -> bool {
        let mut ahead = cursor.clone();
        let is_place = |token: &Token<'_>| token.kind == TokenKind::Text;
        ahead.takes(&["COPY", "INTO"]) && (ahead.is_symbol('@') || ahead.peek().is_some_and(is_place))
    }

    pub fn read(mut cursor: Cursor<'_>) -> Read<Self> {
        cursor.expect(&["COPY", "INTO"])?;
        let to = if cursor.is_symbol('@') {
            To::Stage(StagePath::read(&mut cursor)?)
        } else {
            To::Place(cursor.text()?)
        };
        cursor.check_closed()?;
        cursor.expect(&["FROM"])?;
        let from = if cursor.takes_symbol('(') {
            From::Query(cursor.bracketed_query()?)
        } else {
            From::Table(cursor.names()?)
        };
        let mut partition_by = None;
        if cursor.takes(&["PARTITION", "BY"]) {
            let place = cursor.clone();
            cursor.expect_symbol('(')?;
            let expression = cursor.bracketed()?;
            if expression.is_empty() {
                return Err(place.error("expected an expression in brackets"));
            }
            if Marks::Question.wanted(expression) > 0 {
                return Err(place.error("PARTITION BY takes no parameters"));
            }
            partition_by = Some(expression.to_owned());
        }
        let place = cursor.clone();
        let mut settings = Settings::read(&mut cursor)?;
        cursor.end()?;
        if settings.text("validation_mode").is_some() {
            return Err(QueryError::NotDone {
                statement: "COPY INTO @stage … VALIDATION_MODE".to_owned(),
            });
        }
        let copy = Self {
            to,
            from,
            partition_by,
            file_format: settings
                .inner("file_format")?
                .map(Settings::into_properties)
                .unwrap_or_default(),
            integration: settings.text("storage_integration").map(|name| name.to_lowercase()),
            header: settings.flag("header")?.unwrap_or(false),
            detailed: settings.flag("detailed_output")?.unwrap_or(false),
            files: Files {
                overwrite: settings.flag("overwrite")?.unwrap_or(false),
                single: settings.flag("single")?.unwrap_or(false),
                with_query_id: settings.flag("include_query_id")?,
                bytes: settings.number("max_file_size")?,
            },
        };
        settings.end()?;
        let together = [
            (
                copy.files.single && copy.partition_by.is_some(),
                "SINGLE = TRUE and PARTITION BY",
            ),
            (
                copy.files.overwrite && copy.partition_by.is_some(),
                "OVERWRITE = TRUE and PARTITION BY",
            ),
            (
                copy.files.single && copy.files.with_query_id == Some(true),
                "SINGLE = TRUE and INCLUDE_QUERY_ID = TRUE",
            ),
            (
                copy.files.overwrite && copy.files.with_query_id == Some(true),
                "OVERWRITE = TRUE and INCLUDE_QUERY_ID = TRUE",
            ),
        ];
        match together.iter().find(|(is_so, _)| *is_so) {
            Some((_, what)) => Err(place.error(&format!("{what} do not go together"))),
            None if copy.files.bytes == Some(0) => Err(place.error("MAX_FILE_SIZE is greater than 0")),
            None => Ok(copy),
        }
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        let names = session.names().await?;
        let place = self.place(session, &names)?;
        let options = options_of(&self.file_format, &place.file_format, &names)?;
        let sql = self.question();
        let placed = |error: QueryError| match &self.from {
            // What surrounds the query has other places.
            From::Query(query) if self.partition_by.is_none() => query.placed(error),
            _ => error,
        };
        let schema = session.check(&sql).await.map_err(placed)?;
        let partitions = match self.partition_by {
            Some(_) => Partitions::LastColumn,
            None => Partitions::None,
        };
        let stored = partitions.stored(&schema);
        let is_text = |column: &usize| stored_type(schema.field(*column).data_type()) == DataType::Utf8;
        let is_document = matches!(stored.as_slice(), [only] if is_text(only));
        let (form, ending) = self.form(&options, is_document)?;
        let (url, file_names) = self.file_names(&place.url, &ending);
        let unloading = Unloading {
            url,
            aws: place.aws,
            integration: place.integration,
            names: file_names,
            form,
            partitions,
            file_bytes: match self.files.bytes {
                None if self.files.single => u64::MAX,
                bytes => bytes.unwrap_or(FILE_BYTES),
            },
            overwrites: self.files.overwrite,
            must_be_empty: false,
        };
        let unloaded = unloading.run(session, &sql, &schema).await;
        Ok(self.answer(&unloaded.map_err(|error| error.placed(placed))?))
    }

    fn place(&self, session: &Session, names: &Names) -> Result<StagePlace, SessionError> {
        match (&self.to, &self.integration) {
            (To::Stage(_), Some(_)) => Err(SessionError::refused(
                "STORAGE_INTEGRATION goes with a place; a stage has its own",
                None,
            )),
            (To::Stage(stage), None) => stage.place(session, names),
            (To::Place(url), None) => Ok(StagePlace::of(session, url)),
            (To::Place(url), Some(integration)) => StagePlace::of_integration(session, names, integration, url),
        }
    }

    /// The question whose rows are written; its last column is the folder, where there are several.
    fn question(&self) -> String {
        let query = match &self.from {
            From::Query(query) => query.text().to_owned(),
            From::Table(name) => {
                let parts = name.iter().map(|part| format!("\"{}\"", part.replace('"', "\"\"")));
                format!("SELECT * FROM {}", parts.collect::<Vec<_>>().join("."))
            }
        };
        match &self.partition_by {
            None => query,
            Some(folder) => {
                format!("SELECT *, CAST(({folder}\n) AS VARCHAR) AS \"{FOLDER_COLUMN}\" FROM ({query}\n)")
            }
        }
    }

    /// The folder or prefix that files are put below, and what they are called there.
    fn file_names(&self, url: &str, ending: &str) -> (String, FileNames) {
        let is_folder = url.ends_with('/') || matches!(&self.to, To::Stage(stage) if stage.is_whole());
        let (folder, name) = if is_folder || self.partition_by.is_some() {
            (url, "")
        } else {
            url.rsplit_once('/').unwrap_or((".", url))
        };
        if self.files.single {
            let name = if name.is_empty() { "data" } else { name };
            return (folder.to_owned(), FileNames::Single(name.to_owned()));
        }
        let mut before = if name.is_empty() { "data" } else { name }.to_owned();
        if !before.ends_with('_') {
            before.push('_');
        }
        if self.files.with_query_id.unwrap_or(self.partition_by.is_some()) {
            before.push_str(&Uuid::new_v4().to_string());
            before.push('_');
        }
        before.push_str("0_0_");
        let behind = ending.to_owned();
        (folder.to_owned(), FileNames::Numbered { before, behind })
    }

    /// What is written, and what its files end in.
    fn form(&self, options: &Properties, is_document: bool) -> Result<(FileForm, String), SessionError> {
        let kind = options.get("type").unwrap_or("CSV").to_uppercase();
        // Those that only reading minds are no harm: a stage has its files' format for both ways.
        let known: &[&str] = match kind.as_str() {
            "PARQUET" => &["compression", "snappy_compression", "type", "use_vectorized_scanner"],
            "JSON" => &["compression", "file_extension", "strip_outer_array", "type"],
            "CSV" => &[
                "compression",
                "field_delimiter",
                "field_optionally_enclosed_by",
                "file_extension",
                "null_if",
                "skip_header",
                "type",
            ],
            _ => {
                return Err(QueryError::NotDone {
                    statement: format!("COPY INTO @stage … FILE_FORMAT = (TYPE = {kind})"),
                }
                .into());
            }
        };
        known_only(options, &kind, known)?;
        let mut output = OutputOptions::default();
        let is_parquet = kind == "PARQUET";
        output.format = match kind.as_str() {
            "PARQUET" => OutputFormat::Parquet,
            "JSON" => OutputFormat::Ndjson,
            _ => {
                output.csv = self.csv(options)?;
                OutputFormat::Csv
            }
        };
        let form = FileForm {
            compression: compression(options, is_parquet)?,
            options: output,
            documents: kind == "JSON" && is_document,
            anonymous: is_parquet && !self.header,
        };
        let ending = match options.get("file_extension") {
            Some(extension) => form.ending(extension.trim_start_matches('.')),
            None if form.compression == Compression::Snappy => ".snappy.parquet".to_owned(),
            None => form.ending(&kind.to_lowercase()),
        };
        Ok((form, ending))
    }

    fn csv(&self, options: &Properties) -> Result<CsvForm, SessionError> {
        let wrong =
            |name: &str, text: &str| SessionError::refused(format!("{name} is one character, not `{text}`"), None);
        let delimiter = options.get("field_delimiter").unwrap_or(",");
        let quote = match options.get("field_optionally_enclosed_by") {
            None => None,
            Some(none) if none.eq_ignore_ascii_case("none") => None,
            Some("\"") => Some('"'),
            Some("'") => Some('\''),
            Some(other) => return Err(wrong("FIELD_OPTIONALLY_ENCLOSED_BY", other)),
        };
        Ok(CsvForm {
            delimiter: delimiter_of(delimiter).ok_or_else(|| wrong("FIELD_DELIMITER", delimiter))?,
            header: self.header,
            null_text: options
                .get("null_if")
                .unwrap_or("\\N")
                .split(',')
                .next()
                .unwrap_or_default()
                .to_owned(),
            quote,
            times_of_hive: false,
        })
    }

    fn answer(&self, unloaded: &Unloaded) -> Answer {
        let files = &unloaded.files;
        if self.detailed {
            return Rows::new()
                .text("file_name", files.iter().map(|file| Some(file.uri.as_str())))
                .numbers("file_size", files.iter().map(|file| Some(file.bytes as i64)))
                .numbers("row_count", files.iter().map(|file| Some(file.rows as i64)))
                .answer();
        }
        Rows::new()
            .numbers("rows_unloaded", [Some(unloaded.rows() as i64)])
            .numbers("input_bytes", [Some(unloaded.plain_bytes as i64)])
            .numbers("output_bytes", [Some(unloaded.bytes() as i64)])
            .answer()
    }
}

fn compression(options: &Properties, is_parquet: bool) -> Result<Compression, SessionError> {
    let is_off = options
        .get("snappy_compression")
        .is_some_and(|value| value.eq_ignore_ascii_case("false"));
    let named = options.get("compression").unwrap_or("AUTO").to_uppercase();
    match (named.as_str(), is_parquet) {
        ("AUTO", true) if is_off => Ok(Compression::None),
        ("AUTO" | "SNAPPY", true) => Ok(Compression::Snappy),
        ("NONE", _) => Ok(Compression::None),
        ("AUTO" | "GZIP", false) => Ok(Compression::Gzip),
        ("ZSTD", false) => Ok(Compression::Zstd(3)),
        (_, true) => Err(SessionError::refused(
            format!("COMPRESSION of Parquet is AUTO, SNAPPY or NONE, not {named}"),
            None,
        )),
        (_, false) => Err(SessionError::refused(
            format!("COMPRESSION of text is AUTO, GZIP, ZSTD or NONE, not {named}"),
            None,
        )),
    }
}
