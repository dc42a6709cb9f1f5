//! `COPY INTO`: files of a stage into a table, each once.

use std::sync::Arc;

use flowtrail_catalog::{Definition, Kind, Properties};
use flowtrail_decode::LogKind;
use flowtrail_load::{
    CopiedObject, CsvFormat, FileFormat, LoadError, LoadOptions, Loader, OnError, Silent, Stop, Target,
};
use flowtrail_query::{Answer, Names, QueryError, Relation};
use flowtrail_source::{Object, Place};

use super::stage::{StagePath, StagePlace, whole_match};
use crate::cursor::{Cursor, Read};
use crate::rows::{Rows, status};
use crate::session::{required, required_here};
use crate::settings::Settings;
use crate::{Session, SessionError};

/// `COPY INTO table FROM @stage …`
#[derive(Clone, Debug)]
pub struct CopyInto {
    table: Vec<String>,
    from: From,
    files: Option<Vec<String>>,
    pattern: Option<String>,
    file_format: Properties,
    on_error: OnError,
    force: bool,
    pipe: Option<String>,
}

/// Where files are.
#[derive(Clone, Debug)]
enum From {
    Stage(StagePath),
    Place(String),
}

impl CopyInto {
    /// Reads the statement; records that cannot be read end it, unless it says otherwise.
    pub fn read(cursor: Cursor<'_>) -> Read<Self> {
        Self::read_with(cursor, OnError::Abort)
    }

    /// Reads the statement of the pipe `name`, which leaves out files that cannot be read.
    pub fn read_of_pipe(name: &str, cursor: Cursor<'_>) -> Read<Self> {
        Ok(Self {
            pipe: Some(name.to_owned()),
            ..Self::read_with(cursor, OnError::SkipObject)?
        })
    }

    fn read_with(mut cursor: Cursor<'_>, on_error: OnError) -> Read<Self> {
        cursor.expect(&["COPY"])?;
        cursor.expect(&["INTO"])?;
        let table = cursor.names()?;
        if cursor.is_symbol('(') {
            return Err(not_done("COPY INTO with columns"));
        }
        cursor.expect(&["FROM"])?;
        let from = if cursor.is_symbol('@') {
            From::Stage(StagePath::read(&mut cursor)?)
        } else if cursor.is_symbol('(') {
            return Err(not_done("COPY INTO … FROM (SELECT …)"));
        } else {
            From::Place(
                cursor
                    .text()
                    .map_err(|_| cursor.expected("a stage such as @my_stage, or a place in quotes"))?,
            )
        };
        cursor.check_closed()?;
        let place = cursor.clone();
        let mut settings = Settings::read(&mut cursor)?;
        cursor.end()?;
        let file_format = match settings.inner("file_format") {
            Ok(Some(inner)) => inner.into_properties(),
            Ok(None) => Properties::default(),
            Err(error) => return Err(error),
        };
        let on_error = match settings.text("on_error").map(|word| word.to_uppercase()).as_deref() {
            None => on_error,
            Some("CONTINUE") => OnError::Continue,
            Some("SKIP_FILE") => OnError::SkipObject,
            Some("ABORT_STATEMENT") => OnError::Abort,
            Some(other) => {
                return Err(place.error(&format!(
                    "ON_ERROR is CONTINUE, SKIP_FILE or ABORT_STATEMENT, not {other}"
                )));
            }
        };
        if settings.text("validation_mode").is_some() {
            return Err(not_done("COPY INTO … VALIDATION_MODE"));
        }
        if settings.flag("purge")? == Some(true) {
            return Err(not_done("COPY INTO … PURGE"));
        }
        let copy = Self {
            table,
            from,
            files: settings.texts("files"),
            pattern: settings.text("pattern"),
            file_format,
            on_error,
            force: settings.flag("force")?.unwrap_or(false),
            pipe: None,
        };
        settings.end()?;
        Ok(copy)
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        let names = session.names().await?;
        let copied = self.load(session, &names).await?;
        if copied.is_empty() {
            return Ok(status("Copy executed with 0 files processed."));
        }
        Ok(answer(&copied))
    }

    /// Loads what was not loaded before, and tells what became of each file.
    pub async fn load(&self, session: &Session, names: &Names) -> Result<Vec<CopiedObject>, SessionError> {
        let place = match &self.from {
            From::Stage(stage) => stage.place(session, names)?,
            From::Place(url) => StagePlace::of(session, url),
        };
        let format = format(&options_of(&self.file_format, &place.file_format, names)?)?;
        let (target, kind) = self.target(names, format)?;
        let objects = self.objects(&place).await?;
        let options = LoadOptions {
            kind,
            target,
            on_error: self.on_error,
            report_objects: true,
            pipe: self.pipe.clone(),
            ..LoadOptions::default()
        };
        let lake = session.engine().lake().clone();
        let loader = Loader::new(lake, options, Arc::new(Silent), Stop::default());
        let summary = loader.run_listed(&Arc::new(place.source().await?), objects).await;
        Ok(summary.map_err(told)?.copied)
    }

    /// The table the rows go into: one that somebody made, or that of a kind of log.
    fn target(
        &self,
        names: &Names,
        format: FileFormat,
    ) -> Result<(Option<Arc<Target>>, Option<LogKind>), SessionError> {
        let written = self.table.join(".");
        let defined = match names.resolve(&self.table) {
            Some((name, Relation::Defined(defined))) if names.full_name(&self.table).as_ref() == Some(&name) => defined,
            Some((name, Relation::BuiltIn(_))) => {
                let kind = LogKind::ALL
                    .into_iter()
                    .find(|kind| name.in_schema() == format!("logs.{}", kind.as_str()));
                let none =
                    || SessionError::refused(format!("`{name}` is Flowtrail's own; nothing is copied into it"), None);
                if self.force || !self.file_format.is_empty() {
                    let hint = "leave FORCE and FILE_FORMAT out: what an object is is told by its content";
                    return Err(SessionError::refused(
                        format!("`{name}` takes logs, each object once"),
                        Some(hint),
                    ));
                }
                return Ok((None, Some(kind.ok_or_else(none)?)));
            }
            Some((name, Relation::BuiltInView(_))) => {
                return Err(SessionError::refused(
                    format!("`{name}` is a view; rows go into tables"),
                    None,
                ));
            }
            _ => required_here(names, Kind::Relation, &self.table)?,
        };
        let Definition::Table(table) = &defined.definition else {
            let message = format!("`{written}` is a {}; rows go into tables", defined.definition.noun());
            return Err(SessionError::refused(message, None));
        };
        let variant = match table.columns.as_slice() {
            [only] if only.column_type == flowtrail_catalog::ColumnType::Variant => Some(only.name.clone()),
            _ => None,
        };
        let target = Target {
            name: defined.name.to_string(),
            table: table.definition(&defined.name),
            variant,
            format,
            force: self.force,
        };
        Ok((Some(Arc::new(target)), None))
    }

    /// The files that are meant.
    async fn objects(&self, place: &StagePlace) -> Result<Vec<Object>, SessionError> {
        let mut objects = place.objects().await?;
        if let Some(pattern) = &self.pattern {
            let pattern = whole_match(pattern)?;
            objects.retain(|object| pattern.is_match(&decoded(&object.uri)));
        }
        let Some(files) = &self.files else {
            return Ok(objects);
        };
        let folder = folder_of(&place.url);
        let is_file = |object: &Object, file: &String| {
            let uri = decoded(&object.uri);
            let below = uri.strip_prefix(&folder);
            let below = below.or_else(|| uri.strip_prefix("file://")?.strip_prefix(&folder));
            below == Some(file.trim_start_matches('/'))
        };
        for file in files {
            if !objects.iter().any(|object| is_file(object, file)) {
                let message = format!("there is no file `{file}` in `{}`", place.url);
                return Err(SessionError::refused(
                    message,
                    Some("LIST @stage lists the files there are"),
                ));
            }
        }
        objects.retain(|object| files.iter().any(|file| is_file(object, file)));
        Ok(objects)
    }
}

/// What ended a load early, in the words of the statement.
fn told(error: LoadError) -> SessionError {
    match error {
        LoadError::Aborted { .. } => SessionError::refused(
            error.to_string(),
            Some(
                "ON_ERROR = CONTINUE leaves out what cannot be read, SKIP_FILE its file; what batches of files before it \
                 brought stays, and is in system.load_history",
            ),
        ),
        error => error.into(),
    }
}

/// A place as objects below it are named, with a slash at its end: links in a folder's name are resolved.
fn folder_of(url: &str) -> String {
    let real = match url.parse::<Place>() {
        Ok(Place::Path(path)) => path.canonicalize().ok().map(|path| path.display().to_string()),
        _ => None,
    };
    format!("{}/", real.as_deref().unwrap_or(url).trim_end_matches('/'))
}

/// An object's name as people write it: that of a file is encoded.
fn decoded(uri: &str) -> String {
    let path = uri.starts_with("file://").then(|| uri.parse::<Place>().ok()).flatten();
    match path {
        Some(Place::Path(path)) => format!("file://{}", path.display()),
        _ => uri.to_owned(),
    }
}

/// The options of a format: the statement's, else the stage's; those of a format that is named, where one is.
pub fn options_of(of_statement: &Properties, of_stage: &Properties, names: &Names) -> Result<Properties, SessionError> {
    let options = if of_statement.is_empty() {
        of_stage
    } else {
        of_statement
    };
    let Some(name) = options.get("format_name") else {
        return Ok(options.clone());
    };
    let parts: Vec<String> = name.split('.').map(str::to_lowercase).collect();
    let defined = required(names, Kind::FileFormat, &parts)?;
    match &defined.definition {
        Definition::FileFormat(format) => Ok(format.options.clone()),
        _ => Ok(options.clone()),
    }
}

/// That a format has no option that is not known.
pub fn known_only(options: &Properties, kind: &str, known: &[&str]) -> Result<(), SessionError> {
    let is_unknown = |name: &str| !known.contains(&name.to_lowercase().as_str());
    let Some((unknown, _)) = options.iter().find(|(name, _)| is_unknown(name)) else {
        return Ok(());
    };
    let message = format!(
        "the option {} of {kind} files is not known here",
        unknown.to_uppercase()
    );
    let hint = format!("known are {}", known.join(", ").to_uppercase());
    Err(SessionError::refused(message, Some(&hint)))
}

/// How files are read.
fn format(options: &Properties) -> Result<FileFormat, SessionError> {
    let kind = options.get("type").unwrap_or("CSV").to_uppercase();
    let known: &[&str] = match kind.as_str() {
        "PARQUET" => &["compression", "snappy_compression", "type", "use_vectorized_scanner"],
        "JSON" => &["compression", "strip_outer_array", "type"],
        "CSV" => &[
            "compression",
            "field_delimiter",
            "field_optionally_enclosed_by",
            "null_if",
            "skip_header",
            "type",
        ],
        other => return Err(not_done(&format!("FILE_FORMAT = (TYPE = {other})")).into()),
    };
    known_only(options, &kind, known)?;
    Ok(match kind.as_str() {
        "PARQUET" => FileFormat::Parquet,
        "JSON" => FileFormat::Json {
            strip_outer_array: options
                .get("strip_outer_array")
                .is_some_and(|value| value.eq_ignore_ascii_case("true")),
        },
        _ => FileFormat::Csv(csv(options)?),
    })
}

fn csv(options: &Properties) -> Result<CsvFormat, SessionError> {
    let one_byte = |name: &str, text: &str| match text {
        "\\t" => Ok(b'\t'),
        text if text.len() == 1 => Ok(text.as_bytes()[0]),
        text => Err(SessionError::refused(
            format!("{name} is one character, not `{text}`"),
            None,
        )),
    };
    let enclosed = options.get("field_optionally_enclosed_by");
    Ok(CsvFormat {
        delimiter: one_byte("FIELD_DELIMITER", options.get("field_delimiter").unwrap_or(","))?,
        skip_header: match options.get("skip_header") {
            None => 0,
            Some(lines) => lines
                .parse()
                .map_err(|_| SessionError::refused(format!("SKIP_HEADER is a number of lines, not `{lines}`"), None))?,
        },
        quote: enclosed
            .filter(|text| !text.eq_ignore_ascii_case("none"))
            .map(|text| one_byte("FIELD_OPTIONALLY_ENCLOSED_BY", text))
            .transpose()?,
        null_if: options
            .get("null_if")
            .unwrap_or("\\N")
            .split(',')
            .map(str::to_owned)
            .collect(),
    })
}

/// Snowflake's row for each file.
fn answer(copied: &[CopiedObject]) -> Answer {
    let status = |copied: &CopiedObject| match copied.status {
        "loaded" | "unchanged" => "LOADED",
        "loaded_with_rejects" => "PARTIALLY_LOADED",
        "skipped" => "LOAD_SKIPPED",
        _ => "LOAD_FAILED",
    };
    let line = |copied: &CopiedObject| {
        let place = copied.first_error.as_ref()?.strip_prefix("line ")?;
        place.split([':', ' ']).next()?.parse().ok()
    };
    Rows::new()
        .text("file", copied.iter().map(|copied| Some(&copied.uri)))
        .text("status", copied.iter().map(|copied| Some(status(copied))))
        .numbers(
            "rows_parsed",
            copied.iter().map(|copied| Some(copied.rows_parsed as i64)),
        )
        .numbers(
            "rows_loaded",
            copied.iter().map(|copied| Some(copied.rows_loaded as i64)),
        )
        .numbers(
            "errors_seen",
            copied.iter().map(|copied| Some(copied.errors_seen as i64)),
        )
        .text("first_error", copied.iter().map(|copied| copied.first_error.as_ref()))
        .numbers("first_error_line", copied.iter().map(line))
        .answer()
}

fn not_done(statement: &str) -> QueryError {
    QueryError::NotDone {
        statement: statement.to_owned(),
    }
}
