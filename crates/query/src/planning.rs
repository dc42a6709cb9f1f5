//! From a statement's text to its plan.

use datafusion::common::{DataFusionError, Result};
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::LogicalPlan;

use crate::catalog::Names;
use crate::parameters::Parameters;
use crate::{alias, headings, macros, parse, variant};

/// Aliases that stand for columns in conditions of one statement; two that stand for each other would have no end.
const MOST_ALIASES: usize = 32;

/// The plan of the one statement of `sql`, as `session` sees the tables.
pub async fn plan(session: &SessionState, sql: &str, parameters: &Parameters, names: &Names) -> Result<LogicalPlan> {
    let mut statement = parse::parse_with(sql, names.scope.accent, parameters)?;
    macros::expand(&mut statement, names)?;
    variant::respell(&mut statement, names);
    with_aliases(session, statement).await
}

/// The plan of a statement; a name that is no column may be an alias.
async fn with_aliases(session: &SessionState, mut statement: parse::Statement) -> Result<LogicalPlan, DataFusionError> {
    for _ in 0..MOST_ALIASES {
        let error = match session.statement_to_plan(statement.clone()).await {
            Ok(plan) => return headings::shorten(plan),
            Err(error) => error,
        };
        match alias::unknown_column(&error) {
            Some(name) if alias::inline(&mut statement, name) => {}
            _ => return Err(error),
        }
    }
    headings::shorten(session.statement_to_plan(statement).await?)
}
