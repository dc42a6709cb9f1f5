//! Types by the names they have in Athena and Snowflake.

use datafusion::sql::sqlparser::ast::{
    CastKind, DataType, ExactNumberInfo, Expr, ObjectName, TimezoneInfo, TypedString,
};
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Word};

use super::build::{calling, text};
use super::calls::is_json;

/// A cast in other words, where it needs them.
pub fn respelled(kind: &CastKind, value: &Expr, data_type: &mut DataType) -> Option<Expr> {
    let is_tried = matches!(kind, CastKind::TryCast | CastKind::SafeCast);
    match data_type {
        DataType::JSON if is_json(value) => return Some(value.clone()),
        DataType::JSON => return Some(calling("json_of", vec![value.clone()])),
        DataType::TimestampNtz(_) => *data_type = DataType::Timestamp(None, TimezoneInfo::None),
        DataType::Varbinary(_) => *data_type = DataType::Bytea,
        DataType::Float(_) => *data_type = DataType::DoublePrecision,
        DataType::Custom(name, sizes) => {
            let name = name_of(name);
            match name.as_str() {
                "IPADDRESS" => return Some(calling("ip_address", vec![value.clone()])),
                "IPPREFIX" => return Some(calling("ip_block", vec![value.clone()])),
                "VARIANT" | "OBJECT" => return Some(value.clone()),
                "NUMBER" => *data_type = DataType::Decimal(size(sizes)),
                "TIMESTAMP_NTZ" | "TIMESTAMPNTZ" => *data_type = DataType::Timestamp(None, TimezoneInfo::None),
                "TIMESTAMP_LTZ" | "TIMESTAMP_TZ" | "TIMESTAMPLTZ" | "TIMESTAMPTZ" => {
                    *data_type = DataType::Timestamp(None, TimezoneInfo::WithTimeZone);
                }
                _ if NESTED.iter().any(|kind| name.starts_with(&format!("{kind}("))) => {
                    let name = if is_tried { "try_cast_to" } else { "cast_to" };
                    return Some(calling(name, vec![value.clone(), text(data_type_text(data_type)?)]));
                }
                _ => {}
            }
        }
        _ => {}
    }
    None
}

/// `JSON '[1]'` as a call.
pub fn constant(constant: &TypedString) -> Option<Expr> {
    let is_json = matches!(constant.data_type, DataType::JSON);
    is_json.then(|| calling("json_parse", vec![Expr::Value(constant.value.clone())]))
}

/// Snowflake's `NUMBER`, which has 38 digits where it does not say how many.
fn size(sizes: &[String]) -> ExactNumberInfo {
    let number = |at: usize| sizes.get(at).and_then(|size| size.trim().parse().ok());
    ExactNumberInfo::PrecisionAndScale(number(0).unwrap_or(38), number(1).unwrap_or(0) as i64)
}

fn name_of(name: &ObjectName) -> String {
    match name.0.as_slice() {
        [part] => part
            .as_ident()
            .map(|name| name.value.to_ascii_uppercase())
            .unwrap_or_default(),
        _ => String::new(),
    }
}

/// The text of a type that `quote_nested_types` made a name.
fn data_type_text(data_type: &DataType) -> Option<String> {
    match data_type {
        DataType::Custom(name, _) => Some(name.0.first()?.as_ident()?.value.clone()),
        _ => None,
    }
}

/// Kinds of types that hold others, in round brackets.
const NESTED: &[&str] = &["ARRAY", "MAP", "ROW"];

/// Makes a name of each type of a cast that is written as Trino does, `CAST(x AS ARRAY(VARCHAR))`, which the parser does
/// not know.
pub fn quote_nested_types(tokens: &mut Vec<TokenWithSpan>) {
    let mut is_cast_at_depth = Vec::new();
    let mut before: Option<Word> = None;
    let mut at = 0;
    while at < tokens.len() {
        let word = match &tokens[at].token {
            Token::Whitespace(_) => {
                at += 1;
                continue;
            }
            Token::LParen => {
                let is_cast = before.take().is_some_and(|word| {
                    matches!(word.keyword, Keyword::CAST | Keyword::TRY_CAST) && word.quote_style.is_none()
                });
                is_cast_at_depth.push(is_cast);
                None
            }
            Token::RParen => {
                is_cast_at_depth.pop();
                None
            }
            Token::Word(word) => Some(word.clone()),
            _ => None,
        };
        let is_type = before.as_ref().is_some_and(|word| word.keyword == Keyword::AS)
            && is_cast_at_depth.last() == Some(&true)
            && word
                .as_ref()
                .is_some_and(|word| NESTED.iter().any(|kind| word.value.eq_ignore_ascii_case(kind)));
        if let Some(end) = is_type.then(|| closing(tokens, at + 1)).flatten() {
            let name: String = tokens[at..=end].iter().map(|token| token.token.to_string()).collect();
            let word = Word {
                value: name,
                quote_style: Some('"'),
                keyword: Keyword::NoKeyword,
            };
            let named = TokenWithSpan::new(Token::Word(word), tokens[at].span);
            tokens.splice(at..=end, [named]);
        }
        before = word;
        at += 1;
    }
}

/// Where the bracket closes that opens at `from` or behind blanks there.
fn closing(tokens: &[TokenWithSpan], from: usize) -> Option<usize> {
    let is_blank = |at: &usize| matches!(tokens[*at].token, Token::Whitespace(_));
    let open = (from..tokens.len()).find(|at| !is_blank(at))?;
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return (at > open).then_some(at);
        }
    }
    None
}
