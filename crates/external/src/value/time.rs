//! Times and days as Hive's files have them.

use arrow::compute::kernels::cast_utils::{Parser, string_to_datetime};
use arrow::datatypes::Date32Type;
use chrono::Utc;

/// Microseconds since 1970 of `2026-11-21 10:00:00`, with up to nine digits behind the seconds, and of the ISO form with
/// `T` and a zone. What has no zone is in UTC.
pub(crate) fn timestamp(text: &str) -> Option<i64> {
    let parsed = string_to_datetime(&Utc, text.trim_ascii()).ok()?;
    Some(parsed.timestamp_micros())
}

/// Days since 1970 of `2026-11-21`; of a time, its day.
pub(crate) fn date(text: &str) -> Option<i32> {
    let text = text.trim_ascii();
    let day = match text.as_bytes() {
        [_, _, _, _, b'-', _, _, b'-', _, _, b' ' | b'T', ..] => text.get(..10)?,
        _ => text,
    };
    Date32Type::parse(day)
}

/// Microseconds of a number: seconds, with a fraction or without, or milliseconds where there are more than ten digits.
pub(crate) fn timestamp_of_number(number: &str) -> Option<i64> {
    let Ok(whole) = number.parse::<i64>() else {
        let seconds = number.parse::<f64>().ok().filter(|seconds| seconds.is_finite())?;
        return Some((seconds * 1e6).round() as i64);
    };
    let digits = number.trim_start_matches('-').len();
    whole.checked_mul(if digits > 10 { 1_000 } else { 1_000_000 })
}

/// Days since 1970 of a number, as `OpenCSVSerde` has them: days, or seconds where it is too large for days.
pub(crate) fn date_of_number(number: &str) -> Option<i32> {
    const DAYS_OF_YEAR_9999: i64 = 2_932_896;
    let number: i64 = number.parse().ok()?;
    let days = if number.abs() <= DAYS_OF_YEAR_9999 {
        number
    } else {
        number.div_euclid(86_400)
    };
    i32::try_from(days).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for (text, expected) in [
            ("1970-01-02 00:00:01", Some(86_401_000_000)),
            ("1970-01-01 00:00:00.123456789", Some(123_456)),
            ("1970-01-01T00:00:01Z", Some(1_000_000)),
            ("1970-01-01T01:00:00+01:00", Some(0)),
            ("1970-01-02", Some(86_400_000_000)),
            ("-", None),
            ("", None),
        ] {
            assert_eq!(timestamp(text), expected, "{text}");
        }
        assert_eq!(timestamp_of_number("1"), Some(1_000_000));
        assert_eq!(timestamp_of_number("1579059880000"), Some(1_579_059_880_000_000));
        assert_eq!(timestamp_of_number("1.5"), Some(1_500_000));
        assert_eq!(timestamp_of_number("x"), None);
    }

    #[test]
    fn days() {
        assert_eq!(date("1970-01-02"), Some(1));
        assert_eq!(date("1970-01-02 10:00:00"), Some(1));
        assert_eq!(date("1970-13-02"), None);
        assert_eq!(date_of_number("18276"), Some(18_276));
        assert_eq!(date_of_number("1562112000"), Some(18_080));
    }
}
