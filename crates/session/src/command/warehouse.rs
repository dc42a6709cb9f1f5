//! Warehouses: named shares of the machine.

use flowtrail_catalog::{Definition, Kind, ObjectName, Warehouse};
use flowtrail_query::{Answer, Share};

use super::create::{if_not_exists, told};
use crate::cursor::{Cursor, Read};
use crate::rows::status;
use crate::session::{Creation, required};
use crate::settings::Settings;
use crate::{Session, SessionError};

/// Snowflake's sizes and what they are called elsewhere, the smallest first; each has twice the share of the one before.
const SIZES: &[(&str, &[&str])] = &[
    ("X-SMALL", &["XSMALL", "X-SMALL"]),
    ("SMALL", &["SMALL"]),
    ("MEDIUM", &["MEDIUM"]),
    ("LARGE", &["LARGE"]),
    ("X-LARGE", &["XLARGE", "X-LARGE"]),
    ("2X-LARGE", &["XXLARGE", "X2LARGE", "2X-LARGE", "2XLARGE"]),
    ("3X-LARGE", &["XXXLARGE", "X3LARGE", "3X-LARGE", "3XLARGE"]),
    ("4X-LARGE", &["X4LARGE", "4X-LARGE", "4XLARGE"]),
    ("5X-LARGE", &["X5LARGE", "5X-LARGE", "5XLARGE"]),
    ("6X-LARGE", &["X6LARGE", "6X-LARGE", "6XLARGE"]),
];
/// The size from which on a warehouse has the whole machine.
const WHOLE_MACHINE: usize = 3;

/// `CREATE WAREHOUSE`
#[derive(Debug)]
pub struct CreateWarehouse {
    name: Vec<String>,
    warehouse: Warehouse,
    how: Creation,
}

impl CreateWarehouse {
    pub fn read(how: Creation, mut cursor: Cursor<'_>) -> Read<Self> {
        let how = if_not_exists(how, &mut cursor)?;
        let name = cursor.names()?;
        cursor.takes(&["WITH"]);
        let place = cursor.clone();
        let mut settings = Settings::read(&mut cursor)?;
        cursor.end()?;
        let size = settings.text("warehouse_size").unwrap_or_else(|| SIZES[0].0.to_owned());
        let Some((size, _)) = SIZES
            .iter()
            .find(|(_, names)| names.iter().any(|name| name.eq_ignore_ascii_case(&size)))
        else {
            let known: Vec<_> = SIZES.iter().map(|(name, _)| *name).collect();
            return Err(place.error(&format!("WAREHOUSE_SIZE is one of {}", known.join(", "))));
        };
        let warehouse = Warehouse {
            size: (*size).to_owned(),
            auto_suspend_s: settings.number("auto_suspend")?,
            options: settings.keep(&[
                "auto_resume",
                "comment",
                "initially_suspended",
                "max_cluster_count",
                "max_concurrency_level",
                "min_cluster_count",
                "resource_monitor",
                "scaling_policy",
                "statement_queued_timeout_in_seconds",
                "statement_timeout_in_seconds",
                "warehouse_type",
            ]),
        };
        settings.end()?;
        Ok(Self { name, warehouse, how })
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        let [name] = self.name.as_slice() else {
            return Err(SessionError::refused(
                "a warehouse stands in no database: its name has one part",
                None,
            ));
        };
        let definition = Definition::Warehouse(self.warehouse);
        let creating = session.define(&ObjectName::global(name), definition, self.how).await?;
        // As in Snowflake, what was created is used from now on.
        enter(session, &self.name).await?;
        Ok(status(told("warehouse", name, creating)))
    }
}

/// `USE WAREHOUSE`
pub async fn enter(session: &Session, name: &[String]) -> Result<Answer, SessionError> {
    let names = session.names().await?;
    let defined = required(&names, Kind::Warehouse, name)?;
    let Definition::Warehouse(warehouse) = &defined.definition else {
        return Err(SessionError::refused(
            format!("`{}` is no warehouse", defined.name),
            None,
        ));
    };
    let share = share(warehouse);
    session.enter(&defined.name.name, warehouse, share);
    Ok(status(format!(
        "warehouse {} ({}): {} of {} threads, {} of memory",
        defined.name,
        warehouse.size,
        share.threads,
        cores(),
        flowtrail_query::output::readable_bytes(session.engine().memory_of(share) as u64)
    )))
}

/// A warehouse's share: the whole machine from LARGE on, half of it for each size less.
pub fn share(warehouse: &Warehouse) -> Share {
    let size = SIZES.iter().position(|(name, _)| *name == warehouse.size);
    let halvings = WHOLE_MACHINE.saturating_sub(size.unwrap_or(0));
    Share {
        threads: (cores() >> halvings).max(1),
        memory_parts: 1 << halvings,
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
