//! The columns of all parts, each as one.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, NullBufferBuilder, StringArray, new_null_array};
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Field, Fields, Int32Type, Int64Type, Schema, SchemaRef, TimeUnit,
    TimestampMicrosecondType,
};
use futures::{StreamExt, TryStreamExt};

use super::{Part, new_columns};
use crate::definition::OBJECT;
use crate::encode::{CodedColumn, NULL, NumberColumn, Numbers};
use crate::{LakeError, TableDefinition, on_core};

/// All rows on their way into files, column by column.
#[derive(Debug)]
pub(super) struct FlushColumns {
    /// The columns any part has, in the table's order and then by first appearance; never the partition column.
    pub schema: SchemaRef,
    pub columns: Vec<FlushColumn>,
    /// The part of each row and its place there, for columns that stay in parts; empty where none does.
    pub places: Vec<(u32, u32)>,
}

/// A column of all rows.
#[derive(Debug)]
pub(super) enum FlushColumn {
    Coded(CodedColumn),
    Number(NumberColumn),
    Record(RecordColumn),
    /// The array of each part, which the Parquet library encodes.
    Parts(Vec<ArrayRef>),
}

/// A column of records whose fields are text, or such records themselves.
#[derive(Debug)]
pub(super) struct RecordColumn {
    /// Of the records from the outermost to this one, how many each row has.
    pub present: Vec<u8>,
    pub fields: Vec<RecordField>,
}

#[derive(Debug)]
pub(super) enum RecordField {
    Coded(CodedColumn),
    Record(RecordColumn),
}

impl FlushColumns {
    /// Puts the columns of `parts` together, on `cores` cores. The parts go as their columns are done.
    pub async fn of(definition: &TableDefinition, parts: Vec<Part>, cores: usize) -> Result<Self, LakeError> {
        let schema = union_columns(definition, &parts)?;
        let rows: Vec<usize> = parts.iter().map(|part| part.batch.num_rows()).collect();
        let columns = schema.fields().iter().map(|field| PartsColumn::of(field, &parts));
        let columns: Vec<PartsColumn> = columns.collect();
        drop(parts);
        let columns: Vec<FlushColumn> = futures::stream::iter(columns)
            .map(|column| on_core(move || column.together()))
            .buffered(cores)
            .try_collect()
            .await?;
        let mut places = Vec::new();
        if columns.iter().any(|column| matches!(column, FlushColumn::Parts(_))) {
            places.extend(
                (0..)
                    .zip(&rows)
                    .flat_map(|(part, rows)| (0..*rows as u32).map(move |row| (part, row))),
            );
        }
        Ok(Self {
            schema,
            columns,
            places,
        })
    }

    /// A column of text, where it is held as codes.
    pub fn coded(&self, name: &str) -> Option<&CodedColumn> {
        let (position, _) = self.schema.column_with_name(name)?;
        match &self.columns[position] {
            FlushColumn::Coded(column) => Some(column),
            _ => None,
        }
    }
}

/// One column of each part.
enum PartsColumn {
    /// Where they come from, and how many rows that is.
    Lineage(Vec<(Option<Arc<str>>, usize)>),
    /// The array, where the part has one, and its rows.
    Arrays(DataType, Vec<(Option<ArrayRef>, usize)>),
}

impl PartsColumn {
    fn of(field: &Field, parts: &[Part]) -> Self {
        if field.name() == OBJECT && parts.iter().any(|part| part.object.is_some()) {
            let objects = parts.iter().map(|part| (part.object.clone(), part.batch.num_rows()));
            return Self::Lineage(objects.collect());
        }
        let array = |part: &Part| (part.batch.column_by_name(field.name()).cloned(), part.batch.num_rows());
        Self::Arrays(field.data_type().clone(), parts.iter().map(array).collect())
    }

    /// The column of all parts.
    fn together(self) -> FlushColumn {
        let (data_type, arrays) = match self {
            Self::Lineage(objects) => return FlushColumn::Coded(lineage(&objects)),
            Self::Arrays(data_type, arrays) => (data_type, arrays),
        };
        let mut held = arrays.iter().filter_map(|(array, _)| array.as_ref());
        match data_type {
            DataType::Utf8 if held.any(|array| is_dictionary(array.data_type())) => FlushColumn::Coded(coded(&arrays)),
            DataType::Int32 => FlushColumn::Number(numbers::<Int32Type>(&arrays, Numbers::Int32)),
            DataType::Int64 => FlushColumn::Number(numbers::<Int64Type>(&arrays, Numbers::Int64)),
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                FlushColumn::Number(numbers::<TimestampMicrosecondType>(&arrays, Numbers::Int64))
            }
            DataType::Struct(fields) if is_text_only(&fields) => {
                let rows = arrays.iter().map(|(_, rows)| rows).sum();
                FlushColumn::Record(record(&fields, &arrays, &vec![0; rows], 0))
            }
            data_type => {
                let array = |(array, rows): (Option<ArrayRef>, usize)| {
                    array.unwrap_or_else(|| new_null_array(&data_type, rows))
                };
                FlushColumn::Parts(arrays.into_iter().map(array).collect())
            }
        }
    }
}

/// Numbers texts as they come.
#[derive(Default)]
struct Codes<'a> {
    known: HashMap<&'a str, u32, foldhash::fast::RandomState>,
    values: Vec<&'a str>,
}

impl<'a> Codes<'a> {
    fn of(&mut self, value: &'a str) -> u32 {
        *self.known.entry(value).or_insert_with(|| {
            self.values.push(value);
            self.values.len() as u32 - 1
        })
    }

    fn finish(self, codes: Vec<u32>) -> CodedColumn {
        CodedColumn {
            has_nulls: codes.contains(&NULL),
            codes,
            values: StringArray::from_iter_values(self.values),
        }
    }
}

fn coded(arrays: &[(Option<ArrayRef>, usize)]) -> CodedColumn {
    let mut known = Codes::default();
    let mut codes = Vec::with_capacity(arrays.iter().map(|(_, rows)| rows).sum());
    for (array, rows) in arrays {
        let Some(array) = array else {
            codes.resize(codes.len() + rows, NULL);
            continue;
        };
        let Some(dictionary) = array.as_dictionary_opt::<Int32Type>() else {
            let code = |value: Option<_>| value.map_or(NULL, |value| known.of(value));
            match array.as_string_view_opt() {
                Some(views) => codes.extend(views.iter().map(code)),
                None => codes.extend(array.as_string::<i32>().iter().map(code)),
            }
            continue;
        };
        let values = dictionary.values().as_string::<i32>();
        let new: Vec<u32> = values
            .iter()
            .map(|value| value.map_or(NULL, |value| known.of(value)))
            .collect();
        let keys = dictionary.keys();
        match keys.nulls() {
            None => codes.extend(keys.values().iter().map(|key| new[*key as usize])),
            Some(_) => codes.extend(keys.iter().map(|key| key.map_or(NULL, |key| new[key as usize]))),
        }
    }
    known.finish(codes)
}

/// Whether all leaves are text.
fn is_text_only(fields: &Fields) -> bool {
    fields.iter().all(|field| match field.data_type() {
        DataType::Struct(fields) => is_text_only(fields),
        data_type => data_type.is_string(),
    })
}

/// Records of all parts; `around` tells how many of the `depth` records around them each row has.
fn record(fields: &Fields, arrays: &[(Option<ArrayRef>, usize)], around: &[u8], depth: u8) -> RecordColumn {
    let mut present = Vec::with_capacity(around.len());
    for (array, rows) in arrays {
        let around = &around[present.len()..present.len() + rows];
        let Some(array) = array else {
            present.extend_from_slice(around);
            continue;
        };
        let count = |(row, around): (usize, &u8)| around + u8::from(*around == depth && array.is_valid(row));
        present.extend(around.iter().enumerate().map(count));
    }
    let field = |(at, field): (usize, &Arc<Field>)| {
        let inner = |(array, rows): &(Option<ArrayRef>, usize)| {
            (
                array.as_ref().map(|array| Arc::clone(array.as_struct().column(at))),
                *rows,
            )
        };
        let inner: Vec<_> = arrays.iter().map(inner).collect();
        match field.data_type() {
            DataType::Struct(fields) => RecordField::Record(record(fields, &inner, &present, depth + 1)),
            _ => RecordField::Coded(inside(coded(&inner), |row| present[row] > depth)),
        }
    };
    let fields = fields.iter().enumerate().map(field).collect();
    RecordColumn { present, fields }
}

/// A column of a record, without the values of rows that do not have the record.
fn inside(mut column: CodedColumn, has_record: impl Fn(usize) -> bool) -> CodedColumn {
    for (row, code) in column.codes.iter_mut().enumerate() {
        if !has_record(row) {
            *code = NULL;
        }
    }
    column.has_nulls = column.codes.contains(&NULL);
    column
}

/// The object each row came from.
fn lineage(objects: &[(Option<Arc<str>>, usize)]) -> CodedColumn {
    let mut known = Codes::default();
    let mut codes = Vec::with_capacity(objects.iter().map(|(_, rows)| rows).sum());
    for (object, rows) in objects {
        let code = object.as_deref().map_or(NULL, |object| known.of(object));
        codes.resize(codes.len() + rows, code);
    }
    known.finish(codes)
}

fn numbers<T: ArrowPrimitiveType>(
    arrays: &[(Option<ArrayRef>, usize)],
    wrap: impl Fn(Vec<T::Native>) -> Numbers,
) -> NumberColumn {
    let mut numbers = Vec::with_capacity(arrays.iter().map(|(_, rows)| rows).sum());
    let mut nulls = NullBufferBuilder::new(0);
    for (array, rows) in arrays {
        let Some(array) = array else {
            numbers.resize(numbers.len() + rows, T::Native::default());
            nulls.append_n_nulls(*rows);
            continue;
        };
        let array = array.as_primitive::<T>();
        numbers.extend_from_slice(array.values());
        match array.nulls() {
            None => nulls.append_n_non_nulls(*rows),
            Some(of_part) => nulls.append_buffer(of_part),
        }
    }
    NumberColumn {
        numbers: wrap(numbers),
        nulls: nulls.finish(),
    }
}

fn is_dictionary(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Dictionary(..))
}

fn union_columns(definition: &TableDefinition, parts: &[Part]) -> Result<SchemaRef, LakeError> {
    let known = definition.columns.fields().iter().map(|field| field.name().clone());
    let new = new_columns(definition, parts)
        .into_iter()
        .map(|field| field.name().clone());
    let mut fields = Vec::new();
    for name in known.chain(new).filter(|name| !definition.is_partition(name)) {
        if name == OBJECT && parts.iter().any(|part| part.object.is_some()) {
            fields.push(Field::new(OBJECT, DataType::Utf8, true));
            continue;
        }
        fields.extend(union_field(definition, &name, parts)?);
    }
    Ok(Arc::new(Schema::new(fields)))
}

/// The field of a column as all parts together have it: text of any form as plain text, as soon as one part has codes.
fn union_field(definition: &TableDefinition, name: &str, parts: &[Part]) -> Result<Option<Field>, LakeError> {
    let mut held = parts
        .iter()
        .filter_map(|part| part.batch.schema_ref().field_with_name(name).ok());
    let Some(first) = held.next() else { return Ok(None) };
    let is_text = |field: &Field| is_dictionary(field.data_type()) || field.data_type().is_string();
    let mut is_coded = is_dictionary(first.data_type());
    for other in held {
        is_coded |= is_dictionary(other.data_type());
        if other.data_type() != first.data_type() && !(is_text(first) && is_text(other)) {
            return Err(LakeError::Column {
                table: definition.qualified_name(),
                column: name.to_owned(),
                why: format!(
                    "one part has it as {}, another as {}",
                    first.data_type(),
                    other.data_type()
                ),
            });
        }
    }
    let data_type = if is_coded {
        DataType::Utf8
    } else {
        uncoded(first.data_type())
    };
    Ok(Some(Field::new(name, data_type, true)))
}

/// The type without codes, also inside records.
fn uncoded(data_type: &DataType) -> DataType {
    let field = |field: &Arc<Field>| field.as_ref().clone().with_data_type(uncoded(field.data_type()));
    match data_type {
        DataType::Dictionary(_, values) => values.as_ref().clone(),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(field).collect()),
        other => other.clone(),
    }
}
