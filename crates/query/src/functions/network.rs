//! Addresses and blocks of them as Athena has them: `IPADDRESS '…'`, `ip_prefix`, `is_subnet_of`.
//!
//! An address is text here, in its usual spelling. Source: Trino documentation, "IP Address Functions".

use std::net::IpAddr;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, StringViewArray};
use arrow::datatypes::DataType;
use datafusion::common::{Result, exec_datafusion_err};

use super::address::{Block, address};
use super::arguments::{LastRead, texts, whole_numbers};
use super::function::Function;

/// Every function of addresses.
pub fn all() -> Vec<Function> {
    vec![
        Function::new(
            &["ip_address"],
            1..=1,
            |_| Ok(DataType::Utf8View),
            |columns, _| {
                let texts = texts(&columns[0])?;
                // What log records have in place of an address is none.
                let spelled = texts
                    .iter()
                    .map(|text| address(text?).map(|address| address.to_string()));
                Ok(Arc::new(spelled.collect::<StringViewArray>()))
            },
        ),
        Function::new(
            &["ip_block"],
            1..=1,
            |_| Ok(DataType::Utf8View),
            |columns, _| {
                let texts = texts(&columns[0])?;
                let spelled = texts.iter().map(|text| text.map(spelled).transpose());
                Ok(Arc::new(spelled.collect::<Result<StringViewArray>>()?))
            },
        ),
        Function::new(&["ip_prefix"], 2..=2, |_| Ok(DataType::Utf8View), prefix),
        Function::new(&["is_subnet_of"], 2..=2, |_| Ok(DataType::Boolean), is_subnet_of),
    ]
}

/// A block in its usual spelling, from its first address on.
fn spelled(text: &str) -> Result<String> {
    let block = block(text)?;
    let length = text.split_once('/').map(|(_, length)| length.trim());
    Ok(match (length, block.first()) {
        (Some(length), first) => format!("{first}/{length}"),
        (None, first @ IpAddr::V4(_)) => format!("{first}/32"),
        (None, first @ IpAddr::V6(_)) => format!("{first}/128"),
    })
}

/// `ip_prefix('10.1.2.3', 8)` is `10.0.0.0/8`.
fn prefix(columns: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let texts = texts(&columns[0])?;
    let lengths = whole_numbers(&columns[1])?;
    let rows = texts.iter().zip(&lengths);
    let blocks = rows.map(|(text, length)| {
        let (Some(address), Some(length)) = (text.and_then(address), length) else {
            return Ok(None);
        };
        let block = block(&format!("{address}/{length}"))?;
        Ok(Some(format!("{}/{length}", block.first())))
    });
    Ok(Arc::new(blocks.collect::<Result<StringViewArray>>()?))
}

/// Whether the second, an address or a block, is within the first.
fn is_subnet_of(columns: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let (outer, inner) = (texts(&columns[0])?, texts(&columns[1])?);
    let mut last = LastRead::default();
    let answers = outer.iter().zip(&inner).map(|(outer, inner)| {
        let (Some(outer), Some(inner)) = (outer, inner) else {
            return Ok(None);
        };
        let outer = last.of(outer, block)?;
        Ok(Block::parse(inner).map(|inner| outer.contains(inner.first()) && outer.contains(inner.last())))
    });
    Ok(Arc::new(answers.collect::<Result<BooleanArray>>()?))
}

fn block(text: &str) -> Result<Block> {
    Block::parse(text)
        .ok_or_else(|| exec_datafusion_err!("`{text}` is no block of addresses; one is written 10.0.0.0/8 or fc00::/7"))
}

impl Block {
    /// Its first address.
    fn first(&self) -> IpAddr {
        match *self {
            Self::V4(network, _) => IpAddr::V4(network.into()),
            Self::V6(network, _) => IpAddr::V6(network.into()),
        }
    }

    /// Its last address.
    fn last(&self) -> IpAddr {
        match *self {
            Self::V4(network, mask) => IpAddr::V4((network | !mask).into()),
            Self::V6(network, mask) => IpAddr::V6((network | !mask).into()),
        }
    }
}
