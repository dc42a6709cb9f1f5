//! What the user may choose about an answer.

use std::fmt;
use std::str::FromStr;

use chrono_tz::Tz;

use super::error::UnknownFormat;

/// Rows a sheet of Excel can hold, its header included.
pub(super) const SHEET_ROWS: usize = 1_048_576;

/// The form an answer is written in.
///
/// ```
/// use flowtrail_query::output::OutputFormat;
///
/// let format: OutputFormat = "ndjson".parse()?;
/// assert_eq!(format, OutputFormat::Ndjson);
/// assert_eq!(
///     "yaml".parse::<OutputFormat>().unwrap_err().to_string(),
///     "unknown output format `yaml`; the formats are table, csv, json, ndjson, parquet, xlsx",
/// );
/// # Ok::<(), flowtrail_query::output::UnknownFormat>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OutputFormat {
    /// A grid for people, cut to the terminal's width and to its first ten thousand rows.
    #[default]
    Table,
    /// Comma-separated values, quoted as RFC 4180 says, lines ended by a line feed.
    Csv,
    /// One JSON array of objects.
    Json,
    /// One JSON object a line.
    Ndjson,
    /// One Parquet file, compressed with zstd.
    Parquet,
    /// An Excel workbook.
    Xlsx,
}

impl OutputFormat {
    /// Every format, in the order help texts name them.
    pub const ALL: [Self; 6] = [
        Self::Table,
        Self::Csv,
        Self::Json,
        Self::Ndjson,
        Self::Parquet,
        Self::Xlsx,
    ];

    /// The format's name on the command line; also the usual ending of its files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Parquet => "parquet",
            Self::Xlsx => "xlsx",
        }
    }

    /// Whether the format is bytes no terminal should be sent.
    pub const fn is_binary(self) -> bool {
        matches!(self, Self::Parquet | Self::Xlsx)
    }
}

impl fmt::Display for OutputFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for OutputFormat {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        let found = Self::ALL
            .into_iter()
            .find(|format| format.name().eq_ignore_ascii_case(name));
        found.ok_or_else(|| UnknownFormat { found: name.to_owned() })
    }
}

/// How lines of values are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvForm {
    /// What stands between values.
    pub delimiter: char,
    /// Whether the first line has the columns' names.
    pub header: bool,
    /// What stands for NULL.
    pub null_text: String,
    /// What encloses values that would be misread otherwise; where nothing may, such a value ends the writing.
    pub quote: Option<char>,
    /// Whether times are written as Hive reads them, `2026-11-01 12:00:00` in UTC, instead of as ISO 8601 has them.
    pub times_of_hive: bool,
}

impl Default for CsvForm {
    fn default() -> Self {
        Self {
            delimiter: ',',
            header: true,
            null_text: String::new(),
            quote: Some('"'),
            times_of_hive: false,
        }
    }
}

/// How an answer is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputOptions {
    /// The form of the answer.
    pub format: OutputFormat,
    /// The zone in which points in time are written. A `TIMESTAMP` without time zone is written as it is, and
    /// Parquet keeps instants in UTC.
    pub time_zone: Tz,
    /// Whether a CSV file starts with a UTF-8 byte-order mark, without which Excel misreads letters beyond ASCII.
    pub csv_bom: bool,
    /// Whether CSV cells that a spreadsheet would run as a formula get an apostrophe in front.
    pub escape_formulas: bool,
    /// Lines a CSV file and rows a sheet hold at most, the header included; sheets never hold more than 1,048,576.
    pub rows_per_file: usize,
    /// How CSV is written.
    pub csv: CsvForm,
    /// Columns of the terminal a table may fill; `None` for a table of any width.
    pub width: Option<usize>,
    /// Whether a table shows each row as a block of `column │ value` lines.
    pub expanded: bool,
    /// What a table shows for NULL.
    pub null_text: String,
}

impl Default for OutputOptions {
    fn default() -> Self {
        Self {
            format: OutputFormat::Table,
            time_zone: Tz::UTC,
            csv_bom: false,
            escape_formulas: false,
            rows_per_file: SHEET_ROWS,
            csv: CsvForm::default(),
            width: None,
            expanded: false,
            null_text: String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn names_round_trip() {
        for format in OutputFormat::ALL {
            assert_eq!(format.to_string().parse::<OutputFormat>().unwrap(), format);
        }
        assert_eq!("CSV".parse::<OutputFormat>().unwrap(), OutputFormat::Csv);
    }
}
