//! Functions of lists that mean another thing of text or a map, or take their arguments in another order, by the
//! product they are of.

use std::sync::Arc;

use arrow::array::builder::StringViewBuilder;
use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, IntervalMonthDayNanoArray};
use arrow::datatypes::{DataType, Field, FieldRef, Int64Type, IntervalMonthDayNano, IntervalUnit};
use datafusion::common::{Result, exec_err, plan_err};
use datafusion::functions_nested::array_has::array_has_udf;
use datafusion::functions_nested::concat::{array_concat_udf, array_prepend_udf};
use datafusion::functions_nested::extract::array_element_udf;
use datafusion::functions_nested::map_extract::map_extract_udf;
use datafusion::functions_nested::position::array_position_udf;
use datafusion::functions_nested::range::gen_series_udf;
use datafusion::functions_nested::reverse::array_reverse_udf;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF};

use super::arguments::{is_text, texts, whole_numbers};
use super::by_type::{ByType, Meaning, on_columns, swapped};
use super::json::{self, Value};

/// Every such function.
pub fn all() -> Vec<ScalarUDF> {
    vec![
        ByType::function("concat", concat),
        ByType::function("contains", contains),
        ByType::function("element_at", element_at),
        ByType::function("array_contains", array_contains),
        ByType::function("array_position", array_position),
        ByType::function("array_prepend", array_prepend),
        ByType::function("get", get),
        ByType::function("reverse", reverse),
        ByType::function("sequence", sequence),
    ]
}

/// The type of a list's items.
fn item_of(list: &DataType) -> Option<&DataType> {
    match list {
        DataType::List(item) | DataType::LargeList(item) => Some(item.data_type()),
        _ => None,
    }
}

/// `concat(list, list)`, and `concat(text, text)`, which is NULL where a part is.
fn concat(types: &[DataType]) -> Result<Meaning> {
    if types.iter().any(|part| item_of(part).is_some()) {
        return Ok(Meaning {
            takes: array_concat_udf().coerce_types(types)?,
            returns: array_concat_udf().return_type(&array_concat_udf().coerce_types(types)?)?,
            apply: |args| array_concat_udf().invoke_with_args(args),
        });
    }
    Ok(Meaning {
        takes: vec![DataType::Utf8View; types.len()],
        returns: DataType::Utf8View,
        apply: |args| on_columns(args, joined),
    })
}

fn joined(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let parts = columns.iter().map(texts).collect::<Result<Vec<_>>>()?;
    let rows = columns.first().map_or(0, Array::len);
    let mut written = StringViewBuilder::with_capacity(rows);
    let mut text = String::new();
    for row in 0..rows {
        if parts.iter().any(|part| part.is_null(row)) {
            written.append_null();
            continue;
        }
        text.clear();
        for part in &parts {
            text.push_str(part.value(row));
        }
        written.append_value(&text);
    }
    Ok(Arc::new(written.finish()))
}

/// `contains(list, value)`, and `contains(text, part)`.
fn contains(types: &[DataType]) -> Result<Meaning> {
    match types {
        [list, _] if item_of(list).is_some() => Ok(has(types, false)),
        [text, part] if is_text(text) && is_text(part) => Ok(Meaning {
            takes: vec![DataType::Utf8View, DataType::Utf8View],
            returns: DataType::Boolean,
            apply: |args| datafusion::functions::string::contains().invoke_with_args(args),
        }),
        _ => plan_err!(
            "contains takes a list and a value, a text and a part of it, or a block and CAST(address AS IPADDRESS), \
             not {}",
            types.first().unwrap_or(&DataType::Null)
        ),
    }
}

/// Whether a list has a value, one of them first.
fn has(types: &[DataType], is_value_first: bool) -> Meaning {
    let (list, apply): (_, fn(ScalarFunctionArgs) -> _) = if is_value_first {
        (&types[1], |args| array_has_udf().invoke_with_args(swapped(args)))
    } else {
        (&types[0], |args| array_has_udf().invoke_with_args(args))
    };
    let item = item_of(list).unwrap_or(&DataType::Null).clone();
    let takes = if is_value_first {
        vec![item, list.clone()]
    } else {
        vec![list.clone(), item]
    };
    Meaning {
        takes,
        returns: DataType::Boolean,
        apply,
    }
}

/// Snowflake's `array_contains(value, list)`; the other order as well, and a JSON array for a list.
fn array_contains(types: &[DataType]) -> Result<Meaning> {
    match types {
        [_, list] if item_of(list).is_some() => Ok(has(types, true)),
        [list, _] if item_of(list).is_some() => Ok(has(types, false)),
        [_, array] if is_text(array) => Ok(Meaning {
            takes: vec![DataType::Utf8View, DataType::Utf8View],
            returns: DataType::Boolean,
            apply: |args| on_columns(args, |columns| in_json(&columns[0], &columns[1])),
        }),
        _ => plan_err!("array_contains takes a value and a list: array_contains('a', list)"),
    }
}

fn in_json(values: &ArrayRef, arrays: &ArrayRef) -> Result<ArrayRef> {
    let (values, arrays) = (texts(values)?, texts(arrays)?);
    let is_in = |(value, array): (Option<&str>, Option<&str>)| {
        let (value, mut elements) = (value?, Value::of(array?)?.elements()?);
        // A value may itself be JSON text, as VARIANT is here.
        let wanted = Value::of(value).and_then(Value::unquoted);
        let wanted = wanted.as_deref().unwrap_or(value);
        Some(elements.any(|element| element.unquoted().as_deref() == Some(wanted)))
    };
    Ok(Arc::new(
        values.iter().zip(&arrays).map(is_in).collect::<BooleanArray>(),
    ))
}

/// Athena's `array_position(list, value)`, from 1 and 0 where there is none; Snowflake's `array_position(value, list)`,
/// from 0 and NULL where there is none.
fn array_position(types: &[DataType]) -> Result<Meaning> {
    fn counted(mut args: ScalarFunctionArgs, count: fn(Option<i64>) -> Option<i64>) -> Result<ColumnarValue> {
        let rows = args.number_rows;
        args.return_field = Arc::new(Field::new(args.return_field.name(), DataType::UInt64, true));
        let lists = args.args[0].to_array(rows)?;
        let found = array_position_udf().invoke_with_args(args)?.into_array(rows)?;
        let found = whole_numbers(&found)?;
        let counted = (0..rows).map(|row| {
            let place = found.is_valid(row).then(|| found.value(row));
            lists.is_valid(row).then(|| count(place)).flatten()
        });
        Ok(ColumnarValue::Array(Arc::new(counted.collect::<Int64Array>())))
    }
    match types {
        [list, _] if item_of(list).is_some() => Ok(Meaning {
            takes: has(types, false).takes,
            returns: DataType::Int64,
            apply: |args| counted(args, |place| place.or(Some(0))),
        }),
        [_, list] if item_of(list).is_some() => Ok(Meaning {
            takes: has(types, true).takes,
            returns: DataType::Int64,
            apply: |args| counted(swapped(args), |place| Some(place? - 1)),
        }),
        _ => plan_err!("array_position takes a list and a value"),
    }
}

/// Snowflake's `array_prepend(list, value)` and `PostgreSQL`'s `array_prepend(value, list)`.
fn array_prepend(types: &[DataType]) -> Result<Meaning> {
    match types {
        [list, _] if item_of(list).is_some() => Ok(Meaning {
            takes: has(types, false).takes,
            returns: list.clone(),
            apply: |args| array_prepend_udf().invoke_with_args(swapped(args)),
        }),
        [_, list] if item_of(list).is_some() => Ok(Meaning {
            takes: has(types, true).takes,
            returns: list.clone(),
            apply: |args| array_prepend_udf().invoke_with_args(args),
        }),
        _ => plan_err!("array_prepend takes a list and a value"),
    }
}

/// `element_at(list, position)`, counted from 1, from the end below 0; `element_at(map, key)`. NULL where there is none.
fn element_at(types: &[DataType]) -> Result<Meaning> {
    match types {
        [list, _] if item_of(list).is_some() => Ok(Meaning {
            takes: vec![list.clone(), DataType::Int64],
            returns: item_of(list).unwrap_or(&DataType::Null).clone(),
            apply: |args| array_element_udf().invoke_with_args(args),
        }),
        [map @ DataType::Map(entries, _), _] => {
            let DataType::Struct(fields) = entries.data_type() else {
                return plan_err!("{map} is no map");
            };
            Ok(Meaning {
                takes: vec![map.clone(), fields[0].data_type().clone()],
                returns: fields[1].data_type().clone(),
                apply: |mut args| {
                    let rows = args.number_rows;
                    args.return_field = list_of(&args.return_field);
                    let found = map_extract_udf().invoke_with_args(args)?.into_array(rows)?;
                    first_of_each(&found).map(ColumnarValue::Array)
                },
            })
        }
        // CloudTrail Lake has maps where objects are JSON text here.
        [json, key] if json.is_string() && key.is_string() => Ok(Meaning {
            takes: vec![json.clone(), key.clone()],
            returns: DataType::Utf8View,
            apply: |args| on_columns(args, json::get),
        }),
        _ => plan_err!(
            "element_at takes a list and a position, or a map and a key, not {}",
            types.first().unwrap_or(&DataType::Null)
        ),
    }
}

fn list_of(item: &FieldRef) -> FieldRef {
    Arc::new(Field::new(
        item.name(),
        DataType::new_list(item.data_type().clone(), true),
        true,
    ))
}

fn first_of_each(lists: &ArrayRef) -> Result<ArrayRef> {
    let lists = lists.as_list::<i32>();
    let first = (0..lists.len()).map(|row| {
        let has_one = lists.is_valid(row) && lists.value_length(row) > 0;
        has_one.then(|| lists.value_offsets()[row] as u64)
    });
    let indices: arrow::array::UInt64Array = first.collect();
    Ok(arrow::compute::take(lists.values(), &indices, None)?)
}

/// Snowflake's `get(list, position)`, counted from 0, and `get(json, name or position)`.
fn get(types: &[DataType]) -> Result<Meaning> {
    match types {
        [list, _] if item_of(list).is_some() => Ok(Meaning {
            takes: vec![list.clone(), DataType::Int64],
            returns: item_of(list).unwrap_or(&DataType::Null).clone(),
            apply: |mut args| {
                let positions = args.args[1].to_array(args.number_rows)?;
                let positions = positions.as_primitive::<Int64Type>();
                let counted = positions.iter().map(|at| at.filter(|at| *at >= 0)?.checked_add(1));
                args.args[1] = ColumnarValue::Array(Arc::new(counted.collect::<Int64Array>()));
                let rows = args.number_rows;
                args.args[0] = ColumnarValue::Array(args.args[0].to_array(rows)?);
                array_element_udf().invoke_with_args(args)
            },
        }),
        [text, key] if is_text(text) => Ok(Meaning {
            takes: vec![
                DataType::Utf8View,
                if is_text(key) {
                    DataType::Utf8View
                } else {
                    DataType::Int64
                },
            ],
            returns: DataType::Utf8View,
            apply: |args| on_columns(args, json::get),
        }),
        _ => plan_err!("get takes a list and a position, or JSON text and a name or position"),
    }
}

/// The letters, or the items, from the last to the first.
fn reverse(types: &[DataType]) -> Result<Meaning> {
    match types {
        [list] if item_of(list).is_some() => Ok(Meaning {
            takes: types.to_vec(),
            returns: list.clone(),
            apply: |args| array_reverse_udf().invoke_with_args(args),
        }),
        [_] => Ok(Meaning {
            takes: vec![DataType::Utf8View],
            returns: DataType::Utf8View,
            apply: |args| datafusion::functions::unicode::reverse().invoke_with_args(args),
        }),
        _ => plan_err!("reverse takes a text or a list"),
    }
}

/// `sequence(first, last, step)`, the last among them; a step of 1, or a day, and back where the last is less.
fn sequence(types: &[DataType]) -> Result<Meaning> {
    let interval = DataType::Interval(IntervalUnit::MonthDayNano);
    let (first, step) = match types {
        [first, _] | [first, _, _] if first.is_integer() => (DataType::Int64, DataType::Int64),
        [first @ DataType::Date32, _] | [first @ (DataType::Date32 | DataType::Timestamp(..)), _, _] => {
            (first.clone(), interval)
        }
        _ => return plan_err!("sequence takes two whole numbers, dates or times, and a step"),
    };
    let takes = vec![first.clone(), first, step];
    Ok(Meaning {
        returns: gen_series_udf().return_type(&takes)?,
        takes: takes[..types.len()].to_vec(),
        apply: |mut args| {
            check_length(&args)?;
            if args.args.len() == 2 {
                let step = steps(&args)?;
                args.arg_fields
                    .push(Arc::new(Field::new("step", step.data_type().clone(), true)));
                args.args.push(ColumnarValue::Array(step));
            }
            let rows = args.number_rows;
            for arg in &mut args.args {
                *arg = ColumnarValue::Array(arg.to_array(rows)?);
            }
            gen_series_udf().invoke_with_args(args)
        },
    })
}

/// Fails where a sequence of numbers would be longer than Athena lets it be.
fn check_length(args: &ScalarFunctionArgs) -> Result<()> {
    const MOST: u64 = 10_000;
    let rows = args.number_rows;
    let columns = args.args.iter().map(|arg| arg.to_array(rows));
    let columns = columns.collect::<Result<Vec<_>>>()?;
    if columns.iter().any(|column| !column.data_type().is_integer()) {
        return Ok(());
    }
    let numbers = columns.iter().map(whole_numbers).collect::<Result<Vec<_>>>()?;
    for row in (0..rows).filter(|row| numbers.iter().all(|column| column.is_valid(*row))) {
        let step = numbers.get(2).map_or(1, |steps| steps.value(row)).unsigned_abs();
        let span = numbers[0].value(row).abs_diff(numbers[1].value(row));
        if step == 0 || span / step >= MOST {
            return exec_err!("sequence: a list has at most {MOST} numbers, and a step is not 0");
        }
    }
    Ok(())
}

/// A step towards the last of each row.
fn steps(args: &ScalarFunctionArgs) -> Result<ArrayRef> {
    let rows = args.number_rows;
    let (first, last) = (args.args[0].to_array(rows)?, args.args[1].to_array(rows)?);
    let is_of_days = *first.data_type() == DataType::Date32;
    let (first, last) = if is_of_days {
        let days = |column: &ArrayRef| arrow::compute::cast(column, &DataType::Int32);
        (days(&first)?, days(&last)?)
    } else {
        (first, last)
    };
    let (first, last) = (whole_numbers(&first)?, whole_numbers(&last)?);
    let steps = first
        .iter()
        .zip(&last)
        .map(|(first, last)| if last < first { -1_i64 } else { 1 });
    if is_of_days {
        let days = steps.map(|step| Some(IntervalMonthDayNano::new(0, step as i32, 0)));
        return Ok(Arc::new(days.collect::<IntervalMonthDayNanoArray>()));
    }
    Ok(Arc::new(steps.map(Some).collect::<Int64Array>()))
}
