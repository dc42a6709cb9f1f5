//! `protocol_name(6)` is `tcp`.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, StringViewBuilder};
use arrow::datatypes::{DataType, Int64Type};

use super::function::Function;

/// Names by number, in lower case (IANA, "Assigned Internet Protocol Numbers"); classes of protocols that have no name
/// of their own ("any local network") go by their number.
const NAMES: &[&str] = &[
    "hopopt",
    "icmp",
    "igmp",
    "ggp",
    "ipv4",
    "st",
    "tcp",
    "cbt",
    "egp",
    "igp",
    "bbn-rcc-mon",
    "nvp-ii",
    "pup",
    "argus",
    "emcon",
    "xnet",
    "chaos",
    "udp",
    "mux",
    "dcn-meas",
    "hmp",
    "prm",
    "xns-idp",
    "trunk-1",
    "trunk-2",
    "leaf-1",
    "leaf-2",
    "rdp",
    "irtp",
    "iso-tp4",
    "netblt",
    "mfe-nsp",
    "merit-inp",
    "dccp",
    "3pc",
    "idpr",
    "xtp",
    "ddp",
    "idpr-cmtp",
    "tp++",
    "il",
    "ipv6",
    "sdrp",
    "ipv6-route",
    "ipv6-frag",
    "idrp",
    "rsvp",
    "gre",
    "dsr",
    "bna",
    "esp",
    "ah",
    "i-nlsp",
    "swipe",
    "narp",
    "min-ipv4",
    "tlsp",
    "skip",
    "ipv6-icmp",
    "ipv6-nonxt",
    "ipv6-opts",
    "61",
    "cftp",
    "63",
    "sat-expak",
    "kryptolan",
    "rvd",
    "ippc",
    "68",
    "sat-mon",
    "visa",
    "ipcv",
    "cpnx",
    "cphb",
    "wsn",
    "pvp",
    "br-sat-mon",
    "sun-nd",
    "wb-mon",
    "wb-expak",
    "iso-ip",
    "vmtp",
    "secure-vmtp",
    "vines",
    "iptm",
    "nsfnet-igp",
    "dgp",
    "tcf",
    "eigrp",
    "ospfigp",
    "sprite-rpc",
    "larp",
    "mtp",
    "ax.25",
    "ipip",
    "micp",
    "scc-sp",
    "etherip",
    "encap",
    "99",
    "gmtp",
    "ifmp",
    "pnni",
    "pim",
    "aris",
    "scps",
    "qnx",
    "a/n",
    "ipcomp",
    "snp",
    "compaq-peer",
    "ipx-in-ip",
    "vrrp",
    "pgm",
    "114",
    "l2tp",
    "ddx",
    "iatp",
    "stp",
    "srp",
    "uti",
    "smp",
    "sm",
    "ptp",
    "isis",
    "fire",
    "crtp",
    "crudp",
    "sscopmce",
    "iplt",
    "sps",
    "pipe",
    "sctp",
    "fc",
    "rsvp-e2e-ignore",
    "mobility",
    "udplite",
    "mpls-in-ip",
    "manet",
    "shim6",
    "wesp",
    "rohc",
    "ethernet",
    "aggfrag",
    "nsh",
];

/// The name of an IP protocol's number; a number nobody assigned stays a number.
pub fn protocol_name() -> Function {
    Function::of_column(
        "protocol_name",
        DataType::Int64,
        |_| Ok(DataType::Utf8View),
        |columns, _| Ok(names(&columns[0])),
    )
}

/// The number of a protocol by its name, whatever its case.
pub fn protocol_number(name: &str) -> Option<i64> {
    let place = NAMES.iter().position(|known| known.eq_ignore_ascii_case(name))?;
    Some(place as i64)
}

fn names(numbers: &ArrayRef) -> ArrayRef {
    let numbers = numbers.as_primitive::<Int64Type>();
    let mut builder = StringViewBuilder::with_capacity(numbers.len());
    for number in numbers {
        match number.map(|number| (number, usize::try_from(number).ok().and_then(|place| NAMES.get(place)))) {
            Some((_, Some(name))) => builder.append_value(name),
            Some((number, None)) => builder.append_value(number.to_string()),
            None => builder.append_null(),
        }
    }
    Arc::new(builder.finish())
}

#[cfg(test)]
mod tests {
    use arrow::array::Int64Array;

    use super::*;

    #[test]
    fn numbers_have_their_names() {
        let numbers = [
            Some(1),
            Some(6),
            Some(17),
            Some(47),
            Some(58),
            Some(132),
            Some(144),
            Some(200),
            Some(-1),
            None,
        ];
        let numbers: ArrayRef = Arc::new(Int64Array::from(numbers.to_vec()));
        let names = names(&numbers);
        let names: Vec<_> = names.as_string_view().iter().map(Option::unwrap_or_default).collect();
        assert_eq!(
            names,
            ["icmp", "tcp", "udp", "gre", "ipv6-icmp", "sctp", "nsh", "200", "-1", ""]
        );
    }
}
