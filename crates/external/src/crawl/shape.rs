//! What a column's values are, as far as it is known, and what two kinds of values are together.

use arrow::datatypes::DataType;
use flowtrail_catalog::ColumnType;

use crate::value::{date_of_text, timestamp_of_text};

/// An object of more fields than this is no record but a map, whose keys are values; it is kept as its text.
const MOST_FIELDS: usize = 100;

/// What values of a column are. Values that were not there, or say nothing, are `Unknown`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Unknown,
    Plain(ColumnType),
    List(Box<Shape>),
    /// Fields in the order in which they were first seen; names in small letters.
    Record(Vec<Named>),
}

/// A column or field: its name in small letters, and its shape.
pub(super) type Named = (String, Shape);

impl Shape {
    /// Of a type that is declared.
    pub(super) fn of_type(column_type: &ColumnType) -> Self {
        match column_type {
            ColumnType::Array(items) => Self::List(Box::new(Self::of_type(items))),
            ColumnType::Struct(fields) => {
                let field = |(name, field): &(String, ColumnType)| (name.clone(), Self::of_type(field));
                Self::Record(fields.iter().map(field).collect())
            }
            other => Self::Plain(other.clone()),
        }
    }

    /// Of a Parquet file's column.
    pub(super) fn of_arrow(data_type: &DataType) -> Self {
        Self::of_type(&type_of_arrow(data_type))
    }

    /// Of a value that is written as text. Whole numbers are `bigint`, as a sample does not tell how large they get;
    /// numbers with zeros before them are names of something.
    pub(super) fn of_text(text: &str) -> Self {
        let text = text.trim_ascii();
        if matches!(text, "" | "-" | r"\N") {
            return Self::Unknown;
        }
        Self::Plain(
            if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") {
                ColumnType::Boolean
            } else if is_number(text) {
                type_of_number(text)
            } else if timestamp_of_text(text).is_some() && text.len() > "2026-11-21".len() {
                ColumnType::Timestamp
            } else if text.len() == "2026-11-21".len() && date_of_text(text).is_some() {
                ColumnType::Date
            } else {
                ColumnType::Text
            },
        )
    }

    /// Of a number of JSON.
    pub(super) fn of_json_number(text: &str) -> Self {
        let whole = text.parse::<i64>().is_ok();
        Self::Plain(if whole { ColumnType::BigInt } else { ColumnType::Double })
    }

    /// What values of both are: of numbers the wider, of records the fields of both, of all that differs otherwise text.
    pub(super) fn merged(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unknown, known) | (known, Self::Unknown) => known,
            (Self::List(one), Self::List(other)) => Self::List(Box::new(one.merged(*other))),
            (Self::Record(mut fields), Self::Record(more)) => {
                merge_named(&mut fields, more);
                Self::Record(fields)
            }
            (Self::Plain(one), Self::Plain(other)) => Self::Plain(merged_types(one, other)),
            _ => Self::Plain(ColumnType::Text),
        }
    }

    /// The type to declare. What cannot be declared so that it is read again the same is text.
    pub(super) fn into_type(self) -> ColumnType {
        let column_type = self.declared();
        let is_same = column_type.to_string().parse::<ColumnType>().as_ref() == Ok(&column_type);
        if is_same { column_type } else { ColumnType::Text }
    }

    fn declared(self) -> ColumnType {
        match self {
            Self::Unknown => ColumnType::Text,
            Self::Plain(plain) => plain,
            Self::List(items) => ColumnType::Array(Box::new(items.declared())),
            Self::Record(fields) if fields.is_empty() || fields.len() > MOST_FIELDS => ColumnType::Text,
            Self::Record(fields) => {
                let field = |(name, shape): Named| (name, shape.declared());
                ColumnType::Struct(fields.into_iter().map(field).collect())
            }
        }
    }
}

/// Adds fields to those of the same names, and new ones behind them.
pub(super) fn merge_named(fields: &mut Vec<Named>, more: Vec<Named>) {
    for (name, shape) in more {
        match fields.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = std::mem::replace(known, Shape::Unknown).merged(shape),
            None => fields.push((name, shape)),
        }
    }
}

/// A type that has the values of both.
fn merged_types(one: ColumnType, other: ColumnType) -> ColumnType {
    if one == other {
        return one;
    }
    match (whole_width(&one), whole_width(&other)) {
        (Some(left), Some(right)) => return if left < right { other } else { one },
        (None, None) if is_fraction(&one) && is_fraction(&other) => return ColumnType::Double,
        (Some(_), None) if is_fraction(&other) => return ColumnType::Double,
        (None, Some(_)) if is_fraction(&one) => return ColumnType::Double,
        _ => {}
    }
    ColumnType::Text
}

fn whole_width(column_type: &ColumnType) -> Option<u8> {
    Some(match column_type {
        ColumnType::TinyInt => 1,
        ColumnType::SmallInt => 2,
        ColumnType::Int => 4,
        ColumnType::BigInt => 8,
        _ => return None,
    })
}

fn is_fraction(column_type: &ColumnType) -> bool {
    matches!(column_type, ColumnType::Float | ColumnType::Double)
}

/// Digits, with a sign, a point or an exponent: what Rust reads beyond that, such as `nan`, is text.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.starts_with(|first: char| first.is_ascii_digit()) && text.parse::<f64>().is_ok()
}

fn type_of_number(text: &str) -> ColumnType {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_whole = digits.bytes().all(|byte| byte.is_ascii_digit());
    let has_zeros_before = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    match text.parse::<i64>() {
        _ if has_zeros_before => ColumnType::Text,
        Ok(_) => ColumnType::BigInt,
        Err(_) if is_whole => ColumnType::Text,
        Err(_) => ColumnType::Double,
    }
}

fn type_of_arrow(data_type: &DataType) -> ColumnType {
    match data_type {
        DataType::Boolean => ColumnType::Boolean,
        DataType::Int8 => ColumnType::TinyInt,
        DataType::Int16 | DataType::UInt8 => ColumnType::SmallInt,
        DataType::Int32 | DataType::UInt16 => ColumnType::Int,
        DataType::Int64 | DataType::UInt32 => ColumnType::BigInt,
        DataType::UInt64 => ColumnType::Decimal(20, 0),
        DataType::Float16 | DataType::Float32 => ColumnType::Float,
        DataType::Float64 => ColumnType::Double,
        DataType::Decimal32(digits, scale)
        | DataType::Decimal64(digits, scale)
        | DataType::Decimal128(digits, scale)
        | DataType::Decimal256(digits, scale)
            if *digits <= 38 && *scale >= 0 =>
        {
            ColumnType::Decimal(*digits, *scale)
        }
        DataType::FixedSizeBinary(_) => ColumnType::Binary,
        DataType::Date32 | DataType::Date64 => ColumnType::Date,
        DataType::Timestamp(..) => ColumnType::Timestamp,
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::ListView(item)
        | DataType::FixedSizeList(item, _) => ColumnType::Array(Box::new(type_of_arrow(item.data_type()))),
        DataType::Struct(fields) => {
            let field =
                |field: &arrow::datatypes::FieldRef| (field.name().to_lowercase(), type_of_arrow(field.data_type()));
            ColumnType::Struct(fields.iter().map(field).collect())
        }
        DataType::Map(entries, _) => match entries.data_type() {
            DataType::Struct(fields) if fields.len() == 2 => ColumnType::Map(
                Box::new(type_of_arrow(fields[0].data_type())),
                Box::new(type_of_arrow(fields[1].data_type())),
            ),
            _ => ColumnType::Text,
        },
        DataType::Dictionary(_, values) => type_of_arrow(values),
        // Texts, and bytes of which nobody says that they are none.
        _ => ColumnType::Text,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shape(text: &str) -> Shape {
        text.parse()
            .map_or(Shape::Unknown, |column_type| Shape::of_type(&column_type))
    }

    #[test]
    fn values_tell_their_types() {
        for (text, expected) in [
            ("12", "bigint"),
            ("-3", "bigint"),
            ("1.5", "double"),
            ("1e9", "double"),
            ("0.5", "double"),
            ("0", "bigint"),
            ("007", "string"),
            ("012345678901", "string"),
            ("99999999999999999999", "string"),
            ("nan", "string"),
            ("TRUE", "boolean"),
            ("2026-11-21", "date"),
            ("2026-11-21 10:00:00", "timestamp"),
            ("2026-11-21T10:00:00Z", "timestamp"),
            ("2026-13-21", "string"),
            ("10.0.0.1", "string"),
        ] {
            assert_eq!(Shape::of_text(text), shape(expected), "{text}");
        }
        assert_eq!(Shape::of_text("-"), Shape::Unknown);
    }

    #[test]
    fn types_that_differ_are_merged() {
        for (one, other, both) in [
            ("int", "bigint", "bigint"),
            ("bigint", "smallint", "bigint"),
            ("int", "double", "double"),
            ("float", "double", "double"),
            ("boolean", "int", "string"),
            ("date", "timestamp", "string"),
            ("array<int>", "array<bigint>", "array<bigint>"),
            ("array<int>", "int", "string"),
            (
                "struct<a:int>",
                "struct<b:string,a:double>",
                "struct<a:double,b:string>",
            ),
        ] {
            let merged = shape(one).merged(shape(other)).into_type().to_string();
            assert_eq!(merged, both, "{one} and {other}");
        }
        let odd = Shape::Record(vec![("a`b".to_owned(), Shape::Unknown)]);
        assert_eq!(odd.into_type(), ColumnType::Text);
        let many = (0..200).map(|number| (format!("f{number}"), Shape::Unknown)).collect();
        assert_eq!(Shape::Record(many).into_type(), ColumnType::Text);
    }

    fn any_shape() -> impl Strategy<Value = Shape> {
        let plain = prop_oneof![
            Just(Shape::Unknown),
            Just(shape("int")),
            Just(shape("bigint")),
            Just(shape("double")),
            Just(shape("string")),
            Just(shape("boolean")),
        ];
        plain.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                inner.clone().prop_map(|items| Shape::List(Box::new(items))),
                proptest::collection::btree_map("[ab]", inner, 1..3)
                    .prop_map(|fields| Shape::Record(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        /// The order in which objects are looked at must not change the types, but for the order of fields.
        #[test]
        fn merging_is_in_no_order(one in any_shape(), other in any_shape(), third in any_shape()) {
            let sorted = |shape: Shape| sorted(shape);
            let ahead = one.clone().merged(other.clone()).merged(third.clone());
            let back = third.merged(other).merged(one.clone());
            prop_assert_eq!(sorted(ahead.clone()), sorted(back));
            prop_assert_eq!(sorted(ahead.clone().merged(one)), sorted(ahead));
        }

        #[test]
        fn any_text_has_a_type_that_its_column_has(text in "[0-9a-z.:T eE+-]{0,20}") {
            let declared = Shape::of_text(&text).into_type();
            let rules = crate::value::KeyRules::default();
            let mut builder = crate::value::ColumnBuilder::new(&declared, &rules);
            builder.push_text(&text);
            let values = builder.finish().map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(values.null_count(), 0, "{} as {}", text, declared);
        }
    }

    fn sorted(shape: Shape) -> Shape {
        match shape {
            Shape::List(items) => Shape::List(Box::new(sorted(*items))),
            Shape::Record(mut fields) => {
                fields.sort_by(|(one, _), (other, _)| one.cmp(other));
                Shape::Record(fields.into_iter().map(|(name, field)| (name, sorted(field))).collect())
            }
            other => other,
        }
    }
}
