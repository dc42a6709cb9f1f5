//! Types as Trino writes them: `ARRAY(ROW(arn VARCHAR, tags MAP(VARCHAR, JSON)))`.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef, Fields, TimeUnit};

/// A type, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// JSON text as it is.
    Json,
    /// Anything that holds no other.
    Scalar(DataType),
    /// `ARRAY(item)`.
    List(Box<Shape>),
    /// `MAP(key, value)`.
    Map(Box<Shape>, Box<Shape>),
    /// `ROW(name type, …)`.
    Row(Vec<(String, Shape)>),
}

impl Shape {
    /// Reads a type; the error says what is no type.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let unknown =
            || format!("`{text}` is no type; one is written `ARRAY(VARCHAR)` or `ROW(name VARCHAR, size BIGINT)`");
        let (name, inner) = match text.split_once('(') {
            Some((name, rest)) => {
                let (inner, behind) = rest.rsplit_once(')').ok_or_else(unknown)?;
                let name = format!("{} {}", name.trim_end(), behind.trim());
                (name.trim_end().to_ascii_uppercase(), Some(inner))
            }
            None => (text.to_ascii_uppercase(), None),
        };
        let parts: Vec<&str> = inner.map(parts).unwrap_or_default();
        match (name.as_str(), parts.as_slice()) {
            ("ARRAY", [item]) => Ok(Self::List(Box::new(Self::parse(item)?))),
            ("MAP", [key, value]) => {
                let key = match Self::parse(key)? {
                    // A key that is a constant, as in `tags['Name']`, is compared as this.
                    Self::Scalar(DataType::Utf8View) => Self::Scalar(DataType::Utf8),
                    other => other,
                };
                Ok(Self::Map(Box::new(key), Box::new(Self::parse(value)?)))
            }
            ("ROW", [_, ..]) => {
                let fields = parts.iter().zip(0..).map(|(part, at)| Self::field(part, at));
                Ok(Self::Row(fields.collect::<Result<_, _>>()?))
            }
            ("JSON", []) => Ok(Self::Json),
            _ => scalar(&name, &parts).map(Self::Scalar).ok_or_else(unknown),
        }
    }

    /// `name type`, or a type alone.
    fn field(text: &str, at: usize) -> Result<(String, Self), String> {
        let text = text.trim();
        let (name, rest) = match text.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => text.split_once(char::is_whitespace).unwrap_or(("", text)),
        };
        match Self::parse(rest) {
            Ok(shape) if !name.is_empty() => Ok((name.to_owned(), shape)),
            // A type may be of several words.
            _ => Ok((format!("field{at}"), Self::parse(text)?)),
        }
    }

    /// Its type in columns.
    pub fn data_type(&self) -> DataType {
        match self {
            Self::Json => DataType::Utf8View,
            Self::Scalar(data_type) => data_type.clone(),
            Self::List(_) => DataType::List(self.item_field()),
            Self::Map(..) => DataType::Map(self.item_field(), false),
            Self::Row(_) => DataType::Struct(self.fields()),
        }
    }

    /// What a list or a map has many of.
    pub fn item_field(&self) -> FieldRef {
        match self {
            Self::List(item) => Arc::new(Field::new_list_field(item.data_type(), true)),
            _ => Arc::new(Field::new("entries", DataType::Struct(self.fields()), false)),
        }
    }

    /// The columns of a row, or of a map's entry.
    pub fn fields(&self) -> Fields {
        match self {
            Self::Row(fields) => fields
                .iter()
                .map(|(name, shape)| Field::new(name, shape.data_type(), true))
                .collect(),
            Self::Map(key, value) => Fields::from(vec![
                Field::new("key", key.data_type(), false),
                Field::new("value", value.data_type(), true),
            ]),
            _ => Fields::empty(),
        }
    }
}

/// What stands between commas that are in no brackets.
fn parts(text: &str) -> Vec<&str> {
    let (mut depth, mut from) = (0_usize, 0);
    let mut parts = Vec::new();
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

fn scalar(name: &str, sizes: &[&str]) -> Option<DataType> {
    let instant = || DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    Some(match name {
        "VARCHAR" | "CHAR" | "STRING" | "TEXT" | "IPADDRESS" | "UUID" => DataType::Utf8View,
        "TINYINT" => DataType::Int8,
        "SMALLINT" => DataType::Int16,
        "INTEGER" | "INT" => DataType::Int32,
        "BIGINT" => DataType::Int64,
        "REAL" => DataType::Float32,
        "DOUBLE" | "DOUBLE PRECISION" | "FLOAT" => DataType::Float64,
        "BOOLEAN" => DataType::Boolean,
        "DATE" => DataType::Date32,
        "TIMESTAMP" => DataType::Timestamp(TimeUnit::Microsecond, None),
        "TIMESTAMP WITH TIME ZONE" => instant(),
        "VARBINARY" => DataType::Binary,
        "DECIMAL" => {
            let size = |at: usize| sizes.get(at).map(|size| size.trim().parse::<u8>().ok());
            DataType::Decimal128(size(0).unwrap_or(Some(38))?, size(1).unwrap_or(Some(0))? as i8)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn types_hold_types() {
        let shape =
            Shape::parse("array( row(arn varchar(20), \"my tags\" MAP(VARCHAR, json), n decimal(10, 2)) )").unwrap();
        let tags = Shape::Map(Box::new(Shape::Scalar(DataType::Utf8)), Box::new(Shape::Json));
        let row = vec![
            ("arn".to_owned(), Shape::Scalar(DataType::Utf8View)),
            ("my tags".to_owned(), tags),
            ("n".to_owned(), Shape::Scalar(DataType::Decimal128(10, 2))),
        ];
        assert_eq!(shape, Shape::List(Box::new(Shape::Row(row))));
        let nameless = Shape::parse("ROW(BIGINT, at TIMESTAMP(3) WITH TIME ZONE)").unwrap();
        let names: Vec<_> = nameless.fields().iter().map(|field| field.name().clone()).collect();
        assert_eq!(names, ["field0", "at"]);
        let error = Shape::parse("ARRAY(STRUCT)").unwrap_err();
        assert!(error.contains("`STRUCT` is no type"), "{error}");
    }

    proptest! {
        #[test]
        fn any_text_is_a_type_or_is_none(text in "(ARRAY|MAP|ROW|BIGINT|[(), \"a\u{e9}]){0,12}") {
            if let Ok(shape) = Shape::parse(&text) {
                let _ = shape.data_type();
            }
        }
    }
}
