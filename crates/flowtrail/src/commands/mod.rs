//! One file a command.

mod aws;
mod crawl;
mod dashboard;
mod demo;
mod generate;
mod load;
mod maintain;
mod pages;
mod pipes;
mod relationalize;
mod repeat;
mod serve;
mod sql;
mod tables;
mod watch;

use std::process::ExitCode;

use flowtrail_lake::Lake;
use flowtrail_query::{AnswerFolder, CacheLimits, Engine, EngineSettings};
use flowtrail_session::Session;
use flowtrail_source::AwsSettings;

use crate::arguments::{Arguments, Command};
use crate::failure::Failure;

/// Answers on disk take at most so much.
const ANSWER_FOLDER_BYTES: u64 = 1 << 30;

/// What a command ends with.
pub type Outcome = Result<ExitCode, Failure>;

/// What every command is told beside its own arguments.
pub struct Context {
    /// The lake that was named, if one was.
    pub lake_name: Option<String>,
    /// Answer for machines.
    pub json: bool,
    /// How AWS is reached.
    pub aws: AwsSettings,
}

impl Context {
    /// Opens the lake.
    pub async fn lake(&self) -> Result<Lake, Failure> {
        let name = match &self.lake_name {
            Some(name) => name.clone(),
            None => data_folder()?.join("lake").display().to_string(),
        };
        Ok(Lake::open(&name, &self.aws).await?)
    }

    /// Opens the lake for questions.
    pub async fn engine(&self) -> Result<Engine, Failure> {
        self.engine_with(EngineSettings::default()).await
    }

    /// Opens the lake for questions, set up otherwise than usual.
    async fn engine_with(&self, settings: EngineSettings) -> Result<Engine, Failure> {
        let lake = self.lake().await?;
        let caches = CacheLimits {
            answer_folder: answer_folder(&lake),
            ..settings.caches
        };
        let settings = EngineSettings {
            aws: self.aws.clone(),
            caches,
            ..settings
        };
        Ok(Engine::new(lake, settings)?)
    }

    /// Opens the lake for statements of every kind.
    pub async fn session(&self, settings: EngineSettings) -> Result<Session, Failure> {
        Ok(Session::new(self.engine_with(settings).await?, self.aws.clone()))
    }
}

/// Where answers are kept for processes to come: in a lake that is a folder, else in the user's cache.
fn answer_folder(lake: &Lake) -> Option<AnswerFolder> {
    let path = match lake.folder() {
        Some(folder) => folder.join("cache").join("answers"),
        None => dirs::cache_dir()?.join("flowtrail").join("answers"),
    };
    Some(AnswerFolder {
        path,
        limit_bytes: ANSWER_FOLDER_BYTES,
    })
}

/// Where Flowtrail keeps what nobody named a place for.
pub fn data_folder() -> Result<std::path::PathBuf, Failure> {
    let folder = dirs::data_dir().ok_or_else(|| {
        Failure::new(
            "this user has no data directory for a lake",
            Some("name one with --lake FOLDER or FLOWTRAIL_LAKE"),
        )
    })?;
    Ok(folder.join("flowtrail"))
}

/// Runs the command.
pub async fn run(arguments: Arguments) -> Outcome {
    let context = Context {
        lake_name: arguments.lake.filter(|lake| !lake.is_empty()),
        json: arguments.json,
        aws: AwsSettings::from(&arguments.aws),
    };
    match arguments.command {
        Command::Demo(demo) => demo::run(&context, &demo).await,
        Command::Load(load) => load::run(&context, &load).await,
        Command::Serve(serve) => serve::run(&context, &serve).await,
        Command::Sql(sql) => sql::run(&context, sql).await,
        Command::Crawl(crawl) => crawl::run(&context, &crawl).await,
        Command::Relationalize(relationalize) => relationalize::run(&context, &relationalize).await,
        Command::Dashboard(command) => dashboard::run(&context, &command).await,
        Command::History(history) => tables::history(&context, &history).await,
        Command::Tables => tables::list(&context).await,
        Command::Describe { table } => tables::describe(&context, &table).await,
        Command::Compact { tables } => maintain::compact(&context, &tables).await,
        Command::Retain(retain) => maintain::retain(&context, &retain).await,
        Command::Vacuum(vacuum) => maintain::vacuum(&context, &vacuum).await,
        Command::Aws(command) => aws::run(&context, &command).await,
        Command::Generate(generate) => generate::run(&context, &generate),
        Command::Completions { shell } => pages::completions(shell),
        Command::Man { folder } => pages::man(&folder),
    }
}
