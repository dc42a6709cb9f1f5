//! Values for the places that a prepared statement leaves open.
//!
//! A value is read as a constant expression and put into the statement's syntax where its mark stands, never into its
//! text: whatever a text holds, it stays one value. A mark where no value can stand (a table, a column, an alias, a
//! position in `ORDER BY`) is an error.

use std::convert::Infallible;
use std::ops::ControlFlow;

use datafusion::common::{DataFusionError, Result, plan_err};
use datafusion::sql::sqlparser::ast::{
    CastKind, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, GroupByExpr, OrderByKind, Query, Select,
    Spanned, UnaryOperator, Value, ValueWithSpan, VisitorMut,
};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan};

use crate::catalog::Names;
use crate::parse::{self, Statement, walk};
use crate::statements::{TokenKind, tokens};
use crate::{Place, QueryError};

/// How a statement marks where values go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Marks {
    /// `?`, the first for the first value: Athena's.
    #[default]
    Question,
    /// `$1`, which may stand several times: `PostgreSQL`'s.
    Dollar,
    /// None: `$1` is a column of a file, as Snowflake has it.
    Column,
}

impl Marks {
    /// How many values a text wants. Marks in quotes and comments are none.
    ///
    /// ```
    /// use flowtrail_query::Marks;
    ///
    /// assert_eq!(Marks::Question.wanted("SELECT ?, '?' -- ?"), 1);
    /// assert_eq!(Marks::Dollar.wanted("SELECT $2, $2"), 2);
    /// ```
    pub fn wanted(self, sql: &str) -> usize {
        let mut before = None;
        let (mut marks, mut greatest) = (0, 0);
        for token in tokens(sql) {
            match (token.kind, token.text) {
                (TokenKind::Symbol, "?") => marks += 1,
                (TokenKind::Number, digits) if before == Some("$") => {
                    greatest = greatest.max(digits.parse().unwrap_or(0));
                }
                _ => {}
            }
            before = Some(token.text);
        }
        match self {
            Self::Question => marks,
            Self::Dollar | Self::Column => greatest,
        }
    }
}

/// Values for the marks of a statement; none by default.
#[derive(Clone, Debug, Default)]
pub struct Parameters {
    marks: Marks,
    values: Vec<Expr>,
}

impl Parameters {
    /// No values.
    pub fn none(marks: Marks) -> Self {
        Self {
            marks,
            values: Vec::new(),
        }
    }

    /// No values: `$1` is a column.
    pub(crate) fn of_columns() -> Self {
        Self::none(Marks::Column)
    }

    /// Reads values with commas between them: numbers, texts, NULL, truth values, dates, times, intervals, arrays of
    /// them, and casts of them.
    ///
    /// # Errors
    /// [`QueryError::Syntax`] for anything that is no value, with its place in `values`.
    pub fn read(marks: Marks, values: &str) -> Result<Self, QueryError> {
        let read = || -> Result<Vec<Expr>> {
            let tokens = parse::constant_tokens(values)?;
            let mut parser = Parser::new(&GenericDialect {}).with_tokens_with_locations(tokens);
            let read = parser.parse_comma_separated(Parser::parse_expr)?;
            parser.expect_token(&Token::EOF)?;
            Ok(read)
        };
        let read = read().map_err(|error| QueryError::planning(error, values, &Names::default()))?;
        if let Some(other) = read.iter().find(|value| !is_constant(value)) {
            let start = other.span().start;
            return Err(QueryError::Syntax {
                message: format!("expected a value such as 443, 'text', NULL or DATE '2026-11-01', found {other}"),
                place: Place::new(values, start.line as usize, start.column as usize),
            });
        }
        Ok(Self { marks, values: read })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The values cast to types, as many as are given.
    ///
    /// # Errors
    /// [`QueryError::Syntax`] for what is no type.
    pub fn cast(mut self, types: &[String]) -> Result<Self, QueryError> {
        for (value, written) in self.values.iter_mut().zip(types) {
            let data_type = Parser::new(&GenericDialect {})
                .try_with_sql(written)
                .and_then(|mut parser| {
                    let data_type = parser.parse_data_type()?;
                    parser.expect_token(&Token::EOF).map(|_| data_type)
                });
            let data_type = data_type.map_err(|_: ParserError| QueryError::Syntax {
                message: format!("`{written}` is no type of a parameter"),
                place: None,
            })?;
            *value = Expr::Cast {
                kind: CastKind::Cast,
                expr: Box::new(value.clone()),
                data_type,
                array: false,
                format: None,
            };
        }
        Ok(self)
    }

    /// Numbers the marks in the order in which they are written, which the order of the syntax need not be; makes names
    /// of those that are columns.
    pub(crate) fn number(&self, tokens: &mut [TokenWithSpan]) {
        let mut number = 0;
        for token in tokens.iter_mut().map(|token| &mut token.token) {
            match (self.marks, &*token) {
                (Marks::Question, Token::Placeholder(mark)) if mark == "?" => {
                    number += 1;
                    *token = Token::Placeholder(format!("?{number}"));
                }
                (Marks::Column, Token::Placeholder(mark)) if mark.starts_with('$') => {
                    *token = Token::make_word(mark, Some('"'));
                }
                _ => {}
            }
        }
    }

    /// An error in which marks are called as they were written.
    pub(crate) fn unnumbered(&self, error: DataFusionError) -> DataFusionError {
        let DataFusionError::SQL(parser, backtrace) = error else {
            return error;
        };
        let parser = match *parser {
            ParserError::ParserError(message) if self.marks == Marks::Question => {
                let marks = (1..=self.values.len()).rev();
                ParserError::ParserError(
                    marks.fold(message, |text, n| text.replace(&format!("found: ?{n} "), "found: ? ")),
                )
            }
            other => other,
        };
        DataFusionError::SQL(Box::new(parser), backtrace)
    }

    /// Puts the values where their marks are.
    pub(crate) fn bind(&self, statement: &mut Statement) -> Result<()> {
        let mut binding = Binding {
            parameters: self,
            is_bound: vec![false; self.values.len()],
            wrong: None,
        };
        walk(statement, &mut binding);
        if let Some(wrong) = binding.wrong {
            return plan_err!("{wrong}");
        }
        match binding.is_bound.iter().position(|is_bound| !is_bound) {
            Some(at) if self.marks == Marks::Question => {
                plan_err!("parameter {} stands where no value can be put", at + 1)
            }
            _ => Ok(()),
        }
    }

    /// The value a mark is for.
    fn position(&self, mark: &str) -> Option<usize> {
        let sign = match self.marks {
            Marks::Question => '?',
            Marks::Dollar => '$',
            Marks::Column => return None,
        };
        let number: usize = mark.strip_prefix(sign)?.parse().ok()?;
        number.checked_sub(1).filter(|at| *at < self.values.len())
    }
}

fn is_constant(value: &Expr) -> bool {
    match value {
        Expr::Value(value) => !matches!(value.value, Value::Placeholder(_)),
        Expr::UnaryOp {
            op: UnaryOperator::Minus | UnaryOperator::Plus,
            expr,
        } => matches!(&**expr, Expr::Value(value) if matches!(value.value, Value::Number(..))),
        Expr::TypedString(_) => true,
        Expr::Interval(interval) => is_constant(&interval.value),
        Expr::Cast { expr, .. } | Expr::Nested(expr) => is_constant(expr),
        Expr::Array(array) => array.elem.iter().all(is_constant),
        Expr::Function(call) => is_address(call),
        _ => false,
    }
}

/// `IPADDRESS '10.0.0.1'`, as it was respelled.
fn is_address(call: &Function) -> bool {
    let name = call.name.to_string();
    let FunctionArguments::List(list) = &call.args else {
        return false;
    };
    let is_text = |argument: &FunctionArg| {
        matches!(argument, FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Value(value)))
            if matches!(value.value, Value::SingleQuotedString(_)))
    };
    parse::CONSTANTS.iter().any(|(_, function)| name == *function) && list.args.iter().all(is_text)
}

struct Binding<'a> {
    parameters: &'a Parameters,
    is_bound: Vec<bool>,
    wrong: Option<String>,
}

impl Binding<'_> {
    fn check_positions<'e>(&mut self, clause: &str, expressions: impl Iterator<Item = &'e Expr>) {
        for expression in expressions {
            if mark_of(expression).is_some() {
                let wrong = format!("a parameter is a value, and {clause} wants a column or an expression of columns");
                self.wrong.get_or_insert(wrong);
            }
        }
    }
}

impl VisitorMut for Binding<'_> {
    type Break = Infallible;

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<Infallible> {
        if let Some(OrderByKind::Expressions(order)) = query.order_by.as_ref().map(|order| &order.kind) {
            self.check_positions("ORDER BY", order.iter().map(|by| &by.expr));
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<Infallible> {
        if let GroupByExpr::Expressions(keys, _) = &select.group_by {
            self.check_positions("GROUP BY", keys.iter());
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<Infallible> {
        let position = match expression {
            Expr::Value(value) => match &value.value {
                Value::Placeholder(mark) => self.parameters.position(mark),
                _ => None,
            },
            _ => None,
        };
        if let Some(at) = position {
            self.is_bound[at] = true;
            let value = self.parameters.values[at].clone();
            *expression = match value {
                // `x - ?` is no comment, whatever the statement is spelled as on its way.
                Expr::UnaryOp { .. } => Expr::Nested(Box::new(value)),
                value => value,
            };
        }
        ControlFlow::Continue(())
    }

    /// Any mark that is left has no value, or stands where the syntax has a mere text or number.
    fn pre_visit_value(&mut self, value: &mut ValueWithSpan) -> ControlFlow<Infallible> {
        if let Value::Placeholder(mark) = &value.value {
            let wrong = match self.parameters.position(mark) {
                Some(at) => format!("parameter {} stands where no value can be put", at + 1),
                None => format!(
                    "`{}` is a parameter without a value; PREPARE a statement with parameters, and EXECUTE it",
                    if mark.starts_with('?') { "?" } else { mark }
                ),
            };
            self.wrong.get_or_insert(wrong);
        }
        ControlFlow::Continue(())
    }
}

fn mark_of(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Nested(inner) => mark_of(inner),
        Expr::Value(value) => match &value.value {
            Value::Placeholder(mark) => Some(mark),
            _ => None,
        },
        _ => None,
    }
}

/// That a text is one statement that can be read, once its marks have values.
///
/// # Errors
/// What is wrong with it.
pub fn check_syntax(sql: &str, marks: Marks, names: &Names) -> Result<(), QueryError> {
    let null = Expr::Value(Value::Null.into());
    let parameters = Parameters {
        marks,
        values: vec![null; marks.wanted(sql)],
    };
    let read: Result<_, DataFusionError> = parse::parse_with(sql, names.scope.accent, &parameters);
    read.map(|_| ())
        .map_err(|error| QueryError::planning(error, sql, names))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::Accent;

    fn bound(marks: Marks, sql: &str, values: &str) -> String {
        let parameters = Parameters::read(marks, values).unwrap();
        match parse::parse_with(sql, Accent::Athena, &parameters) {
            Ok(statement) => statement.to_string(),
            Err(error) => error.strip_backtrace(),
        }
    }

    #[test]
    fn marks_in_texts_names_and_comments_are_none() {
        let sql = "SELECT '?', \"?\", `?` /* ? */, $$?$$, E'\\'?' -- ?\n, ? FROM t WHERE a = ?";
        assert_eq!(Marks::Question.wanted(sql), 2);
        assert_eq!(Marks::Dollar.wanted("SELECT '$9', $2, a$7, $$ $8 $$, $t$ $6 $t$"), 2);
    }

    #[test]
    fn values_go_where_their_marks_are() {
        for (sql, values, expected) in [
            (
                "SELECT a FROM t WHERE b = ? AND c = ?",
                "1, 'x'",
                "SELECT a FROM t WHERE b = 1 AND c = 'x'",
            ),
            ("SELECT a-? FROM t", "-5", "SELECT a - (-5) FROM t"),
            ("SELECT trim(? FROM ?)", "'a', 'b'", "SELECT TRIM('a' FROM 'b')"),
            ("SELECT ? || '?'", "NULL", "SELECT NULL || '?'"),
            ("SELECT ?", "'x'' OR 1 = 1 -- /* ?'", "SELECT 'x'' OR 1 = 1 -- /* ?'"),
            (
                "VALUES (?, ?, ?)",
                "TRUE, DATE '2026-11-01', INTERVAL '1' DAY",
                "VALUES (true, DATE '2026-11-01', INTERVAL '1' DAY)",
            ),
            ("SELECT a FROM t LIMIT ?", "10", "SELECT a FROM t LIMIT 10"),
        ] {
            assert_eq!(bound(Marks::Question, sql, values), expected, "{sql}");
        }
        assert_eq!(bound(Marks::Dollar, "VALUES ($2, $1, $2)", "1, 2"), "VALUES (2, 1, 2)");
    }

    #[test]
    fn a_mark_where_no_value_can_stand_is_an_error() {
        for (sql, values, expected) in [
            ("SELECT a FROM t ORDER BY ?", "1", "ORDER BY wants a column"),
            ("SELECT a FROM t GROUP BY (?)", "1", "GROUP BY wants a column"),
            ("SELECT a FROM ?", "'t'", "found: ?"),
            ("SELECT a AS ?", "'t'", "found: ?"),
            ("SELECT ?, ?", "1", "`?` is a parameter without a value"),
            ("SELECT ?", "1, 2", "parameter 2 stands where no value can be put"),
            ("SELECT $1", "1", "`$1` is a parameter without a value"),
        ] {
            let error = bound(Marks::Question, sql, values);
            assert!(error.contains(expected), "{sql}: {error}");
        }
    }

    #[test]
    fn what_is_no_value_is_refused_with_its_place() {
        for values in [
            "a",
            "1, now()",
            "1 + 1",
            "(SELECT 1)",
            "?",
            "\"x\"",
            "1; DROP",
            "ip_address(x)",
            "'a' 'b'",
            "",
        ] {
            let error = Parameters::read(Marks::Question, values);
            assert!(error.is_err(), "{values}: {error:?}");
        }
        let error = Parameters::read(Marks::Question, "1,\n  count(*)")
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("line 2, column 3: expected a value such as 443"),
            "{error}"
        );
    }

    #[derive(Default)]
    struct Texts(Vec<String>);

    impl VisitorMut for Texts {
        type Break = Infallible;

        fn pre_visit_value(&mut self, value: &mut ValueWithSpan) -> ControlFlow<Infallible> {
            self.0.extend(value.value.clone().into_string());
            ControlFlow::Continue(())
        }
    }

    proptest! {
        /// Whatever a text holds, the statement has that very text as one value.
        #[test]
        fn a_text_stays_one_value(text in "[a-z0-9'\"`?$;/*\\\\ -]{0,24}") {
            let value = format!("'{}'", text.replace('\'', "''"));
            let parameters = Parameters::read(Marks::Question, &value).unwrap();
            prop_assert_eq!(parameters.len(), 1);
            let mut statement = parse::parse_with("SELECT a, ? FROM t -- ?", Accent::Athena, &parameters).unwrap();
            let mut found = Texts::default();
            walk(&mut statement, &mut found);
            prop_assert_eq!(found.0, [text]);
        }
    }
}
