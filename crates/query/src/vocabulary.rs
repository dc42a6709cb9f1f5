//! The words a statement is made of, for completion.

use datafusion::common::TableReference;
use flowtrail_lake::definition::built_in;
use flowtrail_lake::scan::Figures;

use crate::views::VIEWS;
use crate::{Engine, QueryError};

/// Words people type; the parser knows many more.
const KEYWORDS: &[&str] = &[
    "ALL",
    "ANALYZE",
    "AND",
    "AS",
    "ASC",
    "BETWEEN",
    "BY",
    "CASE",
    "CAST",
    "CROSS",
    "CURRENT_DATE",
    "CURRENT_TIMESTAMP",
    "DATE",
    "DESC",
    "DESCRIBE",
    "DISTINCT",
    "ELSE",
    "END",
    "EXCEPT",
    "EXISTS",
    "EXPLAIN",
    "FALSE",
    "FILTER",
    "FROM",
    "FULL",
    "GROUP",
    "HAVING",
    "ILIKE",
    "IN",
    "INNER",
    "INTERSECT",
    "INTERVAL",
    "IS",
    "JOIN",
    "LEFT",
    "LIKE",
    "LIMIT",
    "NOT",
    "NULL",
    "NULLS",
    "OFFSET",
    "ON",
    "OR",
    "ORDER",
    "OUTER",
    "OVER",
    "PARTITION",
    "QUALIFY",
    "RIGHT",
    "SELECT",
    "SET",
    "SHOW",
    "TABLES",
    "THEN",
    "TIMESTAMP",
    "TRUE",
    "TRY_CAST",
    "UNION",
    "UNNEST",
    "USING",
    "VALUES",
    "WHEN",
    "WHERE",
    "WINDOW",
    "WITH",
];

/// The words that make sense in a statement over a lake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vocabulary {
    /// Tables and views by the shortest name that finds each, with the names of their columns.
    pub tables: Vec<(String, Vec<String>)>,
    /// Functions, in order of name.
    pub functions: Vec<String>,
    /// SQL's own words.
    pub keywords: Vec<String>,
}

impl Default for Vocabulary {
    /// No table, no function, and SQL's own words.
    fn default() -> Self {
        let keywords = KEYWORDS.iter().map(|&word| word.to_owned()).collect();
        Self {
            tables: Vec::new(),
            functions: Vec::new(),
            keywords,
        }
    }
}

impl Vocabulary {
    /// Whether `word` is one of SQL's own, in any case.
    pub fn is_keyword(&self, word: &str) -> bool {
        self.keywords.iter().any(|keyword| keyword.eq_ignore_ascii_case(word))
    }

    /// Whether `word` names a function, in any case.
    pub fn is_function(&self, word: &str) -> bool {
        self.functions
            .iter()
            .any(|function| function.eq_ignore_ascii_case(word))
    }
}

impl Engine {
    /// The words that make sense in a statement now.
    pub async fn vocabulary(&self) -> Result<Vocabulary, QueryError> {
        let opened = self.open(Figures::default());
        let named = built_in()
            .iter()
            .map(|table| (table.schema, table.name))
            .chain(VIEWS.iter().map(|v| (v.schema, v.name)));
        let mut tables = Vec::new();
        for (schema, name) in named {
            let Some(table) = opened
                .table(schema, name)
                .await
                .map_err(|e| QueryError::planning(e, ""))?
            else {
                continue;
            };
            let columns = table
                .schema()
                .fields()
                .iter()
                .map(|field| field.name().clone())
                .collect();
            tables.push((shortest(schema, name), columns));
        }
        Ok(Vocabulary {
            tables,
            functions: self.functions(),
            ..Vocabulary::default()
        })
    }

    fn functions(&self) -> Vec<String> {
        let session = self.session();
        let scalar = session.scalar_functions().keys();
        let grouping = session
            .aggregate_functions()
            .keys()
            .chain(session.window_functions().keys());
        let mut names: Vec<String> = scalar
            .chain(grouping)
            .chain(session.table_functions().keys())
            .cloned()
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// Log tables need no schema; of the others it says what they are.
fn shortest(schema: &str, name: &str) -> String {
    if schema == "logs" {
        name.to_owned()
    } else {
        TableReference::partial(schema, name).to_string()
    }
}
