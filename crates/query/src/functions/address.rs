//! Addresses and blocks of them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The address a text spells, an IPv4 address inside IPv6 (`::ffff:10.0.0.1`) as IPv4.
pub fn address(text: &str) -> Option<IpAddr> {
    text.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

/// Whether an address belongs to a private network or the machine itself: RFC 1918, RFC 6598 (carrier-grade NAT),
/// loopback, link local, and their IPv6 kin (`fc00::/7`, `fe80::/10`, `::1`).
pub fn is_internal(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private() || v4.is_loopback() || v4.is_link_local() || is_shared(v4),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// 100.64.0.0/10.
fn is_shared(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    first == 100 && second & 0b1100_0000 == 64
}

/// A block of addresses: `10.0.0.0/8`, `fc00::/7`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    /// Network and mask.
    V4(u32, u32),
    /// Network and mask.
    V6(u128, u128),
}

/// Whether a text is a block of addresses with its prefix: `10.0.0.0/8`.
pub fn is_block(text: &str) -> bool {
    text.contains('/') && Block::parse(text).is_some()
}

impl Block {
    /// The block a text spells in CIDR notation; bits of the address past the prefix do not count. A text without a
    /// prefix is the block of that one address.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length.parse::<u32>().ok()?)),
            None => (text, None),
        };
        match address.parse::<IpAddr>().ok()? {
            IpAddr::V4(v4) => Self::v4(v4, length.unwrap_or(32)),
            IpAddr::V6(v6) => Self::v6(v6, length.unwrap_or(128)),
        }
    }

    fn v4(address: Ipv4Addr, length: u32) -> Option<Self> {
        let mask = match length {
            0 => 0,
            1..=32 => u32::MAX << (32 - length),
            _ => return None,
        };
        Some(Self::V4(address.to_bits() & mask, mask))
    }

    fn v6(address: Ipv6Addr, length: u32) -> Option<Self> {
        let mask = match length {
            0 => 0,
            1..=128 => u128::MAX << (128 - length),
            _ => return None,
        };
        match address.to_ipv4_mapped() {
            Some(v4) if length >= 96 => Self::v4(v4, length - 96),
            _ => Some(Self::V6(address.to_bits() & mask, mask)),
        }
    }

    /// Whether `address` is in the block; one of the other family never is.
    pub fn contains(self, address: IpAddr) -> bool {
        match (self, address) {
            (Self::V4(network, mask), IpAddr::V4(v4)) => v4.to_bits() & mask == network,
            (Self::V6(network, mask), IpAddr::V6(v6)) => v6.to_bits() & mask == network,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn internal_ends_where_the_documents_say() {
        for (inside, outside) in [
            ("10.0.0.0", "9.255.255.255"),
            ("10.255.255.255", "11.0.0.0"),
            ("172.16.0.0", "172.15.255.255"),
            ("172.31.255.255", "172.32.0.0"),
            ("192.168.0.0", "192.167.255.255"),
            ("100.64.0.0", "100.63.255.255"),
            ("100.127.255.255", "100.128.0.0"),
            ("127.0.0.1", "128.0.0.1"),
            ("169.254.169.254", "169.255.0.0"),
            ("fc00::", "fbff::1"),
            ("fdff::1", "fe00::1"),
            ("fe80::1", "fec0::1"),
            ("::1", "::2"),
            ("::ffff:10.0.0.1", "::ffff:8.8.8.8"),
        ] {
            assert!(is_internal(address(inside).unwrap()), "{inside}");
            assert!(!is_internal(address(outside).unwrap()), "{outside}");
        }
    }

    #[test]
    fn blocks_hold_their_own() {
        for (block, inside, outside) in [
            ("10.1.2.3/8", "10.255.0.1", "11.0.0.1"),
            ("0.0.0.0/0", "255.255.255.255", "::1"),
            ("192.0.2.7", "192.0.2.7", "192.0.2.6"),
            ("192.0.2.128/25", "192.0.2.255", "192.0.2.127"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::1"),
            ("::/0", "fe80::1", "10.0.0.1"),
            ("::ffff:10.0.0.0/104", "10.9.9.9", "11.0.0.0"),
        ] {
            let parsed = Block::parse(block).unwrap();
            assert!(parsed.contains(address(inside).unwrap()), "{inside} in {block}");
            assert!(!parsed.contains(address(outside).unwrap()), "{outside} in {block}");
        }
        for garbage in [
            "",
            "10.0.0.0/33",
            "10.0.0/8",
            "::/129",
            "10.0.0.0/-1",
            "10.0.0.0/",
            "ten",
        ] {
            assert_eq!(Block::parse(garbage), None, "{garbage}");
        }
    }
}
