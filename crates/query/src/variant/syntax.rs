//! What stands around `record:bytes` in a statement: casts, ranges, and `*`.

use std::convert::Infallible;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, CastKind, DataType, ExactNumberInfo, Expr, Ident, Query, Select, SelectItem, SetExpr,
    Statement as SqlStatement, TableAlias, TableFactor, VisitorMut, WildcardAdditionalOptions,
};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::Parser;
use flowtrail_catalog::{Definition, StoredTable};

use super::variants;
use crate::accent::calling;
use crate::catalog::{Names, Relation};
use crate::parse::{Statement, stored_name, walk};

/// Respells what a statement writes around paths, and hides from `*` what stands beside variants.
pub fn respell(statement: &mut Statement, names: &Names) {
    let mut respelling = Respelling {
        names,
        queries: Vec::new(),
    };
    walk(statement, &mut Named(&mut respelling.queries));
    walk(statement, &mut respelling);
}

/// Collects the names that `WITH` gives to queries.
struct Named<'a>(&'a mut Vec<String>);

impl VisitorMut for Named<'_> {
    type Break = Infallible;

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<Infallible> {
        let named = query.with.iter().flat_map(|with| &with.cte_tables);
        self.0.extend(named.map(|named| named.alias.name.value.to_lowercase()));
        ControlFlow::Continue(())
    }
}

struct Respelling<'a> {
    names: &'a Names,
    /// Names of queries, which go before tables.
    queries: Vec<String>,
}

impl VisitorMut for Respelling<'_> {
    type Break = Infallible;

    fn post_visit_select(&mut self, select: &mut Select) -> ControlFlow<Infallible> {
        // Two ways to write a path lead to one column; each is called as it was written.
        for item in &mut select.projection {
            if let SelectItem::UnnamedExpr(expression @ Expr::JsonAccess { .. }) = item {
                let alias = Ident::with_quote('"', expression.to_string());
                let expr = expression.clone();
                *item = SelectItem::ExprWithAlias { expr, alias };
            }
        }
        let is_wildcard =
            |item: &SelectItem| matches!(item, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..));
        if select.projection.iter().any(is_wildcard) && !self.expand(select) {
            for table in &mut select.from {
                let joined = table.joins.iter_mut().map(|join| &mut join.relation);
                for relation in std::iter::once(&mut table.relation).chain(joined) {
                    self.hide(relation);
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<Infallible> {
        let respelled = match expression {
            Expr::Cast {
                kind, expr, data_type, ..
            } if is_path(expr) => cast_of(kind, expr, data_type),
            Expr::Between {
                expr,
                negated: false,
                low,
                high,
            } if is_path(expr) => Some(between(expr, low, high)),
            _ => None,
        };
        if let Some(respelled) = respelled {
            *expression = respelled;
        }
        ControlFlow::Continue(())
    }
}

impl Respelling<'_> {
    /// Makes a plain `*` over one table its declared columns; false where there is more to it.
    fn expand(&self, select: &mut Select) -> bool {
        let [only] = select.from.as_slice() else { return false };
        let (TableFactor::Table { name, args: None, .. }, []) = (&only.relation, only.joins.as_slice()) else {
            return false;
        };
        let parts: Vec<Ident> = name.0.iter().filter_map(|part| part.as_ident().cloned()).collect();
        let Some(table) = self.stored(&parts).filter(|table| variants(table).next().is_some()) else {
            return false;
        };
        let plain = WildcardAdditionalOptions::default();
        let is_plain = |item: &SelectItem| match item {
            SelectItem::Wildcard(options) | SelectItem::QualifiedWildcard(_, options) => *options == plain,
            _ => true,
        };
        if !select.projection.iter().all(is_plain) {
            return false;
        }
        let columns = || {
            let columns = table.columns.iter();
            columns.map(|column| SelectItem::UnnamedExpr(Expr::Identifier(Ident::with_quote('"', &column.name))))
        };
        let items = std::mem::take(&mut select.projection).into_iter();
        select.projection = items
            .flat_map(|item| match item {
                SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..) => columns().collect(),
                item => vec![item],
            })
            .collect();
        true
    }

    /// Puts a query of the declared columns in place of a table that has more.
    fn hide(&self, relation: &mut TableFactor) {
        let TableFactor::Table {
            name,
            alias,
            args: None,
            ..
        } = &*relation
        else {
            return;
        };
        let parts: Vec<Ident> = name.0.iter().filter_map(|part| part.as_ident().cloned()).collect();
        let Some(table) = self.stored(&parts) else { return };
        if variants(&table).next().is_none() {
            return;
        }
        let Some(last) = parts.last().cloned() else { return };
        let columns: Vec<_> = table
            .columns
            .iter()
            .map(|column| format!("\"{}\"", column.name.replace('"', "\"\"")))
            .collect();
        let sql = format!("SELECT {} FROM source", columns.join(", "));
        let Ok(mut statements) = Parser::parse_sql(&GenericDialect {}, &sql) else {
            return;
        };
        let Some(SqlStatement::Query(mut query)) = statements.pop() else {
            return;
        };
        let SetExpr::Select(select) = query.body.as_mut() else {
            return;
        };
        let Some(from) = select.from.first_mut() else { return };
        let alias = alias.clone().unwrap_or(TableAlias {
            explicit: true,
            name: last,
            columns: Vec::new(),
            at: None,
        });
        from.relation = relation.clone();
        *relation = TableFactor::Derived {
            lateral: false,
            subquery: query,
            alias: Some(alias),
            sample: None,
        };
    }

    fn stored(&self, parts: &[Ident]) -> Option<StoredTable> {
        let parts: Vec<String> = parts.iter().map(stored_name).collect();
        if matches!(parts.as_slice(), [name] if self.queries.contains(&name.to_lowercase())) {
            return None;
        }
        match self.names.resolve(&parts)?.1 {
            Relation::Defined(defined) => match &defined.definition {
                Definition::Table(table) => Some(table.clone()),
                _ => None,
            },
            _ => None,
        }
    }
}

fn is_path(expression: &Expr) -> bool {
    match expression {
        Expr::JsonAccess { .. } => true,
        Expr::Nested(inner) => is_path(inner),
        _ => false,
    }
}

/// A path's value in a type. Snowflake's whole numbers have up to 38 digits, its texts end where the type says, and its
/// times are read from numbers too.
fn cast_of(kind: &CastKind, value: &Expr, data_type: &DataType) -> Option<Expr> {
    let to = |data_type| Expr::Cast {
        kind: kind.clone(),
        expr: Box::new(value.clone()),
        data_type,
        array: false,
        format: None,
    };
    match data_type {
        DataType::Int(None)
        | DataType::Integer(None)
        | DataType::SmallInt(None)
        | DataType::TinyInt(None)
        | DataType::Numeric(_)
        | DataType::Decimal(_)
        | DataType::Custom(..)
            if is_whole(data_type) =>
        {
            Some(to(DataType::BigInt(None)))
        }
        DataType::Timestamp(..) | DataType::Datetime(_) => Some(calling("variant_timestamp", vec![value.clone()])),
        DataType::Custom(name, _) if name.to_string().to_ascii_lowercase().starts_with("timestamp") => {
            Some(calling("variant_timestamp", vec![value.clone()]))
        }
        DataType::Date => Some(Expr::Cast {
            kind: kind.clone(),
            expr: Box::new(calling("variant_timestamp", vec![value.clone()])),
            data_type: DataType::Date,
            array: false,
            format: None,
        }),
        _ => None,
    }
}

fn is_whole(data_type: &DataType) -> bool {
    match data_type {
        DataType::Numeric(size) | DataType::Decimal(size) => {
            matches!(size, ExactNumberInfo::None | ExactNumberInfo::PrecisionAndScale(38, 0))
        }
        DataType::Custom(name, size) => size.is_empty() && name.to_string().eq_ignore_ascii_case("number"),
        _ => true,
    }
}

/// `value BETWEEN low AND high`, in two comparisons.
fn between(value: &Expr, low: &Expr, high: &Expr) -> Expr {
    let compared = |op, bound: &Expr| Expr::BinaryOp {
        left: Box::new(value.clone()),
        op,
        right: Box::new(bound.clone()),
    };
    let both = Expr::BinaryOp {
        left: Box::new(compared(BinaryOperator::GtEq, low)),
        op: BinaryOperator::And,
        right: Box::new(compared(BinaryOperator::LtEq, high)),
    };
    Expr::Nested(Box::new(both))
}
