//! Which folder a row belongs to.

use std::fmt::Write;
use std::ops::Range;

use arrow::array::{Array, RecordBatch};
use arrow::datatypes::Schema;
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};

use crate::SessionError;

/// What Hive calls a partition of no value.
const HIVE_NULL: &str = "__HIVE_DEFAULT_PARTITION__";
/// What Snowflake calls one.
const SNOWFLAKE_NULL: &str = "_NULL_";

/// What decides in which folder rows are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Partitions {
    /// All of them are in one.
    #[default]
    None,
    /// `a=1/b=2/`, of these columns, which are not in the files.
    Hive(Vec<String>),
    /// What the last column says, which is not in the files.
    LastColumn,
}

impl Partitions {
    /// That the columns are there, and that others are left for the files.
    pub fn check(&self, schema: &Schema) -> Result<(), SessionError> {
        let Self::Hive(names) = self else {
            return Ok(());
        };
        for (number, name) in names.iter().enumerate() {
            let Some(at) = position(schema, name) else {
                let known = schema.fields().iter().map(|field| field.name().as_str());
                let hint = flowtrail_query::similar(name, known).map(|name| format!("did you mean `{name}`?"));
                return Err(SessionError::refused(
                    format!("the query gives no column `{name}` to partition by"),
                    hint.as_deref(),
                ));
            };
            if schema.field(at).data_type().is_nested() {
                let message = format!(
                    "column `{name}` is of type {}, and no folder is named so",
                    schema.field(at).data_type()
                );
                return Err(SessionError::refused(
                    message,
                    Some("partition by texts, numbers or dates"),
                ));
            }
            if names[..number].iter().any(|before| before.eq_ignore_ascii_case(name)) {
                return Err(SessionError::refused(
                    format!("`{name}` stands twice in partitioned_by"),
                    None,
                ));
            }
        }
        if names.len() == schema.fields().len() {
            return Err(SessionError::refused(
                "no column is left for the files: the query gives those of partitioned_by only",
                None,
            ));
        }
        Ok(())
    }

    /// The columns by which rows must be in order.
    pub fn order(&self, schema: &Schema) -> Vec<String> {
        self.deciding(schema)
            .into_iter()
            .map(|at| schema.field(at).name().clone())
            .collect()
    }

    fn deciding(&self, schema: &Schema) -> Vec<usize> {
        match self {
            Self::None => Vec::new(),
            Self::Hive(names) => names.iter().filter_map(|name| position(schema, name)).collect(),
            Self::LastColumn => vec![schema.fields().len() - 1],
        }
    }

    /// The columns that are in the files.
    pub fn stored(&self, schema: &Schema) -> Vec<usize> {
        let deciding = self.deciding(schema);
        (0..schema.fields().len()).filter(|at| !deciding.contains(at)).collect()
    }

    /// The folders of a batch's rows, and which rows are in each; rows of one folder stand together.
    pub fn folders(&self, batch: &RecordBatch) -> Result<Vec<(String, Range<usize>)>, SessionError> {
        let schema = batch.schema();
        let deciding = self.deciding(&schema);
        if deciding.is_empty() {
            return Ok(vec![(String::new(), 0..batch.num_rows())]);
        }
        let failed = |error: ArrowError| SessionError::refused(error.to_string(), None);
        let options = FormatOptions::new()
            .with_display_error(false)
            .with_timestamp_format(Some("%Y-%m-%d %H:%M:%S%.f"))
            .with_timestamp_tz_format(Some("%Y-%m-%d %H:%M:%S%.f"));
        let columns = deciding.iter().map(|at| {
            let formatter = ArrayFormatter::try_new(batch.column(*at).as_ref(), &options)?;
            Ok((schema.field(*at).name().as_str(), batch.column(*at), formatter))
        });
        let columns = columns.collect::<Result<Vec<_>, ArrowError>>().map_err(failed)?;
        let mut folders: Vec<(String, Range<usize>)> = Vec::new();
        let (mut folder, mut value) = (String::new(), String::new());
        for row in 0..batch.num_rows() {
            folder.clear();
            for (name, column, formatter) in &columns {
                value.clear();
                let is_null = column.logical_nulls().is_some_and(|nulls| nulls.is_null(row));
                if !is_null {
                    write!(value, "{}", formatter.value(row))
                        .map_err(|_| SessionError::refused(format!("a value of `{name}` cannot be shown"), None))?;
                }
                self.push(name, (!is_null).then_some(&value), &mut folder);
            }
            match folders.last_mut() {
                Some((last, rows)) if *last == folder => rows.end = row + 1,
                _ => folders.push((folder.clone(), row..row + 1)),
            }
        }
        Ok(folders)
    }

    fn push(&self, name: &str, value: Option<&String>, folder: &mut String) {
        if let Self::Hive(_) = self {
            escape(name, folder);
            folder.push('=');
            match value.map(String::as_str) {
                // An empty name of a folder is none, also to Hive.
                None | Some("") => folder.push_str(HIVE_NULL),
                Some(value) => escape(value, folder),
            }
        } else {
            let value = value.map_or(SNOWFLAKE_NULL, |value| value.trim_matches('/'));
            folder.push_str(value);
        }
        if !folder.is_empty() && !folder.ends_with('/') {
            folder.push('/');
        }
    }
}

fn position(schema: &Schema, name: &str) -> Option<usize> {
    let names = || schema.fields().iter().map(|field| field.name());
    names()
        .position(|known| known == name)
        .or_else(|| names().position(|known| known.eq_ignore_ascii_case(name)))
}

/// As Hive's `FileUtils.escapePathName` does.
fn escape(text: &str, folder: &mut String) {
    for letter in text.chars() {
        match letter {
            '"'
            | '#'
            | '%'
            | '\''
            | '*'
            | '/'
            | ':'
            | '='
            | '?'
            | '\\'
            | '{'
            | '['
            | ']'
            | '^'
            | '\u{7f}'
            | '\0'..='\u{1f}' => {
                // Writing to a text does not fail.
                let _ = write!(folder, "%{:02X}", letter as u32);
            }
            letter => folder.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Date32Array, StringArray};

    use super::*;

    fn batch() -> RecordBatch {
        let texts: ArrayRef = Arc::new(StringArray::from(vec![Some("a/b=c"), Some("a/b=c"), Some(""), None]));
        let days: ArrayRef = Arc::new(Date32Array::from(vec![Some(0), Some(0), Some(1), Some(1)]));
        let paths: ArrayRef = Arc::new(StringArray::from(vec![Some("x/y"), Some("/x/y/"), Some(""), None]));
        RecordBatch::try_from_iter([("T", texts), ("day", days), ("path", paths)]).unwrap()
    }

    #[test]
    fn folders_are_named_as_hive_names_them() {
        let hive = Partitions::Hive(vec!["day".into(), "t".into()]);
        hive.check(&batch().schema()).unwrap();
        assert_eq!(
            hive.folders(&batch()).unwrap(),
            [
                ("day=1970-01-01/T=a%2Fb%3Dc/".to_owned(), 0..2),
                ("day=1970-01-02/T=__HIVE_DEFAULT_PARTITION__/".to_owned(), 2..4),
            ]
        );
        assert_eq!(hive.stored(&batch().schema()), [2]);
    }

    #[test]
    fn folders_are_what_an_expression_says() {
        let found = Partitions::LastColumn.folders(&batch()).unwrap();
        assert_eq!(
            found,
            [
                ("x/y/".to_owned(), 0..2),
                (String::new(), 2..3),
                ("_NULL_/".to_owned(), 3..4)
            ]
        );
    }

    #[test]
    fn columns_must_be_there_and_leave_some() {
        let check = |names: &[&str]| {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            Partitions::Hive(names).check(&batch().schema()).unwrap_err()
        };
        assert_eq!(check(&["paths"]).hint().unwrap(), "did you mean `path`?");
        assert!(check(&["day", "DAY"]).to_string().contains("stands twice"));
        assert!(check(&["day", "T", "path"]).to_string().contains("no column is left"));
    }
}
