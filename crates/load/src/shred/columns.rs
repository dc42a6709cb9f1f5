//! Rows that come as columns, as Parquet has them.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray, StructArray, make_array};
use arrow::buffer::NullBuffer;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Int64Type, Schema, TimeUnit, UInt64Type};
use arrow::error::ArrowError;
use flowtrail_lake::variant::Form;
use serde_json::{Map, Value};

use super::{EXACT, Paths, Place};

/// The columns of a variant that hold the rows of `batch`.
pub fn shred_columns(paths: &Paths, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let mut shredded = Shredded {
        paths,
        fields: Vec::new(),
        columns: Vec::new(),
        rest: vec![None; batch.num_rows()],
    };
    for (field, column) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        shredded.add(&[field.name()], column)?;
    }
    shredded.finish(batch.num_rows())
}

struct Shredded<'a> {
    paths: &'a Paths,
    fields: Vec<Field>,
    columns: Vec<ArrayRef>,
    /// What no column takes, for each row.
    rest: Vec<Option<Map<String, Value>>>,
}

impl Shredded<'_> {
    fn add(&mut self, path: &[&str], column: &ArrayRef) -> Result<(), ArrowError> {
        if column.null_count() == column.len() {
            return Ok(());
        }
        if let DataType::Struct(_) = column.data_type() {
            return self.add_fields(path, column.as_struct());
        }
        let (values, is_list) = plain(column)?;
        let stored = match values.data_type() {
            DataType::Dictionary(..) => DataType::Utf8,
            other => other.clone(),
        };
        let form = if is_list { Form::List } else { Form::Plain };
        let place = match self.paths.place(path, form, &stored) {
            Place::Column(_, DataType::Float64) if stored == DataType::Int64 && !are_exact(&values) => {
                self.paths.other(path)
            }
            place => place,
        };
        match place {
            Place::Column(name, data_type) => {
                let values = if stored == data_type {
                    values
                } else {
                    cast(&values, &data_type)?
                };
                self.put(name, values);
            }
            Place::Other(name) => {
                let texts: StringArray = json_of(column)?.into_iter().collect();
                self.put(name, Arc::new(texts));
            }
            Place::Rest => self.add_to_rest(path, column)?,
        }
        Ok(())
    }

    fn put(&mut self, name: String, values: ArrayRef) {
        self.fields.push(Field::new(name, values.data_type().clone(), true));
        self.columns.push(values);
    }

    fn add_fields(&mut self, path: &[&str], record: &StructArray) -> Result<(), ArrowError> {
        for (name, column) in fields_of(record)? {
            let inner: Vec<&str> = path.iter().copied().chain([name]).collect();
            self.add(&inner, &column)?;
        }
        Ok(())
    }

    fn add_to_rest(&mut self, path: &[&str], column: &ArrayRef) -> Result<(), ArrowError> {
        for (row, json) in json_of(column)?.into_iter().enumerate() {
            let Some(value) = json.and_then(|json| serde_json::from_str(&json).ok()) else {
                continue;
            };
            put(self.rest[row].get_or_insert_default(), path, value);
        }
        Ok(())
    }

    fn finish(mut self, rows: usize) -> Result<RecordBatch, ArrowError> {
        let is_any = |row: usize| self.columns.iter().any(|column| column.is_valid(row));
        let rest: StringArray = (0..rows)
            .map(|row| match &self.rest[row] {
                Some(rest) => Some(Value::Object(rest.clone()).to_string()),
                // A row without any value is an object all the same.
                None if !is_any(row) => Some("{}".to_owned()),
                None => None,
            })
            .collect();
        self.fields.push(Field::new(self.paths.variant(), DataType::Utf8, true));
        self.columns.push(Arc::new(rest));
        RecordBatch::try_new(Arc::new(Schema::new(self.fields)), self.columns)
    }
}

/// Puts a value where a path leads to in an object.
fn put(object: &mut Map<String, Value>, path: &[&str], value: Value) {
    match path {
        [] => {}
        [name] => {
            object.insert((*name).to_owned(), value);
        }
        [name, inner @ ..] => {
            let there = object.entry(*name).or_insert(Value::Null);
            if !there.is_object() {
                *there = Value::Object(Map::new());
            }
            if let Value::Object(there) = there {
                put(there, inner, value);
            }
        }
    }
}

/// Whether whole numbers are the same as `DOUBLE`.
fn are_exact(numbers: &ArrayRef) -> bool {
    let mut numbers = numbers.as_primitive::<Int64Type>().iter().flatten();
    numbers.all(|number| number.unsigned_abs() <= EXACT)
}

/// Values in one of the few types that paths have, and whether they are JSON lists.
fn plain(column: &ArrayRef) -> Result<(ArrayRef, bool), ArrowError> {
    let text = || DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let to = match column.data_type() {
        // Numbers greater than a BIGINT are decimals.
        DataType::UInt64
            if column
                .as_primitive::<UInt64Type>()
                .iter()
                .flatten()
                .any(|n| i64::try_from(n).is_err()) =>
        {
            DataType::Decimal128(20, 0)
        }
        data_type if data_type.is_integer() => DataType::Int64,
        data_type if data_type.is_floating() => DataType::Float64,
        data_type if data_type.is_string() => text(),
        DataType::Dictionary(_, values) if values.is_string() => text(),
        DataType::Boolean => DataType::Boolean,
        DataType::Date32 | DataType::Date64 => DataType::Date32,
        DataType::Timestamp(_, _) => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        DataType::Decimal128(digits, scale) => DataType::Decimal128(*digits, *scale),
        _ => {
            let texts: StringArray = json_of(column)?.into_iter().collect();
            let is_list = matches!(
                column.data_type(),
                DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) | DataType::Map(..)
            );
            if is_list {
                return Ok((Arc::new(texts), true));
            }
            let unquoted: StringArray = texts
                .iter()
                .map(|text| text.map(|text| text.trim_matches('"').to_owned()))
                .collect();
            return Ok((cast(&(Arc::new(unquoted) as ArrayRef), &text())?, false));
        }
    };
    Ok((cast(column, &to)?, false))
}

/// The fields of a record with their names; NULL also where the record itself is.
pub fn fields_of(record: &StructArray) -> Result<Vec<(&str, ArrayRef)>, ArrowError> {
    let fields = record.fields().iter().zip(record.columns());
    let whole = fields.map(|(field, column)| {
        let nulls = NullBuffer::union(record.nulls(), column.nulls());
        let column = make_array(column.to_data().into_builder().nulls(nulls).build()?);
        Ok((field.name().as_str(), column))
    });
    whole.collect()
}

/// The values of a column as JSON text; `None` for NULL.
pub fn json_of(column: &ArrayRef) -> Result<Vec<Option<String>>, ArrowError> {
    const BEFORE: &str = "{\"v\":";
    let field = Field::new("v", column.data_type().clone(), true);
    let batch = RecordBatch::try_new(Arc::new(Schema::new(vec![field])), vec![Arc::clone(column)])?;
    let mut writer = arrow::json::LineDelimitedWriter::new(Vec::new());
    writer.write(&batch)?;
    writer.finish()?;
    let text = String::from_utf8(writer.into_inner()).map_err(|e| ArrowError::JsonError(e.to_string()))?;
    let value = |line: &str| Some(line.strip_prefix(BEFORE)?.strip_suffix('}')?.to_owned());
    Ok(text.lines().map(value).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use arrow::array::{Int32Array, Int64Builder, ListBuilder};

    use super::*;

    fn shown(batch: &RecordBatch) -> Vec<String> {
        let mut columns: Vec<String> = batch
            .schema_ref()
            .fields()
            .iter()
            .zip(batch.columns())
            .map(|(field, column)| {
                let column = match column.data_type() {
                    DataType::Dictionary(..) => cast(column, &DataType::Utf8).unwrap(),
                    _ => Arc::clone(column),
                };
                let values = json_of(&column)
                    .unwrap()
                    .into_iter()
                    .map(|value| value.unwrap_or("-".into()));
                format!("{} {}", field.name(), values.collect::<Vec<_>>().join(" "))
            })
            .collect();
        columns.sort();
        columns
    }

    #[test]
    fn each_path_has_a_column() {
        let numbers: ArrayRef = Arc::new(Int32Array::from(vec![Some(1), None]));
        let names: ArrayRef = Arc::new(StringArray::from(vec![Some("a"), None]));
        let inner = StructArray::from(vec![(
            Arc::new(Field::new("name", DataType::Utf8, true)),
            Arc::clone(&names),
        )]);
        let mut list = ListBuilder::new(Int64Builder::new());
        list.append_value([Some(1), Some(2)]);
        list.append(false);
        let batch = RecordBatch::try_from_iter_with_nullable([
            ("bytes", numbers, true),
            ("user", Arc::new(inner) as ArrayRef, true),
            ("tags", Arc::new(list.finish()) as ArrayRef, true),
            ("odd name", names, true),
        ])
        .unwrap();
        let paths = Paths::of("record", &Schema::empty());
        assert_eq!(
            shown(&shred_columns(&paths, &batch).unwrap()),
            [
                r#"record "{\"odd name\":\"a\"}" "{}""#,
                "record:bytes 1 -",
                r#"record:tags[] "[1,2]" -"#,
                r#"record:user.name "a" -"#,
            ]
        );
    }

    #[test]
    fn a_value_of_another_type_has_another_column() {
        let table = Schema::new(vec![Field::new("record:n", DataType::Int64, true)]);
        let paths = Paths::of("record", &table);
        let texts: ArrayRef = Arc::new(StringArray::from(vec!["x"]));
        let batch = RecordBatch::try_from_iter([("n", Arc::clone(&texts)), ("N", texts)]).unwrap();
        assert_eq!(
            shown(&shred_columns(&paths, &batch).unwrap()),
            [r#"record "{\"N\":\"x\"}""#, r#"record:n~ "\"x\"""#]
        );
    }
}
