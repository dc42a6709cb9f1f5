//! Statements that are kept and run later, with values for their parameters.

use flowtrail_query::{Answer, Marks, Parameters};

use crate::cursor::{Cursor, Query, Read};
use crate::rows::status;
use crate::{Session, SessionError};

/// The most parameters of a statement; `PostgreSQL`'s number.
const MOST_PARAMETERS: usize = 65_535;

/// A statement that waits for its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    text: String,
    marks: Marks,
    /// The types that its values are cast to; there may be fewer of them than values.
    types: Vec<String>,
}

impl Prepared {
    fn wanted(&self) -> usize {
        self.marks.wanted(&self.text).max(self.types.len())
    }

    /// That it can be read, and may be kept.
    async fn check(&self, session: &Session) -> Result<(), SessionError> {
        let first = Cursor::new(&self.text);
        for refused in ["PREPARE", "EXECUTE", "DEALLOCATE"] {
            if first.is(&[refused]) {
                let message = format!("{refused} cannot be prepared itself");
                return Err(SessionError::refused(message, None));
            }
        }
        let wanted = self.wanted();
        if wanted > MOST_PARAMETERS {
            let message = format!("the statement has {wanted} parameters; it may have {MOST_PARAMETERS}");
            return Err(SessionError::refused(message, None));
        }
        for written in &self.types {
            let null = Parameters::read(Marks::Dollar, "NULL")?.cast(std::slice::from_ref(written))?;
            session.engine().check_with("SELECT $1", &null).await?;
        }
        if super::read(&self.text)?.is_none() {
            session.engine().check_syntax(&self.text, self.marks).await?;
        }
        Ok(())
    }

    /// Runs it with `values`, which stand in the statement that gives them.
    async fn run(&self, called: &str, values: Option<&Query>, session: &Session) -> Result<Answer, SessionError> {
        let values = match values {
            Some(values) => Parameters::read(self.marks, values.text()).map_err(|error| values.placed(error))?,
            None => Parameters::none(self.marks),
        };
        let (given, wanted) = (values.len(), self.wanted());
        if given != wanted {
            let is = if given == 1 { "is" } else { "are" };
            let message = format!("{called} wants {}, and {given} {is} given", counted(wanted));
            let hint = match self.marks {
                Marks::Question => "EXECUTE name USING 443, 'text'",
                Marks::Dollar | Marks::Column => "EXECUTE name(443, 'text')",
            };
            return Err(SessionError::refused(message, Some(hint)));
        }
        session.with(values.cast(&self.types)?).run(&self.text).await
    }
}

fn counted(values: usize) -> String {
    match values {
        0 => "no values".to_owned(),
        1 => "1 value".to_owned(),
        more => format!("{more} values"),
    }
}

/// `PREPARE name FROM statement`, Athena's, and `PREPARE name (types) AS statement`, `PostgreSQL`'s
#[derive(Debug)]
pub struct Prepare {
    name: String,
    prepared: Prepared,
    statement: Query,
}

impl Prepare {
    pub fn read(mut cursor: Cursor<'_>) -> Read<Self> {
        cursor.expect(&["PREPARE"])?;
        let name = cursor.name()?;
        let mut types = Vec::new();
        let is_typed = cursor.takes_symbol('(');
        if is_typed {
            loop {
                types.push(cursor.type_text(&[])?.to_owned());
                if !cursor.takes_symbol(',') {
                    break;
                }
            }
            cursor.expect_symbol(')')?;
        }
        let marks = if !is_typed && cursor.takes(&["FROM"]) {
            Marks::Question
        } else if cursor.takes(&["AS"]) {
            Marks::Dollar
        } else {
            return Err(cursor.expected("FROM or AS, and a statement"));
        };
        if cursor.is_end() {
            return Err(cursor.expected("a statement"));
        }
        let statement = cursor.query();
        let text = statement.text().to_owned();
        Ok(Self {
            name,
            prepared: Prepared { text, marks, types },
            statement,
        })
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        let checked = self.prepared.check(session).await;
        checked.map_err(|error| match error {
            SessionError::Query(error) => self.statement.placed(error).into(),
            error => error,
        })?;
        let name = self.name;
        let there = session.prepared(&name);
        let is_other = there.is_some_and(|there| there != self.prepared);
        if is_other && self.prepared.marks == Marks::Dollar {
            return Err(SessionError::refused(
                format!("there is a prepared statement `{name}` already"),
                Some(&format!("DEALLOCATE {name} takes it away")),
            ));
        }
        session.prepare(&name, self.prepared);
        Ok(status(format!("statement {name} prepared")))
    }
}

/// `EXECUTE name USING values`, Athena's, and `EXECUTE name(values)`, `PostgreSQL`'s; `EXECUTE IMMEDIATE 'statement'`
#[derive(Debug)]
pub struct Execute {
    what: What,
    values: Option<Query>,
}

#[derive(Debug)]
enum What {
    Named(String),
    Text(String),
}

impl Execute {
    pub fn read(mut cursor: Cursor<'_>) -> Read<Self> {
        cursor.expect(&["EXECUTE"])?;
        let what = if cursor.takes(&["IMMEDIATE"]) {
            What::Text(cursor.text()?)
        } else {
            What::Named(cursor.name()?)
        };
        let values = if cursor.takes(&["USING"]) {
            if cursor.is_end() {
                return Err(cursor.expected("values"));
            }
            Some(in_brackets(&cursor).unwrap_or_else(|| cursor.query()))
        } else if cursor.is_end() {
            None
        } else if let (What::Named(_), Some(values)) = (&what, in_brackets(&cursor)) {
            // `EXECUTE name()` gives none.
            Some(values).filter(|values| !values.text().is_empty())
        } else {
            return Err(cursor.expected("USING and values, values in brackets, or the end of the statement"));
        };
        Ok(Self { what, values })
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        let values = self.values.as_ref();
        match self.what {
            What::Named(name) => {
                let prepared = session.prepared(&name).ok_or_else(|| unknown(session, &name))?;
                prepared.run(&format!("statement `{name}`"), values, session).await
            }
            What::Text(text) => {
                let prepared = Prepared {
                    text,
                    marks: Marks::Question,
                    types: Vec::new(),
                };
                prepared.check(session).await?;
                prepared.run("the statement", values, session).await
            }
        }
    }
}

/// Values between a bracket that is next and the one that ends the statement.
fn in_brackets(cursor: &Cursor<'_>) -> Option<Query> {
    let mut ahead = cursor.clone();
    if !ahead.takes_symbol('(') {
        return None;
    }
    let values = ahead.bracketed_query().ok()?;
    ahead.is_end().then_some(values)
}

/// `DEALLOCATE PREPARE name`
#[derive(Debug)]
pub struct Deallocate(Option<String>);

impl Deallocate {
    pub fn read(mut cursor: Cursor<'_>) -> Read<Self> {
        cursor.expect(&["DEALLOCATE"])?;
        cursor.takes(&["PREPARE"]);
        let name = if cursor.takes(&["ALL"]) {
            None
        } else {
            Some(cursor.name()?)
        };
        cursor.end()?;
        Ok(Self(name))
    }

    pub fn run(self, session: &Session) -> Result<Answer, SessionError> {
        let Some(name) = self.0 else {
            session.forget_prepared();
            return Ok(status("all prepared statements taken away"));
        };
        if !session.unprepare(&name) {
            return Err(unknown(session, &name));
        }
        Ok(status(format!("statement {name} taken away")))
    }
}

fn unknown(session: &Session, name: &str) -> SessionError {
    let known = session.prepared_names();
    let similar = flowtrail_query::similar(name, known.iter().map(String::as_str));
    let hint = match similar {
        Some(similar) => format!("did you mean `{similar}`?"),
        None => format!("PREPARE {name} FROM … makes it; it lasts as long as the session"),
    };
    SessionError::refused(format!("no prepared statement `{name}`"), Some(&hint))
}
