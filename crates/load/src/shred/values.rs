//! Rows that come one by one, as JSON has them.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use flowtrail_lake::variant::Form;
use serde_json::{Map, Value};

use super::{GrowingColumn, Paths, Place, is_exact};

/// Rows on their way into the columns of a variant.
pub struct Values<'a> {
    paths: &'a Paths,
    rows: usize,
    columns: HashMap<String, GrowingColumn>,
    rest: StringBuilder,
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
            .or_insert_with(|| GrowingColumn::new(&data_type, is_list));
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
