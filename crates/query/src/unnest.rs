//! `FROM trail CROSS JOIN UNNEST(resources) AS t(r)`, as Athena has it, in a form the engine can run.
//!
//! The engine knows `unnest` of a column only among the columns of a `SELECT`. So the table becomes a query that has the
//! elements as one more column, under the name the statement gives them: `(SELECT *, unnest(resources) AS r FROM trail)`.
//! A row whose list is empty or NULL has no elements, and is not there, in both.

use std::convert::Infallible;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, Ident, Join, JoinConstraint, JoinOperator, Query, Select, SelectItem, SetExpr, TableAlias, TableFactor,
    TableWithJoins, Value, VisitorMut,
};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::Parser;

use crate::accent::{calling, filled};
use crate::flatten;
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
    /// The names of calls of `FLATTEN` in the `SELECT` that was gone through last.
    flattened: Vec<Ident>,
}

impl VisitorMut for UnnestJoins {
    type Break = Infallible;

    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<Infallible> {
        let flattened = std::mem::take(&mut self.flattened);
        if matches!(query.body.as_ref(), SetExpr::Select(_)) && !flattened.is_empty() {
            flatten::rename_in(&mut query.order_by, &flattened);
        }
        ControlFlow::Continue(())
    }

    fn post_visit_select(&mut self, select: &mut Select) -> ControlFlow<Infallible> {
        // `FROM a, UNNEST(…) AS t(x)` is the same join.
        while select.from.get(1).is_some_and(|other| is_taken_apart(&other.relation)) {
            let other = select.from.remove(1);
            select.from[0].joins.push(Join {
                relation: other.relation,
                global: false,
                join_operator: JoinOperator::CrossJoin(JoinConstraint::None),
            });
            select.from[0].joins.extend(other.joins);
        }
        let mut flattened = Vec::new();
        for table in &mut select.from {
            table_to_query(&mut table.relation);
            flattened.extend(flatten_alone(&mut table.relation));
            while let Some((name, is_flatten)) = join_to_column(table, &flattened) {
                if is_flatten {
                    flattened.push(name);
                } else {
                    self.tables.push(name);
                }
            }
        }
        if !flattened.is_empty() {
            flatten::rename(select, &flattened);
        }
        self.flattened = flattened;
        ControlFlow::Continue(())
    }
}

/// Whether something in `FROM` is made of the columns of what stands before it.
fn is_taken_apart(factor: &TableFactor) -> bool {
    matches!(factor, TableFactor::UNNEST { .. }) || flatten::columns_of(factor, false).is_some()
}

/// Makes `FROM TABLE(FLATTEN(…))` a query; gives the name it had.
fn flatten_alone(factor: &mut TableFactor) -> Option<Ident> {
    let (name, columns) = flatten::columns_of(factor, false)?;
    *factor = TableFactor::Derived {
        lateral: false,
        subquery: Box::new(with_elements(None, columns)?),
        alias: Some(TableAlias {
            explicit: true,
            name: name.clone(),
            columns: Vec::new(),
            at: None,
        }),
        sample: None,
    };
    Some(name)
}

/// Makes the first join of a table columns of it, if it is such a join; gives the name it had as a table, and whether it
/// is of `FLATTEN`.
fn join_to_column(table: &mut TableWithJoins, flattened: &[Ident]) -> Option<(Ident, bool)> {
    let join = table.joins.first()?;
    let keeps_rows = match &join.join_operator {
        JoinOperator::CrossJoin(_) => false,
        JoinOperator::Join(on) | JoinOperator::Inner(on) if is_always(on) => false,
        JoinOperator::Left(on) | JoinOperator::LeftOuter(on) if is_always(on) => true,
        _ => return None,
    };
    let of_flatten = flatten::columns_of(&join.relation, keeps_rows);
    let is_flatten = of_flatten.is_some();
    let (name, mut columns) = of_flatten.or_else(|| columns_of(&join.relation, keeps_rows))?;
    // It may take apart what a FLATTEN before it gave.
    for (list, _) in &mut columns {
        flatten::rename_in(list, flattened);
    }
    let subquery = with_elements(Some(&table.relation), columns)?;
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
    Some((name, is_flatten))
}

/// Makes `FROM UNNEST(list) WITH ORDINALITY AS t(x, n)` a query; without the numbers the engine can do it.
fn table_to_query(factor: &mut TableFactor) {
    let TableFactor::UNNEST {
        alias: Some(alias),
        array_exprs,
        with_ordinality,
        ..
    } = &*factor
    else {
        return;
    };
    if !with_ordinality && array_exprs.len() >= alias.columns.len() {
        return;
    }
    let alias = TableAlias {
        columns: Vec::new(),
        ..alias.clone()
    };
    let columns = columns_of(factor, false);
    if let Some(subquery) = columns.and_then(|(_, columns)| with_elements(None, columns)) {
        *factor = TableFactor::Derived {
            lateral: false,
            subquery: Box::new(subquery),
            alias: Some(alias),
            sample: None,
        };
    }
}

/// `ON TRUE`, or nothing.
fn is_always(on: &JoinConstraint) -> bool {
    match on {
        JoinConstraint::None => true,
        JoinConstraint::On(Expr::Value(value)) => value.value == Value::Boolean(true),
        _ => false,
    }
}

/// The name of an `UNNEST` as a table, and its columns: the list that each is made of, and its name.
///
/// Of one list with several columns, each is a field of its rows, or the keys and values of a map.
fn columns_of(factor: &TableFactor, keeps_rows: bool) -> Option<(Ident, Vec<(Expr, Ident)>)> {
    let TableFactor::UNNEST {
        alias: Some(alias),
        array_exprs,
        with_offset: false,
        with_ordinality,
        ..
    } = factor
    else {
        return None;
    };
    let mut names: Vec<Ident> = alias.columns.iter().map(|column| column.name.clone()).collect();
    let number = if *with_ordinality { Some(names.pop()?) } else { None };
    let lists = match (array_exprs.as_slice(), names.len()) {
        (lists, count) if lists.len() == count && count > 0 => lists.to_vec(),
        ([entries], 2..) => {
            let field = |at: usize| filled(&format!("list_of_field($1, {at})"), std::slice::from_ref(entries));
            (1..=names.len()).map(field).collect::<Option<_>>()?
        }
        _ => return None,
    };
    let numbers = match number {
        Some(name) => Some((numbers_of(&lists)?, name)),
        None => None,
    };
    let mut columns = Vec::with_capacity(names.len() + 1);
    for (list, name) in lists.into_iter().zip(names) {
        let list = if keeps_rows {
            calling("list_or_null", vec![list])
        } else {
            list
        };
        columns.push((list, name));
    }
    columns.extend(numbers);
    Some((alias.name.clone(), columns))
}

/// The numbers from 1 to the length of the longest list.
fn numbers_of(lists: &[Expr]) -> Option<Expr> {
    let length = |list: &Expr| {
        filled(
            "coalesce(CAST(cardinality($1) AS BIGINT), 0)",
            std::slice::from_ref(list),
        )
    };
    let lengths: Option<Vec<Expr>> = lists.iter().map(length).collect();
    let longest = match lengths?.as_slice() {
        [one] => one.clone(),
        many => calling("greatest", many.to_vec()),
    };
    filled("generate_series(1, $1)", &[longest])
}

/// What a table is called in the statement.
fn name_of(table: &TableFactor) -> Option<Ident> {
    match table {
        TableFactor::Table { alias: Some(alias), .. } | TableFactor::Derived { alias: Some(alias), .. } => {
            Some(alias.name.clone())
        }
        TableFactor::Table { name, .. } => name.0.last()?.as_ident().cloned(),
        TableFactor::Derived { alias: None, .. } => Some(Ident::new("unnamed")),
        _ => None,
    }
}

/// `SELECT *, unnest(list) AS column FROM table`; without a table, the columns alone.
fn with_elements(table: Option<&TableFactor>, columns: Vec<(Expr, Ident)>) -> Option<Query> {
    let template = if table.is_some() {
        "SELECT * FROM source"
    } else {
        "SELECT 1"
    };
    let mut query = *Parser::new(&GenericDialect {})
        .try_with_sql(template)
        .ok()?
        .parse_query()
        .ok()?;
    let SetExpr::Select(select) = query.body.as_mut() else {
        return None;
    };
    match table {
        Some(table) => select.from.first_mut()?.relation = table.clone(),
        None => select.projection.clear(),
    }
    let columns = columns.into_iter().map(|(list, alias)| SelectItem::ExprWithAlias {
        expr: calling("unnest", vec![list]),
        alias,
    });
    select.projection.extend(columns);
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
                "SELECT x, n FROM a LEFT JOIN UNNEST(b) WITH ORDINALITY AS t(x, n) ON TRUE",
                "SELECT x, n FROM (SELECT *, unnest(list_or_null(b)) AS x, \
                 unnest(generate_series(1, coalesce(CAST(cardinality(b) AS BIGINT), 0))) AS n FROM a) AS a",
            ),
            (
                "SELECT k, v FROM a CROSS JOIN UNNEST(m) AS t(k, v)",
                "SELECT k, v FROM (SELECT *, unnest(list_of_field(m, 1)) AS k, unnest(list_of_field(m, 2)) AS v FROM a) \
                 AS a",
            ),
            (
                "SELECT x, y FROM a CROSS JOIN UNNEST(b, c) AS t(x, y)",
                "SELECT x, y FROM (SELECT *, unnest(b) AS x, unnest(c) AS y FROM a) AS a",
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
