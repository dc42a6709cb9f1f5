//! Names from outside as parts of an object's key.

use sha2::{Digest, Sha256};

/// The longest name that stands in a key as it is, in bytes.
const LONGEST_BYTES: usize = 64;

/// `name` as one part of a key: as it is where every store and file system takes it, else its digest, so that two
/// names never become one and none leaves its folder.
pub(crate) fn safe(name: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    // Loads pass over names that begin with `.` or `_`, as other engines do.
    let begins_well = name.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric());
    if begins_well && name.len() <= LONGEST_BYTES && name.bytes().all(is_plain) {
        return name.to_owned();
    }
    // Longer than any name that stands as it is.
    format!("sha256-{:x}", Sha256::digest(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_stand_as_they_are() {
        for name in ["ed4acda5-034f-9f42-bba1-f29aea6d7d8f", "flows.prod_1", "A"] {
            assert_eq!(safe(name), name);
        }
    }

    #[test]
    fn others_are_digests_and_differ() {
        let long = "a".repeat(65);
        let forged = safe("../x");
        for name in [
            "", "..", "../x", ".a", "_a", "a/b", "a\\b", "a b", "ä", "a%2f", "a\0", &long, &forged,
        ] {
            let key = safe(name);
            assert!(key.starts_with("sha256-") && key.len() == 71, "{name:?}: {key}");
        }
        assert_ne!(safe("a/b"), safe("a:b"));
        assert_ne!(safe(&forged), forged);
    }
}
