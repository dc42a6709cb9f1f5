//! `:datebucket(column)` and `column = :daterange`, which Snowsight's dashboards have in their SQL.

use crate::statements::{Token, TokenKind, tokens};

use super::Period;

/// What times are rounded to, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucketing {
    /// How far.
    pub granularity: Granularity,
    /// Where days begin at midnight, as the IANA has it: `Asia/Tokyo`.
    pub time_zone: chrono_tz::Tz,
}

impl Default for Bucketing {
    fn default() -> Self {
        Self {
            granularity: Granularity::Hour,
            time_zone: chrono_tz::Tz::UTC,
        }
    }
}

/// How far times are rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Granularity {
    /// To the second.
    Second,
    /// To the minute.
    Minute,
    /// To the hour.
    Hour,
    /// To midnight.
    Day,
    /// To Monday.
    Week,
    /// To the first of the month.
    Month,
}

impl Granularity {
    const fn word(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}

/// A statement without placeholders. No line begins elsewhere than before, so that errors name the right one.
pub(super) fn written_out(sql: &str, period: Option<Period>, bucketing: &Bucketing) -> String {
    // Most statements have none.
    if !sql.contains(':') {
        return sql.to_owned();
    }
    let tokens: Vec<Token<'_>> = tokens(sql).collect();
    let mut written = String::with_capacity(sql.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match placeholder(&tokens, at) {
            Some("datebucket") => match bracketed(&tokens, at + 2) {
                Some((inner, end)) => {
                    let inner = written_out(&joined(inner), period, bucketing);
                    written.push_str(&bucket(&inner, bucketing));
                    at = end;
                    continue;
                }
                None => written.push_str(token.text),
            },
            Some("daterange") => {
                let condition = match compared(&written) {
                    Some(start) => within(
                        written
                            .split_off(start)
                            .trim_end_matches(|c: char| c.is_whitespace() || c == '='),
                        period,
                    ),
                    None => ":daterange".to_owned(),
                };
                written.push_str(&condition);
                at += 2;
                continue;
            }
            _ => written.push_str(token.text),
        }
        at += 1;
    }
    written
}

/// The name of the placeholder that begins at a token, in small letters. `record:datebucket` is a field.
fn placeholder(tokens: &[Token<'_>], at: usize) -> Option<&'static str> {
    let is_field = at > 0 && {
        let before = &tokens[at - 1];
        matches!(before.kind, TokenKind::Word | TokenKind::QuotedName) || matches!(before.text, ":" | ")" | "]")
    };
    if tokens[at].text != ":" || is_field {
        return None;
    }
    let name = tokens.get(at + 1)?.text;
    ["datebucket", "daterange"]
        .into_iter()
        .find(|known| name.eq_ignore_ascii_case(known))
}

/// What stands in the brackets that open at a token, and what comes after them.
fn bracketed<'a, 'b>(tokens: &'a [Token<'b>], open: usize) -> Option<(&'a [Token<'b>], usize)> {
    if tokens.get(open)?.text != "(" {
        return None;
    }
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.text {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((&tokens[open + 1..at], at + 1));
        }
    }
    None
}

fn joined(tokens: &[Token<'_>]) -> String {
    tokens.iter().map(|token| token.text).collect()
}

/// Instants, rounded where the reader is. A time without a zone is one in UTC.
fn bucket(column: &str, bucketing: &Bucketing) -> String {
    let word = bucketing.granularity.word();
    if bucketing.time_zone == chrono_tz::Tz::UTC {
        return format!("date_trunc('{word}', {column})");
    }
    let zone = bucketing.time_zone.name();
    format!(
        "date_trunc('{word}', arrow_cast(arrow_cast({column}, 'Timestamp(µs, \"UTC\")'), 'Timestamp(µs, \"{zone}\")'))"
    )
}

/// Where the name begins that stands before `=` at the end of a text.
fn compared(written: &str) -> Option<usize> {
    let before = written.trim_end().strip_suffix('=')?.trim_end();
    let pieces: Vec<Token<'_>> = tokens(before).collect();
    let is_of_name =
        |token: &&Token<'_>| matches!(token.kind, TokenKind::Word | TokenKind::QuotedName) || token.text == ".";
    let name = pieces.iter().rev().take_while(is_of_name).last()?;
    Some(name.offset)
}

fn within(column: &str, period: Option<Period>) -> String {
    let column = column.trim_end();
    match period {
        Some(Period { from_s, to_s }) => {
            format!("({column} >= from_unixtime({from_s}) AND {column} < from_unixtime({to_s}))")
        }
        None => "TRUE".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIOD: Option<Period> = Some(Period { from_s: 60, to_s: 120 });

    fn utc(sql: &str) -> String {
        written_out(sql, PERIOD, &Bucketing::default())
    }

    #[test]
    fn buckets_are_rounded_times() {
        assert_eq!(
            utc("select :datebucket(a.b), :DateBucket( f(x, ')') ) from t"),
            "select date_trunc('hour', a.b), date_trunc('hour',  f(x, ')') ) from t"
        );
        let tokyo = Bucketing {
            granularity: Granularity::Day,
            time_zone: chrono_tz::Tz::Asia__Tokyo,
        };
        let written = written_out(":datebucket(start_time)", None, &tokyo);
        assert!(written.starts_with("date_trunc('day', arrow_cast("), "{written}");
        assert!(written.contains("Asia/Tokyo"), "{written}");
    }

    #[test]
    fn a_range_is_two_comparisons() {
        assert_eq!(
            utc("where x = 1 and t.\"START\" = :daterange\n and y = 2"),
            "where x = 1 and (t.\"START\" >= from_unixtime(60) AND t.\"START\" < from_unixtime(120))\n and y = 2"
        );
        assert_eq!(
            written_out("where a = :daterange", None, &Bucketing::default()),
            "where TRUE"
        );
    }

    #[test]
    fn what_only_looks_like_one_stays() {
        for sql in [
            "select record:datebucket(1), record:daterange, a::daterange, ':daterange' -- :daterange",
            "select :datebucket, :datebucket(, :other",
        ] {
            assert_eq!(utc(sql), sql);
        }
    }
}
