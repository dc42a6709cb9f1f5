//! Which rows of the tables a statement may see, whatever it says itself: a period, accounts, regions, networks, and a
//! line that people wrote.
//!
//! A dashboard's time range and filters hold for every tile, also for one whose SQL was pasted from somewhere. So they
//! are no text that is put into statements; each table is narrowed where a statement opens it, below views and
//! subqueries, and what the optimizer then knows to prune it prunes.
//!
//! A part of a restriction is put on the lowest relation that has the fields for it: the period of a `WHERE` on
//! `logs.flow` is put on `start` of `logs.vpc_flow`. What has no such field is read as it is, and said
//! ([`Restricted::lacks`]): a filter that silently did nothing would make a wrong number.

mod conditions;
mod filter_line;
mod parts;
mod placeholders;

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::catalog::view::ViewTable;
use datafusion::common::Result;
use datafusion::datasource::provider_as_source;
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::LogicalPlanBuilder;
use datafusion::logical_expr::utils::conjunction;

pub use filter_line::{FilterError, FilterLine};
pub use parts::{Part, Parts};
pub use placeholders::{Bucketing, Granularity};

/// Which rows may be seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Restriction {
    /// Only what happened in it.
    pub period: Option<Period>,
    /// Only these accounts, where there are some.
    pub accounts: Vec<String>,
    /// Only these regions, where there are some.
    pub regions: Vec<String>,
    /// Only these networks, where there are some.
    pub vpcs: Vec<String>,
    /// Only what the line lets through.
    pub filter: Option<FilterLine>,
    /// What `:datebucket(…)` rounds to.
    pub bucketing: Bucketing,
}

/// Moments from one to before another, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first.
    pub from_s: i64,
    /// The first that is no longer in it.
    pub to_s: i64,
}

/// What became of a restriction at a table or view that a statement names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restricted {
    /// The relation, as it is shown to people: `logs.flow`.
    pub relation: String,
    /// The parts that could not be put on it, or on anything below it.
    pub lacks: Parts,
}

impl Restriction {
    /// The parts that say something.
    pub fn parts(&self) -> Parts {
        let said = [
            (Part::Time, self.period.is_some()),
            (Part::Account, !self.accounts.is_empty()),
            (Part::Region, !self.regions.is_empty()),
            (Part::Vpc, !self.vpcs.is_empty()),
            (Part::Filter, self.filter.is_some()),
        ];
        said.into_iter()
            .filter(|(_, is_said)| *is_said)
            .map(|(part, _)| part)
            .collect()
    }

    /// A statement with `:datebucket(…)` and `:daterange` written out.
    pub fn written_out(&self, sql: &str) -> String {
        placeholders::written_out(sql, self.period, &self.bucketing)
    }

    /// What is wrong with the filter line after it found no place: a field that neither the relations `seen` nor any log
    /// table has.
    pub(crate) fn unknown_field(&self, seen: &BTreeSet<String>) -> Option<FilterError> {
        conditions::unknown_field(self.filter.as_ref()?, seen)
    }

    /// Narrows what a relation gives, by those of `wanted` that it has the fields for; says which those are.
    pub(crate) fn narrowed(
        &self,
        name: &str,
        provider: Arc<dyn TableProvider>,
        wanted: Parts,
        session: &SessionState,
    ) -> Result<(Arc<dyn TableProvider>, Parts)> {
        let schema = provider.schema();
        let mut put = Parts::default();
        let mut conditions = Vec::new();
        for part in wanted.iter() {
            if let Some(condition) = conditions::condition(self, part, &schema, session)? {
                conditions.push(condition);
                put.insert(part);
            }
        }
        let Some(condition) = conjunction(conditions) else {
            return Ok((provider, put));
        };
        let plan = LogicalPlanBuilder::scan(name, provider_as_source(provider), None)?
            .filter(condition)?
            .build()?;
        Ok((Arc::new(ViewTable::new(plan, None)), put))
    }
}
