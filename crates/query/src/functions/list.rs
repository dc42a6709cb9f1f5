//! `contains` and `element_at`, which mean one thing of a list and another of text or a map.

use arrow::datatypes::DataType;
use datafusion::common::{Result, plan_err};
use datafusion::functions_nested::array_has::array_has_udf;
use datafusion::functions_nested::extract::array_element_udf;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

use super::arguments::is_text;

/// `contains(list, value)`, and `contains(text, part)`.
pub fn contains() -> ScalarUDF {
    ScalarUDF::from(ByFirst {
        name: "contains",
        signature: Signature::user_defined(Volatility::Immutable),
    })
}

/// `element_at(list, position)`, counted from 1, from the end below 0; NULL where there is none.
pub fn element_at() -> ScalarUDF {
    ScalarUDF::from(ByFirst {
        name: "element_at",
        signature: Signature::user_defined(Volatility::Immutable),
    })
}

/// A function that is another one, by the type of its first argument.
#[derive(Debug, PartialEq, Eq, Hash)]
struct ByFirst {
    name: &'static str,
    signature: Signature,
}

impl ByFirst {
    fn is_contains(&self) -> bool {
        self.name == "contains"
    }
}

impl ScalarUDFImpl for ByFirst {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        match types {
            [list @ (DataType::List(item) | DataType::LargeList(item)), _] if self.is_contains() => {
                Ok(vec![list.clone(), item.data_type().clone()])
            }
            [list @ (DataType::List(_) | DataType::LargeList(_)), _] => Ok(vec![list.clone(), DataType::Int64]),
            [text, part] if self.is_contains() && is_text(text) && is_text(part) => {
                Ok(vec![DataType::Utf8View, DataType::Utf8View])
            }
            // What makes no sense is said where the type of the answer is asked for.
            [_, _] => Ok(types.to_vec()),
            other => plan_err!("{} takes two arguments, not {}", self.name, other.len()),
        }
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        match &types[0] {
            DataType::List(_) | DataType::LargeList(_) if self.is_contains() => Ok(DataType::Boolean),
            text if self.is_contains() && is_text(text) => Ok(DataType::Boolean),
            other if self.is_contains() => plan_err!(
                "contains takes a list and a value, a text and a part of it, or a block and CAST(address AS IPADDRESS), \
                 not {other}"
            ),
            DataType::List(item) | DataType::LargeList(item) => Ok(item.data_type().clone()),
            other => plan_err!("element_at takes a list and a position, not {other}"),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let is_list = matches!(
            args.arg_fields[0].data_type(),
            DataType::List(_) | DataType::LargeList(_)
        );
        match (self.is_contains(), is_list) {
            (true, true) => array_has_udf().invoke_with_args(args),
            (true, false) => datafusion::functions::string::contains().invoke_with_args(args),
            (false, _) => array_element_udf().invoke_with_args(args),
        }
    }
}
