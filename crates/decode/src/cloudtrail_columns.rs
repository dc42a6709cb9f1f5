//! Builders of an event's columns, each fed from the tape.

use arrow::array::{
    ArrayBuilder, ArrayRef, BooleanBuilder, ListArray, NullBufferBuilder, StringViewBuilder, StructArray,
    TimestampMicrosecondBuilder,
};
use arrow::buffer::OffsetBuffer;
use arrow::error::ArrowError;
use std::mem;
use std::sync::Arc;

use crate::cloudtrail_fields::{Field, Shape, TIME_ZONE, arrow_fields, element_field};
use crate::event_time;
use crate::json_tape::NodeKind;
use crate::json_text::{Document, Value, first_bytes};
use crate::other_fields::OtherFields;
use crate::text_column::TextColumn;

/// The event being read, and what is gathered on the way.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    pub(crate) document: Document<'a>,
    pub(crate) other: &'a mut OtherFields,
    pub(crate) scratch: &'a mut String,
}

/// A column of one [`Shape`].
#[derive(Debug)]
pub(crate) enum Column {
    Text(StringViewBuilder),
    SharedText(TextColumn),
    Json(StringViewBuilder),
    Flag(BooleanBuilder),
    Time(TimestampMicrosecondBuilder),
    Record(RecordColumn),
    Records(RecordsColumn),
}

impl Column {
    pub(crate) fn new(shape: Shape) -> Self {
        match shape {
            Shape::Text => Self::Text(StringViewBuilder::new()),
            Shape::SharedText => Self::SharedText(TextColumn::new()),
            Shape::Json => Self::Json(StringViewBuilder::new()),
            Shape::Flag => Self::Flag(BooleanBuilder::new()),
            Shape::Time => Self::Time(TimestampMicrosecondBuilder::new().with_timezone(TIME_ZONE)),
            Shape::Record(fields) => Self::Record(RecordColumn::new(fields)),
            Shape::Records(fields) => Self::Records(RecordsColumn::new(fields)),
        }
    }

    /// Adds `value`, or NULL for none. False when there is a value and it does not fit the column, which then has
    /// NULL.
    pub(crate) fn append(&mut self, value: Option<Value<'_>>, row: &mut Row<'_>) -> bool {
        let Some(value) = value.filter(|value| value.kind() != NodeKind::Null) else {
            self.append_null();
            return true;
        };
        match self {
            Self::Text(builder) => append_text(builder, value, row.scratch),
            Self::SharedText(column) => append_shared(column, value, row.scratch),
            Self::Json(builder) => append_json(builder, value, row.scratch),
            Self::Flag(builder) => {
                let flag = flag_of(value);
                builder.append_option(flag);
                return flag.is_some();
            }
            Self::Time(builder) => {
                let time = value.string(row.scratch).and_then(event_time::parse);
                builder.append_option(time);
                return time.is_some();
            }
            Self::Record(column) => return column.append(value, row),
            Self::Records(column) => return column.append(value, row),
        }
        true
    }

    fn append_null(&mut self) {
        match self {
            Self::Text(builder) | Self::Json(builder) => builder.append_null(),
            Self::SharedText(column) => column.append_null(),
            Self::Flag(builder) => builder.append_null(),
            Self::Time(builder) => builder.append_null(),
            Self::Record(column) => column.append_null(),
            Self::Records(column) => column.append_null(),
        }
    }

    pub(crate) fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Text(builder) | Self::Json(builder) => ArrayBuilder::finish(builder),
            Self::SharedText(column) => column.finish()?,
            Self::Flag(builder) => ArrayBuilder::finish(builder),
            Self::Time(builder) => ArrayBuilder::finish(builder),
            Self::Record(column) => Arc::new(column.finish()?),
            Self::Records(column) => Arc::new(column.finish()?),
        })
    }
}

/// Text as it is; anything else as its JSON text.
fn append_text(builder: &mut StringViewBuilder, value: Value<'_>, scratch: &mut String) {
    match value.string(scratch) {
        Some(text) => builder.append_value(text),
        None => append_json(builder, value, scratch),
    }
}

fn append_shared(column: &mut TextColumn, value: Value<'_>, scratch: &mut String) {
    let (text, span) = match value.kind() {
        NodeKind::Plain => value.quoted_in_text(),
        NodeKind::Escaped => {
            value.string(scratch);
            (scratch.as_str(), 0..scratch.len())
        }
        _ => {
            scratch.clear();
            value.write_compact(scratch);
            (scratch.as_str(), 0..scratch.len())
        }
    };
    column.append(text.as_bytes(), span.start, span.end);
}

fn append_json(builder: &mut StringViewBuilder, value: Value<'_>, scratch: &mut String) {
    scratch.clear();
    value.write_compact(scratch);
    builder.append_value(scratch);
}

/// The boolean a value is or spells.
fn flag_of(value: Value<'_>) -> Option<bool> {
    match value.kind() {
        NodeKind::True => Some(true),
        NodeKind::False => Some(false),
        NodeKind::Plain if value.quoted().eq_ignore_ascii_case("true") => Some(true),
        NodeKind::Plain if value.quoted().eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// What tells keys apart at first sight.
fn outline(key: &str) -> (u64, usize) {
    (first_bytes(key), key.len())
}

/// The columns of an object's fields.
#[derive(Debug)]
pub(crate) struct RecordColumn {
    fields: &'static [Field],
    /// The first bytes and the length of each field's key.
    keys: Vec<(u64, usize)>,
    columns: Vec<Column>,
    validity: NullBufferBuilder,
    /// Of the object read last: the tape index of each field's value, and of the keys that are no field's.
    values: Vec<Option<u32>>,
    strays: Vec<u32>,
}

impl RecordColumn {
    pub(crate) fn new(fields: &'static [Field]) -> Self {
        Self {
            fields,
            keys: fields.iter().map(|field| outline(field.key)).collect(),
            columns: fields.iter().map(|field| Column::new(field.shape)).collect(),
            validity: NullBufferBuilder::new(0),
            values: vec![None; fields.len()],
            strays: Vec::new(),
        }
    }

    /// Finds the fields of `object`; of a key that stands twice, the last counts.
    pub(crate) fn read(&mut self, object: Value<'_>, scratch: &mut String) {
        self.values.fill(None);
        self.strays.clear();
        let mut expected = 0;
        for (key, value) in object.members() {
            match key.string(scratch).and_then(|key| self.position(key, expected)) {
                Some(position) => {
                    self.values[position] = Some(value.index() as u32);
                    expected = position + 1;
                }
                None => self.strays.push(key.index() as u32),
            }
        }
    }

    /// The field `key` names. Events keep to one order, so the field behind the last one found is tried first.
    fn position(&self, key: &str, expected: usize) -> Option<usize> {
        let wanted = outline(key);
        let is_key = |position: &usize| self.keys[*position] == wanted && self.fields[*position].key == key;
        let expected = expected.min(self.fields.len());
        (expected..self.fields.len()).chain(0..expected).find(is_key)
    }

    /// The value found at the end of `path` (positions from [`Self::resolve`]) in the object read last.
    pub(crate) fn value<'a>(&self, document: Document<'a>, path: &[usize]) -> Option<Value<'a>> {
        let (&first, rest) = path.split_first()?;
        match &self.columns[first] {
            Column::Record(inner) if !rest.is_empty() => inner.value(document, rest),
            _ => self.values[first].map(|index| document.value(index as usize)),
        }
    }

    /// The positions of the fields that the keys of `path` name, one inside the other.
    pub(crate) fn resolve(&self, path: &[&str]) -> Vec<usize> {
        let Some((first, rest)) = path.split_first() else {
            return Vec::new();
        };
        let Some(position) = self.position(first, 0) else {
            return Vec::new();
        };
        let mut positions = vec![position];
        if let Column::Record(inner) = &self.columns[position] {
            positions.extend(inner.resolve(rest));
        }
        positions
    }

    /// The tape indexes of the keys in the object read last that are no field's.
    pub(crate) fn strays(&self) -> &[u32] {
        &self.strays
    }

    /// Adds the object read last.
    pub(crate) fn append_read(&mut self, row: &mut Row<'_>) {
        self.validity.append_non_null();
        for ((field, column), index) in self.fields.iter().zip(&mut self.columns).zip(&self.values) {
            let value = index.map(|index| row.document.value(index as usize));
            let is_record = matches!(column, Column::Record(_));
            if is_record {
                row.other.enter(field.key);
            }
            let fits = column.append(value, row);
            if is_record {
                row.other.leave();
            }
            if let (false, Some(value)) = (fits, value) {
                row.other.put(field.key, value);
            }
        }
        for &index in &self.strays {
            let key = row.document.value(index as usize);
            row.other.put(key.quoted(), row.document.value(index as usize + 1));
        }
    }

    fn append(&mut self, value: Value<'_>, row: &mut Row<'_>) -> bool {
        if value.kind() != NodeKind::Object {
            self.append_null();
            return false;
        }
        self.read(value, row.scratch);
        self.append_read(row);
        true
    }

    fn append_null(&mut self) {
        self.values.fill(None);
        self.strays.clear();
        self.validity.append_null();
        for column in &mut self.columns {
            column.append_null();
        }
    }

    /// The arrays of the fields, in their order.
    pub(crate) fn finish_columns(&mut self) -> Result<Vec<ArrayRef>, ArrowError> {
        self.validity.finish();
        self.columns.iter_mut().map(Column::finish).collect()
    }

    fn finish(&mut self) -> Result<StructArray, ArrowError> {
        let validity = self.validity.finish();
        let columns = self.columns.iter_mut().map(Column::finish).collect::<Result<_, _>>()?;
        StructArray::try_new(arrow_fields(self.fields), columns, validity)
    }
}

/// The column of an array of objects.
#[derive(Debug)]
pub(crate) struct RecordsColumn {
    elements: RecordColumn,
    lengths: Vec<usize>,
    validity: NullBufferBuilder,
    /// What of an array's elements fits no column.
    strays: OtherFields,
}

impl RecordsColumn {
    fn new(fields: &'static [Field]) -> Self {
        Self {
            elements: RecordColumn::new(fields),
            lengths: Vec::new(),
            validity: NullBufferBuilder::new(0),
            strays: OtherFields::default(),
        }
    }

    /// Adds an array; false when any part of it found no place, so that the whole is kept elsewhere.
    fn append(&mut self, value: Value<'_>, row: &mut Row<'_>) -> bool {
        if value.kind() != NodeKind::Array {
            self.append_null();
            return false;
        }
        self.strays.clear();
        let mut inner = Row {
            document: row.document,
            other: &mut self.strays,
            scratch: row.scratch,
        };
        let mut all_fit = true;
        let mut length = 0;
        for element in value.children() {
            all_fit &= self.elements.append(element, &mut inner);
            length += 1;
        }
        self.lengths.push(length);
        self.validity.append_non_null();
        all_fit && self.strays.is_empty()
    }

    fn append_null(&mut self) {
        self.lengths.push(0);
        self.validity.append_null();
    }

    fn finish(&mut self) -> Result<ListArray, ArrowError> {
        let offsets = OffsetBuffer::from_lengths(mem::take(&mut self.lengths));
        let elements = self.elements.finish()?;
        ListArray::try_new(
            element_field(self.elements.fields),
            offsets,
            Arc::new(elements),
            self.validity.finish(),
        )
    }
}
