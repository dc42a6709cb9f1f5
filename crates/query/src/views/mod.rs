//! Which views does every lake have?
//!
//! Each is a SQL file in this folder. They add no rows and take none away; a filter on a view's column prunes the
//! files of its table like one on the column it is made from.

/// A view that is there from the start.
#[derive(Debug)]
pub struct View {
    /// The schema it is in.
    pub schema: &'static str,
    /// Its name in the schema.
    pub name: &'static str,
    /// What it holds, for people.
    pub comment: &'static str,
    /// The query it stands for.
    pub sql: &'static str,
}

/// Every built-in view.
pub const VIEWS: &[View] = &[
    View {
        schema: "logs",
        name: "flow",
        comment: "VPC flow records with times, protocol names and directions",
        sql: include_str!("flow.sql"),
    },
    View {
        schema: "logs",
        name: "trail",
        comment: "CloudTrail events: who did what, and whether it worked",
        sql: include_str!("trail.sql"),
    },
    View {
        schema: "system",
        name: "pipes",
        comment: "Pipes: how each is, how long objects take to be seen, what waits, what went wrong last",
        sql: include_str!("pipes.sql"),
    },
];

/// A built-in view by its schema and name.
pub fn find(schema: &str, name: &str) -> Option<&'static View> {
    VIEWS.iter().find(|view| view.schema == schema && view.name == name)
}
