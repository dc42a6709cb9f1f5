//! A dashboard as YAML that people like to read: keys in one order, statements as they are, words without quotes where
//! they need none.

use std::fmt::{Display, Write};

use crate::dashboard::{Area, Dashboard, Needs, Text, Tile};

/// Words that are no texts in some version of YAML.
const NO_TEXTS: &[&str] = &["null", "true", "false", "yes", "no", "on", "off", "y", "n"];

/// The YAML form of a dashboard.
pub(crate) fn yaml(dashboard: &Dashboard) -> String {
    let mut lines = Lines::default();
    lines.key("", "dashboard", scalar(&dashboard.name));
    lines.key("", "title", text(&dashboard.title));
    lines.optional("", "description", dashboard.description.as_ref().map(text));
    lines.optional("", "range", dashboard.range);
    lines.optional("", "refresh_s", dashboard.refresh_s);
    if dashboard.tiles.is_empty() {
        lines.key("", "tiles", "[]");
    } else {
        lines.0.push_str("tiles:\n");
    }
    for written in &dashboard.tiles {
        tile(&mut lines, written);
    }
    lines.0
}

#[derive(Default)]
struct Lines(String);

impl Lines {
    fn key(&mut self, indent: &str, key: &str, value: impl Display) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "{indent}{key}: {value}");
    }

    fn optional(&mut self, indent: &str, key: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.key(indent, key, value);
        }
    }
}

fn tile(lines: &mut Lines, tile: &Tile) {
    const INDENT: &str = "    ";
    lines.key("  - ", "id", scalar(&tile.id));
    lines.key(INDENT, "title", text(&tile.title));
    lines.optional(INDENT, "description", tile.description.as_ref().map(text));
    if is_literal(&tile.sql) {
        lines.key(INDENT, "sql", "|");
        for line in tile.sql.split('\n') {
            let indent = if line.is_empty() { "" } else { "      " };
            let _ = writeln!(lines.0, "{indent}{line}");
        }
    } else {
        lines.key(INDENT, "sql", in_quotes(&tile.sql));
    }
    lines.optional(INDENT, "accent", tile.accent);
    lines.key(INDENT, "chart", tile.chart);
    lines.optional(INDENT, "x", tile.x.as_deref().map(scalar));
    lines.optional(INDENT, "y", Some(&tile.y).filter(|y| !y.is_empty()).map(|y| list(y)));
    lines.optional(INDENT, "series", tile.series.as_deref().map(scalar));
    lines.optional(INDENT, "order", tile.order);
    lines.optional(INDENT, "direction", tile.direction);
    lines.optional(INDENT, "unit", tile.unit);
    lines.optional(INDENT, "compare", tile.compare);
    if let Some(Needs { table, fields }) = &tile.needs {
        let needs = format!("{{table: {}, fields: {}}}", scalar(table), list(fields));
        lines.key(INDENT, "needs", needs);
    }
    let Area { x, y, width, height } = tile.at;
    lines.key(
        INDENT,
        "at",
        format_args!("{{x: {x}, y: {y}, width: {width}, height: {height}}}"),
    );
}

fn list(items: &[String]) -> String {
    let items: Vec<_> = items.iter().map(|item| scalar(item)).collect();
    format!("[{}]", items.join(", "))
}

fn text(text: &Text) -> String {
    match &text.ja {
        Some(ja) => format!("{{en: {}, ja: {}}}", scalar(&text.en), scalar(ja)),
        None => scalar(&text.en),
    }
}

/// A text on one line, with quotes where it needs some.
fn scalar(text: &str) -> String {
    if is_plain(text) {
        text.to_owned()
    } else {
        in_quotes(text)
    }
}

/// Whether a text is the same text without quotes, wherever it stands.
fn is_plain(text: &str) -> bool {
    let is_inside =
        |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | '/' | '(' | ')' | '・' | '、' | '。');
    let begins = text.chars().next().is_some_and(char::is_alphabetic);
    // A `-` at the end, before a bracket or comma, would be taken for the beginning of a word.
    begins
        && text.chars().all(is_inside)
        && !text.ends_with([' ', '-'])
        && !NO_TEXTS.contains(&text.to_lowercase().as_str())
}

/// Whether a statement can stand as it is, under `|`.
fn is_literal(sql: &str) -> bool {
    let is_kept = |c: char| c == '\n' || c == '\t' || is_printable(c);
    sql.trim() == sql && !sql.is_empty() && sql.chars().all(is_kept)
}

/// What may stand in a YAML document, and is seen.
fn is_printable(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

fn in_quotes(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if is_printable(c) => quoted.push(c),
            c if u32::from(c) <= 0xff => {
                let _ = write!(quoted, "\\x{:02x}", u32::from(c));
            }
            c => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_stand_where_they_are_needed() {
        for (text, written) in [
            ("Reject Count", "Reject Count"),
            ("ネットワーク", "ネットワーク"),
            ("logs.vpc_flow", "logs.vpc_flow"),
            ("Yes", "\"Yes\""),
            ("a, b", "\"a, b\""),
            ("a: b", "\"a: b\""),
            ("404", "\"404\""),
            ("- x", "\"- x\""),
            ("a -", "\"a -\""),
            ("", "\"\""),
            ("a\u{1b}\"\\\u{2028}", "\"a\\x1b\\\"\\\\\\u2028\""),
        ] {
            assert_eq!(scalar(text), written);
        }
    }
}
