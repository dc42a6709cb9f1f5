//! VARIANT: `record:user.name::varchar` reads the column of that path, and no other.
//!
//! How such a column is kept is told in [`flowtrail_lake::variant`]. A table with one is seen here as a view: the variant
//! itself is put together from the columns of its paths (`object.rs`), which stand beside it under their own names.
//! `paths.rs` makes `record:bytes` the column of that path; `syntax.rs` takes care of what a statement writes around it,
//! and of `*`, which means the declared columns only.

mod moment;
mod object;
mod paths;
mod syntax;
mod table;

pub use moment::variant_timestamp;
pub use object::variant_object;
pub use paths::VariantPaths;
pub use syntax::respell;
pub use table::provider;

use flowtrail_catalog::{ColumnType, StoredTable};

/// The columns of a table that are variants.
fn variants(table: &StoredTable) -> impl Iterator<Item = &str> {
    let columns = table.columns.iter();
    columns
        .filter(|column| column.column_type == ColumnType::Variant)
        .map(|column| column.name.as_str())
}

/// The name under which what no path's column holds stands beside a variant.
fn rest_of(column: &str) -> String {
    format!("{column}:")
}
