//! `parse_ip('10.0.0.1/24', 'INET')`: an address and its block, as JSON text.
//!
//! Source: Snowflake documentation, "`PARSE_IP`".

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use arrow::array::{ArrayRef, StringViewArray};
use arrow::datatypes::DataType;
use datafusion::common::{Result, exec_err, plan_err};
use serde_json::{Value, json};

use super::arguments::{constant_text, is_text, texts};
use super::function::{Function, Known};

/// The function that fails where there is no address, and the one that gives NULL there.
pub fn all() -> Vec<Function> {
    vec![
        Function::new(&["parse_ip"], 2..=3, json_text, |columns, _| parsed(columns, false)),
        Function::new(&["try_parse_ip"], 2..=3, json_text, |columns, _| parsed(columns, true)),
    ]
}

fn json_text(known: &Known<'_>) -> Result<DataType> {
    if !is_text(known[0].0) {
        return plan_err!("parse_ip takes a text and 'INET', not {}", known[0].0);
    }
    match constant_text(known[1].1) {
        Some(kind) if !kind.eq_ignore_ascii_case("inet") => plan_err!("parse_ip knows 'INET', not '{kind}'"),
        _ => Ok(DataType::Utf8View),
    }
}

/// With 1 as the third argument, what is no address is said in JSON instead of failing.
fn parsed(columns: &[ArrayRef], is_tried: bool) -> Result<ArrayRef> {
    let addresses = texts(&columns[0])?;
    let permissive = columns.get(2).map(super::arguments::whole_numbers).transpose()?;
    let parsed = addresses.iter().enumerate().map(|(row, text)| {
        let Some(text) = text else { return Ok(None) };
        let is_permissive = permissive.as_ref().is_some_and(|flags| flags.value(row) == 1);
        match parts(text) {
            Some(parts) => Ok(Some(parts.to_string())),
            None if is_permissive => Ok(Some(json!({ "error": format!("`{text}` is no address") }).to_string())),
            None if is_tried => Ok(None),
            None => exec_err!("`{text}` is no address; one is written 10.0.0.1, 10.0.0.0/8 or fc00::1"),
        }
    });
    Ok(Arc::new(parsed.collect::<Result<StringViewArray>>()?))
}

/// The parts of an address, `None` where it is none.
fn parts(text: &str) -> Option<Value> {
    let text = text.trim();
    let (host, prefix) = match text.split_once('/') {
        Some((host, prefix)) => (host, Some(prefix.parse::<u32>().ok()?)),
        None => (text, None),
    };
    match host.parse().ok()? {
        IpAddr::V4(address) => v4(host, address, prefix),
        IpAddr::V6(address) => v6(host, address, prefix),
    }
}

fn v4(host: &str, address: Ipv4Addr, prefix: Option<u32>) -> Option<Value> {
    let number = address.to_bits();
    let mut parts = json!({
        "family": 4,
        "host": host,
        "ip_fields": [number, 0, 0, 0],
        "ip_type": "inet",
        "ipv4": number,
        "netmask_prefix_length": prefix,
        "snowflake$type": "ip_address",
    });
    if let Some(prefix) = prefix {
        let mask = match prefix {
            0 => 0,
            1..=32 => u32::MAX << (32 - prefix),
            _ => return None,
        };
        parts["ipv4_range_start"] = (number & mask).into();
        parts["ipv4_range_end"] = (number | !mask).into();
    }
    Some(parts)
}

fn v6(host: &str, address: Ipv6Addr, prefix: Option<u32>) -> Option<Value> {
    let number = address.to_bits();
    let hex = |number: u128| Value::from(format!("{number:032X}"));
    let fields: Vec<u32> = (0..4).map(|at| (number >> (96 - 32 * at)) as u32).collect();
    let mut parts = json!({
        "family": 6,
        "hex_ipv6": hex(number),
        "host": host,
        "ip_fields": fields,
        "ip_type": "inet",
        "netmask_prefix_length": prefix,
        "snowflake$type": "ip_address",
    });
    if let Some(prefix) = prefix {
        let mask = match prefix {
            0 => 0,
            1..=128 => u128::MAX << (128 - prefix),
            _ => return None,
        };
        parts["hex_ipv6_range_start"] = hex(number & mask);
        parts["hex_ipv6_range_end"] = hex(number | !mask);
    }
    Some(parts)
}
