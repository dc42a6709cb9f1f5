//! Whose SQL a statement is, where that decides what it means.

use std::fmt;
use std::str::FromStr;

use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Word};

/// Whose meaning counts where products differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Accent {
    /// That of the product whose words a statement has: Snowflake's where it has some that only Snowflake has, and none
    /// that only Athena has; otherwise Athena's.
    #[default]
    Auto,
    /// Athena's, which is Trino's.
    Athena,
    /// Snowflake's.
    Snowflake,
    /// `PostgreSQL`'s.
    Postgres,
}

/// Functions and words that Snowflake has and Athena has not.
const OF_SNOWFLAKE: &[&str] = &[
    "array_construct",
    "array_size",
    "array_to_string",
    "array_unique_agg",
    "dateadd",
    "datediff",
    "div0",
    "flatten",
    "iff",
    "object_construct",
    "parse_ip",
    "parse_json",
    "qualify",
    "time_slice",
    "to_varchar",
    "to_variant",
    "try_parse_json",
    "try_to_number",
    "try_to_timestamp",
    "zeroifnull",
];
/// Functions and words that Athena has and Snowflake has not.
const OF_ATHENA: &[&str] = &[
    "cardinality",
    "count_if",
    "date_add",
    "date_diff",
    "date_format",
    "date_parse",
    "element_at",
    "format_datetime",
    "from_iso8601_timestamp",
    "from_unixtime",
    "ipaddress",
    "json_extract",
    "json_extract_scalar",
    "parse_datetime",
    "to_unixtime",
    "unnest",
    "url_extract_host",
];

impl Accent {
    /// The accent of a statement's words, where this is not one already.
    pub(crate) fn of(self, tokens: &[TokenWithSpan]) -> Self {
        if self != Self::Auto {
            return self;
        }
        let has = |known: &[&str]| {
            tokens.iter().any(|token| {
                matches!(&token.token, Token::Word(Word { value, quote_style: None, .. })
                    if known.contains(&value.to_ascii_lowercase().as_str()))
            })
        };
        if (has(OF_SNOWFLAKE) || counts_from_zero(tokens)) && !has(OF_ATHENA) {
            Self::Snowflake
        } else {
            Self::Athena
        }
    }
}

/// Whether there is a `list[0]`, which Athena has no element at.
fn counts_from_zero(tokens: &[TokenWithSpan]) -> bool {
    let seen: Vec<&Token> = tokens
        .iter()
        .map(|token| &token.token)
        .filter(|token| !matches!(token, Token::Whitespace(_)))
        .collect();
    seen.windows(4).any(|window| {
        matches!(window, [Token::RParen | Token::Word(Word { .. }), Token::LBracket, Token::Number(zero, _), Token::RBracket]
            if zero == "0")
    })
}

impl FromStr for Accent {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "auto" => Ok(Self::Auto),
            "athena" | "trino" => Ok(Self::Athena),
            "snowflake" => Ok(Self::Snowflake),
            "postgres" | "postgresql" => Ok(Self::Postgres),
            _ => Err(format!("`{text}` is not one of auto, athena, snowflake, postgres")),
        }
    }
}

impl fmt::Display for Accent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Athena => "athena",
            Self::Snowflake => "snowflake",
            Self::Postgres => "postgres",
        })
    }
}
