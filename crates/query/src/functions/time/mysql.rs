//! `MySQL`'s patterns (`%Y-%m-%d %H:%i:%s`), which Trino's `date_parse` and `date_format` take.
//!
//! Source: Trino documentation, "Date and time functions", section "`MySQL` date functions".

use super::pattern::{Field, Pattern, Piece};

/// Takes a pattern apart. The error names what Trino does not know either.
pub fn pattern(text: &str) -> Result<Pattern, String> {
    let mut pieces = Vec::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            literal(letter, &mut pieces);
            continue;
        }
        let Some(letter) = letters.next() else {
            return Err(format!("`%` at the end of the pattern `{text}` means nothing"));
        };
        let number = |field, digits| Piece::Number(field, digits);
        let colon = || Piece::Literal(":".to_owned());
        let clock = |hour| {
            [
                number(hour, 2),
                colon(),
                number(Field::Minute, 2),
                colon(),
                number(Field::Second, 2),
            ]
        };
        match letter {
            'a' => pieces.push(Piece::DayName { is_short: true }),
            'b' => pieces.push(Piece::MonthName { is_short: true }),
            'c' => pieces.push(number(Field::Month, 1)),
            'd' => pieces.push(number(Field::Day, 2)),
            'e' => pieces.push(number(Field::Day, 1)),
            'f' => pieces.push(Piece::Fraction(6)),
            'H' => pieces.push(number(Field::Hour, 2)),
            'h' | 'I' => pieces.push(number(Field::HalfHourFrom1, 2)),
            'i' => pieces.push(number(Field::Minute, 2)),
            'j' => pieces.push(number(Field::DayOfYear, 3)),
            'k' => pieces.push(number(Field::Hour, 1)),
            'l' => pieces.push(number(Field::HalfHourFrom1, 1)),
            'M' => pieces.push(Piece::MonthName { is_short: false }),
            'm' => pieces.push(number(Field::Month, 2)),
            'p' => pieces.push(Piece::HalfDay),
            'r' => {
                pieces.extend(clock(Field::HalfHourFrom1));
                pieces.extend([Piece::Literal(" ".to_owned()), Piece::HalfDay]);
            }
            'S' | 's' => pieces.push(number(Field::Second, 2)),
            'T' => pieces.extend(clock(Field::Hour)),
            'v' => pieces.push(number(Field::Week, 2)),
            'W' => pieces.push(Piece::DayName { is_short: false }),
            'x' => pieces.push(number(Field::WeekYear, 4)),
            'Y' => pieces.push(number(Field::Year, 4)),
            'y' => pieces.push(Piece::ShortYear(Field::Year)),
            'D' | 'U' | 'u' | 'V' | 'w' | 'X' => {
                return Err(format!(
                    "`%{letter}` in the pattern `{text}` is not done, nor is it in Athena"
                ));
            }
            other => literal(other, &mut pieces),
        }
    }
    Ok(Pattern(pieces))
}

fn literal(letter: char, pieces: &mut Vec<Piece>) {
    match pieces.last_mut() {
        Some(Piece::Literal(before)) => before.push(letter),
        _ => pieces.push(Piece::Literal(letter.to_string())),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn percent_signs_mean_what_trino_says() {
        let time = "2026-11-01T00:04:05.678901".parse().unwrap();
        for (text, expected) in [
            ("%Y-%m-%d %H:%i:%s", "2026-11-01 00:04:05"),
            ("%a %b %e %M %W %y", "Sun Nov 1 November Sunday 26"),
            ("%r|%T|%l %p|%k", "12:04:05 AM|00:04:05|12 AM|0"),
            ("%f %j %x-W%v 100%%", "678901 305 2026-W44 100%"),
        ] {
            let mut out = String::new();
            pattern(text).unwrap().format(time, None, &mut out);
            assert_eq!(out, expected, "{text}");
        }
        assert_eq!(
            pattern("%Y %U").unwrap_err(),
            "`%U` in the pattern `%Y %U` is not done, nor is it in Athena"
        );
    }

    #[test]
    fn what_is_not_said_is_the_beginning() {
        let read = |text: &str, format: &str| pattern(format).unwrap().parse(text).map(|read| read.local.to_string());
        assert_eq!(read("2017-01-14-07", "%Y-%m-%d-%H").unwrap(), "2017-01-14 07:00:00");
        assert_eq!(read("Jan 2026", "%b %Y").unwrap(), "2026-01-01 00:00:00");
        assert_eq!(read("7:05 pm", "%l:%i %p").unwrap(), "1970-01-01 19:05:00");
        assert_eq!(
            read("2026-11", "%Y-%m-%d").unwrap_err(),
            "`2026-11` does not match at character 8"
        );
    }
}
