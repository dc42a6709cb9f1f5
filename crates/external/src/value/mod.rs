//! Columns under construction: a value comes as text, as delimited text or as JSON, and what does not convert is NULL.

mod delimited;
mod json;
mod nested;
mod time;

use std::str::FromStr;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, ArrowPrimitiveType, BinaryBuilder, BooleanBuilder, Date32Builder, Decimal128Builder, PrimitiveBuilder,
    StringBuilder, StringViewBuilder, TimestampMicrosecondBuilder,
};
use arrow::compute::kernels::cast_utils::parse_decimal;
use arrow::datatypes::{DataType, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type};
use arrow::error::ArrowError;
use flowtrail_catalog::ColumnType;

pub(crate) use delimited::Delimiters;
pub(crate) use json::{FieldKeys, KeyRules};
use nested::{ListColumn, MapColumn, StructColumn};
pub(crate) use time::{date as date_of_text, timestamp as timestamp_of_text};

/// Values of one column, gathered.
#[derive(Debug)]
pub(crate) enum ColumnBuilder {
    Boolean(BooleanBuilder),
    TinyInt(PrimitiveBuilder<Int8Type>),
    SmallInt(PrimitiveBuilder<Int16Type>),
    Int(PrimitiveBuilder<Int32Type>),
    BigInt(PrimitiveBuilder<Int64Type>),
    Float(PrimitiveBuilder<Float32Type>),
    Double(PrimitiveBuilder<Float64Type>),
    Decimal(Decimal128Builder, u8, i8),
    Text(StringViewBuilder),
    /// Text inside of lists, maps and structs.
    PlainText(StringBuilder),
    Binary(BinaryBuilder),
    Date(Date32Builder),
    Timestamp(TimestampMicrosecondBuilder),
    List(Box<ListColumn>),
    Map(Box<MapColumn>),
    Struct(Box<StructColumn>),
}

impl ColumnBuilder {
    /// Of a type; `rules` say how fields of structs are found in JSON.
    pub(crate) fn new(column_type: &ColumnType, rules: &KeyRules) -> Self {
        match column_type {
            ColumnType::Boolean => Self::Boolean(BooleanBuilder::new()),
            ColumnType::TinyInt => Self::TinyInt(PrimitiveBuilder::new()),
            ColumnType::SmallInt => Self::SmallInt(PrimitiveBuilder::new()),
            ColumnType::Int => Self::Int(PrimitiveBuilder::new()),
            ColumnType::BigInt => Self::BigInt(PrimitiveBuilder::new()),
            ColumnType::Float => Self::Float(PrimitiveBuilder::new()),
            ColumnType::Double => Self::Double(PrimitiveBuilder::new()),
            ColumnType::Decimal(digits, scale) => {
                let builder = Decimal128Builder::new().with_data_type(DataType::Decimal128(*digits, *scale));
                Self::Decimal(builder, *digits, *scale)
            }
            ColumnType::Text | ColumnType::Variant => Self::Text(StringViewBuilder::new()),
            ColumnType::Binary => Self::Binary(BinaryBuilder::new()),
            ColumnType::Date => Self::Date(Date32Builder::new()),
            ColumnType::Timestamp => Self::Timestamp(TimestampMicrosecondBuilder::new()),
            ColumnType::Array(items) => Self::List(Box::new(ListColumn::new(items, rules))),
            ColumnType::Map(keys, values) => Self::Map(Box::new(MapColumn::new(keys, values, rules))),
            ColumnType::Struct(fields) => Self::Struct(Box::new(StructColumn::new(fields, rules))),
        }
    }

    /// Of a type inside of a list, map or struct.
    pub(crate) fn inside(column_type: &ColumnType, rules: &KeyRules) -> Self {
        match column_type {
            ColumnType::Text | ColumnType::Variant => Self::PlainText(StringBuilder::new()),
            other => Self::new(other, rules),
        }
    }

    /// Adds a value that is written as plain text; NULL where it does not convert. Nested types have no plain text.
    pub(crate) fn push_text(&mut self, text: &str) {
        match self {
            Self::Boolean(builder) => builder.append_option(boolean(text)),
            Self::TinyInt(builder) => push_number(builder, text),
            Self::SmallInt(builder) => push_number(builder, text),
            Self::Int(builder) => push_number(builder, text),
            Self::BigInt(builder) => push_number(builder, text),
            Self::Float(builder) => push_number(builder, text),
            Self::Double(builder) => push_number(builder, text),
            Self::Decimal(builder, digits, scale) => builder.append_option(decimal(text, *digits, *scale)),
            Self::Text(builder) => builder.append_value(text),
            Self::PlainText(builder) => builder.append_value(text),
            Self::Binary(builder) => builder.append_value(text),
            Self::Date(builder) => builder.append_option(time::date(text)),
            Self::Timestamp(builder) => builder.append_option(time::timestamp(text)),
            Self::List(_) | Self::Map(_) | Self::Struct(_) => self.push_null(),
        }
    }

    /// Adds a value of a CSV file of `OpenCSVSerde`, where days and times may be numbers.
    pub(crate) fn push_csv(&mut self, text: &str) {
        match self {
            Self::Date(builder) => builder.append_option(time::date_of_number(text).or_else(|| time::date(text))),
            Self::Timestamp(builder) => {
                builder.append_option(time::timestamp_of_number(text).or_else(|| time::timestamp(text)));
            }
            other => other.push_text(text),
        }
    }

    /// Whether [`Self::push_text`] adds something that is not NULL.
    fn converts(&self, text: &str) -> bool {
        let number = text.trim_ascii();
        match self {
            Self::Boolean(_) => boolean(text).is_some(),
            Self::TinyInt(_) => number.parse::<i8>().is_ok(),
            Self::SmallInt(_) => number.parse::<i16>().is_ok(),
            Self::Int(_) => number.parse::<i32>().is_ok(),
            Self::BigInt(_) => number.parse::<i64>().is_ok(),
            Self::Float(_) | Self::Double(_) => number.parse::<f64>().is_ok(),
            Self::Decimal(_, digits, scale) => decimal(text, *digits, *scale).is_some(),
            Self::Text(_) | Self::PlainText(_) | Self::Binary(_) => true,
            Self::Date(_) => time::date(text).is_some(),
            Self::Timestamp(_) => time::timestamp(text).is_some(),
            Self::List(_) | Self::Map(_) | Self::Struct(_) => false,
        }
    }

    /// Adds NULL.
    pub(crate) fn push_null(&mut self) {
        match self {
            Self::Boolean(builder) => builder.append_null(),
            Self::TinyInt(builder) => builder.append_null(),
            Self::SmallInt(builder) => builder.append_null(),
            Self::Int(builder) => builder.append_null(),
            Self::BigInt(builder) => builder.append_null(),
            Self::Float(builder) => builder.append_null(),
            Self::Double(builder) => builder.append_null(),
            Self::Decimal(builder, ..) => builder.append_null(),
            Self::Text(builder) => builder.append_null(),
            Self::PlainText(builder) => builder.append_null(),
            Self::Binary(builder) => builder.append_null(),
            Self::Date(builder) => builder.append_null(),
            Self::Timestamp(builder) => builder.append_null(),
            Self::List(list) => list.end(false),
            Self::Map(map) => map.end(false),
            Self::Struct(fields) => fields.push_null(),
        }
    }

    /// The values so far as an array; the builder begins afresh.
    pub(crate) fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Boolean(builder) => Arc::new(builder.finish()),
            Self::TinyInt(builder) => Arc::new(builder.finish()),
            Self::SmallInt(builder) => Arc::new(builder.finish()),
            Self::Int(builder) => Arc::new(builder.finish()),
            Self::BigInt(builder) => Arc::new(builder.finish()),
            Self::Float(builder) => Arc::new(builder.finish()),
            Self::Double(builder) => Arc::new(builder.finish()),
            Self::Decimal(builder, ..) => Arc::new(builder.finish()),
            Self::Text(builder) => Arc::new(builder.finish()),
            Self::PlainText(builder) => Arc::new(builder.finish()),
            Self::Binary(builder) => Arc::new(builder.finish()),
            Self::Date(builder) => Arc::new(builder.finish()),
            Self::Timestamp(builder) => Arc::new(builder.finish()),
            Self::List(list) => list.finish()?,
            Self::Map(map) => map.finish()?,
            Self::Struct(fields) => fields.finish()?,
        })
    }
}

fn push_number<T>(builder: &mut PrimitiveBuilder<T>, text: &str)
where
    T: ArrowPrimitiveType,
    T::Native: FromStr,
{
    builder.append_option(text.trim_ascii().parse().ok());
}

fn decimal(text: &str, digits: u8, scale: i8) -> Option<i128> {
    let number = text.trim_ascii();
    let has_digits = number.bytes().any(|byte| byte.is_ascii_digit());
    let parsed = parse_decimal::<Decimal128Type>(number, digits, scale).ok();
    parsed.filter(|_| has_digits)
}

fn boolean(text: &str) -> Option<bool> {
    let text = text.trim_ascii();
    if text.eq_ignore_ascii_case("true") {
        return Some(true);
    }
    text.eq_ignore_ascii_case("false").then_some(false)
}
