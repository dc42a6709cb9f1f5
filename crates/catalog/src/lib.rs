//! The definitions kept in the lake: databases, views, tables, functions, stages, pipes, integrations,
//! warehouses, dashboards.
//!
//! ```text
//!   CREATE … ──> Definition ──[Catalog]── <lake>/catalog/<kind>/<name>/<number>.json, each written once
//! ```
//!
//! [`Catalog::definitions`] is what there is at this moment, to be looked up by name; [`Catalog::put`] and
//! [`Catalog::drop`] change one definition, safely under several writers.
//!
//! **Invariant:** it parses no statement, plans nothing and loads nothing.

mod catalog;
mod column_type;
mod definition;
mod definitions;
mod error;
mod name;
mod pipe_status;
mod properties;
mod stored_table;

pub use catalog::Catalog;
pub use column_type::{ColumnType, TypeError};
pub use definition::{
    Column, Definition, ExternalTable, Field, FileFormat, Function, Integration, Kind, Link, Partition, Pipe, Stage,
    StoredTable, View, Warehouse,
};
pub use definitions::{Defined, Definitions};
pub use error::CatalogError;
pub use name::{DEFAULT_DATABASE, DEFAULT_SCHEMA, ObjectName};
pub use pipe_status::{LagFigures, PipeFigures, PipeState, PipeStatus, forget_old_statuses, pipe_statuses};
pub use properties::Properties;
