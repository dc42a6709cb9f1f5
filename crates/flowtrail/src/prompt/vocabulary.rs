//! The words the prompt knows.

/// What can be completed and coloured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocabulary {
    /// Tables and views by the name a statement would use (`logs.vpc_flow`), each with its columns.
    pub tables: Vec<(String, Vec<String>)>,
    /// Names of functions.
    pub functions: Vec<String>,
    /// Keywords of SQL, in capitals.
    pub keywords: Vec<String>,
}

impl Default for Vocabulary {
    /// No table, no function, and [`KEYWORDS`].
    fn default() -> Self {
        let keywords = KEYWORDS.iter().map(|keyword| (*keyword).to_owned());
        Self {
            tables: Vec::new(),
            functions: Vec::new(),
            keywords: keywords.collect(),
        }
    }
}

impl Vocabulary {
    pub(super) fn is_keyword(&self, word: &str) -> bool {
        self.keywords.iter().any(|keyword| keyword.eq_ignore_ascii_case(word))
    }

    pub(super) fn is_function(&self, word: &str) -> bool {
        self.functions
            .iter()
            .any(|function| function.eq_ignore_ascii_case(word))
    }
}

/// The keywords people write in statements about logs.
pub const KEYWORDS: &[&str] = &[
    "ALL",
    "ALTER",
    "AND",
    "ANY",
    "AS",
    "ASC",
    "BETWEEN",
    "BY",
    "CASE",
    "CAST",
    "COPY",
    "CREATE",
    "CROSS",
    "CURRENT_DATE",
    "CURRENT_TIMESTAMP",
    "DATE",
    "DELETE",
    "DESC",
    "DESCRIBE",
    "DISTINCT",
    "DROP",
    "ELSE",
    "END",
    "ESCAPE",
    "EXCEPT",
    "EXISTS",
    "EXPLAIN",
    "EXTRACT",
    "FALSE",
    "FILTER",
    "FIRST",
    "FROM",
    "FULL",
    "GROUP",
    "GROUPING",
    "HAVING",
    "ILIKE",
    "IN",
    "INNER",
    "INSERT",
    "INTERSECT",
    "INTERVAL",
    "INTO",
    "IS",
    "JOIN",
    "LAST",
    "LATERAL",
    "LEFT",
    "LIKE",
    "LIMIT",
    "NATURAL",
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
    "RANGE",
    "RECURSIVE",
    "RIGHT",
    "ROLLUP",
    "ROWS",
    "SELECT",
    "SET",
    "SHOW",
    "TABLE",
    "TABLES",
    "THEN",
    "TIMESTAMP",
    "TRUE",
    "TRY_CAST",
    "UNION",
    "UNNEST",
    "USING",
    "VALUES",
    "VIEW",
    "WHEN",
    "WHERE",
    "WINDOW",
    "WITH",
];
