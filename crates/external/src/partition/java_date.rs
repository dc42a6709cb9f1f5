//! Times in Java's patterns, as `DateTimeFormatter` has them: `yyyy/MM/dd`, `yyyy-MM-dd'T'HH`.

use std::fmt::Write;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Timelike, Utc};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A pattern, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct JavaPattern(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Field(Field, usize),
}

/// What a letter stands for, from the coarsest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Year,
    Month,
    Day,
    DayOfYear,
    Hour,
    Minute,
    Second,
    Fraction,
}

impl JavaPattern {
    /// Takes a pattern apart, or says what of it is not known.
    pub(super) fn of(pattern: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = pattern;
        while let Some(first) = rest.chars().next() {
            if first == '\'' {
                let (text, behind) = quoted(&rest[1..]).ok_or("a quote is not closed")?;
                pieces.push(Piece::Text(text));
                rest = behind;
                continue;
            }
            let length = rest.chars().take_while(|letter| *letter == first).count();
            if !first.is_ascii_alphabetic() {
                pieces.push(Piece::Text(first.to_string()));
                rest = &rest[first.len_utf8()..];
                continue;
            }
            let field = match first {
                'y' | 'u' => Field::Year,
                'M' | 'L' => Field::Month,
                'd' => Field::Day,
                'D' => Field::DayOfYear,
                'H' => Field::Hour,
                'm' => Field::Minute,
                's' => Field::Second,
                'S' => Field::Fraction,
                _ => {
                    return Err(format!(
                        "the letter `{first}` is not known here; known are y, M, d, D, H, m, s and S, and text in quotes"
                    ));
                }
            };
            pieces.push(Piece::Field(field, length));
            rest = &rest[length..];
        }
        let has_field = pieces.iter().any(|piece| matches!(piece, Piece::Field(..)));
        if !has_field {
            return Err("it has no part of a date".to_owned());
        }
        Ok(Self(pieces))
    }

    /// The finest part of a time that it has.
    pub(super) fn finest(&self) -> Field {
        let field = |piece: &Piece| match piece {
            Piece::Field(field, _) => Some(*field),
            Piece::Text(_) => None,
        };
        self.0.iter().filter_map(field).max().unwrap_or(Field::Day)
    }

    /// A time in this pattern.
    pub(super) fn format(&self, time: &DateTime<Utc>) -> String {
        let mut out = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Field(field, length) => write_field(&mut out, time, *field, *length),
            }
        }
        out
    }

    /// The time that a text in this pattern is; parts that it does not have are the first of their kind.
    pub(super) fn parse(&self, text: &str) -> Option<DateTime<Utc>> {
        let mut rest = text;
        let (mut year, mut month, mut day, mut day_of_year) = (1970, 1, 1, None);
        let (mut hour, mut minute, mut second, mut nanosecond) = (0, 0, 0, 0);
        for (at, piece) in self.0.iter().enumerate() {
            let Piece::Field(field, length) = piece else {
                let Piece::Text(expected) = piece else { continue };
                rest = rest.strip_prefix(expected.as_str())?;
                continue;
            };
            if *field == Field::Month && *length > 2 {
                let named = |name: &&str| {
                    let name = if *length == 3 { &name[..3] } else { name };
                    rest.get(..name.len())
                        .is_some_and(|begin| begin.eq_ignore_ascii_case(name))
                };
                let place = MONTHS.iter().position(named)?;
                let taken = if *length == 3 { 3 } else { MONTHS[place].len() };
                month = place as u32 + 1;
                rest = &rest[taken..];
                continue;
            }
            // Before another number a field has just its length, else as many digits as there are.
            let is_fixed = matches!(self.0.get(at + 1), Some(Piece::Field(..))) || *length > 1;
            let most = if is_fixed {
                (*length).max(if *field == Field::Year && *length != 2 { 4 } else { 1 })
            } else {
                9
            };
            let digits = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
            if digits == 0 || (is_fixed && digits < *length) {
                return None;
            }
            let (number, behind) = rest.split_at(digits);
            rest = behind;
            let value: u32 = number.parse().ok()?;
            match field {
                Field::Year if *length == 2 => year = 2000 + value as i32,
                Field::Year => year = value as i32,
                Field::Month => month = value,
                Field::Day => day = value,
                Field::DayOfYear => day_of_year = Some(value),
                Field::Hour => hour = value,
                Field::Minute => minute = value,
                Field::Second => second = value,
                Field::Fraction => nanosecond = value * 10_u32.pow(9_u32.saturating_sub(digits as u32)),
            }
        }
        let date = match day_of_year {
            Some(day) => NaiveDate::from_yo_opt(year, day)?,
            None => NaiveDate::from_ymd_opt(year, month, day)?,
        };
        let time = date.and_hms_nano_opt(hour, minute, second, nanosecond)?;
        rest.is_empty().then(|| time.and_utc())
    }

    /// The begin of the year, month, day, hour, minute or second that a time is in, whichever the pattern ends with.
    pub(super) fn truncate(&self, time: DateTime<Utc>) -> DateTime<Utc> {
        let finest = self.finest();
        let day = time.date_naive();
        let first = |date: Option<NaiveDate>| date.unwrap_or(day);
        let date = match finest {
            Field::Year => first(NaiveDate::from_ymd_opt(day.year(), 1, 1)),
            Field::Month => first(NaiveDate::from_ymd_opt(day.year(), day.month(), 1)),
            _ => day,
        };
        let kept = |field: Field, value: u32| if finest >= field { value } else { 0 };
        let truncated: Option<NaiveDateTime> = date.and_hms_nano_opt(
            kept(Field::Hour, time.hour()),
            kept(Field::Minute, time.minute()),
            kept(Field::Second, time.second()),
            kept(Field::Fraction, time.nanosecond() % 1_000_000_000),
        );
        truncated.map_or(time, |truncated| truncated.and_utc())
    }
}

/// The text up to the closing quote, where two quotes are one, and what is behind it. Two quotes alone are one too.
fn quoted(text: &str) -> Option<(String, &str)> {
    if let Some(behind) = text.strip_prefix('\'') {
        return Some(("'".to_owned(), behind));
    }
    let mut out = String::new();
    let mut rest = text;
    loop {
        let (before, behind) = rest.split_once('\'')?;
        out.push_str(before);
        match behind.strip_prefix('\'') {
            Some(behind) => {
                out.push('\'');
                rest = behind;
            }
            None => return Some((out, behind)),
        }
    }
}

fn write_field(out: &mut String, time: &DateTime<Utc>, field: Field, length: usize) {
    let value = match field {
        Field::Year if length == 2 => time.year().rem_euclid(100) as u32,
        Field::Year => time.year().unsigned_abs(),
        Field::Month if length > 2 => {
            let name = MONTHS[time.month0() as usize];
            out.push_str(if length == 3 { &name[..3] } else { name });
            return;
        }
        Field::Month => time.month(),
        Field::Day => time.day(),
        Field::DayOfYear => time.ordinal(),
        Field::Hour => time.hour(),
        Field::Minute => time.minute(),
        Field::Second => time.second(),
        Field::Fraction => {
            let fraction = format!("{:09}", time.nanosecond() % 1_000_000_000);
            out.extend(fraction.chars().chain(std::iter::repeat('0')).take(length));
            return;
        }
    };
    // Writing into a text cannot fail.
    let _ = write!(out, "{value:0length$}");
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn patterns_are_written_and_read() {
        let time = "2026-01-02T03:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
        for (pattern, text, truncated) in [
            ("yyyy/MM/dd", "2026/01/02", "2026-01-02T00:00:00Z"),
            ("yyyy-MM-dd-HH", "2026-01-02-03", "2026-01-02T03:00:00Z"),
            ("yyyyMMdd", "20260102", "2026-01-02T00:00:00Z"),
            ("yyyy/M/d", "2026/1/2", "2026-01-02T00:00:00Z"),
            ("dd MMM yyyy 'at' HH", "02 Jan 2026 at 03", "2026-01-02T03:00:00Z"),
            ("yyyy-MM", "2026-01", "2026-01-01T00:00:00Z"),
            ("yyyy", "2026", "2026-01-01T00:00:00Z"),
            (
                "yyyy-MM-dd'T'HH:mm:ss.SSS",
                "2026-01-02T03:04:05.678",
                "2026-01-02T03:04:05.678Z",
            ),
            ("yy''DDD", "26'002", "2026-01-02T00:00:00Z"),
            ("MMMM yyyy", "January 2026", "2026-01-01T00:00:00Z"),
        ] {
            let java = JavaPattern::of(pattern).unwrap();
            let truncated: DateTime<Utc> = truncated.parse().unwrap();
            assert_eq!(java.format(&time), text, "{pattern}");
            assert_eq!(java.truncate(time), truncated, "{pattern}");
            assert_eq!(java.parse(text), Some(truncated), "{pattern}");
        }
        let java = JavaPattern::of("yyyy/MM/dd").unwrap();
        for text in ["2026/13/01", "2026/1/1", "2026/01/01x", ""] {
            assert_eq!(java.parse(text), None, "{text}");
        }
        assert!(JavaPattern::of("EEE").is_err());
        assert!(JavaPattern::of("'a'").is_err());
    }

    proptest! {
        #[test]
        fn any_pattern_and_text_are_looked_at(pattern in "[yMdDHmsS'/ -]{0,12}", text in "[0-9/ 'a-]{0,12}") {
            if let Ok(java) = JavaPattern::of(&pattern) {
                java.parse(&text);
                java.format(&Utc::now());
            }
        }
    }
}
