//! Hive's `OpenCSVSerde`: fields in quotes or without, a line a row.

use flowtrail_catalog::ExternalTable;

use super::{RowReader, WantedColumn, character};
use crate::error::ExternalError;

/// The characters that mean something.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CsvFormat {
    separator: u8,
    quote: u8,
    escape: u8,
}

impl CsvFormat {
    pub(super) fn of(definition: &ExternalTable) -> Result<Self, ExternalError> {
        Ok(Self {
            separator: character(definition, "separatorChar")?.unwrap_or(b','),
            quote: character(definition, "quoteChar")?.unwrap_or(b'"'),
            escape: character(definition, "escapeChar")?.unwrap_or(b'\\'),
        })
    }

    /// With quotes as they are usual, and a separator.
    pub(crate) fn of_separator(separator: u8) -> Self {
        Self {
            separator,
            quote: b'"',
            escape: b'\\',
        }
    }

    /// The fields of a line.
    pub(crate) fn fields(self, line: &str) -> Vec<String> {
        let mut fields = Fields::default();
        self.split(line, &mut fields);
        let field = |position: usize| fields.get(position).unwrap_or_default().to_owned();
        (0..fields.ends.len()).map(field).collect()
    }

    pub(super) fn reader(self) -> Box<dyn RowReader> {
        Box::new(CsvReader {
            format: self,
            fields: Fields::default(),
        })
    }

    /// Takes a line apart.
    fn split(self, line: &str, fields: &mut Fields) {
        fields.clear();
        let bytes = line.as_bytes();
        let mut in_quotes = false;
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            let next = bytes.get(at + 1).copied();
            if in_quotes && byte == self.escape && next.is_some_and(|next| next == self.quote || next == self.escape) {
                fields.text.push(char::from(next.unwrap_or_default()));
                at += 2;
                continue;
            }
            if byte == self.quote {
                if in_quotes && next == Some(self.quote) {
                    fields.text.push(char::from(byte));
                    at += 2;
                    continue;
                }
                let at_edge = if in_quotes {
                    next.is_none_or(|next| next == self.separator)
                } else {
                    fields.begin_quotes()
                };
                // A quote in the middle of a field is a part of it.
                if !at_edge {
                    fields.text.push(char::from(byte));
                }
                in_quotes = !in_quotes;
                at += 1;
                continue;
            }
            if byte == self.separator && !in_quotes {
                fields.end();
                at += 1;
                continue;
            }
            if byte == self.escape && self.escape != self.quote {
                // Before anything else it means nothing, and goes away.
                at += 1;
                continue;
            }
            let plain = bytes[at + 1..].iter().position(|byte| self.is_special(*byte));
            let end = plain.map_or(bytes.len(), |length| at + 1 + length);
            fields.text.push_str(line.get(at..end).unwrap_or_default());
            at = end;
        }
        fields.end();
    }

    fn is_special(self, byte: u8) -> bool {
        byte == self.separator || byte == self.quote || byte == self.escape
    }
}

/// The fields of a line, one behind another.
#[derive(Default)]
struct Fields {
    text: String,
    ends: Vec<usize>,
}

impl Fields {
    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    fn end(&mut self) {
        self.ends.push(self.text.len());
    }

    fn start(&self, position: usize) -> usize {
        position.checked_sub(1).map_or(0, |before| self.ends[before])
    }

    /// Whether a quote here stands at the begin of its field; blanks before it are no part of the field.
    fn begin_quotes(&mut self) -> bool {
        let start = self.start(self.ends.len());
        let is_begin = self.text[start..].trim_ascii().is_empty();
        if is_begin {
            self.text.truncate(start);
        }
        is_begin
    }

    fn get(&self, position: usize) -> Option<&str> {
        let end = *self.ends.get(position)?;
        self.text.get(self.start(position)..end)
    }
}

struct CsvReader {
    format: CsvFormat,
    fields: Fields,
}

impl RowReader for CsvReader {
    fn push(&mut self, line: &str, columns: &mut [WantedColumn]) -> Result<(), String> {
        if columns.is_empty() {
            return Ok(());
        }
        self.format.split(line, &mut self.fields);
        for column in columns {
            match self.fields.get(column.position) {
                Some(field) => column.builder.push_csv(field),
                None => column.builder.push_null(),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(line: &str) -> Vec<String> {
        CsvFormat::of_separator(b',').fields(line)
    }

    #[test]
    fn fields() {
        for (line, expected) in [
            ("a,b", vec!["a", "b"]),
            ("", vec![""]),
            ("a,,", vec!["a", "", ""]),
            (r#""a,b","c""#, vec!["a,b", "c"]),
            (r#""a""b",c"#, vec![r#"a"b"#, "c"]),
            (r#""a\"b\\",c"#, vec![r#"a"b\"#, "c"]),
            (r#"a, "b c" "#, vec!["a", r#"b c" "#]),
            (r#"abc"d"e,f"#, vec![r#"abc"d"e"#, "f"]),
            (r#""open,a"#, vec!["open,a"]),
            ("ä,\"ö,ü\"", vec!["ä", "ö,ü"]),
        ] {
            assert_eq!(split(line), expected, "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_line_has_fields(line in r#"[a,"\\ ä]{0,20}"#) {
            prop_assert!(!split(&line).is_empty());
        }
    }
}
