//! `format('%s has %d', name, count)`.
//!
//! Source: Trino documentation, "Conversion functions"; Java's `Formatter`, of which the common conversions are here.

use std::fmt::Write;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, StringViewArray};
use arrow::datatypes::DataType;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::common::{Result, exec_datafusion_err, exec_err};

use super::arguments::{LastRead, texts};
use super::function::Function;

/// The function.
pub fn format() -> Function {
    Function::new(&["format"], 1..=32, |_| Ok(DataType::Utf8View), formatted)
}

#[derive(Clone, Debug)]
enum Piece {
    Text(String),
    Value(Conversion),
}

/// `%-10s`, `%,d`, `%.2f`, `%2$s`.
#[derive(Clone, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the pattern's own")]
struct Conversion {
    /// Which argument, from 0; the next one, where it is not said.
    argument: Option<usize>,
    is_left: bool,
    is_filled_with_zeros: bool,
    is_grouped: bool,
    is_signed: bool,
    width: usize,
    places: Option<usize>,
    letter: char,
}

fn formatted(columns: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let patterns = texts(&columns[0])?;
    let options = FormatOptions::default().with_null("null");
    let values = columns[1..]
        .iter()
        .map(|column| ArrayFormatter::try_new(column, &options));
    let values = values.collect::<std::result::Result<Vec<_>, _>>()?;
    let mut last = LastRead::default();
    let rows = patterns.iter().enumerate().map(|(row, pattern)| {
        let Some(pattern) = pattern else { return Ok(None) };
        let pieces = last.of(pattern, read)?;
        let (mut out, mut next) = (String::new(), 0);
        for piece in pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Value(conversion) => {
                    let at = conversion.argument.unwrap_or_else(|| {
                        next += 1;
                        next - 1
                    });
                    let Some(value) = values.get(at) else {
                        return exec_err!("format: `{pattern}` asks for {} arguments", at + 1);
                    };
                    let value = value.value(row).to_string();
                    let is_null = columns[at + 1].is_null(row);
                    conversion.write(&value, is_null, &mut out)?;
                }
            }
        }
        Ok(Some(out))
    });
    Ok(Arc::new(rows.collect::<Result<StringViewArray>>()?))
}

fn read(pattern: &str) -> Result<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = pattern;
    while let Some((text, behind)) = rest.split_once('%') {
        pieces.push(Piece::Text(text.to_owned()));
        let end = behind.find(|letter: char| letter.is_ascii_alphabetic() || letter == '%');
        let Some((end, letter)) = end.and_then(|end| Some((end, behind[end..].chars().next()?))) else {
            return exec_err!("format: a percent sign in `{pattern}` has no letter behind it");
        };
        match letter {
            '%' => pieces.push(Piece::Text("%".to_owned())),
            'n' => pieces.push(Piece::Text("\n".to_owned())),
            's' | 'S' | 'd' | 'f' | 'x' | 'X' | 'b' | 'e' => {
                let conversion = Conversion::read(&behind[..end], letter);
                let conversion = conversion
                    .ok_or_else(|| exec_datafusion_err!("format: `%{}{letter}` makes no sense", &behind[..end]))?;
                pieces.push(Piece::Value(conversion));
            }
            other => return exec_err!("format: `%{other}` is not known; there are %s, %d, %f, %e, %x, %b and %%"),
        }
        rest = &behind[end + 1..];
    }
    pieces.push(Piece::Text(rest.to_owned()));
    Ok(pieces)
}

impl Conversion {
    fn read(text: &str, letter: char) -> Option<Self> {
        let mut read = Self {
            letter,
            ..Self::default()
        };
        let mut rest = text;
        if let Some((number, behind)) = rest.split_once('$') {
            read.argument = Some(number.parse::<usize>().ok()?.checked_sub(1)?);
            rest = behind;
        }
        while let Some(flag) = rest.chars().next() {
            match flag {
                '-' => read.is_left = true,
                '0' => read.is_filled_with_zeros = true,
                ',' => read.is_grouped = true,
                '+' => read.is_signed = true,
                _ => break,
            }
            rest = &rest[1..];
        }
        if let Some((width, places)) = rest.split_once('.') {
            read.places = Some(places.parse().ok()?);
            rest = width;
        }
        if !rest.is_empty() {
            read.width = rest.parse().ok().filter(|width| *width <= 1_000)?;
        }
        read.places.is_none_or(|places| places <= 100).then_some(read)
    }

    fn write(&self, value: &str, is_null: bool, out: &mut String) -> Result<()> {
        let unfit = || exec_datafusion_err!("format: `{value}` is no number, and %{} takes one", self.letter);
        let mut text = match self.letter {
            _ if is_null => "null".to_owned(),
            'd' => {
                let whole: i128 = value.parse().map_err(|_| unfit())?;
                self.signed(whole < 0, &whole.unsigned_abs().to_string())
            }
            'f' => {
                let number: f64 = value.parse().map_err(|_| unfit())?;
                self.signed(number < 0.0, &format!("{:.*}", self.places.unwrap_or(6), number.abs()))
            }
            'e' => {
                let number: f64 = value.parse().map_err(|_| unfit())?;
                scientific(number, self.places.unwrap_or(6))
            }
            'x' | 'X' => {
                let whole: i64 = value.parse().map_err(|_| unfit())?;
                format!("{whole:x}")
            }
            _ => value.chars().take(self.places.unwrap_or(usize::MAX)).collect(),
        };
        if self.letter.is_ascii_uppercase() {
            text = text.to_uppercase();
        }
        let width = self.width;
        // Writing to a string cannot fail.
        let _ = if self.is_left {
            write!(out, "{text:<width$}")
        } else {
            write!(out, "{text:>width$}")
        };
        Ok(())
    }

    /// A number with its sign, and with zeros and commas where they are asked for.
    fn signed(&self, is_negative: bool, digits: &str) -> String {
        let sign = match (is_negative, self.is_signed) {
            (true, _) => "-",
            (false, true) => "+",
            (false, false) => "",
        };
        let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(a, b)| (a, Some(b)));
        let mut written = String::new();
        for (at, digit) in whole.chars().enumerate() {
            if self.is_grouped && at > 0 && (whole.len() - at).is_multiple_of(3) {
                written.push(',');
            }
            written.push(digit);
        }
        if let Some(fraction) = fraction {
            let _ = write!(written, ".{fraction}");
        }
        let missing = self.width.saturating_sub(sign.len() + written.len());
        let zeros = if self.is_filled_with_zeros { missing } else { 0 };
        format!("{sign}{}{written}", "0".repeat(zeros))
    }
}

/// `1.500000e+03`, with two digits of the exponent at least.
fn scientific(number: f64, places: usize) -> String {
    let written = format!("{number:.places$e}");
    let Some((digits, exponent)) = written.split_once('e') else {
        return written;
    };
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |rest| ('-', rest));
    format!("{digits}e{sign}{exponent:0>2}")
}
