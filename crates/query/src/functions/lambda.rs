//! Functions that take an expression to work out by themselves: `reduce`, and what is behind `try`.
//!
//! Source: Trino documentation, "Array functions and operators", "Conditional expressions".

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, ListArray, UInt32Array, UInt64Array, new_null_array};
use arrow::compute::kernels::zip::zip;
use arrow::compute::{cast, concat, take, take_arrays};
use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, exec_err, plan_err};
use datafusion::logical_expr::{
    ColumnarValue, HigherOrderFunctionArgs, HigherOrderReturnFieldArgs, HigherOrderSignature, HigherOrderUDF,
    HigherOrderUDFImpl, LambdaArgument, LambdaParametersProgress, ValueOrLambda, Volatility,
};

/// Every such function.
pub fn all() -> Vec<Arc<HigherOrderUDF>> {
    vec![
        Arc::new(HigherOrderUDF::new_from_impl(Reduce::default())),
        Arc::new(HigherOrderUDF::new_from_impl(TryEach::default())),
    ]
}

/// `reduce(list, first, (state, item) -> state, state -> answer)`.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Reduce {
    signature: HigherOrderSignature,
    aliases: Vec<String>,
}

impl Default for Reduce {
    fn default() -> Self {
        let arguments = vec![
            ValueOrLambda::Value(()),
            ValueOrLambda::Value(()),
            ValueOrLambda::Lambda(()),
            ValueOrLambda::Lambda(()),
        ];
        Self {
            signature: HigherOrderSignature::exact(arguments, Volatility::Immutable),
            aliases: vec!["array_reduce".to_owned()],
        }
    }
}

impl HigherOrderUDFImpl for Reduce {
    fn name(&self) -> &'static str {
        "reduce"
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &HigherOrderSignature {
        &self.signature
    }

    fn coerce_value_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let [
            DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _),
            first,
        ] = types
        else {
            return plan_err!("reduce takes a list, a first state and two lambdas");
        };
        Ok(vec![DataType::List(Arc::clone(item)), first.clone()])
    }

    /// The state is of the type that the first lambda gives for it.
    fn lambda_parameters(
        &self,
        step: usize,
        fields: &[ValueOrLambda<FieldRef, Option<FieldRef>>],
    ) -> Result<LambdaParametersProgress> {
        let [
            ValueOrLambda::Value(list),
            ValueOrLambda::Value(first),
            ValueOrLambda::Lambda(next),
            ValueOrLambda::Lambda(_),
        ] = fields
        else {
            return plan_err!("reduce takes a list, a first state and two lambdas");
        };
        let DataType::List(item) = list.data_type() else {
            return plan_err!("reduce takes a list, not {}", list.data_type());
        };
        let state = |field: &FieldRef| Arc::new(field.as_ref().clone().with_nullable(true));
        Ok(match next {
            Some(next) => {
                let state = state(next);
                LambdaParametersProgress::Complete(vec![vec![Arc::clone(&state), Arc::clone(item)], vec![state]])
            }
            None if step < 2 => {
                LambdaParametersProgress::Partial(vec![Some(vec![state(first), Arc::clone(item)]), None])
            }
            None => return plan_err!("reduce: the type of the state is not known"),
        })
    }

    fn coerce_values_for_lambdas(&self, fields: &[ValueOrLambda<DataType, DataType>]) -> Result<Option<Vec<DataType>>> {
        match fields {
            [ValueOrLambda::Value(list), _, ValueOrLambda::Lambda(next), _] => {
                Ok(Some(vec![list.clone(), next.clone()]))
            }
            _ => Ok(None),
        }
    }

    fn return_field_from_args(&self, args: HigherOrderReturnFieldArgs<'_>) -> Result<FieldRef> {
        let [_, _, _, ValueOrLambda::Lambda(answer)] = args.arg_fields else {
            return plan_err!("reduce takes a list, a first state and two lambdas");
        };
        Ok(Arc::new(Field::new("", answer.data_type().clone(), true)))
    }

    fn invoke_with_args(&self, args: HigherOrderFunctionArgs) -> Result<ColumnarValue> {
        let [
            ValueOrLambda::Value(list),
            ValueOrLambda::Value(first),
            ValueOrLambda::Lambda(next),
            ValueOrLambda::Lambda(answer),
        ] = args.args.as_slice()
        else {
            return exec_err!("reduce takes a list, a first state and two lambdas");
        };
        let lists = list.to_array(args.number_rows)?;
        let lists = lists.as_list::<i32>();
        let mut states = first.to_array(args.number_rows)?;
        let longest = (0..lists.len())
            .filter(|row| lists.is_valid(*row))
            .map(|row| lists.value_length(row))
            .max()
            .unwrap_or(0);
        for at in 0..longest {
            states = step(lists, at, &states, next)?;
        }
        let finished = answer.evaluate(&[&|| Ok(Arc::clone(&states))], |captured| Ok(captured.to_vec()))?;
        let finished = finished.into_array(args.number_rows)?;
        // What came out for a list that is NULL does not count.
        let is_there: BooleanArray = (0..lists.len()).map(|row| Some(lists.is_valid(row))).collect();
        let none = new_null_array(finished.data_type(), 1);
        let finished = zip(&is_there, &finished, &arrow::array::Scalar::new(none))?;
        Ok(ColumnarValue::Array(finished))
    }
}

/// The states after the item at one place of each list that is as long.
fn step(lists: &ListArray, at: i32, states: &ArrayRef, next: &LambdaArgument) -> Result<ArrayRef> {
    let is_long = |row: &usize| lists.is_valid(*row) && lists.value_length(*row) > at;
    let rows: Vec<usize> = (0..lists.len()).filter(is_long).collect();
    let places = rows.iter().map(|row| (lists.value_offsets()[*row] + at) as u64);
    let items = take(lists.values(), &UInt64Array::from_iter_values(places), None)?;
    let rows = UInt32Array::from_iter_values(rows.into_iter().map(|row| row as u32));
    let before = take(states, &rows, None)?;
    let after = next.evaluate(&[&|| Ok(Arc::clone(&before)), &|| Ok(Arc::clone(&items))], |captured| {
        Ok(take_arrays(captured, &rows, None)?)
    })?;
    let after = cast(&after.into_array(rows.len())?, states.data_type())?;
    if rows.len() == states.len() {
        return Ok(after);
    }
    // Rows that are done keep their state.
    let mut places: Vec<u32> = (0..states.len() as u32).collect();
    for (place, row) in rows.values().iter().enumerate() {
        places[*row as usize] = (states.len() + place) as u32;
    }
    let both = concat(&[states, &after])?;
    Ok(take(&both, &UInt32Array::from(places), None)?)
}

/// An expression, as a lambda of nothing: NULL in the rows where it fails.
#[derive(Debug, PartialEq, Eq, Hash)]
struct TryEach {
    signature: HigherOrderSignature,
}

impl Default for TryEach {
    fn default() -> Self {
        Self {
            signature: HigherOrderSignature::exact(vec![ValueOrLambda::Lambda(())], Volatility::Immutable),
        }
    }
}

impl HigherOrderUDFImpl for TryEach {
    fn name(&self) -> &'static str {
        "try_each"
    }

    fn signature(&self) -> &HigherOrderSignature {
        &self.signature
    }

    fn coerce_value_types(&self, _: &[DataType]) -> Result<Vec<DataType>> {
        Ok(Vec::new())
    }

    fn lambda_parameters(
        &self,
        _: usize,
        _: &[ValueOrLambda<FieldRef, Option<FieldRef>>],
    ) -> Result<LambdaParametersProgress> {
        let row = Arc::new(Field::new("row", DataType::Boolean, true));
        Ok(LambdaParametersProgress::Complete(vec![vec![row]]))
    }

    fn return_field_from_args(&self, args: HigherOrderReturnFieldArgs<'_>) -> Result<FieldRef> {
        let [ValueOrLambda::Lambda(answer)] = args.arg_fields else {
            return plan_err!("try takes one expression");
        };
        Ok(Arc::new(Field::new("", answer.data_type().clone(), true)))
    }

    fn invoke_with_args(&self, args: HigherOrderFunctionArgs) -> Result<ColumnarValue> {
        let [ValueOrLambda::Lambda(expression)] = args.args.as_slice() else {
            return exec_err!("try takes one expression");
        };
        let attempt = |from: usize, count: usize| {
            let row: ArrayRef = Arc::new(BooleanArray::from(vec![true; count]));
            let part = |captured: &[ArrayRef]| Ok(captured.iter().map(|column| column.slice(from, count)).collect());
            expression
                .evaluate(&[&|| Ok(Arc::clone(&row))], part)?
                .into_array(count)
        };
        let rows = tried(&attempt, 0, args.number_rows, args.return_field.data_type())?;
        Ok(ColumnarValue::Array(rows))
    }
}

/// Rows worked out together; where that fails, by halves, down to the rows that fail.
fn tried(
    attempt: &impl Fn(usize, usize) -> Result<ArrayRef>,
    from: usize,
    count: usize,
    data_type: &DataType,
) -> Result<ArrayRef> {
    match attempt(from, count) {
        Ok(answers) => Ok(answers),
        Err(_) if count <= 1 => Ok(new_null_array(data_type, count)),
        Err(_) => {
            let half = count / 2;
            let first = tried(attempt, from, half, data_type)?;
            let second = tried(attempt, from + half, count - half, data_type)?;
            Ok(concat(&[&first, &second])?)
        }
    }
}
