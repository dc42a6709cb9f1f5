//! The words a statement is made of, for completion.

use arrow::datatypes::SchemaRef;

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
        let relations = self.relations().await?.into_iter();
        let columns = |columns: SchemaRef| columns.fields().iter().map(|field| field.name().clone()).collect();
        Ok(Vocabulary {
            tables: relations
                .map(|relation| (relation.shown_name, columns(relation.columns)))
                .collect(),
            ..self.words()
        })
    }

    /// The words that make sense in any statement.
    pub fn words(&self) -> Vocabulary {
        Vocabulary {
            functions: self.functions(),
            ..Vocabulary::default()
        }
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
