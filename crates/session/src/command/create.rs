//! What is to be created, and what becomes of one that is there.

use flowtrail_query::QueryError;

use super::{Command, database, external_table, function, integration, pipe, stage, table, view, warehouse};
use crate::cursor::{Cursor, Read};
use crate::session::{Creating, Creation};

/// Reads `CREATE …`; `None` for what nobody here knows.
pub fn read(mut cursor: Cursor<'_>) -> Result<Option<Command>, QueryError> {
    cursor.expect(&["CREATE"])?;
    let or_replace = cursor.takes(&["OR", "REPLACE"]);
    // A statement of two products: what either calls secure, recursive or protected is a view like others here.
    while cursor
        .takes_one_of(&["SECURE", "RECURSIVE", "PROTECTED", "MULTI", "DIALECT"])
        .is_some()
    {}
    let how = if or_replace { Creation::OrReplace } else { Creation::New };
    if cursor.takes(&["VIEW"]) {
        return view::CreateView::read(how, cursor).map(|read| Some(Command::CreateView(read)));
    }
    if cursor.takes(&["EXTERNAL", "TABLE"]) {
        let read = external_table::CreateExternalTable::read(how, cursor)?;
        return Ok(Some(Command::CreateExternalTable(Box::new(read))));
    }
    let is_passing = cursor.takes_one_of(&["TRANSIENT", "TEMPORARY", "TEMP"]);
    if let Some(word) = is_passing.filter(|word| *word != "TRANSIENT") {
        return Err(QueryError::NotDone {
            statement: format!("CREATE {word}"),
        });
    }
    if cursor.takes(&["TABLE"]) {
        return table::CreateTable::read(how, cursor).map(|read| Some(Command::CreateTable(read)));
    }
    if cursor.is(&["DATABASE"]) || cursor.is(&["SCHEMA"]) {
        return database::CreateDatabase::read(how, cursor).map(|read| Some(Command::CreateDatabase(read)));
    }
    if cursor.takes(&["FUNCTION"]) {
        return function::CreateFunction::read(how, cursor).map(|read| Some(Command::CreateFunction(read)));
    }
    if cursor.takes(&["STORAGE", "INTEGRATION"]) {
        return integration::CreateIntegration::read(how, cursor).map(|read| Some(Command::CreateIntegration(read)));
    }
    if cursor.takes(&["STAGE"]) {
        return stage::CreateStage::read(how, cursor).map(|read| Some(Command::CreateStage(read)));
    }
    if cursor.takes(&["FILE", "FORMAT"]) {
        return stage::CreateFileFormat::read(how, cursor).map(|read| Some(Command::CreateFileFormat(read)));
    }
    if cursor.takes(&["WAREHOUSE"]) {
        return warehouse::CreateWarehouse::read(how, cursor).map(|read| Some(Command::CreateWarehouse(read)));
    }
    if cursor.takes(&["PIPE"]) {
        return pipe::CreatePipe::read(how, cursor).map(|read| Some(Command::CreatePipe(read)));
    }
    Ok(None)
}

/// `IF NOT EXISTS`, where it may stand.
pub fn if_not_exists(how: Creation, cursor: &mut Cursor<'_>) -> Read<Creation> {
    if !cursor.is(&["IF", "NOT", "EXISTS"]) {
        return Ok(how);
    }
    if how == Creation::OrReplace {
        return Err(cursor.error("OR REPLACE and IF NOT EXISTS contradict each other"));
    }
    cursor.if_not_exists();
    Ok(Creation::IfNotExists)
}

/// What is said of a definition that was made: `view x created`.
pub fn told(noun: &str, name: &str, creating: Creating) -> String {
    match creating {
        Creating::Done => format!("{noun} {name} created"),
        Creating::Unchanged => format!("{noun} {name} was there already; nothing was changed"),
    }
}
