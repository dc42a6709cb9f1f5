//! Columns of lists, maps and structs under construction.

use std::sync::Arc;

use arrow::array::{ArrayRef, ListArray, MapArray, NullBufferBuilder, StructArray};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, FieldRef, Fields};
use arrow::error::ArrowError;
use flowtrail_catalog::ColumnType;

use super::{ColumnBuilder, FieldKeys, KeyRules};

/// Where the lists of a column end among all their items, and which are NULL.
#[derive(Debug)]
struct Ends {
    offsets: Vec<i32>,
    items: i32,
    nulls: NullBufferBuilder,
}

impl Ends {
    fn new() -> Self {
        Self {
            offsets: vec![0],
            items: 0,
            nulls: NullBufferBuilder::new(0),
        }
    }

    fn end(&mut self, is_there: bool) {
        self.offsets.push(self.items);
        self.nulls.append(is_there);
    }

    fn finish(&mut self) -> (OffsetBuffer<i32>, Option<arrow::buffer::NullBuffer>) {
        let ended = std::mem::replace(self, Self::new());
        let Self { offsets, mut nulls, .. } = ended;
        (OffsetBuffer::new(offsets.into()), nulls.finish())
    }
}

/// A column of lists.
#[derive(Debug)]
pub(crate) struct ListColumn {
    ends: Ends,
    field: FieldRef,
    items: ColumnBuilder,
}

impl ListColumn {
    pub(super) fn new(items: &ColumnType, rules: &KeyRules) -> Self {
        Self {
            ends: Ends::new(),
            field: Arc::new(Field::new("item", items.arrow_inside(), true)),
            items: ColumnBuilder::inside(items, rules),
        }
    }

    /// What the next item of the list is added to.
    pub(super) fn item(&mut self) -> &mut ColumnBuilder {
        self.ends.items += 1;
        &mut self.items
    }

    /// Ends the list; NULL if it is not there.
    pub(super) fn end(&mut self, is_there: bool) {
        self.ends.end(is_there);
    }

    pub(super) fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        let (offsets, nulls) = self.ends.finish();
        let items = self.items.finish()?;
        Ok(Arc::new(ListArray::try_new(
            Arc::clone(&self.field),
            offsets,
            items,
            nulls,
        )?))
    }
}

/// A column of maps. A key is never NULL: an entry whose key does not convert is left out.
#[derive(Debug)]
pub(crate) struct MapColumn {
    ends: Ends,
    entries: FieldRef,
    keys: ColumnBuilder,
    values: ColumnBuilder,
}

impl MapColumn {
    pub(super) fn new(keys: &ColumnType, values: &ColumnType, rules: &KeyRules) -> Self {
        let entries = match ColumnType::Map(Box::new(keys.clone()), Box::new(values.clone())).arrow() {
            DataType::Map(entries, _) => entries,
            // A map's type is a map; anything would do here.
            other => Arc::new(Field::new("entries", other, false)),
        };
        Self {
            ends: Ends::new(),
            entries,
            keys: ColumnBuilder::inside(keys, rules),
            values: ColumnBuilder::inside(values, rules),
        }
    }

    /// Begins an entry with this key: what its value must be added to. `None` if the key does not convert.
    pub(super) fn entry(&mut self, key: &str) -> Option<&mut ColumnBuilder> {
        if !self.keys.converts(key) {
            return None;
        }
        self.keys.push_text(key);
        self.ends.items += 1;
        Some(&mut self.values)
    }

    /// Ends the map; NULL if it is not there.
    pub(super) fn end(&mut self, is_there: bool) {
        self.ends.end(is_there);
    }

    pub(super) fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        let (offsets, nulls) = self.ends.finish();
        let DataType::Struct(fields) = self.entries.data_type() else {
            return Err(ArrowError::SchemaError("a map without entries".to_owned()));
        };
        let columns = vec![self.keys.finish()?, self.values.finish()?];
        let entries = StructArray::try_new(fields.clone(), columns, None)?;
        let entries_field = Arc::clone(&self.entries);
        Ok(Arc::new(MapArray::try_new(
            entries_field,
            offsets,
            entries,
            nulls,
            false,
        )?))
    }
}

/// A column of structs.
#[derive(Debug)]
pub(crate) struct StructColumn {
    rows: usize,
    nulls: NullBufferBuilder,
    names: Fields,
    pub(super) fields: Vec<ColumnBuilder>,
    pub(super) keys: FieldKeys,
}

impl StructColumn {
    pub(super) fn new(fields: &[(String, ColumnType)], rules: &KeyRules) -> Self {
        let field = |(name, column_type): &(String, ColumnType)| Field::new(name, column_type.arrow_inside(), true);
        Self {
            rows: 0,
            nulls: NullBufferBuilder::new(0),
            names: fields.iter().map(field).collect(),
            fields: fields
                .iter()
                .map(|(_, field)| ColumnBuilder::inside(field, rules))
                .collect(),
            keys: FieldKeys::new(fields.iter().map(|(name, _)| name.as_str()), rules),
        }
    }

    /// Ends a struct to each of whose fields a value was added.
    pub(super) fn end(&mut self) {
        self.rows += 1;
        self.nulls.append_non_null();
    }

    pub(super) fn push_null(&mut self) {
        for field in &mut self.fields {
            field.push_null();
        }
        self.rows += 1;
        self.nulls.append_null();
    }

    pub(super) fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        let columns: Vec<ArrayRef> = self
            .fields
            .iter_mut()
            .map(ColumnBuilder::finish)
            .collect::<Result<_, _>>()?;
        let rows = std::mem::take(&mut self.rows);
        let nulls = self.nulls.finish();
        Ok(Arc::new(StructArray::try_new_with_length(
            self.names.clone(),
            columns,
            nulls,
            rows,
        )?))
    }
}
