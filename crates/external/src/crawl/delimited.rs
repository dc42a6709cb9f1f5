//! The columns of delimited text: what stands between them, and whether the first line names them.

use flowtrail_catalog::ColumnType;

use super::shape::{Named, Shape};
use crate::format::CsvFormat;

/// Delimiters that are looked for, the likeliest first.
const DELIMITERS: &[u8] = b",\t|;\x01 ";

/// Lines that the delimiter is told by.
const LINES_JUDGED: usize = 200;

/// Of so many lines one may have another number of fields.
const LINES_FOR_AN_ODD_ONE: usize = 20;

/// A name longer than this is a value.
const LONGEST_NAME: usize = 64;

/// Delimited text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Delimited {
    pub(super) delimiter: u8,
    /// Whether fields stand in quotes.
    pub(super) has_quotes: bool,
    /// The fields of the first line.
    pub(super) first: Vec<String>,
    /// What the fields of all other lines are.
    pub(super) shapes: Vec<Shape>,
    /// Of the fields of all other lines, whether one could not be a name.
    has_no_name: Vec<bool>,
}

impl Delimited {
    /// Of lines of an object of that name.
    pub(super) fn of(text: &str, name: &str) -> Result<Self, String> {
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim_ascii().is_empty()).collect();
        let delimiter = DELIMITERS
            .iter()
            .copied()
            .filter_map(|delimiter| Some((fields_with(delimiter, &lines, name)?, delimiter)))
            // Of those that fit alike, the one that is looked for first.
            .rev()
            .max_by_key(|(fields, delimiter)| (*delimiter != b' ', *fields));
        let Some((_, delimiter)) = delimiter else {
            return Err("it is text in lines, in which no delimiter stands equally often".to_owned());
        };
        let format = CsvFormat::of_separator(delimiter);
        let mut lines = lines.into_iter().map(|line| (line, format.fields(line)));
        let first = lines.next().map(|(_, first)| first).unwrap_or_default();
        let mut found = Self {
            delimiter,
            has_quotes: text.contains('"'),
            shapes: vec![Shape::Unknown; first.len()],
            has_no_name: vec![false; first.len()],
            first,
        };
        for (line, fields) in lines {
            if line.contains('"') && line.matches('"').count() % 2 == 1 {
                return Err("it has fields in quotes that go over several lines".to_owned());
            }
            for (place, field) in fields.iter().enumerate() {
                if place == found.shapes.len() {
                    found.shapes.push(Shape::Unknown);
                    found.has_no_name.push(false);
                }
                let shape = std::mem::replace(&mut found.shapes[place], Shape::Unknown);
                found.shapes[place] = shape.merged(Shape::of_text(field));
                found.has_no_name[place] |= !is_name(field);
            }
        }
        Ok(found)
    }

    /// Whether the first line names columns, where the object tells by itself.
    fn has_header(&self) -> Option<bool> {
        let mut names: Vec<String> = self.first.iter().map(|name| name.trim().to_lowercase()).collect();
        names.sort_unstable();
        let are_names =
            self.first.iter().all(|name| could_be_name(name)) && names.windows(2).all(|two| two[0] != two[1]);
        if !are_names {
            return Some(false);
        }
        let is_other = |shape: &Shape| !matches!(shape, Shape::Unknown | Shape::Plain(ColumnType::Text));
        let is_evident = |place: usize| {
            let has_names_only = self.first.iter().all(|name| is_name(name));
            self.shapes.get(place).is_some_and(is_other) || (has_names_only && self.has_no_name[place])
        };
        (0..self.first.len().min(self.shapes.len()))
            .any(is_evident)
            .then_some(true)
    }
}

/// Text of several objects as one table.
#[derive(Debug, PartialEq)]
pub(super) struct Columns {
    pub(super) columns: Vec<Named>,
    pub(super) has_header: bool,
}

/// The columns of objects together. `Err` says which of them does not fit.
pub(super) fn columns_of(objects: &[&Delimited]) -> Result<Columns, usize> {
    let longest = objects
        .iter()
        .map(|object| &object.first)
        .max_by_key(|first| first.len());
    let longest = longest.cloned().unwrap_or_default();
    let is_like_longest = |object: &Delimited| longest.starts_with(&object.first);
    let told: Vec<Option<bool>> = objects.iter().map(|object| object.has_header()).collect();
    let all_alike = objects.len() > 1 && objects.iter().all(|object| is_like_longest(object));
    let has_header = !told.contains(&Some(false)) && (all_alike || told.contains(&Some(true)));
    if has_header && let Some(odd) = objects.iter().position(|object| !is_like_longest(object)) {
        return Err(odd);
    }
    let mut shapes: Vec<Shape> = vec![Shape::Unknown; longest.len()];
    let mut add = |place: usize, shape: Shape| {
        if place == shapes.len() {
            shapes.push(Shape::Unknown);
        }
        let known = std::mem::replace(&mut shapes[place], Shape::Unknown);
        shapes[place] = known.merged(shape);
    };
    for object in objects {
        if !has_header {
            for (place, field) in object.first.iter().enumerate() {
                add(place, Shape::of_text(field));
            }
        }
        for (place, shape) in object.shapes.iter().enumerate() {
            add(place, shape.clone());
        }
    }
    let mut columns: Vec<Named> = Vec::with_capacity(shapes.len());
    for (place, shape) in shapes.into_iter().enumerate() {
        let name = longest.get(place).filter(|_| has_header).map(|name| column_name(name));
        let name = name
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| format!("col{place}"));
        let is_taken = |name: &str| columns.iter().any(|(known, _)| known == name);
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        let free = std::iter::once(name.clone())
            .chain(numbered)
            .find(|name| !is_taken(name));
        // An account is a name that has digits only.
        let shape = if name.contains("account") {
            shape.merged(Shape::Plain(ColumnType::Text))
        } else {
            shape
        };
        columns.push((free.unwrap_or(name), shape));
    }
    Ok(Columns { columns, has_header })
}

/// How many fields a delimiter makes of the lines, if about all have as many.
fn fields_with(delimiter: u8, lines: &[&str], name: &str) -> Option<usize> {
    let format = CsvFormat::of_separator(delimiter);
    let extension = match delimiter {
        b',' => ".csv",
        b'\t' => ".tsv",
        _ => "no such name",
    };
    let is_said = name.contains(extension);
    let judged = &lines[..lines.len().min(LINES_JUDGED)];
    let counts: Vec<usize> = judged.iter().map(|line| format.fields(line).len()).collect();
    let fields = *counts.first()?;
    let odd = counts.iter().filter(|count| **count != fields).count();
    let least = match delimiter {
        _ if is_said => 1,
        b' ' => 3,
        _ => 2,
    };
    let is_enough = fields >= least && (is_said || lines.len() > 1);
    (is_enough && odd <= counts.len() / LINES_FOR_AN_ODD_ONE).then_some(fields)
}

/// Whether a field could name a column: it is text, and not long.
fn could_be_name(field: &str) -> bool {
    let is_text = matches!(Shape::of_text(field), Shape::Plain(ColumnType::Text));
    is_text && field.len() <= LONGEST_NAME && field.chars().any(char::is_alphabetic)
}

/// Whether a field looks as names of columns do.
fn is_name(field: &str) -> bool {
    let field = field.trim();
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | ' ' | '-' | '.' | '(' | ')' | '#');
    field.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && could_be_name(field)
        && field.chars().all(is_part)
}

/// A header's field as a column's name: letters and digits, in small letters, with underscores between.
fn column_name(field: &str) -> String {
    let words = field
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("_").to_lowercase()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn shown(texts: &[&str]) -> String {
        let found: Vec<Delimited> = texts.iter().map(|text| Delimited::of(text, "x.txt").unwrap()).collect();
        let all: Vec<&Delimited> = found.iter().collect();
        let Ok(columns) = columns_of(&all) else {
            return "they differ".to_owned();
        };
        let column = |(name, shape): Named| format!("{name} {}", shape.into_type());
        let named: Vec<String> = columns.columns.into_iter().map(column).collect();
        let header = if columns.has_header { "header, " } else { "" };
        format!("{header}`{}`: {}", char::from(found[0].delimiter), named.join(", "))
    }

    #[test]
    fn a_header_is_told_from_values() {
        for (texts, expected) in [
            (&["id,name\n1,x\n2,y\n"][..], "header, `,`: id bigint, name string"),
            (&["1,x\n2,y\n"], "`,`: col0 bigint, col1 string"),
            // Texts in both lines: only where the second could not name columns.
            (&["who,where\nanna,10.0.0.1\n"], "header, `,`: who string, where string"),
            (&["anna,paris\nbert,rome\n"], "`,`: col0 string, col1 string"),
            // What all objects begin with are names.
            (
                &["who,city\nanna,paris\n", "who,city\nbert,rome\n"],
                "header, `,`: who string, city string",
            ),
            (
                &["anna,paris\nbert,rome\n", "carl,bonn\ndora,oslo\n"],
                "`,`: col0 string, col1 string",
            ),
            (
                &["id,at\n1,2026-11-21\n", "id,at,more\n2.5,x,y\n"],
                "header, `,`: id double, at string, more string",
            ),
            (&["a,b\n1,2\n", "b,a\n1,2\n"], "they differ"),
            (&["a|b|c\n1|2|3\n"], "header, `|`: a bigint, b bigint, c bigint"),
            (
                &["Account ID,n\n123456789012,1\n"],
                "header, `,`: account_id string, n bigint",
            ),
            (
                &["a,A b,a_b\n1,2,3\n"],
                "header, `,`: a bigint, a_b bigint, a_b_2 bigint",
            ),
            (&["x y z\n1 2 3\n"], "header, ` `: x bigint, y bigint, z bigint"),
        ] {
            assert_eq!(shown(texts), expected, "{texts:?}");
        }
    }

    #[test]
    fn text_without_fields_is_no_table() {
        for text in ["one line", "a line\nand another one\n", "a, b\nc\nd\n"] {
            assert!(Delimited::of(text, "x.txt").is_err(), "{text}");
        }
        assert!(Delimited::of("only\n1\n", "x.csv").is_ok());
    }
}
