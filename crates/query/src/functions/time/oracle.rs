//! Oracle's patterns (`YYYY-MM-DD HH24:MI:SS`), which Snowflake and `PostgreSQL` take.
//!
//! Source: Snowflake documentation, "Date and time input and output formats"; `PostgreSQL` documentation, "Data type
//! formatting functions".

use super::pattern::{Field, Pattern, Piece};

/// What the letters mean, in any case; of two that begin alike the longer is first.
const ELEMENTS: &[(&str, Piece)] = &[
    ("YYYY", Piece::Number(Field::Year, 4)),
    ("YY", Piece::ShortYear(Field::Year)),
    ("MMMM", Piece::MonthName { is_short: false }),
    ("MONTH", Piece::MonthName { is_short: false }),
    ("MON", Piece::MonthName { is_short: true }),
    ("MM", Piece::Number(Field::Month, 2)),
    ("MI", Piece::Number(Field::Minute, 2)),
    ("MS", Piece::Fraction(3)),
    ("DDD", Piece::Number(Field::DayOfYear, 3)),
    ("DD", Piece::Number(Field::Day, 2)),
    ("DAY", Piece::DayName { is_short: false }),
    ("DY", Piece::DayName { is_short: true }),
    ("HH24", Piece::Number(Field::Hour, 2)),
    ("HH12", Piece::Number(Field::HalfHourFrom1, 2)),
    ("HH", Piece::Number(Field::HalfHourFrom1, 2)),
    ("AM", Piece::HalfDay),
    ("PM", Piece::HalfDay),
    ("SS", Piece::Number(Field::Second, 2)),
    ("US", Piece::Fraction(6)),
    ("IYYY", Piece::Number(Field::WeekYear, 4)),
    ("IW", Piece::Number(Field::Week, 2)),
    ("TZH:TZM", Piece::Offset { has_colon: true }),
    ("TZHTZM", Piece::Offset { has_colon: false }),
    ("TZH", Piece::Offset { has_colon: false }),
    ("TZ", Piece::ZoneName),
];

/// Takes a pattern apart; what means nothing stands for itself, as does what is in double quotes.
pub fn pattern(text: &str) -> Result<Pattern, String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if let Some(quoted) = rest.strip_prefix('"') {
            let (literal_text, behind) = quoted
                .split_once('"')
                .ok_or_else(|| format!("a quote has no end in the pattern `{text}`"))?;
            literal(literal_text, &mut pieces);
            rest = behind;
            continue;
        }
        if let Some((piece, behind)) = fraction(rest).or_else(|| element(rest)) {
            pieces.push(piece);
            rest = behind;
            continue;
        }
        let (sign, behind) = rest.split_at(letter.len_utf8());
        literal(sign, &mut pieces);
        rest = behind;
    }
    Ok(Pattern(pieces))
}

fn element(text: &str) -> Option<(Piece, &str)> {
    ELEMENTS.iter().find_map(|(name, piece)| {
        let front = text.get(..name.len())?;
        front
            .eq_ignore_ascii_case(name)
            .then(|| (piece.clone(), &text[name.len()..]))
    })
}

/// `FF`, which is nine digits, or `FF3`.
fn fraction(text: &str) -> Option<(Piece, &str)> {
    let front = text.get(..2).filter(|front| front.eq_ignore_ascii_case("FF"))?;
    let behind = &text[front.len()..];
    match behind.chars().next().and_then(|digit| digit.to_digit(10)) {
        Some(digits @ 0..=9) => Some((Piece::Fraction(digits as usize), &behind[1..])),
        _ => Some((Piece::Fraction(9), behind)),
    }
}

fn literal(text: &str, pieces: &mut Vec<Piece>) {
    match pieces.last_mut() {
        Some(Piece::Literal(before)) => before.push_str(text),
        _ => pieces.push(Piece::Literal(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn letters_mean_what_snowflake_says() {
        for (text, expected) in [
            ("YYYY-MM-DD HH24:MI:SS", "2026-11-01 15:04:05"),
            ("dd/mon/yy hh12:mi am", "01/Nov/26 03:04 PM"),
            ("DY MMMM DD, YYYY", "Sun November 01, 2026"),
            ("YYYY-MM-DD\"T\"HH24:MI:SS.FF3TZH:TZM", "2026-11-01T15:04:05.678+00:00"),
            ("YYYYMMDD-FF6 DDD", "20261101-678901 305"),
        ] {
            let mut out = String::new();
            let time = "2026-11-01T15:04:05.678901".parse().unwrap();
            pattern(text).unwrap().format(time, None, &mut out);
            assert_eq!(out, expected, "{text}");
        }
        let read = pattern("DD.MM.YYYY HH24:MI")
            .unwrap()
            .parse("01.11.2026 15:04")
            .unwrap();
        assert_eq!(read.local.to_string(), "2026-11-01 15:04:00");
        let error = pattern("YYYY \"T").unwrap_err();
        assert!(error.contains("a quote has no end"), "{error}");
    }

    proptest! {
        #[test]
        fn no_pattern_and_no_text_panics(text in "[YMDHISFT0-9\"\u{e9}: .-]{0,12}", read in "[0-9APMadnov+:\u{e9} -]{0,16}") {
            if let Ok(pattern) = pattern(&text) {
                let _ = pattern.parse(&read);
                let mut out = String::new();
                pattern.format("2026-11-01T15:04:05".parse().unwrap(), None, &mut out);
            }
        }
    }
}
