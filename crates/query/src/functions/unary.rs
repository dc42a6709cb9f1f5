//! A function of one column.

use std::hash::{Hash, Hasher};

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

/// A function of one argument whose answer depends on nothing else.
#[derive(Debug)]
pub struct Unary {
    name: &'static str,
    signature: Signature,
    returns: DataType,
    apply: fn(&ArrayRef) -> ArrayRef,
}

impl Unary {
    /// `name` takes a column of type `argument` (what is not of it is cast) and gives one of type `returns`.
    pub fn new(name: &'static str, argument: DataType, returns: DataType, apply: fn(&ArrayRef) -> ArrayRef) -> Self {
        let signature = Signature::exact(vec![argument], Volatility::Immutable);
        Self {
            name,
            signature,
            returns,
            apply,
        }
    }
}

impl PartialEq for Unary {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Unary {}

impl Hash for Unary {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for Unary {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.returns.clone())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match args.args.as_slice() {
            [ColumnarValue::Array(column)] => Ok(ColumnarValue::Array((self.apply)(column))),
            [ColumnarValue::Scalar(value)] => {
                let answer = (self.apply)(&value.to_array()?);
                Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&answer, 0)?))
            }
            _ => exec_err!("{} takes one argument", self.name),
        }
    }
}
