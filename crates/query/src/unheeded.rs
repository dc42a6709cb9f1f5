//! What the parser reads and the engine would not heed: it is refused by name, as any other answer would be a wrong one.

use std::convert::Infallible;
use std::ops::ControlFlow;

use datafusion::common::{Result, plan_err};
use datafusion::sql::sqlparser::ast::{Query, Select, SelectItem, TableFactor, VisitorMut};

use crate::parse::{Statement, walk};
use crate::{flatten, load_functions};

/// Fails where a statement has a part that would not count.
pub fn refuse(statement: &mut Statement) -> Result<()> {
    let mut unheeded = Unheeded::default();
    walk(statement, &mut unheeded);
    match unheeded.found {
        Some(what) => plan_err!("{what}"),
        None => Ok(()),
    }
}

#[derive(Default)]
struct Unheeded {
    found: Option<&'static str>,
}

impl VisitorMut for Unheeded {
    type Break = Infallible;

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<Infallible> {
        if query
            .fetch
            .as_ref()
            .is_some_and(|fetch| fetch.with_ties || fetch.percent)
        {
            self.found = Some("FETCH FIRST … WITH TIES is not done; FETCH FIRST 10 ROWS ONLY is");
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<Infallible> {
        for item in &select.projection {
            let (SelectItem::Wildcard(options) | SelectItem::QualifiedWildcard(_, options)) = item else {
                continue;
            };
            if options.opt_ilike.is_some() {
                self.found = Some("SELECT * ILIKE is not done; name the columns, or leave some out with EXCLUDE");
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<Infallible> {
        self.found = self
            .found
            .or_else(|| flatten::unheeded(factor))
            .or_else(|| load_functions::unheeded(factor));
        if let TableFactor::Table { sample: Some(_), .. } | TableFactor::Derived { sample: Some(_), .. } = factor {
            self.found = Some("SAMPLE is not done; a part of the rows is those with random() < 0.1");
        }
        if matches!(factor, TableFactor::Pivot { .. } | TableFactor::Unpivot { .. }) {
            self.found = Some("PIVOT is not done; an aggregate of each value with FILTER (WHERE …) is a column of it");
        }
        if let TableFactor::Table { version: Some(_), .. } = factor {
            self.found = Some("a table is read as it stands now; a time or version behind its name is not done");
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::parse::parse;

    #[test]
    fn what_would_not_count_is_refused() {
        for (sql, expected) in [
            ("SELECT * ILIKE '%addr%' FROM t", "SELECT * ILIKE is not done"),
            ("SELECT a FROM t SAMPLE (10)", "SAMPLE is not done"),
            (
                "SELECT a FROM (SELECT b FROM t TABLESAMPLE BERNOULLI (10))",
                "SAMPLE is not done",
            ),
            ("SELECT * FROM t PIVOT (sum(a) FOR b IN (1))", "PIVOT is not done"),
            ("SELECT a FROM t FETCH FIRST 3 ROWS WITH TIES", "WITH TIES is not done"),
        ] {
            let error = parse(sql).unwrap_err().to_string();
            assert!(error.contains(expected), "{sql}: {error}");
        }
        parse("SELECT * EXCLUDE a FROM t FETCH FIRST 3 ROWS ONLY").unwrap();
    }
}
