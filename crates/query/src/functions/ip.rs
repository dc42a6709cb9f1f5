//! `ip_is_internal(address)` and `ip_in(address, block)`.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray};
use arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue, exec_datafusion_err, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use super::address::{Block, address, is_internal};
use super::function::Function;
use super::memo;

/// Whether an address is of a private network; NULL for a text that is no address.
pub fn ip_is_internal() -> Function {
    Function::of_column(
        "ip_is_internal",
        DataType::Utf8View,
        |_| Ok(DataType::Boolean),
        |columns, _| Ok(internal(&columns[0])),
    )
}

fn internal(texts: &ArrayRef) -> ArrayRef {
    let answers = memo::each(texts.as_string_view(), |text| address(text).map(is_internal));
    Arc::new(answers.collect::<BooleanArray>())
}

/// Whether an address is in a block in CIDR notation; NULL for a text that is no address, an error for a block that is
/// none.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct IpIn {
    signature: Signature,
}

impl Default for IpIn {
    fn default() -> Self {
        Self {
            signature: Signature::exact(vec![DataType::Utf8View, DataType::Utf8View], Volatility::Immutable),
        }
    }
}

impl ScalarUDFImpl for IpIn {
    fn name(&self) -> &'static str {
        "ip_in"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [addresses, blocks] = args.args.as_slice() else {
            return exec_err!("ip_in takes an address and a block of addresses");
        };
        let is_scalar = matches!(addresses, ColumnarValue::Scalar(_)) && matches!(blocks, ColumnarValue::Scalar(_));
        let addresses = addresses.to_array(if is_scalar { 1 } else { args.number_rows })?;
        let answers = match blocks {
            ColumnarValue::Scalar(block) => in_block(&addresses, block)?,
            ColumnarValue::Array(blocks) => in_blocks(&addresses, blocks)?,
        };
        if is_scalar {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&answers, 0)?));
        }
        Ok(ColumnarValue::Array(Arc::new(answers)))
    }
}

fn in_block(addresses: &ArrayRef, block: &ScalarValue) -> Result<BooleanArray> {
    let Some(text) = block.try_as_str().flatten() else {
        return Ok(BooleanArray::new_null(addresses.len()));
    };
    let block = parsed(text)?;
    Ok(memo::each(addresses.as_string_view(), |text| {
        address(text).map(|address| block.contains(address))
    })
    .collect())
}

fn in_blocks(addresses: &ArrayRef, blocks: &ArrayRef) -> Result<BooleanArray> {
    let rows = addresses.as_string_view().iter().zip(blocks.as_string_view());
    rows.map(|row| match row {
        (Some(text), Some(block)) => {
            let block = parsed(block)?;
            Ok(address(text).map(|address| block.contains(address)))
        }
        _ => Ok(None),
    })
    .collect()
}

fn parsed(block: &str) -> Result<Block> {
    Block::parse(block).ok_or_else(|| {
        exec_datafusion_err!("`{block}` is no block of addresses; ip_in takes one such as 10.0.0.0/8 or fc00::/7")
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use arrow::array::StringViewArray;

    use super::*;

    #[test]
    fn what_is_no_address_is_null() {
        let texts: ArrayRef = Arc::new(StringViewArray::from(vec![
            Some("10.0.0.1"),
            Some("8.8.8.8"),
            Some("fd00::1"),
            Some("ec2.amazonaws.com"),
            Some("-"),
            Some("10.0.0.256"),
            Some(""),
            None,
        ]));
        let known = [Some(true), Some(false), Some(true), None, None, None, None, None];
        assert_eq!(internal(&texts).as_boolean().iter().collect::<Vec<_>>(), known);
        let block = ScalarValue::from("10.0.0.0/8");
        let known = [Some(true), Some(false), Some(false), None, None, None, None, None];
        assert_eq!(in_block(&texts, &block).unwrap().iter().collect::<Vec<_>>(), known);
        let unknown = in_block(&texts, &ScalarValue::Utf8View(None)).unwrap();
        assert_eq!(unknown.null_count(), 8);
    }

    #[test]
    fn each_row_may_have_its_block() {
        let texts: ArrayRef = Arc::new(StringViewArray::from(vec![Some("10.0.0.1"), Some("10.0.0.1"), None]));
        let blocks: ArrayRef = Arc::new(StringViewArray::from(vec![Some("10.0.0.0/30"), None, Some("::/0")]));
        assert_eq!(
            in_blocks(&texts, &blocks).unwrap().iter().collect::<Vec<_>>(),
            [Some(true), None, None]
        );
        let garbage: ArrayRef = Arc::new(StringViewArray::from(vec!["10.0.0.0/99"; 3]));
        let message = in_blocks(&texts, &garbage).unwrap_err().to_string();
        assert!(message.contains("`10.0.0.0/99` is no block of addresses"), "{message}");
    }
}
