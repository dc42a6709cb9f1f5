//! Statements that are no questions, one file a family: how each is read, and what it does.

mod alter_table;
mod copy;
mod copy_out;
mod copy_select;
mod copy_validation;
mod crawl;
mod create;
mod database;
mod drop;
mod external_table;
mod file_format;
mod function;
mod integration;
mod partition;
mod pipe;
mod prepare;
mod relationalize;
mod show;
mod stage;
mod table;
#[cfg(test)]
mod tests;
mod unload;
mod view;
pub(crate) mod warehouse;

pub use copy::CopyInto;
use flowtrail_query::{Answer, QueryError};
pub use integration::reaches;
pub use pipe::names_in;
pub use prepare::Prepared;

use crate::cursor::Cursor;
use crate::{Session, SessionError};

/// A statement that is no question, read.
#[derive(Debug)]
pub enum Command {
    CreateDatabase(database::CreateDatabase),
    Use(database::Use),
    SetAccent(database::SetAccent),
    CreateView(view::CreateView),
    CreateTable(table::CreateTable),
    Insert(table::Insert),
    Copy(CopyInto),
    CopyOut(Box<copy_out::CopyOut>),
    Unload(Box<unload::Unload>),
    Crawl(crawl::Crawl),
    Relationalize(relationalize::Relationalize),
    CreateExternalTable(Box<external_table::CreateExternalTable>),
    AddPartitions(partition::AddPartitions),
    DropPartitions(partition::DropPartitions),
    AlterTable(alter_table::AlterTable),
    RepairTable(alter_table::RepairTable),
    CreateFunction(function::CreateFunction),
    CreateIntegration(integration::CreateIntegration),
    DescribeIntegration(integration::DescribeIntegration),
    CreateStage(stage::CreateStage),
    CreateFileFormat(stage::CreateFileFormat),
    List(stage::List),
    CreateWarehouse(warehouse::CreateWarehouse),
    CreatePipe(pipe::CreatePipe),
    AlterPipe(pipe::AlterPipe),
    Drop(drop::Drop),
    Prepare(prepare::Prepare),
    Execute(prepare::Execute),
    Deallocate(prepare::Deallocate),
    Show(show::Show),
}

/// Reads a statement; `None` where it is for the engine.
pub fn read(sql: &str) -> Result<Option<Command>, QueryError> {
    let cursor = Cursor::new(sql);
    let first = cursor.peek().map(|token| token.text.to_ascii_uppercase());
    if let Some("CREATE" | "DROP" | "ALTER" | "INSERT" | "USE" | "MSCK" | "CRAWL" | "RELATIONALIZE") = first.as_deref()
    {
        cursor.check_closed()?;
    }
    let command = match first.as_deref() {
        Some("CREATE") => create::read(cursor)?,
        Some("DROP") => drop::Drop::read(cursor)?.map(Command::Drop),
        Some("ALTER") => alter_table::read(cursor)?,
        Some("MSCK") => Some(Command::RepairTable(alter_table::RepairTable::read(cursor)?)),
        Some("INSERT") => Some(Command::Insert(table::Insert::read(cursor)?)),
        Some("UNLOAD") => Some(Command::Unload(Box::new(unload::Unload::read(cursor)?))),
        Some("COPY") if copy_out::CopyOut::is_next(&cursor) => {
            Some(Command::CopyOut(Box::new(copy_out::CopyOut::read(cursor)?)))
        }
        Some("COPY") => Some(Command::Copy(CopyInto::read(cursor)?)),
        Some("PREPARE") => Some(Command::Prepare(prepare::Prepare::read(cursor)?)),
        Some("EXECUTE") => Some(Command::Execute(prepare::Execute::read(cursor)?)),
        Some("DEALLOCATE") => Some(Command::Deallocate(prepare::Deallocate::read(cursor)?)),
        Some("CRAWL") => Some(Command::Crawl(crawl::Crawl::read(cursor)?)),
        Some("RELATIONALIZE") => Some(Command::Relationalize(relationalize::Relationalize::read(cursor)?)),
        Some("USE") => Some(Command::Use(database::Use::read(cursor)?)),
        Some("LIST" | "LS") => Some(Command::List(stage::List::read(cursor)?)),
        Some("SET") => database::SetAccent::read(cursor)?.map(Command::SetAccent),
        Some("SHOW") if cursor.is(&["SHOW", "ACCENT"]) => database::SetAccent::read(cursor)?.map(Command::SetAccent),
        Some("SHOW") => show::Show::read(cursor)?.map(Command::Show),
        Some("DESC" | "DESCRIBE") => describe(cursor)?,
        _ => None,
    };
    Ok(command)
}

fn describe(mut cursor: Cursor<'_>) -> Result<Option<Command>, QueryError> {
    cursor.skip();
    if cursor.takes(&["STORAGE", "INTEGRATION"]) || cursor.takes(&["INTEGRATION"]) {
        return integration::DescribeIntegration::read(cursor).map(|read| Some(Command::DescribeIntegration(read)));
    }
    Ok(None)
}

impl Command {
    /// Does it.
    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        match self {
            Self::CreateDatabase(create) => create.run(session).await,
            Self::Use(to) => to.run(session).await,
            Self::SetAccent(set) => Ok(set.run(session)),
            Self::CreateView(create) => create.run(session).await,
            Self::CreateTable(create) => create.run(session).await,
            Self::Insert(insert) => insert.run(session).await,
            Self::Copy(copy) => copy.run(session).await,
            Self::CopyOut(copy) => copy.run(session).await,
            Self::Unload(unload) => unload.run(session).await,
            Self::Crawl(crawl) => crawl.run(session).await,
            Self::Relationalize(relationalize) => relationalize.run(session).await,
            Self::CreateExternalTable(create) => create.run(session).await,
            Self::AddPartitions(add) => add.run(session).await,
            Self::DropPartitions(drop) => drop.run(session).await,
            Self::AlterTable(alter) => alter.run(session).await,
            Self::RepairTable(repair) => repair.run(session).await,
            Self::CreateFunction(create) => create.run(session).await,
            Self::CreateIntegration(create) => create.run(session).await,
            Self::DescribeIntegration(describe) => describe.run(session).await,
            Self::CreateStage(create) => create.run(session).await,
            Self::CreateFileFormat(create) => create.run(session).await,
            Self::List(list) => list.run(session).await,
            Self::CreateWarehouse(create) => create.run(session).await,
            Self::CreatePipe(create) => create.run(session).await,
            Self::AlterPipe(alter) => alter.run(session).await,
            Self::Drop(drop) => drop.run(session).await,
            Self::Prepare(prepare) => prepare.run(session).await,
            Self::Execute(execute) => execute.run(session).await,
            Self::Deallocate(deallocate) => deallocate.run(session),
            Self::Show(show) => show.run(session).await,
        }
    }
}
