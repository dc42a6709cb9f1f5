//! What the columns of an answer are called.
//!
//! The engine calls a field of a record by the whole way to it, `cloudtrail.useridentity[arn]`. People asked for
//! `useridentity.arn`, and expect `arn`, as in Athena.

use datafusion::common::Result;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder};

/// The plan, with fields of records called by their own names, where no other column has them.
pub fn shorten(plan: LogicalPlan) -> Result<LogicalPlan> {
    let columns = plan.schema().columns();
    let names: Vec<&str> = columns.iter().map(|column| own_name(&column.name)).collect();
    if names.iter().zip(&columns).all(|(name, column)| *name == column.name) {
        return Ok(plan);
    }
    let is_only = |name: &str| names.iter().filter(|other| **other == name).count() == 1;
    let shown = columns.iter().zip(&names).map(|(column, name)| {
        let shown = Expr::Column(column.clone());
        if *name != column.name && is_only(name) {
            shown.alias(*name)
        } else {
            shown
        }
    });
    let shown: Vec<Expr> = shown.collect();
    LogicalPlanBuilder::from(plan).project(shown)?.build()
}

/// The last field of `a.b[c][d]`; any other name as it is.
fn own_name(name: &str) -> &str {
    let field = name.strip_suffix(']').and_then(|name| name.rsplit_once('['));
    let is_name = |field: &str| {
        !field.starts_with(|first: char| first.is_ascii_digit())
            && field.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
    };
    match field {
        Some((record, field)) if !record.contains(['(', ' ']) && !field.is_empty() && is_name(field) => field,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::own_name;

    #[test]
    fn a_field_is_called_by_its_own_name() {
        for (name, own) in [
            ("cloudtrail.useridentity[sessioncontext][username]", "username"),
            ("useridentity[arn]", "arn"),
            ("v.list[Int64(1)]", "v.list[Int64(1)]"),
            ("count(t.a[b])", "count(t.a[b])"),
            ("max(t.x)[b]", "max(t.x)[b]"),
            ("srcaddr", "srcaddr"),
        ] {
            assert_eq!(own_name(name), own);
        }
    }
}
