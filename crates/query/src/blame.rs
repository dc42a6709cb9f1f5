//! Which part of a statement an error is about, where the engine does not say.
//!
//! The statement is planned again with one expression after another left out (a NULL in its place). Where the error goes
//! away, the expression has what is wrong in it; the smallest such expression is what the user is shown.

use std::convert::Infallible;
use std::ops::ControlFlow;

use datafusion::common::{DataFusionError, Result};
use datafusion::sql::sqlparser::ast::{self, Expr, Spanned, Value, VisitorMut};

use crate::parse::{Statement, walk};
use crate::planning::{self, Asked};
use crate::{Place, QueryError};

/// Errors that begin with so many of the same letters are one.
const SAME_CHARS: usize = 16;

/// A statement is planned so often at most to find a place in it.
const MOST_PLANS: usize = 100;

/// What planning gave, or what its error means.
pub async fn placed<T>(planned: Result<T>, asked: &Asked<'_>) -> Result<T, QueryError> {
    match planned {
        Ok(planned) => Ok(planned),
        Err(error) => Err(told(error, asked).await),
    }
}

/// What `error`, met when a statement was planned, means, with its place as far as it can be found.
async fn told(error: DataFusionError, asked: &Asked<'_>) -> QueryError {
    match QueryError::planning(error, asked.sql, asked.names) {
        QueryError::Invalid { message, place: None } => {
            let search = Search {
                asked,
                message: &message,
            };
            let place = search.place().await;
            QueryError::Invalid { message, place }
        }
        told => told,
    }
}

struct Search<'a> {
    asked: &'a Asked<'a>,
    /// What is wrong.
    message: &'a str,
}

impl Search<'_> {
    /// Where the smallest expression begins without which planning does not end with this error.
    async fn place(&self) -> Option<Place> {
        let statement = self.asked.statement().ok().filter(is_question)?;
        let mut listing = Listing::default();
        walk(&mut statement.clone(), &mut listing);
        let expressions = listing.found;
        let (mut found, mut at, mut end) = (None, 0, expressions.len());
        for _ in 0..MOST_PLANS {
            let Some(expression) = expressions.get(at).filter(|_| at < end) else {
                break;
            };
            let mut without = statement.clone();
            walk(&mut without, &mut LeaveOut { next: 0, at });
            if self.is_still_wrong(without).await {
                at = expression.end;
                continue;
            }
            found = expression.place.or(found);
            if expression.call.as_deref().is_some_and(|call| self.is_about(call)) {
                break;
            }
            (at, end) = (at + 1, expression.end);
        }
        let (line, column) = found?;
        Place::new(self.asked.sql, line, column)
    }

    /// Whether planning ends with the same error, or one that says it of other types.
    async fn is_still_wrong(&self, statement: Statement) -> bool {
        let Err(error) = self.planned(statement).await else {
            return false;
        };
        match QueryError::planning(error, self.asked.sql, self.asked.names) {
            QueryError::Invalid { message, .. } => {
                let same = message
                    .chars()
                    .zip(self.message.chars())
                    .take_while(|(one, other)| one == other);
                message == self.message || same.count() >= SAME_CHARS
            }
            _ => false,
        }
    }

    async fn planned(&self, statement: Statement) -> Result<()> {
        let plan = planning::with_aliases(self.asked.session, statement).await?;
        self.asked.session.optimize(&plan).map(|_| ())
    }

    /// Whether the error is about the call of a function, and not about what it is given.
    fn is_about(&self, call: &str) -> bool {
        self.message.starts_with(&format!("there is no {call}("))
    }
}

/// Whether leaving something out of a statement makes sense.
fn is_question(statement: &Statement) -> bool {
    match statement {
        Statement::Statement(statement) => matches!(statement.as_ref(), ast::Statement::Query(_)),
        Statement::Explain(explain) => is_question(&explain.statement),
        _ => false,
    }
}

/// An expression of a statement; they are numbered as they begin.
struct Found {
    /// Line and column, where the text has it.
    place: Option<(usize, usize)>,
    /// The function it calls.
    call: Option<String>,
    /// The number of the first expression behind it that is not inside of it.
    end: usize,
}

#[derive(Default)]
struct Listing {
    found: Vec<Found>,
    /// Those that are open.
    around: Vec<usize>,
}

impl VisitorMut for Listing {
    type Break = Infallible;

    fn pre_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<Infallible> {
        let start = expression.span().start;
        self.around.push(self.found.len());
        self.found.push(Found {
            // Expressions that stand for what was written otherwise have no place.
            place: (start.line > 0).then_some((start.line as usize, start.column as usize)),
            call: match expression {
                Expr::Function(function) => Some(function.name.to_string().to_lowercase()),
                _ => None,
            },
            end: 0,
        });
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, _: &mut Expr) -> ControlFlow<Infallible> {
        let end = self.found.len();
        if let Some(open) = self.around.pop() {
            self.found[open].end = end;
        }
        ControlFlow::Continue(())
    }
}

/// Puts NULL in place of an expression.
struct LeaveOut {
    next: usize,
    at: usize,
}

impl VisitorMut for LeaveOut {
    type Break = Infallible;

    fn pre_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<Infallible> {
        if self.next == self.at {
            *expression = Expr::value(Value::Null);
        }
        self.next += 1;
        ControlFlow::Continue(())
    }
}
