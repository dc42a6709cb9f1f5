//! Rows that come one by one, as JSON has them.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Float64Builder, Int64Builder, RecordBatch, StringBuilder, StringDictionaryBuilder,
};
use arrow::datatypes::{DataType, Field, Int32Type, Schema};
use arrow::error::ArrowError;
use flowtrail_lake::variant::Form;
use serde_json::{Map, Number, Value};

use super::{EXACT, Paths, Place};

/// Rows on their way into the columns of a variant.
pub struct Values<'a> {
    paths: &'a Paths,
    rows: usize,
    columns: HashMap<String, Column>,
    rest: StringBuilder,
}

enum Column {
    Whole(Int64Builder),
    Number(Float64Builder),
    Truth(BooleanBuilder),
    Text(Box<StringDictionaryBuilder<Int32Type>>),
    List(StringBuilder),
}

impl<'a> Values<'a> {
    /// No row yet.
    pub fn new(paths: &'a Paths) -> Self {
        Self {
            paths,
            rows: 0,
            columns: HashMap::new(),
            rest: StringBuilder::new(),
        }
    }

    /// The rows so far.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// One more row.
    pub fn add(&mut self, value: Value) {
        let rest = match value {
            Value::Object(object) => {
                let mut is_any = false;
                let rest = self.object(&mut Vec::new(), object, &mut is_any);
                match rest {
                    None if !is_any => Some(Value::Object(Map::new())),
                    rest => rest,
                }
            }
            Value::Null => None,
            other => Some(other),
        };
        self.rest.append_option(rest.map(|rest| rest.to_string()));
        self.rows += 1;
    }

    /// Puts an object's values into their columns; gives what no column takes.
    fn object(&mut self, path: &mut Vec<String>, object: Map<String, Value>, is_any: &mut bool) -> Option<Value> {
        let mut rest = Map::new();
        for (name, value) in object {
            path.push(name);
            let left = self.value(path, value, is_any);
            let name = path.pop();
            if let (Some(left), Some(name)) = (left, name) {
                rest.insert(name, left);
            }
        }
        (!rest.is_empty()).then_some(Value::Object(rest))
    }

    fn value(&mut self, path: &mut Vec<String>, value: Value, is_any: &mut bool) -> Option<Value> {
        let (data_type, is_list) = match &value {
            Value::Null => return None,
            Value::Object(object) if object.is_empty() => return Some(value),
            Value::Object(_) => {
                let Value::Object(object) = value else { return None };
                return self.object(path, object, is_any);
            }
            Value::Array(_) => (DataType::Utf8, true),
            Value::Bool(_) => (DataType::Boolean, false),
            Value::String(_) => (DataType::Utf8, false),
            Value::Number(number) if number.is_i64() => (DataType::Int64, false),
            // Also a number of more digits than fit, which is kept as it is spelled below.
            Value::Number(_) => (DataType::Float64, false),
        };
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        let form = if is_list { Form::List } else { Form::Plain };
        let place = match &value {
            Value::Number(number) if number.as_u64().is_some_and(|whole| i64::try_from(whole).is_err()) => {
                self.paths.other(&names)
            }
            Value::Number(number) => match self.paths.place(&names, form, &data_type) {
                Place::Column(_, DataType::Float64) if !is_exact(number) => self.paths.other(&names),
                place => place,
            },
            _ => self.paths.place(&names, form, &data_type),
        };
        let (name, data_type, value) = match place {
            Place::Column(name, data_type) => (name, data_type, value),
            Place::Other(name) => (name, DataType::Utf8, Value::String(value.to_string())),
            Place::Rest => return Some(value),
        };
        *is_any = true;
        let rows = self.rows;
        let column = self
            .columns
            .entry(name)
            .or_insert_with(|| Column::new(&data_type, is_list));
        column.fill(rows);
        column.add(value)
    }

    /// The rows so far as columns, and none from now on.
    pub fn take(&mut self) -> Result<RecordBatch, ArrowError> {
        let rows = std::mem::take(&mut self.rows);
        let mut fields = vec![Field::new(self.paths.variant(), DataType::Utf8, true)];
        let mut columns: Vec<ArrayRef> = vec![Arc::new(self.rest.finish())];
        for (name, mut column) in std::mem::take(&mut self.columns) {
            column.fill(rows);
            let array = column.finish();
            fields.push(Field::new(name, array.data_type().clone(), true));
            columns.push(array);
        }
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
    }
}

/// Whether a number is the same as `DOUBLE`, as far as it is a whole one.
fn is_exact(number: &Number) -> bool {
    number.as_i64().is_none_or(|whole| whole.unsigned_abs() <= EXACT)
}

impl Column {
    fn new(data_type: &DataType, is_list: bool) -> Self {
        match data_type {
            DataType::Int64 => Self::Whole(Int64Builder::new()),
            DataType::Float64 => Self::Number(Float64Builder::new()),
            DataType::Boolean => Self::Truth(BooleanBuilder::new()),
            _ if is_list => Self::List(StringBuilder::new()),
            _ => Self::Text(Box::default()),
        }
    }

    /// NULLs up to row `rows`.
    fn fill(&mut self, rows: usize) {
        match self {
            Self::Whole(built) => built.append_nulls(rows - arrow::array::ArrayBuilder::len(built)),
            Self::Number(built) => built.append_nulls(rows - arrow::array::ArrayBuilder::len(built)),
            Self::Truth(built) => built.append_nulls(rows - arrow::array::ArrayBuilder::len(built)),
            Self::Text(built) => built.append_nulls(rows - arrow::array::ArrayBuilder::len(built.as_ref())),
            Self::List(built) => {
                for _ in arrow::array::ArrayBuilder::len(built)..rows {
                    built.append_null();
                }
            }
        }
    }

    /// Takes a value; gives back one that is not of its type.
    fn add(&mut self, value: Value) -> Option<Value> {
        match (self, value) {
            (Self::Whole(built), Value::Number(number)) => match Number::as_i64(&number) {
                Some(number) => built.append_value(number),
                None => return Some(Value::Number(number)),
            },
            (Self::Number(built), Value::Number(number)) => match number.as_f64() {
                Some(number) => built.append_value(number),
                None => return Some(Value::Number(number)),
            },
            (Self::Truth(built), Value::Bool(value)) => built.append_value(value),
            (Self::Text(built), Value::String(text)) => built.append_value(text),
            (Self::List(built), list) => built.append_value(list.to_string()),
            (_, other) => return Some(other),
        }
        None
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Whole(built) => Arc::new(built.finish()),
            Self::Number(built) => Arc::new(built.finish()),
            Self::Truth(built) => Arc::new(built.finish()),
            Self::Text(built) => Arc::new(built.finish()),
            Self::List(built) => Arc::new(built.finish()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use arrow::util::pretty::pretty_format_batches;
    use serde_json::json;

    use super::*;

    #[test]
    fn documents_become_columns_and_what_fits_none_is_kept() {
        let paths = Paths::of("v", &Schema::empty());
        let mut values = Values::new(&paths);
        values.add(json!({"n": 1, "user": {"name": "a", "x y": 1}, "l": [1, {"k": 2}], "z": null}));
        values.add(json!({"n": "text", "user": {}, "big": 18_446_744_073_709_551_615_u64}));
        values.add(json!({}));
        values.add(json!([1]));
        let batch = values.take().unwrap();
        let mut names: Vec<usize> = (0..batch.num_columns()).collect();
        names.sort_by_key(|at| batch.schema_ref().field(*at).name().clone());
        let shown = pretty_format_batches(&[batch.project(&names).unwrap()])
            .unwrap()
            .to_string();
        assert_eq!(
            shown,
            r#"
+--------------------+----------------------+-------------+-----+--------+-------------+
| v                  | v:big~               | v:l[]       | v:n | v:n~   | v:user.name |
+--------------------+----------------------+-------------+-----+--------+-------------+
| {"user":{"x y":1}} |                      | [1,{"k":2}] | 1   |        | a           |
| {"user":{}}        | 18446744073709551615 |             |     | "text" |             |
| {}                 |                      |             |     |        |             |
| [1]                |                      |             |     |        |             |
+--------------------+----------------------+-------------+-----+--------+-------------+"#
                .trim_start()
        );
    }
}
