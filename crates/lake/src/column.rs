//! Column types: as stored in a Delta table, and as scanned.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use deltalake_core::kernel::StructType;
use deltalake_core::kernel::engine::arrow_conversion::{TryIntoArrow, TryIntoKernel};

use crate::LakeError;

/// The type a decoded column has in the table: plain text instead of views and dictionaries.
pub fn stored_type(data_type: &DataType) -> DataType {
    map_text(data_type, &DataType::Utf8)
}

/// Columns as JSON, in the form of Delta's `schemaString`.
pub fn columns_to_json(columns: &Schema) -> Result<String, LakeError> {
    let stored: StructType = columns.try_into_kernel()?;
    serde_json::to_string(&stored).map_err(|e| damaged(&e))
}

/// The columns that [`columns_to_json`] wrote.
pub fn columns_from_json(json: &str) -> Result<Schema, LakeError> {
    let stored: StructType = serde_json::from_str(json).map_err(|e| damaged(&e))?;
    Ok((&stored).try_into_arrow()?)
}

fn damaged(error: &serde_json::Error) -> LakeError {
    LakeError::Damaged {
        path: "the columns of a batch's table".to_owned(),
        why: error.to_string(),
    }
}

/// The table's schema as scans give it: text as views, which Parquet pages are read into without copying.
pub fn scanned_schema(stored: &Schema) -> SchemaRef {
    let fields: Vec<Field> = stored
        .fields()
        .iter()
        .map(|field| field.as_ref().clone().with_data_type(top_level_view(field.data_type())))
        .collect();
    Arc::new(Schema::new(fields))
}

fn top_level_view(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
        DataType::Binary | DataType::LargeBinary => DataType::BinaryView,
        other => other.clone(),
    }
}

fn map_text(data_type: &DataType, text: &DataType) -> DataType {
    let map_field =
        |field: &FieldRef| Arc::new(field.as_ref().clone().with_data_type(map_text(field.data_type(), text)));
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => text.clone(),
        DataType::Dictionary(_, values) => map_text(values, text),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(map_field).collect()),
        DataType::List(item) => DataType::List(map_field(item)),
        other => other.clone(),
    }
}
