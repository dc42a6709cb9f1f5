//! When Enter runs the input and when it opens another line.

use flowtrail_query::statements::is_complete;
use reedline::{ValidationResult, Validator};

/// A statement runs at its semicolon, a command at once.
pub(super) struct StatementValidator;

impl Validator for StatementValidator {
    fn validate(&self, line: &str) -> ValidationResult {
        if super::command(line).is_some() || is_complete(line) {
            ValidationResult::Complete
        } else {
            ValidationResult::Incomplete
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_finished_input_runs() {
        let runs = |line| matches!(StatementValidator.validate(line), ValidationResult::Complete);
        assert!(runs("select 1;"));
        assert!(runs("\\d logs.vpc_flow"));
        assert!(runs("exit"));
        assert!(runs(""));
        assert!(!runs("select 1"));
        assert!(!runs("select ';"));
        assert!(!runs("create function f() as $$ select 1;"));
    }
}
