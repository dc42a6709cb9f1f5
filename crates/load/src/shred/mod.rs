//! Rows of any shape as the columns of a VARIANT: a column for each path, as [`flowtrail_lake::variant`] tells.

mod columns;
mod values;

use std::collections::HashMap;

use arrow::datatypes::{DataType, Schema};
use flowtrail_lake::variant::{MOST_PATHS, PathColumn, column_of};
use parking_lot::Mutex;

pub use columns::shred_columns;
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

    /// Name and type of the column that values of `data_type` at a path go into; `None` where they go to the rest.
    fn column(&self, path: &[&str], is_list: bool, data_type: &DataType) -> Option<(String, DataType)> {
        let name = column_of(&self.variant, path, is_list)?;
        let mut known = self.known.lock();
        let is_full = known.len() >= MOST_PATHS;
        let key = name.to_lowercase();
        let column = match known.get(&key) {
            Some(column) => column.clone(),
            None if is_full => return None,
            None => known
                .entry(key)
                .insert_entry(Known {
                    name: name.clone(),
                    data_type: data_type.clone(),
                })
                .get()
                .clone(),
        };
        let fits =
            column.data_type == *data_type || (column.data_type == DataType::Float64 && *data_type == DataType::Int64);
        (column.name == name && fits).then_some((column.name, column.data_type))
    }
}
