//! `FROM trail CROSS JOIN UNNEST(resources) AS t(r)`, as Athena has it, in a form the engine can run.
//!
//! The engine knows `unnest` of a column only among the columns of a `SELECT`. So the table becomes a query that has the
//! elements as one more column, under the name the statement gives them: `(SELECT *, unnest(resources) AS r FROM trail)`.
//! A row whose list is empty or NULL has no elements, and is not there, in both.

use std::convert::Infallible;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, Join, JoinConstraint, JoinOperator, Query, Select,
    SelectItem, SetExpr, TableAlias, TableFactor, TableWithJoins, VisitorMut,
};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::Parser;

use crate::parse::{Statement, walk};

/// Rewrites every such join of a statement.
pub fn rewrite(statement: &mut Statement) {
    let mut joins = UnnestJoins::default();
    walk(statement, &mut joins);
    if !joins.tables.is_empty() {
        walk(statement, &mut Unqualified(joins.tables));
    }
}

#[derive(Default)]
struct UnnestJoins {
    /// The names that the joins had as tables, and their columns go without from now on.
    tables: Vec<Ident>,
}

impl VisitorMut for UnnestJoins {
    type Break = Infallible;

    fn post_visit_select(&mut self, select: &mut Select) -> ControlFlow<Infallible> {
        // `FROM a, UNNEST(…) AS t(x)` is the same join.
        if let [_, other] = select.from.as_slice()
            && matches!(other.relation, TableFactor::UNNEST { .. })
            && other.joins.is_empty()
            && select.from[0].joins.is_empty()
            && let Some(other) = select.from.pop()
        {
            select.from[0].joins.push(Join {
                relation: other.relation,
                global: false,
                join_operator: JoinOperator::CrossJoin(JoinConstraint::None),
            });
        }
        for table in &mut select.from {
            while let Some(name) = join_to_column(table) {
                self.tables.push(name);
            }
        }
        ControlFlow::Continue(())
    }
}

/// Makes the first join of a table a column of it, if it is such a join; gives the name it had as a table.
fn join_to_column(table: &mut TableWithJoins) -> Option<Ident> {
    let join = table.joins.first()?;
    let TableFactor::UNNEST {
        alias: Some(alias),
        array_exprs,
        with_offset: false,
        with_ordinality: false,
        ..
    } = &join.relation
    else {
        return None;
    };
    let ([list], [column]) = (array_exprs.as_slice(), alias.columns.as_slice()) else {
        return None;
    };
    if !matches!(join.join_operator, JoinOperator::CrossJoin(_)) {
        return None;
    }
    let (name, subquery) = (alias.name.clone(), with_elements(&table.relation, list, &column.name)?);
    let alias = Some(TableAlias {
        explicit: true,
        name: name_of(&table.relation)?,
        columns: Vec::new(),
        at: None,
    });
    table.relation = TableFactor::Derived {
        lateral: false,
        subquery: Box::new(subquery),
        alias,
        sample: None,
    };
    table.joins.remove(0);
    Some(name)
}

/// What a table is called in the statement.
fn name_of(table: &TableFactor) -> Option<Ident> {
    match table {
        TableFactor::Table { alias: Some(alias), .. } | TableFactor::Derived { alias: Some(alias), .. } => {
            Some(alias.name.clone())
        }
        TableFactor::Table { name, .. } => name.0.last()?.as_ident().cloned(),
        _ => None,
    }
}

/// `SELECT *, unnest(list) AS column FROM table`.
fn with_elements(table: &TableFactor, list: &Expr, column: &Ident) -> Option<Query> {
    let template = "SELECT *, unnest(list) AS element FROM source";
    let mut query = *Parser::new(&GenericDialect {})
        .try_with_sql(template)
        .ok()?
        .parse_query()
        .ok()?;
    let SetExpr::Select(select) = query.body.as_mut() else {
        return None;
    };
    select.from.first_mut()?.relation = table.clone();
    let SelectItem::ExprWithAlias {
        expr: Expr::Function(unnest),
        alias,
    } = select.projection.last_mut()?
    else {
        return None;
    };
    let FunctionArguments::List(arguments) = &mut unnest.args else {
        return None;
    };
    arguments.args = vec![FunctionArg::Unnamed(FunctionArgExpr::Expr(list.clone()))];
    *alias = column.clone();
    Some(query)
}

/// Takes names of tables that are none any more from their columns.
struct Unqualified(Vec<Ident>);

impl VisitorMut for Unqualified {
    type Break = Infallible;

    fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<Infallible> {
        if let Expr::CompoundIdentifier(parts) = expression
            && let [first, rest @ ..] = parts.as_slice()
            && self
                .0
                .iter()
                .any(|table| table.value.eq_ignore_ascii_case(&first.value))
        {
            *expression = match rest {
                [column] => Expr::Identifier(column.clone()),
                rest => Expr::CompoundIdentifier(rest.to_vec()),
            };
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::parse::parse;

    #[test]
    fn a_join_with_the_elements_of_a_list_is_one_more_column() {
        for (sql, read) in [
            (
                "SELECT r.arn, t.r FROM cloudtrail CROSS JOIN UNNEST(resources) AS t(r) WHERE cloudtrail.a = 1",
                "SELECT r.arn, r FROM (SELECT *, unnest(resources) AS r FROM cloudtrail) AS cloudtrail WHERE cloudtrail.a = 1",
            ),
            (
                "SELECT x FROM logs.a AS l, UNNEST(l.b) AS t (x) ORDER BY t.x",
                "SELECT x FROM (SELECT *, unnest(l.b) AS x FROM logs.a AS l) AS l ORDER BY x",
            ),
            (
                "SELECT x, y FROM a CROSS JOIN UNNEST(b) AS t(x) CROSS JOIN UNNEST(x) AS u(y)",
                "SELECT x, y FROM (SELECT *, unnest(x) AS y FROM (SELECT *, unnest(b) AS x FROM a) AS a) AS a",
            ),
            (
                "SELECT x FROM UNNEST(ARRAY[1, 2]) AS t (x)",
                "SELECT x FROM UNNEST(ARRAY[1, 2]) AS t (x)",
            ),
        ] {
            assert_eq!(parse(sql).unwrap().to_string(), read, "{sql}");
        }
    }
}
