//! A function that is one thing or another by the types of its arguments.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue, plan_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

/// What a function is for arguments of some types.
pub struct Meaning {
    /// The types that the arguments are cast to.
    pub takes: Vec<DataType>,
    /// The type of the answer.
    pub returns: DataType,
    /// Works it out.
    pub apply: fn(ScalarFunctionArgs) -> Result<ColumnarValue>,
}

/// A function that is chosen when the types of its arguments are known.
#[derive(Debug)]
pub struct ByType {
    name: &'static str,
    signature: Signature,
    meaning: fn(&[DataType]) -> Result<Meaning>,
}

impl ByType {
    /// A function called `name`; `meaning` says what it is for some types, or why it makes no sense.
    pub fn function(name: &'static str, meaning: fn(&[DataType]) -> Result<Meaning>) -> ScalarUDF {
        ScalarUDF::from(Self {
            name,
            signature: Signature::user_defined(Volatility::Immutable),
            meaning,
        })
    }
}

impl PartialEq for ByType {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for ByType {}

impl Hash for ByType {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for ByType {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        // What makes no sense is said where the type of the answer is asked for.
        Ok((self.meaning)(types).map_or_else(|_| types.to_vec(), |meaning| meaning.takes))
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        if types.is_empty() {
            return plan_err!("{} takes arguments", self.name);
        }
        Ok((self.meaning)(types)?.returns)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let types: Vec<DataType> = args.arg_fields.iter().map(|field| field.data_type().clone()).collect();
        ((self.meaning)(&types)?.apply)(args)
    }
}

/// The arguments in the other order.
pub fn swapped(mut args: ScalarFunctionArgs) -> ScalarFunctionArgs {
    args.args.reverse();
    args.arg_fields.reverse();
    args
}

/// Works a function out on columns of one length; of constants it is a constant.
pub fn on_columns(args: ScalarFunctionArgs, apply: impl Fn(&[ArrayRef]) -> Result<ArrayRef>) -> Result<ColumnarValue> {
    let is_constant = args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
    let rows = if is_constant { 1 } else { args.number_rows };
    let columns = args.args.into_iter().map(|arg| arg.into_array(rows));
    let answer = apply(&columns.collect::<Result<Vec<_>>>()?)?;
    if is_constant {
        return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&answer, 0)?));
    }
    Ok(ColumnarValue::Array(Arc::clone(&answer)))
}
