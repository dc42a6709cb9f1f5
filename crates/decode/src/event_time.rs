//! The time of an event, as CloudTrail writes it.

/// Microseconds since 1970 of an ISO 8601 time: `2026-11-01T12:00:00Z`, with or without a fraction, with `Z`, an
/// offset (`+09:00`, `+0900`) or nothing, which is UTC, as CloudTrail's times all are. `None` for any other text.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() < 19 || bytes[4] != b'-' || bytes[7] != b'-' || bytes[13] != b':' || bytes[16] != b':' {
        return None;
    }
    if !matches!(bytes[10], b'T' | b't' | b' ') {
        return None;
    }
    let days = days_since_1970(digits(&bytes[..4])?, digits(&bytes[5..7])?, digits(&bytes[8..10])?)?;
    let (hour, minute, second) = (
        digits(&bytes[11..13])?,
        digits(&bytes[14..16])?,
        digits(&bytes[17..19])?,
    );
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (fraction_us, zone) = fraction(&bytes[19..])?;
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset_s(zone)?;
    Some(seconds * 1_000_000 + fraction_us)
}

/// The number that `bytes`, all digits, spell.
fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0, |number, byte| {
        byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0'))
    })
}

/// Days of the proleptic Gregorian calendar.
fn days_since_1970(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let days_in_month = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if year == 0 || day == 0 || day > days_in_month {
        return None;
    }
    // Years counted from March, so that the leap day is a year's last.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year / 4 - year / 100 + year / 400;
    Some(year * 365 + leap_days + (month * 153 + 2) / 5 + day - 1 - 719_468)
}

/// The fraction of a second that `rest` begins with, cut to microseconds, and what follows it.
fn fraction(rest: &[u8]) -> Option<(i64, &[u8])> {
    let Some((b'.' | b',', rest)) = rest.split_first() else {
        return Some((0, rest));
    };
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if count == 0 {
        return None;
    }
    let kept = count.min(6);
    let fraction_us = digits(&rest[..kept])? * 10_i64.pow(6 - kept as u32);
    Some((fraction_us, &rest[count..]))
}

/// Seconds by which a zone's clock is ahead of UTC.
fn offset_s(zone: &[u8]) -> Option<i64> {
    let (sign, hour, minute) = match zone {
        [] | [b'Z' | b'z'] => return Some(0),
        [sign, hour @ ..] if hour.len() == 2 => (sign, digits(hour)?, 0),
        [sign, h1, h2, b':', minute @ ..] if minute.len() == 2 => (sign, digits(&[*h1, *h2])?, digits(minute)?),
        [sign, h1, h2, minute @ ..] if minute.len() == 2 => (sign, digits(&[*h1, *h2])?, digits(minute)?),
        _ => return None,
    };
    if hour > 23 || minute > 59 {
        return None;
    }
    match sign {
        b'+' => Some(hour * 3_600 + minute * 60),
        b'-' => Some(-(hour * 3_600 + minute * 60)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::parse;
    use chrono::{DateTime, SecondsFormat};
    use proptest::prelude::*;

    #[test]
    fn cloudtrail_times_are_read() {
        assert_eq!(parse("2023-07-10T11:42:36Z"), Some(1_688_989_356_000_000));
        assert_eq!(parse("2023-07-10T11:42:36.5Z"), Some(1_688_989_356_500_000));
        assert_eq!(parse("2023-07-10T11:42:36.123456789Z"), Some(1_688_989_356_123_456));
        assert_eq!(parse("2023-07-10T20:42:36+09:00"), Some(1_688_989_356_000_000));
        assert_eq!(parse("2023-07-10T20:42:36+0900"), Some(1_688_989_356_000_000));
        assert_eq!(parse("2023-07-10T10:42:36-01"), Some(1_688_989_356_000_000));
        assert_eq!(parse("2023-07-10 11:42:36"), Some(1_688_989_356_000_000));
        assert_eq!(parse("1969-12-31T23:59:59.9Z"), Some(-100_000));
        assert_eq!(parse("2024-02-29T00:00:00Z"), Some(1_709_164_800_000_000));
    }

    #[test]
    fn other_texts_are_no_time() {
        for text in [
            "",
            "yesterday",
            "2023-07-10",
            "1688989356",
            "2023-13-10T11:42:36Z",
            "2023-02-29T00:00:00Z",
            "2023-07-10T24:00:00Z",
            "2023-07-10T11:60:00Z",
            "2023-07-10T11:42:36.Z",
            "2023-07-10T11:42:36X",
            "2023-07-10T11:42:36+9:00",
            "2023-07-10T11:42:36Z ",
            "0000-01-01T00:00:00Z",
            "2023-07-10X11:42:36Z",
            "+023-07-10T11:42:36Z",
            "2023-07-1éT11:42:36Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_chrono(micros in -62_000_000_000_000_000_i64..253_402_300_799_000_000) {
            let time = DateTime::from_timestamp_micros(micros).unwrap();
            prop_assert_eq!(parse(&time.to_rfc3339_opts(SecondsFormat::Micros, true)), Some(micros));
        }
    }
}
