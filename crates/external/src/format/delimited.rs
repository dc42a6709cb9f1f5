//! Hive's `LazySimpleSerDe`: fields between delimiters, as `ROW FORMAT DELIMITED` has them.

use std::sync::Arc;

use flowtrail_catalog::ExternalTable;

use super::{RowReader, WantedColumn, character, property};
use crate::error::ExternalError;
use crate::value::Delimiters;

/// The deepest level of nesting that has a delimiter, as in Hive.
const LEVELS: u8 = 8;

/// How fields are delimited.
#[derive(Clone, Debug)]
pub(crate) struct DelimitedFormat(Arc<Delimiters>);

impl DelimitedFormat {
    pub(super) fn of(definition: &ExternalTable) -> Result<Self, ExternalError> {
        let between_fields = match character(definition, "field.delim")? {
            Some(found) => Some(found),
            None => character(definition, "serialization.format")?,
        };
        let mut levels: Vec<u8> = (1..=LEVELS).collect();
        let named = [
            between_fields,
            match character(definition, "collection.delim")? {
                Some(found) => Some(found),
                // As it was once misspelled, and is still written.
                None => character(definition, "colelction.delim")?,
            },
            character(definition, "mapkey.delim")?,
        ];
        for (level, found) in levels.iter_mut().zip(named) {
            *level = found.unwrap_or(*level);
        }
        Ok(Self(Arc::new(Delimiters {
            levels,
            escape: character(definition, "escape.delim")?,
            null: property(definition, "serialization.null.format")
                .unwrap_or(r"\N")
                .to_owned(),
        })))
    }

    pub(super) fn reader(&self) -> Box<dyn RowReader> {
        Box::new(DelimitedReader {
            delimiters: Arc::clone(&self.0),
            scratch: String::new(),
        })
    }
}

struct DelimitedReader {
    delimiters: Arc<Delimiters>,
    scratch: String,
}

impl RowReader for DelimitedReader {
    /// Fields that are missing are NULL; those beyond the columns mean nothing.
    fn push(&mut self, line: &str, columns: &mut [WantedColumn]) -> Result<(), String> {
        let mut parts = self.delimiters.split(line, 0);
        let mut position = 0;
        let mut part = parts.next();
        // Columns are in the order of the files, so each part is looked at once.
        for column in columns {
            while position < column.position && part.is_some() {
                part = parts.next();
                position += 1;
            }
            match part {
                Some(field) => column
                    .builder
                    .push_delimited(field, 1, &self.delimiters, &mut self.scratch),
                None => column.builder.push_null(),
            }
        }
        Ok(())
    }
}
