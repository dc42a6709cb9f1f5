//! What can be named in a statement at one moment: what is built in, and what people defined.

use std::sync::Arc;

use flowtrail_catalog::{DEFAULT_DATABASE, DEFAULT_SCHEMA, Defined, Definition, Definitions, Kind, ObjectName};
use flowtrail_lake::TableDefinition;
use flowtrail_lake::definition::{built_in, find};

use crate::Scope;
use crate::views::{self, VIEWS, View};

/// The schemas of the database that is always there, in the order bare names are looked for in them.
const SCHEMAS: [&str; 3] = [DEFAULT_SCHEMA, "logs", "system"];

/// All that can be named, and where names without a schema are looked for.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// What people defined.
    pub definitions: Arc<Definitions>,
    /// Where names without database and schema are looked for.
    pub scope: Scope,
}

/// What can stand in `FROM`.
#[derive(Clone, Debug)]
pub enum Relation {
    /// A table of the lake that is always there.
    BuiltIn(&'static Arc<TableDefinition>),
    /// A view that is always there.
    BuiltInView(&'static View),
    /// A view or table that somebody defined.
    Defined(Arc<Defined>),
}

impl Relation {
    /// Whether it is a query with a name.
    pub fn is_view(&self) -> bool {
        match self {
            Self::BuiltIn(_) => false,
            Self::BuiltInView(_) => true,
            Self::Defined(defined) => matches!(defined.definition, Definition::View(_)),
        }
    }
}

impl Names {
    /// The databases there are.
    pub fn databases(&self) -> Vec<String> {
        let defined = self.definitions.of_kind(Kind::Database);
        let defined = defined.map(|defined| defined.name.name.clone());
        std::iter::once(DEFAULT_DATABASE.to_owned()).chain(defined).collect()
    }

    /// Whether there is such a database.
    pub fn is_database(&self, name: &str) -> bool {
        let defined = || {
            self.definitions
                .get(Kind::Database, &ObjectName::global(name))
                .is_some()
        };
        name == DEFAULT_DATABASE || defined()
    }

    /// The schemas of a database.
    pub fn schemas(&self, database: &str) -> Vec<String> {
        let built_in = if database == DEFAULT_DATABASE {
            &SCHEMAS[..]
        } else {
            &SCHEMAS[..1]
        };
        let defined = self.definitions.in_schema(Kind::Schema, database, "");
        let defined = defined.map(|defined| defined.name.name.clone());
        built_in.iter().map(|&name| name.to_owned()).chain(defined).collect()
    }

    /// Whether there is such a schema.
    pub fn is_schema(&self, database: &str, name: &str) -> bool {
        self.is_database(database) && self.schemas(database).iter().any(|schema| schema == name)
    }

    /// The tables and views of a schema.
    pub fn relations(&self, database: &str, schema: &str) -> Vec<String> {
        let is_default = database == DEFAULT_DATABASE;
        let tables = built_in().iter().filter(|table| is_default && table.schema == schema);
        let views = VIEWS.iter().filter(|view| is_default && view.schema == schema);
        let defined = self.definitions.in_schema(Kind::Relation, database, schema);
        tables
            .map(|table| table.name.clone().into_owned())
            .chain(views.map(|view| view.name.to_owned()))
            .chain(defined.map(|defined| defined.name.name.clone()))
            .collect()
    }

    /// All tables and views: those built in, tables first, then what people defined.
    pub fn all(&self) -> Vec<(ObjectName, Relation)> {
        let tables = built_in()
            .iter()
            .map(|table| (built_in_name(&table.schema, &table.name), Relation::BuiltIn(table)));
        let views = VIEWS
            .iter()
            .map(|view| (built_in_name(view.schema, view.name), Relation::BuiltInView(view)));
        let defined = self.definitions.of_kind(Kind::Relation);
        let defined = defined.map(|defined| (defined.name.clone(), Relation::Defined(Arc::clone(defined))));
        tables.chain(views).chain(defined).collect()
    }

    /// What has exactly that name.
    pub fn at(&self, name: &ObjectName) -> Option<Relation> {
        if name.database == DEFAULT_DATABASE {
            if let Some(table) = find(&name.schema, &name.name) {
                return Some(Relation::BuiltIn(table));
            }
            if let Some(view) = views::find(&name.schema, &name.name) {
                return Some(Relation::BuiltInView(view));
            }
        }
        self.definitions
            .get(Kind::Relation, name)
            .cloned()
            .map(Relation::Defined)
    }

    /// What a completed name means: what is there, or else, in the current database, what the lake's own has of that name.
    pub fn find(&self, name: &ObjectName) -> Option<(ObjectName, Relation)> {
        let is_bare = name.database == self.scope.database && name.schema == self.scope.schema;
        let others = if is_bare { &SCHEMAS[..] } else { &[] };
        std::iter::once(name.schema.as_str())
            .filter(|_| name.database != DEFAULT_DATABASE && name.database == self.scope.database)
            .chain(others.iter().copied())
            .map(|schema| ObjectName::new(DEFAULT_DATABASE, schema, name.name.as_str()))
            .fold(self.found(name.clone()), |found, other| {
                found.or_else(|| self.found(other))
            })
    }

    /// The definition of that name, or else the one of the lake's own database: for what is read, and not changed.
    pub fn defined_or_of_lake(&self, kind: Kind, name: &ObjectName) -> Option<&Arc<Defined>> {
        let of_lake = || ObjectName {
            database: DEFAULT_DATABASE.to_owned(),
            ..name.clone()
        };
        let here = self.definitions.get(kind, name);
        here.or_else(|| self.definitions.get(kind, &of_lake()))
    }

    /// What is written with up to three parts means.
    pub fn resolve(&self, parts: &[String]) -> Option<(ObjectName, Relation)> {
        self.find(&self.full_name(parts)?)
    }

    /// The full name of what is written with up to three parts.
    pub fn full_name(&self, parts: &[String]) -> Option<ObjectName> {
        self.scope.full_name(parts, |name| {
            self.is_database(name) && !self.is_schema(&self.scope.database, name)
        })
    }

    /// The shortest name by which a table or view is found; what the lake keeps about itself has its schema before it.
    pub fn shortest(&self, name: &ObjectName) -> String {
        let forms = [
            vec![name.name.clone()],
            vec![name.schema.clone(), name.name.clone()],
            vec![name.database.clone(), name.schema.clone(), name.name.clone()],
        ];
        let is_bare = |parts: &Vec<String>| parts.len() == 1;
        let says_enough = |parts: &Vec<String>| !is_bare(parts) || name.schema != "system";
        let finds_it =
            |parts: &&Vec<String>| says_enough(parts) && self.resolve(parts).is_some_and(|(found, _)| found == *name);
        let shortest = forms.iter().find(finds_it).unwrap_or(&forms[2]);
        shortest.join(".")
    }

    fn found(&self, name: ObjectName) -> Option<(ObjectName, Relation)> {
        self.at(&name).map(|relation| (name, relation))
    }
}

fn built_in_name(schema: &str, name: &str) -> ObjectName {
    ObjectName::new(DEFAULT_DATABASE, schema, name)
}
