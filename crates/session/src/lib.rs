//! What does a statement do? One door for all of them: a question is asked of the engine, a definition goes to the
//! catalog, a `COPY` loads.
//!
//! ```text
//!   SQL text ──[command]──┬── CREATE, DROP, ALTER, USE … ──> catalog
//!                         ├── COPY, INSERT … ──────────────> load, lake
//!                         ├── SHOW, DESCRIBE, LIST ────────> rows about what there is
//!                         └── anything else ───────────────> query
//! ```
//!
//! **Invariant:** it opens no port and plans no question.

mod command;
mod cursor;
mod ddl;
mod error;
mod kept;
mod pipes;
mod rows;
mod session;
mod settings;
mod traced;
mod unloading;
mod warehouses;

pub use error::SessionError;
/// Places that a session may touch.
pub use flowtrail_source::Grant;
pub use kept::kept_tables;
pub use pipes::PipePlans;
pub use session::Session;
