//! Addresses as numbers, written as text without the formatting machinery.

use std::io::Write;
use std::net::Ipv6Addr;

/// An IP address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    V4(u32),
    V6(u128),
}

impl Address {
    /// Writes the address as text.
    pub(crate) fn write(self, text: &mut Vec<u8>) {
        match self {
            Self::V4(bits) => write_v4(bits, text),
            // Writing to a vector cannot fail.
            Self::V6(bits) => _ = write!(text, "{}", Ipv6Addr::from_bits(bits)),
        }
    }
}

/// Writes a whole number in decimal.
pub(crate) fn write_number(number: u64, text: &mut Vec<u8>) {
    let mut digits = [0_u8; 20];
    let mut first = digits.len();
    let mut rest = number;
    loop {
        first -= 1;
        digits[first] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    text.extend_from_slice(&digits[first..]);
}

fn write_v4(bits: u32, text: &mut Vec<u8>) {
    let mut dotted = [0_u8; 15];
    let mut length = 0;
    for (place, octet) in bits.to_be_bytes().into_iter().enumerate() {
        if place > 0 {
            dotted[length] = b'.';
            length += 1;
        }
        if octet >= 100 {
            dotted[length] = b'0' + octet / 100;
            length += 1;
        }
        if octet >= 10 {
            dotted[length] = b'0' + octet / 10 % 10;
            length += 1;
        }
        dotted[length] = b'0' + octet % 10;
        length += 1;
    }
    text.extend_from_slice(&dotted[..length]);
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use proptest::prelude::*;

    use super::*;

    fn written(write: impl Fn(&mut Vec<u8>)) -> String {
        let mut text = Vec::new();
        write(&mut text);
        String::from_utf8_lossy(&text).into_owned()
    }

    proptest! {
        #[test]
        fn addresses_and_numbers_are_written_as_the_standard_library_does(v4: u32, v6: u128, number: u64) {
            prop_assert_eq!(written(|text| Address::V4(v4).write(text)), Ipv4Addr::from_bits(v4).to_string());
            prop_assert_eq!(written(|text| Address::V6(v6).write(text)), Ipv6Addr::from_bits(v6).to_string());
            prop_assert_eq!(written(|text| write_number(number, text)), number.to_string());
        }
    }

    #[test]
    fn ends_of_the_ranges_are_written() {
        assert_eq!(written(|text| Address::V4(0).write(text)), "0.0.0.0");
        assert_eq!(written(|text| Address::V4(u32::MAX).write(text)), "255.255.255.255");
        assert_eq!(written(|text| write_number(0, text)), "0");
        assert_eq!(written(|text| write_number(u64::MAX, text)), "18446744073709551615");
    }
}
