//! Keys, and what is kept for each: a value or a count.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, ListArray};
use arrow::buffer::OffsetBuffer;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Int64Type};
use arrow::row::{RowConverter, SortField};
use arrow::util::display::array_value_to_string;
use datafusion::common::{Result, ScalarValue, exec_err};

/// Keys and values, as bytes of their columns' rows: equal keys have equal bytes.
#[derive(Debug)]
pub struct Table {
    keys: RowConverter,
    values: RowConverter,
    key_type: DataType,
    value_type: DataType,
    kept: HashMap<Box<[u8]>, Box<[u8]>>,
    counts: HashMap<Box<[u8]>, i64>,
    bytes: usize,
}

/// The keys in order, and what was kept for each.
pub struct Entries {
    /// The keys.
    pub keys: ArrayRef,
    /// The value or count of each.
    pub values: ArrayRef,
}

impl Table {
    /// An empty one for keys and values of these types.
    pub fn new(key_type: &DataType, value_type: &DataType) -> Result<Self> {
        let converter = |data_type: &DataType| RowConverter::new(vec![SortField::new(data_type.clone())]);
        Ok(Self {
            keys: converter(key_type)?,
            values: converter(value_type)?,
            key_type: key_type.clone(),
            value_type: value_type.clone(),
            kept: HashMap::new(),
            counts: HashMap::new(),
            bytes: 0,
        })
    }

    /// Keeps the value of each key that is new; `again` says what a key is that is not. NULL is no key.
    pub fn insert(&mut self, keys: &ArrayRef, values: &ArrayRef, again: impl Fn(&str) -> Result<()>) -> Result<()> {
        let key_rows = self.keys.convert_columns(std::slice::from_ref(keys))?;
        let value_rows = self.values.convert_columns(std::slice::from_ref(values))?;
        for row in (0..keys.len()).filter(|row| keys.is_valid(*row)) {
            let (key, value) = (key_rows.row(row), value_rows.row(row));
            if self.kept.contains_key(key.as_ref()) {
                again(&array_value_to_string(keys, row)?)?;
                continue;
            }
            self.bytes += key.as_ref().len() + value.as_ref().len();
            self.kept.insert(key.as_ref().into(), value.as_ref().into());
        }
        Ok(())
    }

    /// Counts each key once. NULL is no key.
    pub fn count(&mut self, keys: &ArrayRef) -> Result<()> {
        self.add_each(keys, |_| 1)
    }

    /// Adds to the counts of keys.
    pub fn add(&mut self, keys: &ArrayRef, counts: &ArrayRef) -> Result<()> {
        let counts = counts.as_primitive::<Int64Type>();
        self.add_each(keys, |row| counts.value(row))
    }

    fn add_each(&mut self, keys: &ArrayRef, count: impl Fn(usize) -> i64) -> Result<()> {
        let rows = self.keys.convert_columns(std::slice::from_ref(keys))?;
        for row in (0..keys.len()).filter(|row| keys.is_valid(*row)) {
            let key = rows.row(row);
            if let Some(known) = self.counts.get_mut(key.as_ref()) {
                *known += count(row);
            } else {
                self.bytes += key.as_ref().len();
                self.counts.insert(key.as_ref().into(), count(row));
            }
        }
        Ok(())
    }

    /// All there is, in the order of the keys.
    pub fn entries(&self) -> Result<Entries> {
        let mut kept: Vec<_> = self.kept.iter().collect();
        kept.sort_unstable_by_key(|(key, _)| *key);
        let mut counts: Vec<_> = self.counts.iter().collect();
        counts.sort_unstable_by_key(|(key, _)| *key);
        let keys = kept
            .iter()
            .map(|(key, _)| *key)
            .chain(counts.iter().map(|(key, _)| *key));
        let values: ArrayRef = if counts.is_empty() {
            column(&self.values, kept.iter().map(|(_, value)| *value), &self.value_type)?
        } else {
            Arc::new(counts.iter().map(|(_, count)| Some(**count)).collect::<Int64Array>())
        };
        Ok(Entries {
            keys: column(&self.keys, keys, &self.key_type)?,
            values,
        })
    }

    /// Bytes of memory.
    pub fn size(&self) -> usize {
        let places = self.kept.capacity() * size_of::<(Box<[u8]>, Box<[u8]>)>()
            + self.counts.capacity() * size_of::<(Box<[u8]>, i64)>();
        self.bytes + places + self.keys.size() + self.values.size()
    }
}

/// Rows as a column again.
fn column<'a>(
    converter: &RowConverter,
    rows: impl Iterator<Item = &'a Box<[u8]>>,
    data_type: &DataType,
) -> Result<ArrayRef> {
    let parser = converter.parser();
    let columns = converter.convert_rows(rows.map(|row| parser.parse(row)))?;
    let Some(column) = columns.first() else {
        return exec_err!("a row without a column");
    };
    Ok(cast(column, data_type)?)
}

impl Entries {
    /// What is handed on to be merged: the keys and the values, as one list each.
    pub fn into_state(self) -> Result<Vec<ScalarValue>> {
        let list = |items: ArrayRef| -> Result<ScalarValue> {
            let field = Arc::new(Field::new_list_field(items.data_type().clone(), true));
            let list = ListArray::try_new(field, OffsetBuffer::from_lengths([items.len()]), items, None)?;
            Ok(ScalarValue::List(Arc::new(list)))
        };
        Ok(vec![list(self.keys)?, list(self.values)?])
    }

    /// The keys and values of states that were handed on.
    pub fn of_states(states: &[ArrayRef]) -> Result<Vec<(ArrayRef, ArrayRef)>> {
        let [keys, values] = states else {
            return exec_err!("a state of {} columns instead of two", states.len());
        };
        let (keys, values) = (keys.as_list::<i32>(), values.as_list::<i32>());
        let both = keys.iter().zip(values.iter());
        Ok(both.filter_map(|(keys, values)| Some((keys?, values?))).collect())
    }
}
