//! Joda's patterns (`yyyy-MM-dd HH:mm:ss`), which Trino's `format_datetime` and `parse_datetime` take.
//!
//! Source: Joda-Time, "`DateTimeFormat`".

use super::pattern::{Field, Pattern, Piece};

/// Takes a pattern apart. The error names the letter that means nothing.
pub fn pattern(text: &str) -> Result<Pattern, String> {
    let mut pieces = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '\'' {
            literal(&quoted(&mut letters), &mut pieces);
            continue;
        }
        if !letter.is_ascii_alphabetic() {
            literal(&letter.to_string(), &mut pieces);
            continue;
        }
        let mut count = 1;
        while letters.next_if_eq(&letter).is_some() {
            count += 1;
        }
        let piece = piece(letter, count);
        pieces.push(piece.ok_or_else(|| format!("`{letter}` means nothing in the pattern `{text}`"))?);
    }
    Ok(Pattern(pieces))
}

/// The text up to the closing quote; two quotes are one in it, and two with nothing between are one by themselves.
fn quoted(letters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    if letters.next_if_eq(&'\'').is_some() {
        return "'".to_owned();
    }
    let mut text = String::new();
    while let Some(letter) = letters.next() {
        if letter == '\'' && letters.next_if_eq(&'\'').is_none() {
            break;
        }
        text.push(letter);
    }
    text
}

fn literal(text: &str, pieces: &mut Vec<Piece>) {
    match pieces.last_mut() {
        Some(Piece::Literal(before)) => before.push_str(text),
        _ => pieces.push(Piece::Literal(text.to_owned())),
    }
}

fn piece(letter: char, count: usize) -> Option<Piece> {
    let field = match letter {
        'G' => return Some(Piece::Era),
        'E' => return Some(Piece::DayName { is_short: count < 4 }),
        'M' if count > 2 => return Some(Piece::MonthName { is_short: count == 3 }),
        'a' => return Some(Piece::HalfDay),
        'S' => return Some(Piece::Fraction(count)),
        'z' => return Some(Piece::ZoneName),
        'Z' if count > 2 => return Some(Piece::ZoneName),
        'Z' => return Some(Piece::Offset { has_colon: count == 2 }),
        'C' => Field::Century,
        'Y' | 'y' => Field::Year,
        'x' => Field::WeekYear,
        'w' => Field::Week,
        'e' => Field::DayOfWeek,
        'D' => Field::DayOfYear,
        'M' => Field::Month,
        'd' => Field::Day,
        'K' => Field::HalfHour,
        'h' => Field::HalfHourFrom1,
        'H' => Field::Hour,
        'k' => Field::HourFrom1,
        'm' => Field::Minute,
        's' => Field::Second,
        _ => return None,
    };
    if count == 2 && matches!(field, Field::Year | Field::WeekYear) {
        return Some(Piece::ShortYear(field));
    }
    Some(Piece::Number(field, count))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::functions::time::moment::Zone;

    fn written(text: &str, zone: Option<&str>) -> String {
        let zone = zone.map(|zone| Zone::named(zone).unwrap());
        let mut out = String::new();
        let time = "2026-11-01T15:04:05.678901".parse().unwrap();
        pattern(text).unwrap().format(time, zone.as_ref(), &mut out);
        out
    }

    #[test]
    fn letters_mean_what_joda_says() {
        for (text, expected) in [
            ("yyyy-MM-dd HH:mm:ss", "2026-11-01 15:04:05"),
            ("y M d H m s", "2026 11 1 15 4 5"),
            ("yy/MMM/dd EEE EEEE", "26/Nov/01 Sun Sunday"),
            ("hh:mm a K k", "03:04 PM 3 15"),
            ("HH:mm:ss.SSS SSSSSS", "15:04:05.678 678901"),
            ("xxxx-'W'ww-e", "2026-W44-7"),
            ("D 'o''clock' ''", "305 o'clock '"),
            ("yyyy-MM-dd'T'HH:mm:ssZZ", "2026-11-01T15:04:05+00:00"),
        ] {
            assert_eq!(written(text, None), expected, "{text}");
        }
        assert_eq!(
            written("HH:mm Z ZZ ZZZ", Some("Asia/Tokyo")),
            "15:04 +0900 +09:00 Asia/Tokyo"
        );
        assert_eq!(
            pattern("yyyy-bb").unwrap_err(),
            "`b` means nothing in the pattern `yyyy-bb`"
        );
    }

    proptest! {
        #[test]
        fn no_pattern_and_no_text_panics(text in "[yMdHhmsSaEGZzDwxe'\u{e9}:. -]{0,12}", read in "[0-9APMadnov+:\u{e9} -]{0,16}") {
            if let Ok(pattern) = pattern(&text) {
                let _ = pattern.parse(&read);
                let mut out = String::new();
                pattern.format("2026-11-01T15:04:05".parse().unwrap(), None, &mut out);
                // A year of two digits and a name cut short can be read again.
                let _ = pattern.parse(&out);
            }
        }

        #[test]
        fn a_time_survives_its_text(seconds in 0_i64..4_000_000_000) {
            let pattern = pattern("yyyy-MM-dd'T'HH:mm:ss").unwrap();
            let time = chrono::DateTime::from_timestamp(seconds, 0).unwrap().naive_utc();
            let mut out = String::new();
            pattern.format(time, None, &mut out);
            prop_assert_eq!(pattern.parse(&out).unwrap().local, time);
        }
    }

    #[test]
    fn what_is_written_can_be_read() {
        for text in [
            "yyyy-MM-dd HH:mm:ss.SSSSSS",
            "yyyyMMddHHmmssSSSSSS",
            "dd/MMM/yyyy:hh:mm:ss.SSSSSS a",
        ] {
            let read = pattern(text).unwrap().parse(&written(text, None)).unwrap();
            assert_eq!(read.local.to_string(), "2026-11-01 15:04:05.678901", "{text}");
        }
        let read = pattern("yyyy-MM-dd'T'HH:mmZ")
            .unwrap()
            .parse("2026-11-01T10:00+0900")
            .unwrap();
        assert_eq!(
            (read.local.to_string().as_str(), &*read.zone.unwrap().name),
            ("2026-11-01 10:00:00", "+0900")
        );
        let error = pattern("yyyy-MM-dd").unwrap().parse("2026-1x-01").unwrap_err();
        assert_eq!(error, "`2026-1x-01` does not match at character 7");
        let error = pattern("yyyy-MM-dd").unwrap().parse("2026-02-30").unwrap_err();
        assert_eq!(error, "`2026-02-30` is no time there ever is");
    }
}
