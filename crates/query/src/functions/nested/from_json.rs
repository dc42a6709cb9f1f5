//! JSON text as lists, maps and rows.

use std::sync::Arc;

use arrow::array::{ArrayRef, ListArray, MapArray, StringViewArray, StructArray};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::DataType;
use datafusion::common::{Result, exec_err};

use super::shape::Shape;
use crate::functions::json::Value;

/// Texts as values of a shape. What is no JSON or does not fit fails, or is NULL where it is only tried.
pub fn read(texts: &StringViewArray, shape: &Shape, is_tried: bool) -> Result<ArrayRef> {
    let values = texts.iter().map(|text| match text.map(|text| (text, Value::of(text))) {
        Some((text, None)) if !is_tried => exec_err!("`{}` is no JSON", shown(text)),
        Some((_, value)) => Ok(value),
        None => Ok(None),
    });
    Reader { is_tried }.read(&values.collect::<Result<Vec<_>>>()?, shape)
}

fn shown(text: &str) -> String {
    text.chars().take(64).collect()
}

struct Reader {
    is_tried: bool,
}

impl Reader {
    fn read(&self, values: &[Option<Value<'_>>], shape: &Shape) -> Result<ArrayRef> {
        match shape {
            Shape::Json => Ok(Arc::new(
                values
                    .iter()
                    .map(|value| value.map(Value::text))
                    .collect::<StringViewArray>(),
            )),
            Shape::Scalar(data_type) => self.scalars(values, data_type),
            Shape::List(item) => self.lists(values, shape, item),
            Shape::Map(key, value) => self.maps(values, shape, key, value),
            Shape::Row(fields) => self.rows(values, shape, fields),
        }
    }

    /// An array or object that is to be text is its JSON.
    fn scalars(&self, values: &[Option<Value<'_>>], data_type: &DataType) -> Result<ArrayRef> {
        let spelled = values.iter().map(|value| {
            let value = value.filter(|value| !value.is_null())?;
            value.scalar().or_else(|| Some(value.text().to_owned()))
        });
        let spelled: ArrayRef = Arc::new(spelled.collect::<StringViewArray>());
        let options = CastOptions {
            safe: self.is_tried,
            ..CastOptions::default()
        };
        Ok(cast_with_options(&spelled, data_type, &options)?)
    }

    fn lists(&self, values: &[Option<Value<'_>>], shape: &Shape, item: &Shape) -> Result<ArrayRef> {
        let (mut items, mut lengths, mut valid) = (Vec::new(), Vec::new(), Vec::new());
        for value in values {
            let before = items.len();
            let elements = self.opened(*value, "array", Value::elements)?;
            valid.push(elements.is_some());
            items.extend(elements.into_iter().flatten().map(Some));
            lengths.push(items.len() - before);
        }
        Ok(Arc::new(ListArray::try_new(
            shape.item_field(),
            OffsetBuffer::from_lengths(lengths),
            self.read(&items, item)?,
            Some(NullBuffer::from(valid)),
        )?))
    }

    fn maps(&self, values: &[Option<Value<'_>>], shape: &Shape, key: &Shape, value: &Shape) -> Result<ArrayRef> {
        let (mut keys, mut members) = (Vec::new(), Vec::new());
        let (mut lengths, mut valid) = (Vec::new(), Vec::new());
        for value in values {
            let before = keys.len();
            let entries = self.opened(*value, "object", Value::members)?;
            valid.push(entries.is_some());
            for (key, member) in entries.into_iter().flatten() {
                keys.push(Some(key));
                members.push(Some(member));
            }
            lengths.push(keys.len() - before);
        }
        let entries = vec![self.read(&keys, key)?, self.read(&members, value)?];
        Ok(Arc::new(MapArray::try_new(
            shape.item_field(),
            OffsetBuffer::from_lengths(lengths),
            StructArray::try_new(shape.fields(), entries, None)?,
            Some(NullBuffer::from(valid)),
            false,
        )?))
    }

    /// Of an object by the fields' names, in any case; of an array by position.
    fn rows(&self, values: &[Option<Value<'_>>], shape: &Shape, fields: &[(String, Shape)]) -> Result<ArrayRef> {
        let mut columns = vec![Vec::with_capacity(values.len()); fields.len()];
        let mut valid = Vec::with_capacity(values.len());
        for value in values {
            let value = value.filter(|value| !value.is_null());
            let members: Vec<_> = value.and_then(Value::members).into_iter().flatten().collect();
            let elements: Vec<_> = value.and_then(Value::elements).into_iter().flatten().collect();
            let fits = value.is_none_or(|value| value.children().is_some());
            if !fits && !self.is_tried {
                return exec_err!("`{}` is no JSON object", shown(value.map_or("", Value::text)));
            }
            valid.push(value.is_some() && fits);
            for (at, (column, (name, _))) in columns.iter_mut().zip(fields).enumerate() {
                let member = members
                    .iter()
                    .rfind(|(key, _)| key.scalar().is_some_and(|key| key.eq_ignore_ascii_case(name)));
                column.push(member.map(|(_, value)| *value).or_else(|| elements.get(at).copied()));
            }
        }
        let columns = columns.iter().zip(fields);
        let columns = columns.map(|(values, (_, shape))| self.read(values, shape));
        Ok(Arc::new(StructArray::try_new_with_length(
            shape.fields(),
            columns.collect::<Result<_>>()?,
            Some(NullBuffer::from(valid)),
            values.len(),
        )?))
    }

    /// What is inside a value; nothing in JSON's null, and a failure where it holds nothing of the kind.
    fn opened<'a, T>(
        &self,
        value: Option<Value<'a>>,
        kind: &str,
        open: impl Fn(Value<'a>) -> Option<T>,
    ) -> Result<Option<T>> {
        let Some(value) = value.filter(|value| !value.is_null()) else {
            return Ok(None);
        };
        match open(value) {
            None if !self.is_tried => exec_err!("`{}` is no JSON {kind}", shown(value.text())),
            opened => Ok(opened),
        }
    }
}
