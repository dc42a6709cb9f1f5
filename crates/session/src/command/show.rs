//! `SHOW …`: what there is.

use std::sync::Arc;

use chrono::Utc;
use flowtrail_catalog::{Column, Defined, Definition, Kind, ObjectName, Partition};
use flowtrail_query::{Answer, Names, QueryError, Relation};
use regex::Regex;

use super::partition::external;
use super::warehouse::share;
use crate::cursor::{Cursor, Read};
use crate::rows::Rows;
use crate::{Session, SessionError, ddl};

/// `SHOW …`
#[derive(Debug)]
pub struct Show {
    what: What,
    /// `IN database.schema`
    within: Option<Vec<String>>,
    pattern: Option<Regex>,
}

/// What is to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Databases,
    Schemas,
    Tables,
    Views,
    Functions,
    Stages,
    FileFormats,
    Integrations,
    Warehouses,
    Pipes,
    Partitions(Vec<String>),
    Create(Vec<String>),
    Properties(Vec<String>),
}

impl Show {
    /// `None` for what the engine shows: its settings, functions, columns.
    pub fn read(mut cursor: Cursor<'_>) -> Result<Option<Self>, QueryError> {
        cursor.expect(&["SHOW"])?;
        cursor.takes(&["TERSE"]);
        let whole = |what| {
            Ok(Some(Self {
                what,
                within: None,
                pattern: None,
            }))
        };
        if cursor.takes(&["PARTITIONS"]) {
            let name = cursor.names()?;
            cursor.end()?;
            return whole(What::Partitions(name));
        }
        if cursor.takes(&["CREATE", "TABLE"]) || cursor.takes(&["CREATE", "VIEW"]) {
            let name = cursor.names()?;
            cursor.end()?;
            return whole(What::Create(name));
        }
        if cursor.takes(&["TBLPROPERTIES"]) {
            let name = cursor.names()?;
            cursor.end()?;
            return whole(What::Properties(name));
        }
        let kinds: [(&[&str], What); 11] = [
            (&["DATABASES"], What::Databases),
            (&["SCHEMAS"], What::Schemas),
            (&["TABLES"], What::Tables),
            (&["VIEWS"], What::Views),
            (&["USER", "FUNCTIONS"], What::Functions),
            (&["STAGES"], What::Stages),
            (&["FILE", "FORMATS"], What::FileFormats),
            (&["STORAGE", "INTEGRATIONS"], What::Integrations),
            (&["INTEGRATIONS"], What::Integrations),
            (&["WAREHOUSES"], What::Warehouses),
            (&["PIPES"], What::Pipes),
        ];
        let Some((_, what)) = kinds.into_iter().find(|(words, _)| cursor.takes(words)) else {
            return Ok(None);
        };
        Self::of(what, cursor).map(Some)
    }

    fn of(what: What, mut cursor: Cursor<'_>) -> Read<Self> {
        let (mut within, mut pattern) = (None, None);
        while !cursor.is_end() {
            if cursor.takes(&["LIKE"]) {
                pattern = like(&cursor.text()?);
            } else if cursor.takes(&["IN", "ACCOUNT"]) {
                within = None;
            } else if cursor.takes(&["IN"]) || cursor.takes(&["FROM"]) {
                cursor.takes_one_of(&["DATABASE", "SCHEMA"]);
                within = Some(cursor.names()?);
            } else {
                // Athena's: a regular expression in which `*` is anything.
                let place = cursor.clone();
                let text = cursor
                    .text()
                    .map_err(|_| place.expected("IN, LIKE or the end of the statement"))?;
                let written = format!("(?i)^(?:{})$", text.replace('*', ".*"));
                let read =
                    Regex::new(&written).map_err(|_| place.error(&format!("`{text}` is no regular expression")))?;
                pattern = Some(read);
            }
        }
        Ok(Self { what, within, pattern })
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        let names = session.names().await?;
        match &self.what {
            What::Databases => {
                let databases = self.matching(names.databases());
                Ok(Rows::new()
                    .text("database_name", databases.into_iter().map(Some))
                    .answer())
            }
            What::Schemas => {
                let database = self
                    .within
                    .as_ref()
                    .and_then(|within| within.first())
                    .unwrap_or(&names.scope.database);
                let schemas = self.matching(names.schemas(database));
                Ok(Rows::new().text("schema_name", schemas.into_iter().map(Some)).answer())
            }
            What::Tables => Ok(self.relations(&names, false)),
            What::Views => Ok(self.relations(&names, true)),
            What::Functions => Ok(self.functions(&names)),
            What::Stages => Ok(self.stages(&names)),
            What::FileFormats => Ok(self.file_formats(&names)),
            What::Integrations => Ok(self.integrations(&names)),
            What::Warehouses => Ok(self.warehouses(&names)),
            What::Pipes => Ok(self.pipes(&names)),
            What::Partitions(name) => partitions(session, name).await,
            What::Create(name) => created(session, name).await,
            What::Properties(name) => properties(session, name).await,
        }
    }

    fn matching(&self, names: Vec<String>) -> Vec<String> {
        let mut names = names;
        names.retain(|name| self.is_asked(name));
        names
    }

    fn is_asked(&self, name: &str) -> bool {
        self.pattern.as_ref().is_none_or(|pattern| pattern.is_match(name))
    }

    /// Whether something of that database and schema is asked for.
    fn is_within(&self, names: &Names, database: &str, schema: &str) -> bool {
        match self.within.as_deref() {
            None | Some([]) => true,
            Some([one]) if names.is_database(one) => database == one,
            Some([one]) => database == names.scope.database && schema == one,
            Some([first, second, ..]) => database == first && schema == second,
        }
    }

    fn relations(&self, names: &Names, only_views: bool) -> Answer {
        let all: Vec<_> = names
            .all()
            .into_iter()
            .filter(|(name, relation)| {
                self.is_within(names, &name.database, &name.schema)
                    && self.is_asked(&name.name)
                    && (!only_views || relation.is_view())
            })
            .collect();
        let kind = |relation: &Relation| match relation {
            relation if relation.is_view() => "VIEW",
            Relation::Defined(defined) if matches!(defined.definition, Definition::ExternalTable(_)) => {
                "EXTERNAL TABLE"
            }
            _ => "BASE TABLE",
        };
        Rows::new()
            .text(
                "table_catalog",
                all.iter().map(|(name, _)| Some(name.database.as_str())),
            )
            .text("table_schema", all.iter().map(|(name, _)| Some(name.schema.as_str())))
            .text("table_name", all.iter().map(|(name, _)| Some(name.name.as_str())))
            .text("table_type", all.iter().map(|(_, relation)| Some(kind(relation))))
            .answer()
    }

    /// The definitions that are asked for, of those that `pick` picks, and the columns that all of them show.
    fn defined<'a, T>(
        &self,
        names: &'a Names,
        kind: Kind,
        pick: fn(&'a Definition) -> Option<&'a T>,
    ) -> (Vec<&'a T>, Rows) {
        let found: Vec<(&'a Arc<Defined>, &'a T)> = names
            .definitions
            .of_kind(kind)
            .filter(|defined| self.is_within(names, &defined.name.database, &defined.name.schema))
            .filter(|defined| self.is_asked(&defined.name.name))
            .filter_map(|defined| Some((defined, pick(&defined.definition)?)))
            .collect();
        let name = |of: fn(&'a ObjectName) -> &'a String| found.iter().map(move |(defined, _)| Some(of(&defined.name)));
        let mut rows = Rows::new()
            .times("created_on", found.iter().map(|(defined, _)| Some(defined.created_at)))
            .text("name", name(|name| &name.name));
        if !matches!(kind, Kind::Integration | Kind::Warehouse) {
            rows = rows
                .text("database_name", name(|name| &name.database))
                .text("schema_name", name(|name| &name.schema));
        }
        (found.iter().map(|(_, picked)| *picked).collect(), rows)
    }

    fn functions(&self, names: &Names) -> Answer {
        let (found, rows) = self.defined(names, Kind::Function, |definition| match definition {
            Definition::Function(function) => Some(function),
            _ => None,
        });
        let arguments = found.iter().map(|function| {
            let types = function.parameters.iter().map(|field| field.data_type.to_uppercase());
            Some(types.collect::<Vec<_>>().join(", "))
        });
        rows.text("arguments", arguments)
            .text(
                "returns",
                found.iter().map(|function| Some(function.returns.to_uppercase())),
            )
            .text("body", found.iter().map(|function| Some(&function.body)))
            .answer()
    }

    fn stages(&self, names: &Names) -> Answer {
        let (found, rows) = self.defined(names, Kind::Stage, |definition| match definition {
            Definition::Stage(stage) => Some(stage),
            _ => None,
        });
        rows.text("url", found.iter().map(|stage| Some(&stage.url)))
            .text(
                "storage_integration",
                found.iter().map(|stage| stage.integration.as_ref()),
            )
            .text("comment", found.iter().map(|stage| stage.comment.as_ref()))
            .answer()
    }

    fn file_formats(&self, names: &Names) -> Answer {
        let (found, rows) = self.defined(names, Kind::FileFormat, |definition| match definition {
            Definition::FileFormat(format) => Some(format),
            _ => None,
        });
        let written = found.iter().map(|format| {
            let options = format.options.iter().map(|(name, value)| format!("{name} = {value}"));
            Some(options.collect::<Vec<_>>().join(", "))
        });
        rows.text(
            "type",
            found
                .iter()
                .map(|format| format.options.get("type").map(str::to_uppercase)),
        )
        .text("format_options", written)
        .answer()
    }

    fn integrations(&self, names: &Names) -> Answer {
        let (found, rows) = self.defined(names, Kind::Integration, |definition| match definition {
            Definition::Integration(integration) => Some(integration),
            _ => None,
        });
        rows.text("type", found.iter().map(|_| Some("EXTERNAL_STAGE")))
            .text("category", found.iter().map(|_| Some("STORAGE")))
            .text(
                "enabled",
                found.iter().map(|integration| Some(integration.is_enabled.to_string())),
            )
            .text("comment", found.iter().map(|integration| integration.comment.as_ref()))
            .answer()
    }

    fn warehouses(&self, names: &Names) -> Answer {
        let (found, rows) = self.defined(names, Kind::Warehouse, |definition| match definition {
            Definition::Warehouse(warehouse) => Some(warehouse),
            _ => None,
        });
        rows.text("size", found.iter().map(|warehouse| Some(&warehouse.size)))
            .numbers(
                "auto_suspend",
                found
                    .iter()
                    .map(|warehouse| warehouse.auto_suspend_s.map(|seconds| seconds as i64)),
            )
            .numbers(
                "threads",
                found.iter().map(|warehouse| Some(share(warehouse).threads as i64)),
            )
            .answer()
    }

    fn pipes(&self, names: &Names) -> Answer {
        let (found, rows) = self.defined(names, Kind::Pipe, |definition| match definition {
            Definition::Pipe(pipe) => Some(pipe),
            _ => None,
        });
        let state = |is_paused| if is_paused { "PAUSED" } else { "RUNNING" };
        rows.text("definition", found.iter().map(|pipe| Some(&pipe.copy)))
            .text(
                "notification_channel",
                found.iter().map(|pipe| pipe.notification_channel.as_ref()),
            )
            .text(
                "auto_ingest",
                found.iter().map(|pipe| Some(pipe.auto_ingest.to_string())),
            )
            .text("execution_state", found.iter().map(|pipe| Some(state(pipe.is_paused))))
            .text("comment", found.iter().map(|pipe| pipe.comment.as_ref()))
            .answer()
    }
}

/// Partitions that were added, or that a projection has now.
async fn partitions(session: &Session, name: &[String]) -> Result<Answer, SessionError> {
    let (_, table) = external(session, name).await?;
    let access = flowtrail_external::Access {
        aws: session.aws().clone(),
    };
    let partitions = Box::pin(flowtrail_external::partitions(&table, &access, Utc::now())).await?;
    Ok(partition_rows(&table.partition_columns, &partitions))
}

/// Partitions as rows.
pub fn partition_rows(columns: &[Column], partitions: &[Partition]) -> Answer {
    let shown = |partition: &Partition| {
        let values = columns.iter().zip(&partition.values);
        let values: Vec<_> = values
            .map(|(column, value)| format!("{}={value}", column.name))
            .collect();
        Some(values.join("/"))
    };
    Rows::new()
        .text("partition", partitions.iter().map(shown))
        .text(
            "location",
            partitions.iter().map(|partition| Some(partition.location.as_str())),
        )
        .answer()
}

async fn created(session: &Session, name: &[String]) -> Result<Answer, SessionError> {
    let text = ddl::of_relation(session, name).await?;
    Ok(Rows::new().text("createtab_stmt", [Some(text)]).answer())
}

async fn properties(session: &Session, name: &[String]) -> Result<Answer, SessionError> {
    let (_, table) = external(session, name).await?;
    Ok(Rows::new()
        .text("prpt_name", table.properties.iter().map(|(name, _)| Some(name)))
        .text("prpt_value", table.properties.iter().map(|(_, value)| Some(value)))
        .answer())
}

/// SQL's `LIKE`, without regard to case; `None`, which matches all, for a pattern too large to be meant.
fn like(pattern: &str) -> Option<Regex> {
    let mut written = String::from("(?is)^");
    for character in pattern.chars() {
        match character {
            '%' => written.push_str(".*"),
            '_' => written.push('.'),
            other => written.push_str(&regex::escape(&other.to_string())),
        }
    }
    written.push('$');
    Regex::new(&written).ok()
}
