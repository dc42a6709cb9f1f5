//! `tcp_flag_names(18)` is `SYN|ACK`.

use std::sync::{Arc, LazyLock};

use arrow::array::{ArrayRef, AsArray, StringViewArray};
use arrow::datatypes::{DataType, Int64Type};

use super::function::Function;

/// Bits in the order of the TCP header (RFC 9293, section 3.1), least significant first.
const FLAGS: [&str; 8] = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"];

/// The names of the flags set in a `tcp_flags` field, joined by `|`; empty for none, NULL for what is no bitmask of
/// eight bits.
pub fn tcp_flag_names() -> Function {
    Function::of_column(
        "tcp_flag_names",
        DataType::Int64,
        |_| Ok(DataType::Utf8View),
        |columns, _| Ok(names(&columns[0])),
    )
}

fn names(flags: &ArrayRef) -> ArrayRef {
    static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| (0..=u8::MAX).map(joined).collect());
    let name = |flags: i64| NAMES.get(usize::try_from(flags).ok()?);
    let flags = flags.as_primitive::<Int64Type>();
    Arc::new(
        flags
            .iter()
            .map(|flags| flags.and_then(name))
            .collect::<StringViewArray>(),
    )
}

fn joined(flags: u8) -> String {
    let set = FLAGS.iter().enumerate().filter(|(bit, _)| flags & (1 << bit) != 0);
    set.map(|(_, name)| *name).collect::<Vec<_>>().join("|")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use arrow::array::Int64Array;

    use super::*;

    #[test]
    fn flags_are_named_in_the_order_of_their_bits() {
        let flags: ArrayRef = Arc::new(Int64Array::from(vec![
            Some(0),
            Some(2),
            Some(18),
            Some(255),
            None,
            Some(256),
            Some(-1),
        ]));
        let names = names(&flags);
        assert_eq!(
            names.as_string_view().iter().collect::<Vec<_>>(),
            [
                Some(""),
                Some("SYN"),
                Some("SYN|ACK"),
                Some("FIN|SYN|RST|PSH|ACK|URG|ECE|CWR"),
                None,
                None,
                None
            ]
        );
    }
}
