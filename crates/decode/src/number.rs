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

/// The number that `block[start..end]` spells in 1 to 16 digits; `None` where that takes a closer look. Eight digits are
/// read at a time, from the end, so what stands before the number must be there too.
#[inline]
pub(crate) fn parse_plain_number(block: &[u8], start: usize, end: usize) -> Option<i64> {
    let length = end - start;
    if length <= 8 {
        return eight_digits(block, end, length);
    }
    if length > 16 {
        return None;
    }
    let high = eight_digits(block, end - 8, length - 8)?;
    Some(high * 100_000_000 + eight_digits(block, end, 8)?)
}

/// The number that the `length` (1 to 8) bytes before `end` spell.
#[inline]
fn eight_digits(block: &[u8], end: usize, length: usize) -> Option<i64> {
    let Some(word) = block[..end].last_chunk::<8>() else {
        return block[end - length..end].iter().try_fold(0, |number, byte| match byte {
            b'0'..=b'9' => Some(number * 10 + i64::from(byte - b'0')),
            _ => None,
        });
    };
    // What stands before the number becomes zeros, as the digits do that are 0.
    let mask = u64::MAX << (8 * (8 - length));
    let digits = (u64::from_le_bytes(*word) ^ 0x3030_3030_3030_3030) & mask;
    if (digits.wrapping_add(0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080 != 0 {
        return None;
    }
    // Neighbours are joined: digits to pairs, pairs to fours, fours to the whole.
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_ffff_0000_ffff;
    Some((fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xffff_ffff) as i64)
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

    #[test]
    fn plain_numbers_are_read_wherever_they_stand() {
        for (text, number) in [
            ("0", 0),
            ("7", 7),
            ("00042", 42),
            ("12345678", 12_345_678),
            ("1793491200", 1_793_491_200),
        ] {
            for before in ["", "9", "eni-1 9", "2 123456789012 "] {
                let block = format!("{before}{text} 5");
                let end = before.len() + text.len();
                assert_eq!(
                    parse_plain_number(block.as_bytes(), before.len(), end),
                    Some(number),
                    "{block}"
                );
            }
        }
        for text in [
            "-1",
            "1.5",
            "x",
            "12345678x",
            "x12345678",
            "1:3",
            "1/3",
            "12345678901234567",
            "1\u{7f}",
        ] {
            for before in ["", "99999999 "] {
                let block = format!("{before}{text}");
                assert_eq!(
                    parse_plain_number(block.as_bytes(), before.len(), block.len()),
                    None,
                    "{block}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn plain_numbers_round_trip(number in 0..10_i64.pow(16)) {
            let block = format!("12 {number}");
            prop_assert_eq!(parse_plain_number(block.as_bytes(), 3, block.len()), Some(number));
        }

        #[test]
        fn every_number_but_the_least_round_trips(number in (i64::MIN + 1)..=i64::MAX) {
            prop_assert_eq!(parse_number(&number.to_string(), ALL), Ok(number));
        }
    }
}
