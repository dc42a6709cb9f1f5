//! JSON for whoever reads documents of their own: values cut out of a stream, and a tape to walk one of them.
//!
//! ```
//! use flowtrail_decode::json::{Document, NodeKind, Tape};
//!
//! let text = r#"{"a": [1, "x"]}"#;
//! let mut tape = Tape::default();
//! tape.parse(text)?;
//! let root = Document::new(&tape, text).value(0);
//! let (key, list) = root.members().next().unwrap();
//! assert_eq!((key.quoted(), list.kind()), ("a", NodeKind::Array));
//! assert_eq!(list.children().next().unwrap().raw(), "1");
//! # Ok::<(), flowtrail_decode::json::JsonError>(())
//! ```

pub use crate::json_split::{MAX_VALUE_BYTES, SplitValue, ValueReader};
pub use crate::json_tape::{JsonError, NodeKind, Tape};
pub use crate::json_text::{Document, Value};
