//! The engine's physical rules and ours, in their order.

use std::sync::Arc;

use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use flowtrail_aggregate::AggregateOnCodes;

use super::newest::NewestRows;
use super::yielding::YieldingJoins;

/// The rule of the engine that ours stand right before.
const REQUIREMENTS: &str = "EnsureRequirements";

/// All physical rules; `codes` keeps what lasts between statements.
pub fn physical_rules(codes: &Arc<AggregateOnCodes>) -> Vec<Arc<dyn PhysicalOptimizerRule + Send + Sync>> {
    let mut rules = PhysicalOptimizer::new().rules;
    let before = rules.iter().position(|rule| rule.name() == REQUIREMENTS).unwrap_or(0);
    rules.splice(
        before..before,
        [
            Arc::clone(codes) as Arc<dyn PhysicalOptimizerRule + Send + Sync>,
            Arc::new(NewestRows),
        ],
    );
    rules.push(Arc::new(YieldingJoins));
    rules
}
