//! Functions in SQL.

use flowtrail_catalog::{Definition, Field, Function};
use flowtrail_query::{Answer, QueryError};

use super::create::{if_not_exists, told};
use crate::cursor::{Cursor, Read};
use crate::rows::status;
use crate::session::{Creation, new_name};
use crate::{Session, SessionError};

/// `CREATE FUNCTION name(a type, …) RETURNS type AS $$ expression $$`
#[derive(Debug)]
pub struct CreateFunction {
    name: Vec<String>,
    function: Function,
    how: Creation,
}

impl CreateFunction {
    pub fn read(how: Creation, mut cursor: Cursor<'_>) -> Read<Self> {
        let how = if_not_exists(how, &mut cursor)?;
        let name = cursor.names()?;
        cursor.expect_symbol('(')?;
        let mut parameters = Vec::new();
        while !cursor.takes_symbol(')') {
            let name = cursor.name()?;
            let data_type = cursor.type_text(&["DEFAULT"])?.to_owned();
            parameters.push(Field { name, data_type });
            if !cursor.takes_symbol(',') && !cursor.is_symbol(')') {
                return Err(cursor.expected("`,` or `)`"));
            }
        }
        cursor.expect(&["RETURNS"])?;
        if cursor.is(&["TABLE"]) {
            return Err(not_done("CREATE FUNCTION … RETURNS TABLE"));
        }
        let words = [
            "AS",
            "LANGUAGE",
            "NOT",
            "NULL",
            "VOLATILE",
            "IMMUTABLE",
            "STRICT",
            "CALLED",
            "RETURNS",
            "COMMENT",
        ];
        let returns = cursor.type_text(&words)?.to_owned();
        while !cursor.takes(&["AS"]) {
            properties(&mut cursor)?;
        }
        let body = cursor.text()?;
        cursor.end()?;
        Ok(Self {
            name,
            function: Function {
                parameters,
                returns,
                body: body.trim().to_owned(),
            },
            how,
        })
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        let names = session.names().await?;
        let name = new_name(&names, &self.name)?;
        flowtrail_query::check_function(&self.function)
            .map_err(|error| QueryError::of_function(error, &self.function.body))?;
        let definition = Definition::Function(self.function);
        let creating = session.define(&name, definition, self.how).await?;
        Ok(status(told("function", &self.name.join("."), creating)))
    }
}

/// What may stand before `AS`, none of which changes what an expression means.
fn properties(cursor: &mut Cursor<'_>) -> Read<()> {
    if cursor.takes(&["LANGUAGE"]) {
        if cursor.takes(&["SQL"]) {
            return Ok(());
        }
        let language = cursor.value()?;
        return Err(not_done(&format!(
            "CREATE FUNCTION … LANGUAGE {}",
            language.to_uppercase()
        )));
    }
    if cursor.takes(&["COMMENT"]) {
        cursor.takes_symbol('=');
        cursor.text()?;
        return Ok(());
    }
    let known = [
        &["NOT", "NULL"][..],
        &["RETURNS", "NULL", "ON", "NULL", "INPUT"],
        &["CALLED", "ON", "NULL", "INPUT"],
        &["VOLATILE"],
        &["IMMUTABLE"],
        &["STRICT"],
        &["COPY", "GRANTS"],
    ];
    if known.iter().any(|words| cursor.takes(words)) {
        return Ok(());
    }
    Err(cursor.expected("AS and the function's expression"))
}

fn not_done(statement: &str) -> QueryError {
    QueryError::NotDone {
        statement: statement.to_owned(),
    }
}
