//! Whole numbers from text, without a copy.

/// Why a text is not a number of its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberError {
    NotWhole,
    OutOfRange { min: i64, max: i64 },
}

/// As many digits as always fit 64 bits.
const SAFE_DIGITS: usize = 18;

/// Reads a whole number within `min..=max`: digits with at most a minus before them.
pub(crate) fn parse_number(text: &str, (min, max): (i64, i64)) -> Result<i64, NumberError> {
    let (negative, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() {
        return Err(NumberError::NotWhole);
    }
    let mut number = 0_i64;
    for &byte in &digits[..digits.len().min(SAFE_DIGITS)] {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return Err(NumberError::NotWhole);
        }
        number = number * 10 + i64::from(digit);
    }
    let number = if digits.len() > SAFE_DIGITS {
        long_number(digits)?
    } else {
        Some(number)
    };
    let signed = number.map(|number| if negative { -number } else { number });
    signed
        .filter(|number| (min..=max).contains(number))
        .ok_or(NumberError::OutOfRange { min, max })
}

/// A number of any length; `None` where 64 bits do not hold it.
fn long_number(digits: &[u8]) -> Result<Option<i64>, NumberError> {
    let mut number = Some(0_i64);
    for byte in digits {
        if !byte.is_ascii_digit() {
            return Err(NumberError::NotWhole);
        }
        number = number.and_then(|number| number.checked_mul(10)?.checked_add(i64::from(byte - b'0')));
    }
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: (i64, i64) = (i64::MIN, i64::MAX);

    #[test]
    fn what_is_no_whole_number_is_told_from_what_does_not_fit() {
        for text in [
            "",
            "-",
            "--1",
            "+1",
            "1.0",
            "1e3",
            "0x1",
            " 1",
            "1 ",
            "１",
            "1111111111111111111x",
        ] {
            assert_eq!(parse_number(text, ALL), Err(NumberError::NotWhole), "{text}");
        }
        for text in ["9223372036854775808", "99999999999999999999999", "-1", "256"] {
            assert_eq!(
                parse_number(text, (0, 255)),
                Err(NumberError::OutOfRange { min: 0, max: 255 }),
                "{text}"
            );
        }
        assert_eq!(parse_number("0000000000000000000000255", (0, 255)), Ok(255));
        assert_eq!(parse_number("9223372036854775807", ALL), Ok(i64::MAX));
    }

    proptest! {
        #[test]
        fn every_number_but_the_least_round_trips(number in (i64::MIN + 1)..=i64::MAX) {
            prop_assert_eq!(parse_number(&number.to_string(), ALL), Ok(number));
        }
    }
}
