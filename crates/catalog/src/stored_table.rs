//! A table that a user made, as the lake keeps it.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema};
use flowtrail_lake::{TableDefinition, stored_type};
use uuid::Uuid;

use crate::{ObjectName, StoredTable};

impl StoredTable {
    /// A folder for a table of that name, under the lake's root. Each table made has one of its own, so that nothing of
    /// an earlier one of its name is ever seen.
    pub fn new_path(name: &ObjectName) -> String {
        let safe = |part: &str| -> String {
            let is_safe = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
            part.chars()
                .map(|letter| if is_safe(letter) { letter } else { '_' })
                .collect()
        };
        let id = Uuid::new_v4().simple().to_string();
        format!(
            "tables/{}/{}/{}-{}",
            safe(&name.database),
            safe(&name.schema),
            safe(&name.name),
            &id[..8]
        )
    }

    /// What the lake keeps of it.
    pub fn definition(&self, name: &ObjectName) -> Arc<TableDefinition> {
        let columns = self
            .columns
            .iter()
            .map(|column| Field::new(&column.name, stored(column.column_type.arrow()), true));
        let columns = Arc::new(Schema::new(columns.collect::<Vec<_>>()));
        Arc::new(TableDefinition::of_user(&name.schema, &name.name, &self.path, columns))
    }
}

/// A column's type in a Delta table, whose times are moments.
fn stored(data_type: DataType) -> DataType {
    match data_type {
        DataType::Timestamp(unit, None) => DataType::Timestamp(unit, Some("UTC".into())),
        other => stored_type(&other),
    }
}
