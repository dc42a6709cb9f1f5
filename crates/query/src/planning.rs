//! From a statement's text to its plan.

use datafusion::common::{DataFusionError, Result};
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::LogicalPlan;

use crate::catalog::Names;
use crate::parameters::Parameters;
use crate::{alias, headings, hidden_path, macros, parse, variant, whole_row};

/// Aliases that stand for columns in conditions of one statement; two that stand for each other would have no end.
const MOST_ALIASES: usize = 32;

/// A statement that is to be planned, and what it may name.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The tables as it sees them.
    pub session: &'a SessionState,
    /// The one statement.
    pub sql: &'a str,
    /// Values for its marks.
    pub parameters: &'a Parameters,
    /// What can be named.
    pub names: &'a Names,
}

impl Asked<'_> {
    /// Its plan.
    pub async fn plan(&self) -> Result<LogicalPlan> {
        with_aliases(self.session, self.statement()?).await
    }

    /// It in the engine's words.
    pub fn statement(&self) -> Result<parse::Statement> {
        let mut statement = parse::parse_with(self.sql, self.names.scope.accent, self.parameters)?;
        macros::expand(&mut statement, self.names)?;
        variant::respell(&mut statement, self.names);
        hidden_path::respell(&mut statement, self.names);
        Ok(statement)
    }
}

/// The plan of a statement; a name that is no column may be an alias.
pub async fn with_aliases(
    session: &SessionState,
    mut statement: parse::Statement,
) -> Result<LogicalPlan, DataFusionError> {
    for _ in 0..MOST_ALIASES {
        let error = match session.statement_to_plan(statement.clone()).await {
            Ok(plan) => return headings::shorten(whole_row::expand(plan)?),
            Err(error) => error,
        };
        match alias::unknown_column(&error) {
            Some(name) if alias::inline(&mut statement, name) => {}
            _ => return Err(error),
        }
    }
    headings::shorten(whole_row::expand(session.statement_to_plan(statement).await?)?)
}
