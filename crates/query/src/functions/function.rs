//! A function that is worked out column by column.

use std::hash::{Hash, Hasher};

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, ScalarValue, exec_err, internal_err};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, TypeSignature, Volatility,
};

/// What a statement gives a function before it runs: the arguments' types, and the values of those that are constants.
pub type Known<'a> = [(&'a DataType, Option<&'a ScalarValue>)];

/// A function whose answer depends on its arguments alone.
#[derive(Debug)]
pub struct Function {
    name: &'static str,
    aliases: Vec<String>,
    signature: Signature,
    returns: fn(&Known<'_>) -> Result<DataType>,
    apply: fn(&[ArrayRef], &DataType) -> Result<ArrayRef>,
}

impl Function {
    /// `names`, the first its own; it takes any number of arguments in `counts`. `returns` tells the type of the answer or
    /// why the arguments make no sense, `apply` works it out: the arguments as columns of one length, and that type.
    pub fn new(
        names: &[&'static str],
        counts: std::ops::RangeInclusive<usize>,
        returns: fn(&Known<'_>) -> Result<DataType>,
        apply: fn(&[ArrayRef], &DataType) -> Result<ArrayRef>,
    ) -> Self {
        let of_count = |count| {
            if count == 0 {
                TypeSignature::Nullary
            } else {
                TypeSignature::Any(count)
            }
        };
        Self {
            name: names[0],
            aliases: names[1..].iter().map(|name| (*name).to_owned()).collect(),
            signature: Signature::one_of(counts.map(of_count).collect(), Volatility::Immutable),
            returns,
            apply,
        }
    }

    /// A function of one column of type `argument`; what is not of it is cast.
    pub fn of_column(
        name: &'static str,
        argument: DataType,
        returns: fn(&Known<'_>) -> Result<DataType>,
        apply: fn(&[ArrayRef], &DataType) -> Result<ArrayRef>,
    ) -> Self {
        Self {
            name,
            aliases: Vec::new(),
            signature: Signature::exact(vec![argument], Volatility::Immutable),
            returns,
            apply,
        }
    }
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Function {}

impl Hash for Function {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for Function {
    fn name(&self) -> &str {
        self.name
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        internal_err!("{} is asked for its field", self.name)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let types = args.arg_fields.iter().map(|field| field.data_type());
        let known: Vec<_> = types.zip(args.scalar_arguments.iter().copied()).collect();
        Ok(Field::new(self.name, (self.returns)(&known)?, true).into())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let is_constant = args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let rows = if is_constant { 1 } else { args.number_rows };
        let columns = args
            .args
            .into_iter()
            .map(|arg| arg.into_array(rows))
            .collect::<Result<Vec<_>>>()?;
        let answer = (self.apply)(&columns, args.return_field.data_type())?;
        if answer.len() != rows {
            return exec_err!("{} gave {} rows for {rows}", self.name, answer.len());
        }
        if is_constant {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&answer, 0)?));
        }
        Ok(ColumnarValue::Array(answer))
    }
}
