//! From text to a statement's syntax.

use std::convert::Infallible;
use std::ops::ControlFlow;

use datafusion::common::{DataFusionError, Result};
use datafusion::sql::parser::DFParserBuilder;
pub use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{Ident, ObjectName, VisitMut, VisitorMut};
use datafusion::sql::sqlparser::dialect::{Dialect, DuckDbDialect, GenericDialect};
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::parser::ParserError;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer, Word};

use crate::accent::{self, Accent};
use crate::functions::Unit;
use crate::parameters::Parameters;
use crate::{load_functions, unheeded, unnest};

/// Reads one statement, in the accent of its words.
#[cfg(test)]
pub fn parse(sql: &str) -> Result<Statement> {
    parse_as(sql, Accent::Auto)
}

/// Reads one statement in an accent.
///
/// The dialect is sqlparser's most permissive one, and for a statement with an arrow (`filter(list, x -> x > 1)`) the
/// next to it, which has lambdas. Beyond it, the flow log's column `end` needs no quotes: it is taken
/// for the word that closes a `CASE` only where one is open and an expression has just ended. And the unit of
/// `dateadd(day, -30, start_time)` may be a word, as Snowflake has it, and `IPADDRESS '10.0.0.1'` is an address, as in
/// Athena.
pub fn parse_as(sql: &str, accent: Accent) -> Result<Statement> {
    parse_with(sql, accent, &Parameters::default())
}

/// Like [`parse_as`], of a statement that has values for its parameters.
pub fn parse_with(sql: &str, accent: Accent, parameters: &Parameters) -> Result<Statement> {
    let mut tokens = tokens_of(sql)?;
    parameters.number(&mut tokens);
    let accent = accent.of(&tokens);
    quote_end(&mut tokens);
    bind_distinct(&mut tokens);
    quote_units(&mut tokens);
    call_addresses(&mut tokens);
    accent::quote_nested_types(&mut tokens);
    let has_lambda = tokens.iter().any(|token| token.token == Token::Arrow);
    let dialect: &dyn Dialect = if has_lambda {
        &DuckDbDialect {}
    } else {
        &GenericDialect {}
    };
    let mut statements = DFParserBuilder::new(tokens)
        .with_dialect(dialect)
        .build()?
        .parse_statements()
        .map_err(|error| parameters.unnumbered(error))?;
    let none = || syntax(ParserError::ParserError("there is no statement to run".into()));
    let mut statement = statements.pop_front().ok_or_else(none)?;
    parameters.bind(&mut statement)?;
    load_functions::rewrite(&mut statement);
    accent::settle(&mut statement, accent);
    accent::respell(&mut statement);
    unnest::rewrite(&mut statement);
    unheeded::refuse(&mut statement)?;
    Ok(statement)
}

fn tokens_of(sql: &str) -> Result<Vec<TokenWithSpan>> {
    Tokenizer::new(&GenericDialect {}, sql)
        .tokenize_with_location()
        .map_err(|e| syntax(e.into()))
}

/// The tokens of constants, those of types that only Athena has among them.
pub fn constant_tokens(sql: &str) -> Result<Vec<TokenWithSpan>> {
    let mut tokens = tokens_of(sql)?;
    call_addresses(&mut tokens);
    accent::quote_nested_types(&mut tokens);
    Ok(tokens)
}

/// Goes through a statement, also one that is only to be explained.
pub fn walk(statement: &mut Statement, visitor: &mut impl VisitorMut<Break = Infallible>) {
    match statement {
        Statement::Statement(statement) => {
            let ControlFlow::Continue(()) = statement.visit(visitor);
        }
        Statement::Explain(explain) => walk(&mut explain.statement, visitor),
        _ => {}
    }
}

/// A name as it is stored: in small letters, unless it was quoted.
pub fn stored_name(name: &Ident) -> String {
    match name.quote_style {
        Some(_) => name.value.clone(),
        None => name.value.to_lowercase(),
    }
}

/// The parts of a name, each as it is stored.
pub fn stored_parts(name: &ObjectName) -> Vec<String> {
    name.0
        .iter()
        .filter_map(|part| part.as_ident())
        .map(stored_name)
        .collect()
}

fn syntax(error: ParserError) -> DataFusionError {
    DataFusionError::SQL(Box::new(error), None)
}

/// Puts the word `end` in quotes where it is a name.
fn quote_end(tokens: &mut [TokenWithSpan]) {
    let mut open_cases = 0_usize;
    let mut operand_is_next = true;
    for token in tokens.iter_mut().map(|token| &mut token.token) {
        operand_is_next = match token {
            Token::Whitespace(_) => operand_is_next,
            Token::Word(word) if word.keyword == Keyword::END && word.quote_style.is_none() => {
                if operand_is_next || open_cases == 0 {
                    *word = Word {
                        value: "end".into(),
                        quote_style: Some('"'),
                        keyword: Keyword::NoKeyword,
                    };
                } else {
                    open_cases -= 1;
                }
                false
            }
            Token::Word(word) => {
                open_cases += usize::from(word.keyword == Keyword::CASE);
                is_before_operand(word.keyword)
            }
            other => !ends_operand(other),
        };
    }
}

/// What stands for `IS DISTINCT FROM`, which the parser gives all that follows as its right side, `AND` and all; an
/// operator ends where it should. `accent` makes it what it was.
pub const DISTINCT: [(&str, &[Keyword]); 2] = [
    ("IS DISTINCT FROM", &[Keyword::IS, Keyword::DISTINCT, Keyword::FROM]),
    (
        "IS NOT DISTINCT FROM",
        &[Keyword::IS, Keyword::NOT, Keyword::DISTINCT, Keyword::FROM],
    ),
];

fn bind_distinct(tokens: &mut Vec<TokenWithSpan>) {
    let places: Vec<usize> = (0..tokens.len()).filter(|at| !is_space(&tokens[*at])).collect();
    let is_keyword = |place: usize, keyword: Keyword| matches!(&tokens[place].token, Token::Word(word) if word.quote_style.is_none() && word.keyword == keyword);
    let mut found = Vec::new();
    for start in 0..places.len() {
        for (name, words) in DISTINCT {
            let window = places.get(start..start + words.len());
            if window.is_some_and(|window| window.iter().zip(words).all(|(place, word)| is_keyword(*place, *word))) {
                found.push((places[start], places[start + words.len() - 1], name));
            }
        }
    }
    for (first, last, name) in found.into_iter().rev() {
        let span = tokens[first].span;
        let operator = TokenWithSpan::new(Token::CustomBinaryOperator(name.to_owned()), span);
        tokens.splice(first..=last, [operator]);
    }
}

/// Functions whose first argument is a unit of time.
const TAKE_UNIT: &[&str] = &[
    "date_part",
    "date_trunc",
    "dateadd",
    "datediff",
    "timeadd",
    "timediff",
    "timestampadd",
    "timestampdiff",
];

/// Puts the unit in quotes that stands as a bare word behind the bracket of a function that takes one.
fn quote_units(tokens: &mut [TokenWithSpan]) {
    let places: Vec<usize> = (0..tokens.len()).filter(|at| !is_space(&tokens[*at])).collect();
    for places in places.windows(4) {
        let [function, bracket, unit, comma] = [0, 1, 2, 3].map(|at| &tokens[places[at]].token);
        let (Token::Word(function), Token::LParen, Token::Word(word), Token::Comma) = (function, bracket, unit, comma)
        else {
            continue;
        };
        let takes_unit = TAKE_UNIT.iter().any(|name| function.value.eq_ignore_ascii_case(name));
        let is_unit = Unit::named(&word.value).is_some() || word.value.to_ascii_lowercase().starts_with("epoch_");
        if takes_unit && word.quote_style.is_none() && is_unit {
            tokens[places[2]].token = Token::SingleQuotedString(word.value.clone());
        }
    }
}

/// Types of Athena's whose constants are written as those of DATE are, and the functions that read them.
pub const CONSTANTS: &[(&str, &str)] = &[("ipaddress", "ip_address"), ("ipprefix", "ip_block")];

/// Makes `IPADDRESS '10.0.0.1'` a call, `ip_address('10.0.0.1')`.
fn call_addresses(tokens: &mut Vec<TokenWithSpan>) {
    let mut at = 0;
    while at < tokens.len() {
        let function = match &tokens[at].token {
            Token::Word(word) if word.quote_style.is_none() => CONSTANTS
                .iter()
                .find(|(name, _)| word.value.eq_ignore_ascii_case(name))
                .map(|(_, function)| *function),
            _ => None,
        };
        let next = (at + 1..tokens.len()).find(|next| !is_space(&tokens[*next]));
        let text = next.filter(|next| matches!(tokens[*next].token, Token::SingleQuotedString(_)));
        if let (Some(text), Some(function)) = (text, function) {
            let span = tokens[at].span;
            if let Token::Word(word) = &mut tokens[at].token {
                function.clone_into(&mut word.value);
                word.keyword = Keyword::NoKeyword;
            }
            tokens.insert(text + 1, TokenWithSpan::new(Token::RParen, span));
            tokens.insert(text, TokenWithSpan::new(Token::LParen, span));
        }
        at += 1;
    }
}

fn is_space(token: &TokenWithSpan) -> bool {
    matches!(token.token, Token::Whitespace(_))
}

fn is_before_operand(keyword: Keyword) -> bool {
    matches!(
        keyword,
        Keyword::ALL
            | Keyword::AND
            | Keyword::AS
            | Keyword::BETWEEN
            | Keyword::BY
            | Keyword::CASE
            | Keyword::DISTINCT
            | Keyword::ELSE
            | Keyword::HAVING
            | Keyword::ILIKE
            | Keyword::IN
            | Keyword::LIKE
            | Keyword::NOT
            | Keyword::ON
            | Keyword::OR
            | Keyword::SELECT
            | Keyword::THEN
            | Keyword::WHEN
            | Keyword::WHERE
    )
}

fn ends_operand(token: &Token) -> bool {
    matches!(
        token,
        Token::RParen
            | Token::RBracket
            | Token::RBrace
            | Token::Number(..)
            | Token::SingleQuotedString(_)
            | Token::DollarQuotedString(_)
            | Token::EscapedStringLiteral(_)
            | Token::NationalStringLiteral(_)
            | Token::HexStringLiteral(_)
            | Token::UnicodeStringLiteral(_)
            | Token::Placeholder(_)
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn word() -> impl Strategy<Value = &'static str> {
        proptest::sample::select(vec![
            "SELECT",
            "FROM",
            "WHERE",
            "CASE",
            "WHEN",
            "THEN",
            "ELSE",
            "END",
            "end",
            "AND",
            "BETWEEN",
            "ORDER",
            "BY",
            "t",
            "start",
            "IPADDRESS",
            "'10.0.0.1'",
            "'x",
            "\"y\"",
            "dateadd",
            "date_trunc",
            "day",
            "iff",
            "max_by",
            "count_if",
            "contains",
            "CAST",
            "AS",
            "(",
            ")",
            ",",
            ";",
            "*",
            "=",
            "<",
            ":",
            "::",
            "[",
            "]",
            "1",
            "-",
            "-- x\n",
            "/*",
            "$$",
            "\u{e9}",
            "INTERVAL",
            "AT TIME ZONE",
            "OVER",
            "WITH",
            "UNION",
            "EXPLAIN",
            "ARRAY",
            "ARRAY(",
            "ROW",
            "MAP",
            "IPPREFIX",
            "VARCHAR",
            "x",
            "UNNEST(",
            "CROSS JOIN",
            "LEFT JOIN",
            "ON TRUE",
            "WITH ORDINALITY",
            "TABLE(",
            "GENERATOR(",
            "ROWCOUNT =>",
            "seq4()",
            "LIKE",
            "RLIKE",
            "ANY",
            "ALL",
            "TOP",
            "FETCH FIRST",
            "ROWS ONLY",
            "RENAME",
            "EXCLUDE",
            "decode(",
            "try(",
            "reduce(",
            "all_match(",
            "concat(",
            "approx_percentile(",
            "listagg(",
            "WITHIN GROUP (",
            "'\\\\d'",
            "$1",
            "->",
        ])
    }

    proptest! {
        #[test]
        fn words_in_any_order_never_panic(words in proptest::collection::vec(word(), 0..40)) {
            let sql = words.join(" ");
            if let Ok(statement) = parse(&sql) {
                prop_assert!(!statement.to_string().is_empty());
            }
        }
    }

    #[test]
    fn a_unit_may_be_a_bare_word() {
        for (sql, read) in [
            ("SELECT DATEADD( day, -30, start )", "SELECT DATEADD('day', -30, start)"),
            (
                "SELECT datediff(hh, a, b), day, f(day, 1)",
                "SELECT datediff('hh', a, b), day, f(day, 1)",
            ),
            ("SELECT dateadd(\"day\", 1, a)", "SELECT dateadd(\"day\", 1, a)"),
            ("SELECT date_trunc(hour, a)", "SELECT date_trunc('hour', a)"),
        ] {
            assert_eq!(parse(sql).unwrap().to_string(), read, "{sql}");
        }
    }

    #[test]
    fn end_is_a_name_where_an_expression_begins() {
        for (sql, read) in [
            ("SELECT start, end FROM t", r#"SELECT start, "end" FROM t"#),
            ("SELECT End - start", r#"SELECT "end" - start"#),
            (
                "SELECT max(end) FROM t WHERE end > 0 AND t.end < 9",
                r#"SELECT max("end") FROM t WHERE "end" > 0 AND t."end" < 9"#,
            ),
            (
                "SELECT 1 WHERE start BETWEEN 1 AND end ORDER BY end",
                r#"SELECT 1 WHERE start BETWEEN 1 AND "end" ORDER BY "end""#,
            ),
            (
                "SELECT CASE WHEN end > 1 THEN end ELSE end END",
                r#"SELECT CASE WHEN "end" > 1 THEN "end" ELSE "end" END"#,
            ),
            (
                "SELECT CASE CASE end WHEN 1 THEN 'a' END WHEN 'a' THEN f(2) END, end",
                r#"SELECT CASE CASE "end" WHEN 1 THEN 'a' END WHEN 'a' THEN f(2) END, "end""#,
            ),
            ("SELECT 1 AS end", r#"SELECT 1 AS "end""#),
            (
                "SELECT CASE WHEN true THEN NULL END AS x",
                "SELECT CASE WHEN true THEN NULL END AS x",
            ),
        ] {
            assert_eq!(parse(sql).unwrap().to_string(), read, "{sql}");
        }
    }
}
