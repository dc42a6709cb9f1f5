//! `CRAWL 's3://bucket/prefix'`: external tables for what is in a place.

use std::collections::HashSet;
use std::sync::Arc;

use flowtrail_catalog::{Defined, Definition, ExternalTable, Kind, ObjectName};
use flowtrail_external::{Access, Found, Skipped, crawl, is_table_of, merge};
use flowtrail_query::{Answer, Names};

use crate::cursor::{Cursor, Read};
use crate::rows::Rows;
use crate::session::new_name;
use crate::{Session, SessionError};

/// `CRAWL 'place' [INTO [database.]schema] [NAME prefix] [DRY RUN]`
#[derive(Debug)]
pub struct Crawl {
    place: String,
    into: Option<Vec<String>>,
    prefix: String,
    is_dry_run: bool,
}

/// A row of the answer.
#[derive(Debug, Default)]
struct Told {
    table: Option<String>,
    action: &'static str,
    format: Option<&'static str>,
    columns: Option<i64>,
    partitions: Option<i64>,
    objects: i64,
    detail: String,
}

impl Crawl {
    pub fn read(mut cursor: Cursor<'_>) -> Read<Self> {
        cursor.expect(&["CRAWL"])?;
        let mut read = Self {
            place: cursor.text()?,
            into: None,
            prefix: String::new(),
            is_dry_run: false,
        };
        while !cursor.is_end() {
            if cursor.takes(&["INTO"]) {
                read.into = Some(cursor.names()?);
            } else if cursor.takes(&["NAME"]) {
                read.prefix = cursor.name()?.to_lowercase();
            } else if cursor.takes(&["DRY", "RUN"]) {
                read.is_dry_run = true;
            } else {
                return Err(cursor.expected("INTO and a schema, NAME and what names begin with, or DRY RUN"));
            }
        }
        Ok(read)
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        // Whether there can be tables is known before anything is listed.
        let schema = self.table_name(&session.names().await?, "crawled")?;
        let access = Access {
            aws: session.aws().clone(),
        };
        let crawled = Box::pin(crawl(&self.place, &access)).await?;
        let names = session.names().await?;
        let mut taken = Taken::of(&names, &schema);
        let mut told = Vec::with_capacity(crawled.found.len());
        for found in crawled.found {
            if let Some((there, table)) = taken.table_of(&found) {
                told.push(self.change(session, &there, &table, found).await?);
                continue;
            }
            let candidates = found.names.iter().map(|name| format!("{}{name}", self.prefix));
            let name = taken.free_name(candidates);
            told.push(self.create(session, &names, &name, found).await?);
        }
        told.sort_by(|one, other| one.table.cmp(&other.table));
        told.extend(crawled.skipped.iter().map(skipped));
        Ok(answer(&told))
    }

    async fn create(&self, session: &Session, names: &Names, name: &str, found: Found) -> Result<Told, SessionError> {
        let name = self.table_name(names, name)?;
        let told = Told::of(&name, "created", &found, &found.table, Vec::new());
        if !self.is_dry_run {
            let definition = Definition::ExternalTable(found.table);
            session.catalog().put(&name, definition, None).await?;
        }
        Ok(told)
    }

    async fn change(
        &self,
        session: &Session,
        there: &Defined,
        table: &ExternalTable,
        found: Found,
    ) -> Result<Told, SessionError> {
        let merged = match merge(table, &found.table) {
            Ok(merged) => merged,
            Err(reason) => return Ok(Told::of(&there.name, "skipped", &found, table, vec![reason])),
        };
        if merged.changes.is_empty() {
            return Ok(Told::of(&there.name, "unchanged", &found, table, Vec::new()));
        }
        // A definition that was valid stays so, whatever is added.
        flowtrail_external::check(&merged.table)?;
        let told = Told::of(&there.name, "changed", &found, &merged.table, merged.changes);
        if !self.is_dry_run {
            let definition = Definition::ExternalTable(merged.table);
            session.catalog().put(&there.name, definition, Some(there)).await?;
        }
        Ok(told)
    }

    /// The full name of a table of this crawl.
    fn table_name(&self, names: &Names, name: &str) -> Result<ObjectName, SessionError> {
        let mut parts = self.into.clone().unwrap_or_default();
        parts.push(name.to_owned());
        new_name(names, &parts)
    }
}

impl Told {
    fn of(name: &ObjectName, action: &'static str, found: &Found, table: &ExternalTable, changes: Vec<String>) -> Self {
        let said: Vec<String> = changes.into_iter().chain(found.remarks.iter().cloned()).collect();
        Self {
            table: Some(name.to_string()),
            action,
            format: Some(found.format),
            columns: Some((table.columns.len() + table.partition_columns.len()) as i64),
            partitions: found.partitions.map(|count| count as i64),
            objects: found.objects as i64,
            detail: said.join("; "),
        }
    }
}

fn skipped(skipped: &Skipped) -> Told {
    Told {
        action: "skipped",
        objects: skipped.objects as i64,
        detail: format!("{}: {}", skipped.place, skipped.reason),
        ..Told::default()
    }
}

fn answer(told: &[Told]) -> Answer {
    Rows::new()
        .text("table", told.iter().map(|told| told.table.as_deref()))
        .text("action", told.iter().map(|told| Some(told.action)))
        .text("format", told.iter().map(|told| told.format))
        .numbers("columns", told.iter().map(|told| told.columns))
        .numbers("partitions", told.iter().map(|told| told.partitions))
        .numbers("objects", told.iter().map(|told| Some(told.objects)))
        .text("detail", told.iter().map(|told| Some(told.detail.as_str())))
        .answer()
}

/// What the schema has, and what this crawl gives names to.
struct Taken {
    names: HashSet<String>,
    tables: Vec<(Arc<Defined>, ExternalTable)>,
}

impl Taken {
    fn of(names: &Names, table: &ObjectName) -> Self {
        let defined = names
            .definitions
            .in_schema(Kind::Relation, &table.database, &table.schema);
        let mut taken = Self {
            names: HashSet::new(),
            tables: Vec::new(),
        };
        for defined in defined {
            taken.names.insert(defined.name.name.clone());
            if let Definition::ExternalTable(table) = &defined.definition {
                taken.tables.push((Arc::clone(defined), table.clone()));
            }
        }
        taken
    }

    /// The table that has these objects already; of several, one that a crawl made.
    fn table_of(&self, found: &Found) -> Option<(Arc<Defined>, ExternalTable)> {
        let same = || self.tables.iter().filter(|(_, table)| is_table_of(table, &found.table));
        let crawled = same().find(|(_, table)| table.properties.get(flowtrail_external::CRAWLED).is_some());
        crawled.or_else(|| same().next()).cloned()
    }

    /// The first of the names that nobody has.
    fn free_name(&mut self, candidates: impl Iterator<Item = String>) -> String {
        let candidates: Vec<String> = candidates.collect();
        let longest = candidates.last().cloned().unwrap_or_default();
        let numbered = (2..).map(|number| format!("{longest}_{number}"));
        let free = candidates
            .into_iter()
            .chain(numbered)
            .find(|name| !self.names.contains(name));
        let free = free.unwrap_or(longest);
        self.names.insert(free.clone());
        free
    }
}
