//! Brings the columns of an answer into types a format can write.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef, TimeUnit};
use arrow::error::ArrowError;
use chrono_tz::Tz;

/// The schema a format writes, and how to bring batches into it.
pub(super) struct Conversion {
    schema: SchemaRef,
}

impl Conversion {
    /// For the text formats and sheets: instants in the zone, encodings undone.
    pub(super) fn for_text(schema: &Schema, zone: Tz) -> Self {
        let zone: Arc<str> = zone.name().into();
        Self::new(schema, &|leaf| match leaf {
            DataType::Timestamp(unit, Some(_)) => DataType::Timestamp(*unit, Some(Arc::clone(&zone))),
            other => other.clone(),
        })
    }

    /// For JSON: as for text, and no two columns of one name, for most readers keep only the last.
    pub(super) fn for_json(schema: &Schema, zone: Tz) -> Self {
        Self {
            schema: with_distinct_names(&Self::for_text(schema, zone).schema),
        }
    }

    /// For Parquet: what the file format has no type for becomes the nearest it has, intervals become text.
    pub(super) fn for_parquet(schema: &Schema) -> Self {
        let converted = Self::new(schema, &|leaf| match leaf {
            DataType::Timestamp(TimeUnit::Second, zone) => DataType::Timestamp(TimeUnit::Millisecond, zone.clone()),
            DataType::Time32(TimeUnit::Second) => DataType::Time32(TimeUnit::Millisecond),
            DataType::Date64 => DataType::Date32,
            DataType::Interval(_) | DataType::Duration(_) => DataType::Utf8,
            other => other.clone(),
        });
        Self {
            schema: with_distinct_names(&converted.schema),
        }
    }

    fn new(schema: &Schema, leaf: &dyn Fn(&DataType) -> DataType) -> Self {
        let fields = schema.fields().iter().map(|field| converted_field(field, leaf));
        Self {
            schema: Arc::new(Schema::new(fields.collect::<Vec<_>>())),
        }
    }

    pub(super) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    pub(super) fn apply(&self, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        // A value that does not fit its new type must stop the writing: `safe` would make it NULL in silence.
        let strict = CastOptions {
            safe: false,
            ..CastOptions::default()
        };
        let columns = batch.columns().iter().zip(self.schema.fields()).map(|(column, field)| {
            if column.data_type() == field.data_type() {
                return Ok(Arc::clone(column));
            }
            cast_with_options(column, field.data_type(), &strict)
        });
        let columns = columns.collect::<Result<Vec<ArrayRef>, ArrowError>>()?;
        let rows = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &rows)
    }
}

/// Every column may be NULL in what is written: engines are loose about the flag, and a reader gains nothing by it.
fn converted_field(field: &FieldRef, leaf: &dyn Fn(&DataType) -> DataType) -> FieldRef {
    Arc::new(Field::new(field.name(), converted_type(field.data_type(), leaf), true))
}

fn converted_type(data_type: &DataType, leaf: &dyn Fn(&DataType) -> DataType) -> DataType {
    match data_type {
        DataType::Dictionary(_, values) => converted_type(values, leaf),
        DataType::RunEndEncoded(_, values) => converted_type(values.data_type(), leaf),
        DataType::List(item) | DataType::ListView(item) => DataType::List(converted_field(item, leaf)),
        DataType::LargeList(item) | DataType::LargeListView(item) => DataType::LargeList(converted_field(item, leaf)),
        DataType::FixedSizeList(item, size) => DataType::FixedSizeList(converted_field(item, leaf), *size),
        DataType::Struct(fields) => DataType::Struct(
            fields
                .iter()
                .map(|field| converted_field(field, leaf))
                .collect::<Vec<_>>()
                .into(),
        ),
        DataType::Map(entries, sorted) => DataType::Map(converted_entries(entries, leaf), *sorted),
        other => leaf(other),
    }
}

/// JSON's keys are text, so a map's keys become text; they stay required, as the format of maps wants.
fn converted_entries(entries: &FieldRef, leaf: &dyn Fn(&DataType) -> DataType) -> FieldRef {
    let DataType::Struct(fields) = entries.data_type() else {
        return Arc::clone(entries);
    };
    let members = fields.iter().enumerate().map(|(position, field)| match position {
        0 => Arc::new(Field::new(field.name(), DataType::Utf8, false)),
        _ => converted_field(field, leaf),
    });
    Arc::new(Field::new(
        entries.name(),
        DataType::Struct(members.collect::<Vec<_>>().into()),
        false,
    ))
}

/// `id, id` → `id, id_2`.
fn with_distinct_names(schema: &Schema) -> SchemaRef {
    let mut fields: Vec<FieldRef> = Vec::with_capacity(schema.fields().len());
    for field in schema.fields() {
        let is_taken = |name: &str| fields.iter().any(|earlier| earlier.name() == name);
        if !is_taken(field.name()) {
            fields.push(Arc::clone(field));
            continue;
        }
        let mut number = 2;
        while is_taken(&format!("{}_{number}", field.name())) {
            number += 1;
        }
        fields.push(Arc::new(
            field.as_ref().clone().with_name(format!("{}_{number}", field.name())),
        ));
    }
    Arc::new(Schema::new(fields))
}
