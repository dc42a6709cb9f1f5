//! `typeof(a)`: the name of a type, as Athena has it.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, StringViewArray};
use arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::Result;

use super::function::Function;

/// The function.
pub fn type_of() -> Function {
    Function::new(
        &["typeof"],
        1..=1,
        |_| Ok(DataType::Utf8View),
        |columns: &[ArrayRef], _: &DataType| -> Result<ArrayRef> {
            let name = name(columns[0].data_type());
            let names = (0..columns[0].len()).map(|_| Some(name.as_str()));
            Ok(Arc::new(names.collect::<StringViewArray>()))
        },
    )
}

fn name(data_type: &DataType) -> String {
    let known = match data_type {
        DataType::Null => "unknown",
        DataType::Boolean => "boolean",
        DataType::Int8 => "tinyint",
        DataType::Int16 | DataType::UInt8 => "smallint",
        DataType::Int32 | DataType::UInt16 => "integer",
        DataType::Int64 | DataType::UInt32 | DataType::UInt64 => "bigint",
        DataType::Float16 | DataType::Float32 => "real",
        DataType::Float64 => "double",
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "varchar",
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => "varbinary",
        DataType::Date32 | DataType::Date64 => "date",
        DataType::Decimal128(precision, scale) => return format!("decimal({precision},{scale})"),
        DataType::Timestamp(unit, zone) => {
            let digits = match unit {
                TimeUnit::Second => 0,
                TimeUnit::Millisecond => 3,
                TimeUnit::Microsecond => 6,
                TimeUnit::Nanosecond => 9,
            };
            let with = if zone.is_some() { " with time zone" } else { "" };
            return format!("timestamp({digits}){with}");
        }
        DataType::Dictionary(_, value) => return name(value),
        DataType::List(item) | DataType::LargeList(item) => return format!("array({})", name(item.data_type())),
        DataType::Map(entries, _) => {
            let DataType::Struct(fields) = entries.data_type() else {
                return "map".to_owned();
            };
            let parts: Vec<_> = fields.iter().map(|field| name(field.data_type())).collect();
            return format!("map({})", parts.join(", "));
        }
        DataType::Struct(fields) => {
            let parts = fields
                .iter()
                .map(|field| format!("{} {}", field.name(), name(field.data_type())));
            return format!("row({})", parts.collect::<Vec<_>>().join(", "));
        }
        other => return other.to_string().to_ascii_lowercase(),
    };
    known.to_owned()
}
