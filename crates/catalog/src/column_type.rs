//! Types of columns, as Hive, Athena and Snowflake write them.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, TimeUnit};
use serde::{Deserialize, Serialize};

/// The type of a column. Its text is Hive's: `array<struct<arn:string,accountid:string>>`; Snowflake's names are read
/// too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ColumnType {
    /// True or false.
    Boolean,
    /// A whole number of 8 bits.
    TinyInt,
    /// A whole number of 16 bits.
    SmallInt,
    /// A whole number of 32 bits.
    Int,
    /// A whole number of 64 bits.
    BigInt,
    /// A number of 32 bits.
    Float,
    /// A number of 64 bits.
    Double,
    /// A decimal number with so many digits, and so many of them behind the point.
    Decimal(u8, i8),
    /// Text.
    Text,
    /// Bytes.
    Binary,
    /// A day.
    Date,
    /// A time without a zone, in microseconds.
    Timestamp,
    /// What JSON can hold.
    Variant,
    /// A list.
    Array(Box<ColumnType>),
    /// Names with values of one type.
    Map(Box<ColumnType>, Box<ColumnType>),
    /// Named fields.
    Struct(Vec<(String, ColumnType)>),
}

/// Why a text is no type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no type that is known here: {why}")]
pub struct TypeError {
    /// The text.
    pub text: String,
    /// What is wrong with it.
    pub why: String,
}

impl ColumnType {
    /// The type that holds values as they come out of a question; `None` where no table holds such.
    pub fn of(data_type: &DataType) -> Option<Self> {
        Some(match data_type {
            DataType::Boolean => Self::Boolean,
            DataType::Int8 => Self::TinyInt,
            DataType::Int16 | DataType::UInt8 => Self::SmallInt,
            DataType::Int32 | DataType::UInt16 => Self::Int,
            DataType::Int64 | DataType::UInt32 | DataType::UInt64 => Self::BigInt,
            DataType::Float16 | DataType::Float32 => Self::Float,
            DataType::Float64 => Self::Double,
            DataType::Decimal128(digits, scale) => Self::Decimal(*digits, *scale),
            DataType::Date32 => Self::Date,
            DataType::Timestamp(..) => Self::Timestamp,
            DataType::Binary | DataType::BinaryView | DataType::LargeBinary => Self::Binary,
            DataType::Dictionary(_, values) => Self::of(values)?,
            data_type if data_type.is_string() || *data_type == DataType::Null => Self::Text,
            DataType::List(items) | DataType::LargeList(items) => Self::Array(Box::new(Self::of(items.data_type())?)),
            DataType::Struct(fields) => {
                let fields = fields
                    .iter()
                    .map(|field| Some((field.name().clone(), Self::of(field.data_type())?)));
                Self::Struct(fields.collect::<Option<_>>()?)
            }
            _ => return None,
        })
    }

    /// The type its values have in a question.
    pub fn arrow(&self) -> DataType {
        match self {
            Self::Text | Self::Variant => DataType::Utf8View,
            other => other.arrow_inside(),
        }
    }

    /// The type its values have inside of a list, map or struct: text is plain there, as in the lake's own tables, since
    /// sorting holds on to all that views point into.
    pub fn arrow_inside(&self) -> DataType {
        match self {
            Self::Boolean => DataType::Boolean,
            Self::TinyInt => DataType::Int8,
            Self::SmallInt => DataType::Int16,
            Self::Int => DataType::Int32,
            Self::BigInt => DataType::Int64,
            Self::Float => DataType::Float32,
            Self::Double => DataType::Float64,
            Self::Decimal(digits, scale) => DataType::Decimal128(*digits, *scale),
            Self::Text | Self::Variant => DataType::Utf8,
            Self::Binary => DataType::Binary,
            Self::Date => DataType::Date32,
            Self::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
            Self::Array(items) => DataType::List(Arc::new(Field::new("item", items.arrow_inside(), true))),
            Self::Map(keys, values) => {
                let entries = vec![
                    Field::new("key", keys.arrow_inside(), false),
                    Field::new("value", values.arrow_inside(), true),
                ];
                let entries = Field::new("entries", DataType::Struct(entries.into()), false);
                DataType::Map(Arc::new(entries), false)
            }
            Self::Struct(fields) => DataType::Struct(
                fields
                    .iter()
                    .map(|(name, field)| Field::new(name, field.arrow_inside(), true))
                    .collect(),
            ),
        }
    }
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean => f.write_str("boolean"),
            Self::TinyInt => f.write_str("tinyint"),
            Self::SmallInt => f.write_str("smallint"),
            Self::Int => f.write_str("int"),
            Self::BigInt => f.write_str("bigint"),
            Self::Float => f.write_str("float"),
            Self::Double => f.write_str("double"),
            Self::Decimal(digits, scale) => write!(f, "decimal({digits},{scale})"),
            Self::Text => f.write_str("string"),
            Self::Binary => f.write_str("binary"),
            Self::Date => f.write_str("date"),
            Self::Timestamp => f.write_str("timestamp"),
            Self::Variant => f.write_str("variant"),
            Self::Array(items) => write!(f, "array<{items}>"),
            Self::Map(keys, values) => write!(f, "map<{keys},{values}>"),
            Self::Struct(fields) => {
                f.write_str("struct<")?;
                for (position, (name, field)) in fields.iter().enumerate() {
                    let comma = if position == 0 { "" } else { "," };
                    if name.chars().all(is_name_part) {
                        write!(f, "{comma}{name}:{field}")?;
                    } else {
                        write!(f, "{comma}`{}`:{field}", name.replace('`', "``"))?;
                    }
                }
                f.write_str(">")
            }
        }
    }
}

impl From<ColumnType> for String {
    fn from(column_type: ColumnType) -> Self {
        column_type.to_string()
    }
}

impl TryFrom<String> for ColumnType {
    type Error = TypeError;

    fn try_from(text: String) -> Result<Self, TypeError> {
        text.parse()
    }
}

impl FromStr for ColumnType {
    type Err = TypeError;

    /// ```
    /// use flowtrail_catalog::ColumnType;
    ///
    /// let nested: ColumnType = "array<struct<ARN: string, n:decimal(10,2)>>".parse().unwrap();
    /// assert_eq!(nested.to_string(), "array<struct<arn:string,n:decimal(10,2)>>");
    /// assert_eq!("VARCHAR(16)".parse(), Ok(ColumnType::Text));
    /// assert!("array<".parse::<ColumnType>().is_err());
    /// ```
    fn from_str(text: &str) -> Result<Self, TypeError> {
        let mut reader = Reader { rest: text.trim() };
        let error = |why: String| TypeError {
            text: text.to_owned(),
            why,
        };
        let column_type = reader.column_type(0).map_err(error)?;
        if reader.rest.is_empty() {
            return Ok(column_type);
        }
        Err(error(format!("`{}` is more than a type", reader.rest)))
    }
}

/// Types nested deeper than this are nobody's.
const DEEPEST: usize = 64;

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn column_type(&mut self, depth: usize) -> Result<ColumnType, String> {
        if depth > DEEPEST {
            return Err("it is nested too deeply".into());
        }
        let name = self.name()?.to_ascii_lowercase();
        match name.as_str() {
            "array" => {
                self.expect('<')?;
                let items = self.column_type(depth + 1)?;
                self.expect('>')?;
                Ok(ColumnType::Array(Box::new(items)))
            }
            "map" => {
                self.expect('<')?;
                let keys = self.column_type(depth + 1)?;
                self.expect(',')?;
                let values = self.column_type(depth + 1)?;
                self.expect('>')?;
                Ok(ColumnType::Map(Box::new(keys), Box::new(values)))
            }
            "struct" => self.fields(depth),
            _ => self.simple(&name),
        }
    }

    fn fields(&mut self, depth: usize) -> Result<ColumnType, String> {
        self.expect('<')?;
        let mut fields = Vec::new();
        loop {
            let name = self.name()?.to_lowercase();
            self.expect(':')?;
            fields.push((name, self.column_type(depth + 1)?));
            if !self.takes(',') {
                break;
            }
        }
        self.expect('>')?;
        Ok(ColumnType::Struct(fields))
    }

    fn simple(&mut self, name: &str) -> Result<ColumnType, String> {
        let numbers = self.numbers()?;
        Ok(match name {
            "boolean" | "bool" => ColumnType::Boolean,
            "tinyint" => ColumnType::TinyInt,
            "smallint" => ColumnType::SmallInt,
            "int" | "integer" => ColumnType::Int,
            "bigint" | "long" => ColumnType::BigInt,
            "float" | "real" => ColumnType::Float,
            "double" | "float8" => {
                self.takes_word("precision");
                ColumnType::Double
            }
            "decimal" | "numeric" | "number" => match numbers.as_slice() {
                [] if name == "number" => ColumnType::Decimal(38, 0),
                [] => ColumnType::Decimal(10, 0),
                [digits @ 1..=38] => ColumnType::Decimal(*digits, 0),
                [digits @ 1..=38, scale] if scale <= digits => ColumnType::Decimal(*digits, *scale as i8),
                _ => return Err("a decimal has 1 to 38 digits, and no more of them behind the point".into()),
            },
            "string" | "varchar" | "char" | "character" | "text" | "nvarchar" => ColumnType::Text,
            "binary" | "varbinary" => ColumnType::Binary,
            "date" => ColumnType::Date,
            "timestamp" | "datetime" | "timestamp_ntz" => ColumnType::Timestamp,
            "variant" | "object" => ColumnType::Variant,
            "" => return Err("a type's name is missing".into()),
            _ => return Err("expected one such as int, bigint, double, string, timestamp, array<string>".into()),
        })
    }

    /// `(10, 2)`, if it stands here.
    fn numbers(&mut self) -> Result<Vec<u8>, String> {
        if !self.takes('(') {
            return Ok(Vec::new());
        }
        let (inside, rest) = self.rest.split_once(')').ok_or("a bracket is not closed")?;
        self.rest = rest.trim_start();
        let number = |text: &str| {
            let number: u32 = text
                .trim()
                .parse()
                .map_err(|_| format!("`{}` is no number", text.trim()))?;
            // Lengths of texts, which mean nothing here, are often greater.
            Ok(u8::try_from(number).unwrap_or(u8::MAX))
        };
        inside.split(',').map(number).collect()
    }

    fn name(&mut self) -> Result<String, String> {
        if let Some(quote) = self.rest.chars().next().filter(|first| matches!(first, '`' | '"')) {
            let (name, rest) = self.rest[1..].split_once(quote).ok_or("a quote is not closed")?;
            self.rest = rest.trim_start();
            return Ok(name.to_owned());
        }
        let end = self.rest.find(|c| !is_name_part(c)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        Ok(name.to_owned())
    }

    fn takes(&mut self, symbol: char) -> bool {
        let rest = self.rest.strip_prefix(symbol);
        self.rest = rest.unwrap_or(self.rest).trim_start();
        rest.is_some()
    }

    fn takes_word(&mut self, word: &str) {
        let is_there = self
            .rest
            .get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word));
        if is_there {
            self.rest = self.rest[word.len()..].trim_start();
        }
    }

    fn expect(&mut self, symbol: char) -> Result<(), String> {
        if self.takes(symbol) {
            return Ok(());
        }
        let found = self
            .rest
            .chars()
            .next()
            .map_or("its end".to_owned(), |found| format!("`{found}`"));
        Err(format!("expected `{symbol}`, found {found}"))
    }
}

fn is_name_part(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-' | '$' | '.' | '@')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_type_says_why() {
        for (text, why) in [
            ("", "a type's name is missing"),
            (
                "strin",
                "expected one such as int, bigint, double, string, timestamp, array<string>",
            ),
            ("array<int", "expected `>`, found its end"),
            ("struct<a int>", "expected `:`, found `i`"),
            ("map<string;int>", "expected `,`, found `;`"),
            (
                "decimal(40,2)",
                "a decimal has 1 to 38 digits, and no more of them behind the point",
            ),
            ("int int", "`int` is more than a type"),
        ] {
            assert_eq!(text.parse::<ColumnType>().unwrap_err().why, why, "{text}");
        }
    }

    #[test]
    fn a_type_is_read_as_it_is_written() {
        let text = "struct<useridentity:struct<type:string,`a b`:map<string,array<bigint>>>,n:decimal(38,0)>";
        assert_eq!(text.parse::<ColumnType>().unwrap().to_string(), text);
    }

    proptest! {
        #[test]
        fn any_text_is_a_type_or_an_error(text in "[a-z<>:,() `0-9]{0,40}") {
            if let Ok(read) = text.parse::<ColumnType>() {
                prop_assert_eq!(read.to_string().parse::<ColumnType>().unwrap(), read);
            }
        }
    }
}
