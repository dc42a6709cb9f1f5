//! Rows of any shape as the columns of a VARIANT: a column for each path, as [`flowtrail_lake::variant`] tells.

mod columns;
mod growing;
mod values;

use std::collections::HashMap;

use arrow::datatypes::{DataType, Schema};
use flowtrail_lake::variant::{Form, MOST_PATHS, PathColumn, column_of};
use parking_lot::Mutex;

pub use columns::{fields_of, json_of, shred_columns};
pub use growing::{GrowingColumn, is_exact};
pub use values::Values;

/// 2^53: whole numbers up to it are the same as `DOUBLE`.
const EXACT: u64 = 1 << 53;

/// The columns of a variant's paths, those the table has and those that rows bring.
#[derive(Debug)]
pub struct Paths {
    variant: String,
    known: Mutex<HashMap<String, Known>>,
}

/// A path's column. Names of columns that differ in their case only cannot stand side by side.
#[derive(Clone, Debug)]
struct Known {
    name: String,
    data_type: DataType,
}

impl Paths {
    /// The paths that the table's columns have.
    pub fn of(variant: &str, table: &Schema) -> Self {
        let paths = table
            .fields()
            .iter()
            .filter(|field| PathColumn::read(variant, field.name()).is_some());
        let known = paths.map(|field| {
            let known = Known {
                name: field.name().clone(),
                data_type: field.data_type().clone(),
            };
            (field.name().to_lowercase(), known)
        });
        Self {
            variant: variant.to_owned(),
            known: Mutex::new(known.collect()),
        }
    }

    /// The variant itself.
    pub fn variant(&self) -> &str {
        &self.variant
    }

    /// Where values of `data_type` at a path go.
    fn place(&self, path: &[&str], form: Form, data_type: &DataType) -> Place {
        let Some(name) = column_of(&self.variant, path, form) else {
            return Place::Rest;
        };
        match self.column(&name, data_type) {
            None => Place::Rest,
            Some(column) if column.name != name => Place::Rest,
            Some(column) if column.fits(data_type) => Place::Column(name, column.data_type),
            Some(_) => self.other(path),
        }
    }

    /// Where values of a path go that its own column does not take.
    fn other(&self, path: &[&str]) -> Place {
        let name = column_of(&self.variant, path, Form::Other);
        let known = name.and_then(|name| Some((self.column(&name, &DataType::Utf8)?, name)));
        match known {
            Some((column, name)) if column.name == name => Place::Other(name),
            _ => Place::Rest,
        }
    }

    /// The column that is called so, but for the case of letters; made where there is room for more.
    fn column(&self, name: &str, data_type: &DataType) -> Option<Known> {
        let mut known = self.known.lock();
        let is_full = known.len() >= MOST_PATHS;
        let key = name.to_lowercase();
        if let Some(column) = known.get(&key) {
            return Some(column.clone());
        }
        let column = Known {
            name: name.to_owned(),
            data_type: data_type.clone(),
        };
        (!is_full).then(|| {
            known.insert(key, column.clone());
            column
        })
    }
}

impl Known {
    fn fits(&self, data_type: &DataType) -> bool {
        let is_number = self.data_type == DataType::Float64 && *data_type == DataType::Int64;
        self.data_type == *data_type || is_number
    }
}

/// Where the values of a path go.
enum Place {
    /// Into the column of that name and type.
    Column(String, DataType),
    /// Into the column of that name, as JSON.
    Other(String),
    /// To what no column takes.
    Rest,
}
