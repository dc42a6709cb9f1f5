//! `COPY INTO`: files of a stage into a table, each once.

use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use flowtrail_catalog::{Definition, Kind, Properties};
use flowtrail_decode::LogKind;
use flowtrail_lake::TableDefinition;
use flowtrail_load::{
    CopiedObject, FileFormat, LoadError, LoadOptions, Loader, NameMatch, OnError, Silent, Stop, Target,
};
use flowtrail_query::{Answer, Names, QueryError, Relation};
use flowtrail_source::{Object, Place};

use super::copy_select::{Select, StagedFiles};
use super::copy_validation::Validation;
use super::file_format::{format, options_of};
use super::integration::reaches;
use super::stage::{StagePath, StagePlace, whole_match};
use crate::cursor::{Cursor, Read};
use crate::rows::{Rows, status};
use crate::session::required_here;
use crate::settings::Settings;
use crate::{Session, SessionError};

/// `COPY INTO table FROM @stage …`
#[derive(Clone, Debug)]
pub struct CopyInto {
    table: Vec<String>,
    /// The columns that rows go into, where not all.
    columns: Vec<String>,
    from: From,
    select: Option<Select>,
    names: Option<MatchNames>,
    validation: Option<Validation>,
    files: Option<Vec<String>>,
    pattern: Option<String>,
    file_format: Properties,
    on_error: OnError,
    force: bool,
    pipe: Option<String>,
}

/// `MATCH_BY_COLUMN_NAME`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MatchNames {
    By(NameMatch),
    None,
}

/// Where files are.
#[derive(Clone, Debug)]
pub enum From {
    Stage(StagePath),
    Place(String),
}

impl From {
    pub fn read(cursor: &mut Cursor<'_>) -> Read<Self> {
        if cursor.is_symbol('@') {
            return StagePath::read(cursor).map(Self::Stage);
        }
        let expected = |_| cursor.expected("a stage such as @my_stage, or a place in quotes");
        cursor.clone().text().map_err(expected)?;
        cursor.text().map(Self::Place)
    }
}

impl CopyInto {
    /// Reads the statement; records that cannot be read end it, unless it says otherwise.
    pub fn read(cursor: Cursor<'_>) -> Read<Self> {
        Self::read_with(cursor, OnError::Abort)
    }

    /// Reads the statement of the pipe `name`, which leaves out files that cannot be read.
    pub fn read_of_pipe(name: &str, cursor: Cursor<'_>) -> Read<Self> {
        let place = cursor.clone();
        let copy = Self::read_with(cursor, OnError::SkipObject)?;
        if copy.validation.is_some() {
            return Err(place.error("a pipe loads; VALIDATION_MODE is for a COPY by itself"));
        }
        if copy.on_error == OnError::Abort {
            return Err(place.error("a pipe goes on: its ON_ERROR is CONTINUE or SKIP_FILE"));
        }
        Ok(Self {
            pipe: Some(name.to_owned()),
            ..copy
        })
    }

    fn read_with(mut cursor: Cursor<'_>, on_error: OnError) -> Read<Self> {
        cursor.expect(&["COPY"])?;
        cursor.expect(&["INTO"])?;
        let table = cursor.names()?;
        let mut columns = Vec::new();
        if cursor.takes_symbol('(') {
            loop {
                columns.push(cursor.name()?);
                if !cursor.takes_symbol(',') {
                    break;
                }
            }
            cursor.expect_symbol(')')?;
        }
        cursor.expect(&["FROM"])?;
        let mut of_select = StagedFiles::default();
        let (from, select) = if cursor.takes_symbol('(') {
            let (select, from, files) = Select::read(&mut cursor)?;
            of_select = files;
            (from, Some(select))
        } else {
            (From::read(&mut cursor)?, None)
        };
        cursor.check_closed()?;
        let place = cursor.clone();
        let mut settings = Settings::read(&mut cursor)?;
        cursor.end()?;
        let file_format = match settings.inner("file_format")? {
            Some(inner) => inner.into_properties(),
            None => of_select.file_format,
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
        let validation = settings.text("validation_mode").map(|mode| mode.parse::<Validation>());
        let validation = validation.transpose().map_err(|why| place.error(&why))?;
        if validation.is_some() && select.is_some() {
            return Err(not_done("COPY INTO … FROM (SELECT …) VALIDATION_MODE"));
        }
        if settings.flag("purge")? == Some(true) {
            return Err(not_done("COPY INTO … PURGE"));
        }
        let names = match settings
            .text("match_by_column_name")
            .map(|word| word.to_uppercase())
            .as_deref()
        {
            None => None,
            Some("CASE_INSENSITIVE") => Some(MatchNames::By(NameMatch::CaseInsensitive)),
            Some("CASE_SENSITIVE") => Some(MatchNames::By(NameMatch::CaseSensitive)),
            Some("NONE") => Some(MatchNames::None),
            Some(other) => {
                return Err(place.error(&format!(
                    "MATCH_BY_COLUMN_NAME is CASE_INSENSITIVE, CASE_SENSITIVE or NONE, not {other}"
                )));
            }
        };
        if let (Some(MatchNames::By(_)), Some(_)) = (names, &select) {
            return Err(place.error("MATCH_BY_COLUMN_NAME and a SELECT do not go together"));
        }
        let copy = Self {
            table,
            columns,
            from,
            select,
            names,
            validation,
            files: settings.texts("files"),
            pattern: settings.text("pattern").or(of_select.pattern),
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
        if let Some(validation) = self.validation {
            return self.validate(session, &names, validation).await;
        }
        let copied = self.load(session, &names).await?;
        if copied.is_empty() {
            return Ok(status("Copy executed with 0 files processed."));
        }
        Ok(answer(&copied))
    }

    /// Loads what was not loaded before, and tells what became of each file.
    pub async fn load(&self, session: &Session, names: &Names) -> Result<Vec<CopiedObject>, SessionError> {
        let (place, options) = self.plan(session, names).await?;
        let objects = self.objects(&place).await?;
        let lake = session.engine().lake().clone();
        let loader = Loader::new(lake, options, Arc::new(Silent), Stop::default());
        let summary = loader.run_listed(&Arc::new(place.source().await?), objects).await;
        Ok(summary.map_err(told)?.copied)
    }

    /// Where the files are, and how they are loaded.
    pub async fn plan(&self, session: &Session, names: &Names) -> Result<(StagePlace, LoadOptions), SessionError> {
        let place = self.place(session, names)?;
        let format = format(&options_of(&self.file_format, &place.file_format, names)?)?;
        let (target, kind) = self.target(session, names, format).await?;
        let options = LoadOptions {
            kind,
            target,
            on_error: self.on_error,
            report_objects: true,
            pipe: self.pipe.clone(),
            ..LoadOptions::default()
        };
        Ok((place, options))
    }

    fn place(&self, session: &Session, names: &Names) -> Result<StagePlace, SessionError> {
        match &self.from {
            From::Stage(stage) => stage.place(session, names),
            From::Place(url) => {
                session.check_reach(url)?;
                Ok(StagePlace::of(session, url))
            }
        }
    }

    /// Tells what a load would bring, or what is wrong with it.
    async fn validate(&self, session: &Session, names: &Names, validation: Validation) -> Result<Answer, SessionError> {
        let place = self.place(session, names)?;
        let format = format(&options_of(&self.file_format, &place.file_format, names)?)?;
        let (Some(target), _) = self.target(session, names, format).await? else {
            return Err(not_done("VALIDATION_MODE of logs").into());
        };
        let objects = self.objects(&place).await?;
        let source = Arc::new(place.source().await?);
        validation.run(session, &target, &source, objects).await
    }

    /// The table the rows go into: one that somebody made, or that of a kind of log.
    async fn target(
        &self,
        session: &Session,
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
                let is_told_how = self.force
                    || !self.file_format.is_empty()
                    || !self.columns.is_empty()
                    || self.select.is_some()
                    || self.names.is_some();
                if is_told_how {
                    let hint = "leave FORCE, FILE_FORMAT, MATCH_BY_COLUMN_NAME, columns and a SELECT out: what an object is is \
                                told by its content";
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
        let table = table.definition(&defined.name);
        let columns = self.columns_of(&defined.name.to_string(), &table)?;
        let transform = match &self.select {
            Some(select) => Some(select.transform(session, columns.fields().len()).await?),
            None => None,
        };
        let names = self.matching(&format, variant.is_some(), columns.fields().len())?;
        let target = Target {
            name: defined.name.to_string(),
            table,
            columns,
            names,
            transform,
            variant,
            format,
            force: self.force,
        };
        Ok((Some(Arc::new(target)), None))
    }

    /// The columns that rows go into.
    fn columns_of(&self, table: &str, definition: &TableDefinition) -> Result<SchemaRef, SessionError> {
        if self.columns.is_empty() {
            return Ok(Arc::clone(&definition.columns));
        }
        let declared = &definition.columns;
        let mut fields = Vec::new();
        for (number, name) in self.columns.iter().enumerate() {
            if self.columns[..number].contains(name) {
                return Err(SessionError::refused(
                    format!("column `{name}` stands twice in the list of columns"),
                    None,
                ));
            }
            let found = declared
                .fields()
                .iter()
                .find(|field| field.name().eq_ignore_ascii_case(name));
            let field = found.ok_or_else(|| {
                let known = declared.fields().iter().map(|field| field.name().as_str());
                let hint = flowtrail_query::similar(name, known).map(|name| format!("did you mean `{name}`?"));
                SessionError::refused(format!("`{table}` has no column `{name}`"), hint.as_deref())
            })?;
            fields.push(Arc::clone(field));
        }
        Ok(Arc::new(Schema::new(fields)))
    }

    /// How a file's columns find the table's.
    fn matching(
        &self,
        format: &FileFormat,
        is_variant: bool,
        columns: usize,
    ) -> Result<Option<NameMatch>, SessionError> {
        let refused = |message: &str, hint: &str| Err(SessionError::refused(message, Some(hint)));
        match (self.names, format) {
            (Some(MatchNames::By(_)), _) if is_variant => refused(
                "MATCH_BY_COLUMN_NAME goes with a table of several columns; the VARIANT of this one takes whole rows",
                "leave it out",
            ),
            (Some(MatchNames::By(_)), FileFormat::Csv(csv)) if !csv.parse_header => refused(
                "MATCH_BY_COLUMN_NAME of CSV goes with a line that has the names",
                "FILE_FORMAT = (TYPE = CSV PARSE_HEADER = TRUE)",
            ),
            (Some(MatchNames::None), FileFormat::Parquet) if !is_variant && self.select.is_none() && columns > 1 => {
                refused(
                    "a row of Parquet is one VARIANT where names do not match it with columns, and the table has several",
                    "MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE, or a SELECT of $1:name",
                )
            }
            (Some(MatchNames::By(names)), _) => Ok(Some(names)),
            (Some(MatchNames::None) | None, _) => Ok(None),
        }
    }

    /// Which files are meant, by their URIs, of those that may come to the place.
    pub fn admits(&self, place: &StagePlace) -> Result<impl Fn(&str) -> bool + Send + Sync + use<>, SessionError> {
        let pattern = self.pattern.as_deref().map(whole_match).transpose()?;
        let (files, integration) = (self.files.clone(), place.integration.clone());
        let folder = folder_of(&place.url);
        Ok(move |uri: &str| {
            let name = decoded(uri);
            let is_of_place =
                below(&name, &folder).is_some() || name.trim_end_matches('/') == folder.trim_end_matches('/');
            is_of_place
                && pattern.as_ref().is_none_or(|pattern| pattern.is_match(&name))
                && files
                    .as_ref()
                    .is_none_or(|files| files.iter().any(|file| is_file(&name, &folder, file)))
                && integration.as_ref().is_none_or(|integration| reaches(integration, uri))
        })
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
        let is_file = |object: &Object, file: &String| is_file(&decoded(&object.uri), &folder, file);
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

/// A name from a folder on; that of a file has a scheme before it.
fn below<'a>(name: &'a str, folder: &str) -> Option<&'a str> {
    let below = name.strip_prefix(folder);
    below.or_else(|| name.strip_prefix("file://")?.strip_prefix(folder))
}

/// Whether a name is that of the file `file` of a folder.
fn is_file(name: &str, folder: &str, file: &str) -> bool {
    below(name, folder) == Some(file.trim_start_matches('/'))
}

/// An object's name as people write it: that of a file is encoded.
fn decoded(uri: &str) -> String {
    let path = uri.starts_with("file://").then(|| uri.parse::<Place>().ok()).flatten();
    match path {
        Some(Place::Path(path)) => format!("file://{}", path.display()),
        _ => uri.to_owned(),
    }
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
