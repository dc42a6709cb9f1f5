//! A document as a tree whose every part knows its place, whichever form it was written in.

use crate::mistake::{Mistake, Place};

/// How deep what is of use can lie: a dashboard's tile's `needs`' fields are at 6.
pub(crate) const DEEPEST: usize = 8;

/// A part of a document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub place: Place,
    pub value: Value,
}

/// What a part of a document is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Boolean,
    Integer(i64),
    /// A number that is none of those.
    Number,
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
    /// It was found wrong already; nothing more is to be said of it.
    Bad,
}

/// A key and what it has.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub key: String,
    pub place: Place,
    pub node: Node,
}

impl Value {
    /// What it is, in words.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Boolean => "true or false",
            Self::Integer(_) | Self::Number => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "keys with values",
            Self::Bad => "what cannot be read",
        }
    }
}

/// A document as far as it could be read, and what was wrong with it.
pub(crate) type Tree = (Option<Node>, Vec<Mistake>);
