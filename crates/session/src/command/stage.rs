//! Stages, the files in them, and how those are read.

use flowtrail_catalog::{Definition, FileFormat, Integration, Kind, Properties, Stage};
use flowtrail_query::{Answer, Names};
use flowtrail_source::{AwsSettings, Object, Source, SourceError};
use futures::TryStreamExt;
use regex::Regex;

use super::create::{if_not_exists, told};
use super::integration::reaches;
use crate::cursor::{Cursor, Read};
use crate::rows::{Rows, status};
use crate::session::{Creation, new_name, required};
use crate::settings::Settings;
use crate::{Session, SessionError};

/// `CREATE STAGE`
#[derive(Debug)]
pub struct CreateStage {
    name: Vec<String>,
    stage: Stage,
    how: Creation,
}

impl CreateStage {
    pub fn read(how: Creation, mut cursor: Cursor<'_>) -> Read<Self> {
        let how = if_not_exists(how, &mut cursor)?;
        let name = cursor.names()?;
        let place = cursor.clone();
        let mut settings = Settings::read(&mut cursor)?;
        cursor.end()?;
        let Some(url) = settings.text("url") else {
            return Err(place.error("URL is missing; a stage is a place outside, such as url = 's3://bucket/prefix/'"));
        };
        let file_format = match settings.inner("file_format")? {
            Some(inner) => inner.into_properties(),
            None => Properties::default(),
        };
        let stage = Stage {
            url,
            integration: settings.text("storage_integration").map(|name| name.to_lowercase()),
            file_format,
            comment: settings.text("comment"),
        };
        settings.end()?;
        Ok(Self { name, stage, how })
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        let names = session.names().await?;
        let name = new_name(&names, &self.name)?;
        session.check_reach(&self.stage.url)?;
        if let Some(integration) = &self.stage.integration {
            integration_for(&names, integration, &self.stage.url)?;
        }
        let creating = session.define(&name, Definition::Stage(self.stage), self.how).await?;
        Ok(status(told("stage", &self.name.join("."), creating)))
    }
}

/// The integration of that name, which must be on and reach the place.
fn integration_for(names: &Names, name: &str, url: &str) -> Result<Integration, SessionError> {
    let defined = required(names, Kind::Integration, &[name.to_owned()])?;
    let Definition::Integration(integration) = &defined.definition else {
        return Err(SessionError::refused(format!("`{name}` is no integration"), None));
    };
    if !integration.is_enabled {
        return Err(SessionError::refused(
            format!("integration `{name}` is not enabled"),
            None,
        ));
    }
    if !reaches(integration, url) {
        let message = format!("integration `{name}` does not allow `{url}`");
        let hint = format!("it allows {}", integration.allowed.join(", "));
        return Err(SessionError::refused(message, Some(&hint)));
    }
    Ok(integration.clone())
}

/// `CREATE FILE FORMAT`
#[derive(Debug)]
pub struct CreateFileFormat {
    name: Vec<String>,
    options: Properties,
    how: Creation,
}

impl CreateFileFormat {
    pub fn read(how: Creation, mut cursor: Cursor<'_>) -> Read<Self> {
        let how = if_not_exists(how, &mut cursor)?;
        let name = cursor.names()?;
        let options = Settings::read(&mut cursor)?.into_properties();
        cursor.end()?;
        Ok(Self { name, options, how })
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        let names = session.names().await?;
        let name = new_name(&names, &self.name)?;
        let definition = Definition::FileFormat(FileFormat { options: self.options });
        let creating = session.define(&name, definition, self.how).await?;
        Ok(status(told("file format", &self.name.join("."), creating)))
    }
}

/// `@stage/path`, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StagePath {
    name: Vec<String>,
    path: String,
}

impl StagePath {
    /// Reads `@database.schema.stage/path/to/files`, which may stand in quotes.
    pub fn read(cursor: &mut Cursor<'_>) -> Read<Self> {
        if !cursor.takes_symbol('@') {
            return Err(cursor.expected("a stage such as @my_stage/path/"));
        }
        let name = cursor.names()?;
        Ok(Self {
            name,
            path: cursor.path(),
        })
    }

    /// Whether the stage itself is meant, and no path below it.
    pub fn is_whole(&self) -> bool {
        self.path.trim_start_matches('/').is_empty()
    }

    /// The place that is meant, and how it is reached.
    pub fn place(&self, session: &Session, names: &Names) -> Result<StagePlace, SessionError> {
        let defined = required(names, Kind::Stage, &self.name)?;
        let Definition::Stage(stage) = &defined.definition else {
            return Err(SessionError::refused(format!("`{}` is no stage", defined.name), None));
        };
        let folder = format!("{}/", stage.url.trim_end_matches('/'));
        let url = match self.path.trim_start_matches('/') {
            "" => stage.url.clone(),
            path => format!("{folder}{path}"),
        };
        session.check_reach(&url)?;
        let place = match &stage.integration {
            Some(name) => StagePlace::of_integration(session, names, name, &url)?,
            None => StagePlace::of(session, &url),
        };
        Ok(StagePlace {
            file_format: stage.file_format.clone(),
            ..place
        })
    }
}

/// The place of a stage's files.
#[derive(Clone, Debug)]
pub struct StagePlace {
    /// The place meant, which is the stage's own or below it.
    pub url: String,
    /// How it is reached.
    pub aws: AwsSettings,
    /// The stage's `FILE_FORMAT`.
    pub file_format: Properties,
    /// What names the only places that are reached, where something does.
    pub integration: Option<Integration>,
}

impl StagePlace {
    /// A place that a statement names itself, reached with the user's own credentials.
    pub fn of(session: &Session, url: &str) -> Self {
        Self {
            url: url.to_owned(),
            aws: session.aws().clone(),
            file_format: Properties::default(),
            integration: None,
        }
    }

    /// A place that is reached as an integration says, which must list it.
    pub fn of_integration(session: &Session, names: &Names, name: &str, url: &str) -> Result<Self, SessionError> {
        let mut place = Self::of(session, url);
        let integration = integration_for(names, name, url)?;
        if let Some(role_arn) = &integration.role_arn {
            place.aws.role_arn = Some(role_arn.clone());
            place.aws.external_id = Some(integration.external_id.clone());
        }
        place.integration = Some(integration);
        Ok(place)
    }

    /// The place, opened.
    pub async fn source(&self) -> Result<Source, SourceError> {
        Box::pin(Source::open(&self.url.parse()?, &self.aws)).await
    }

    /// All files below the place, in order of name, but those that its integration blocks; none where there is no such
    /// place in the bucket.
    pub async fn objects(&self) -> Result<Vec<Object>, SourceError> {
        let source = match self.source().await {
            Err(SourceError::NotFound { .. }) => return Ok(Vec::new()),
            source => source?,
        };
        let mut objects: Vec<Object> = match source.list().try_collect().await {
            Err(SourceError::NotFound { .. }) => return Ok(Vec::new()),
            listed => listed?,
        };
        if let Some(integration) = &self.integration {
            objects.retain(|object| reaches(integration, &object.uri));
        }
        Ok(objects)
    }
}

/// `LIST @stage`
#[derive(Debug)]
pub struct List {
    stage: StagePath,
    pattern: Option<String>,
}

impl List {
    pub fn read(mut cursor: Cursor<'_>) -> Read<Self> {
        cursor.skip();
        let stage = StagePath::read(&mut cursor)?;
        let mut settings = Settings::read(&mut cursor)?;
        cursor.end()?;
        let pattern = settings.text("pattern");
        settings.end()?;
        Ok(Self { stage, pattern })
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        let names = session.names().await?;
        let pattern = self.pattern.as_deref().map(whole_match).transpose()?;
        let mut objects = self.stage.place(session, &names)?.objects().await?;
        objects.retain(|object| pattern.as_ref().is_none_or(|pattern| pattern.is_match(&object.uri)));
        Ok(Rows::new()
            .text("name", objects.iter().map(|object| Some(object.uri.as_str())))
            .numbers("size", objects.iter().map(|object| Some(object.size_bytes as i64)))
            .text("md5", objects.iter().map(|object| Some(object.etag.as_str())))
            .text(
                "last_modified",
                objects
                    .iter()
                    .map(|object| Some(object.last_modified.format("%a, %-d %b %Y %H:%M:%S GMT").to_string())),
            )
            .answer())
    }
}

/// A pattern that must match all of a name, as Snowflake's do.
pub fn whole_match(pattern: &str) -> Result<Regex, SessionError> {
    Regex::new(&format!("^(?:{pattern})$")).map_err(|error| {
        SessionError::refused(
            format!("the pattern `{pattern}` cannot be read: {error}"),
            Some("it is a regular expression, such as '.*[.]parquet'"),
        )
    })
}
