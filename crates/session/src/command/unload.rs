//! `UNLOAD`: Athena's way to write the rows of a question to a place.

use flowtrail_query::Answer;
use flowtrail_query::output::{Compression, CsvForm, OutputFormat, OutputOptions};
use uuid::Uuid;

use crate::cursor::{Cursor, Query, Read};
use crate::rows::Rows;
use crate::unloading::{FileForm, FileNames, Partitions, Unloading};
use crate::{Session, SessionError};

/// A file ends at about this size.
const FILE_BYTES: u64 = 256 << 20;

/// `UNLOAD (query) TO 'place' WITH (format = …, …)`
#[derive(Debug)]
pub struct Unload {
    query: Query,
    url: String,
    form: FileForm,
    ending: String,
    partitions: Vec<String>,
}

/// What is in the brackets behind `WITH`, as it is written.
#[derive(Default)]
struct Properties {
    format: Option<String>,
    compression: Option<String>,
    level: Option<String>,
    delimiter: Option<String>,
    partitions: Vec<String>,
}

impl Unload {
    pub fn read(mut cursor: Cursor<'_>) -> Read<Self> {
        cursor.check_closed()?;
        cursor.expect(&["UNLOAD"])?;
        cursor.expect_symbol('(')?;
        let query = cursor.bracketed_query()?;
        cursor.expect(&["TO"])?;
        let url = cursor.text()?;
        cursor.expect(&["WITH"])?;
        let place = cursor.clone();
        cursor.expect_symbol('(')?;
        let properties = Properties::read(&mut cursor)?;
        cursor.end()?;
        let (form, ending) = properties.form().map_err(|message| place.error(&message))?;
        Ok(Self {
            query,
            url,
            form,
            ending,
            partitions: properties.partitions,
        })
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        let query = self.query;
        let schema = session.check(query.text()).await;
        let schema = schema.map_err(|error| query.placed(error))?;
        let run = Uuid::new_v4().simple().to_string();
        let unloading = Unloading {
            url: self.url,
            aws: session.aws().clone(),
            integration: None,
            names: FileNames::Numbered {
                before: format!("part-{}-", &run[..12]),
                behind: self.ending,
            },
            form: self.form,
            partitions: if self.partitions.is_empty() {
                Partitions::None
            } else {
                Partitions::Hive(self.partitions)
            },
            file_bytes: FILE_BYTES,
            overwrites: false,
            must_be_empty: true,
        };
        let unloaded = unloading.run(session, query.text(), &schema).await;
        let unloaded = unloaded.map_err(|error| error.placed(|error| query.placed(error)))?;
        let files = &unloaded.files;
        Ok(Rows::new()
            .text("file", files.iter().map(|file| Some(file.uri.as_str())))
            .numbers("rows", files.iter().map(|file| Some(file.rows as i64)))
            .numbers("bytes", files.iter().map(|file| Some(file.bytes as i64)))
            .answer())
    }
}

impl Properties {
    fn read(cursor: &mut Cursor<'_>) -> Read<Self> {
        let mut properties = Self::default();
        loop {
            let place = cursor.clone();
            let name = cursor.name()?;
            cursor.expect_symbol('=')?;
            match name.as_str() {
                "format" => properties.format = Some(cursor.value()?),
                "compression" => properties.compression = Some(cursor.value()?),
                "compression_level" => properties.level = Some(cursor.value()?),
                "field_delimiter" => properties.delimiter = Some(cursor.text()?),
                "partitioned_by" => properties.partitions = names(cursor)?,
                _ => {
                    return Err(place.error(&format!(
                        "`{name}` is not known here; known are format, compression, compression_level, field_delimiter, \
                         partitioned_by"
                    )));
                }
            }
            if !cursor.takes_symbol(',') {
                break;
            }
        }
        cursor.expect_symbol(')')?;
        Ok(properties)
    }

    /// What is written, and what its files end in.
    fn form(&self) -> Result<(FileForm, String), String> {
        let Some(format) = &self.format else {
            return Err("format is missing; it is PARQUET, JSON, TEXTFILE or CSV".to_owned());
        };
        let mut options = OutputOptions::default();
        let format = format.to_uppercase();
        let ending = match format.as_str() {
            "PARQUET" => {
                options.format = OutputFormat::Parquet;
                "parquet"
            }
            "JSON" => {
                options.format = OutputFormat::Ndjson;
                "json"
            }
            "TEXTFILE" => {
                options.format = OutputFormat::Csv;
                options.csv = self.text_form('\u{1}')?;
                "txt"
            }
            "CSV" => {
                options.format = OutputFormat::Csv;
                options.csv = CsvForm {
                    quote: Some('"'),
                    null_text: String::new(),
                    ..self.text_form(',')?
                };
                "csv"
            }
            "ORC" | "AVRO" => {
                return Err(format!(
                    "format = '{format}' is not done; PARQUET, JSON, TEXTFILE and CSV are"
                ));
            }
            _ => return Err(format!("format is PARQUET, JSON, TEXTFILE or CSV, not {format}")),
        };
        if self.delimiter.is_some() && options.format != OutputFormat::Csv {
            return Err(format!("{format} has no field_delimiter"));
        }
        let form = FileForm {
            compression: self.compression(options.format == OutputFormat::Parquet)?,
            options,
            documents: false,
            anonymous: false,
        };
        let ending = form.ending(ending);
        Ok((form, ending))
    }

    /// Lines as Hive's `LazySimpleSerDe` reads them.
    fn text_form(&self, delimiter: char) -> Result<CsvForm, String> {
        let delimiter = match &self.delimiter {
            None => delimiter,
            Some(text) => {
                delimiter_of(text).ok_or_else(|| format!("field_delimiter is one character, not `{text}`"))?
            }
        };
        Ok(CsvForm {
            delimiter,
            header: false,
            null_text: "\\N".to_owned(),
            quote: None,
            times_of_hive: true,
        })
    }

    fn compression(&self, is_parquet: bool) -> Result<Compression, String> {
        let named = self.compression.as_deref().unwrap_or("GZIP").to_uppercase();
        let level = self.level.as_ref().map(|level| match level.parse() {
            Ok(level @ 1..=22) => Ok(level),
            _ => Err(format!("compression_level is a number from 1 to 22, not {level}")),
        });
        match (named.as_str(), level.transpose()?) {
            ("ZSTD", level) => Ok(Compression::Zstd(level.unwrap_or(3))),
            (_, Some(_)) => Err("compression_level goes with compression = 'ZSTD'".to_owned()),
            ("GZIP", None) => Ok(Compression::Gzip),
            ("NONE" | "UNCOMPRESSED", None) => Ok(Compression::None),
            ("SNAPPY", None) if is_parquet => Ok(Compression::Snappy),
            ("LZ4", None) if is_parquet => Ok(Compression::Lz4),
            _ if is_parquet => Err(format!("compression is GZIP, SNAPPY, ZSTD, LZ4 or NONE, not {named}")),
            _ => Err(format!("compression of text is GZIP, ZSTD or NONE, not {named}")),
        }
    }
}

/// `ARRAY['a', 'b']`
fn names(cursor: &mut Cursor<'_>) -> Read<Vec<String>> {
    cursor.expect(&["ARRAY"])?;
    cursor.expect_symbol('[')?;
    let mut names = Vec::new();
    loop {
        names.push(cursor.text()?);
        if !cursor.takes_symbol(',') {
            break;
        }
    }
    cursor.expect_symbol(']')?;
    Ok(names)
}

/// One character, or what stands for one: `\t`, `\001`, `\x01`, `0x01`.
pub fn delimiter_of(text: &str) -> Option<char> {
    let by_number = |digits: &str, radix| char::from_u32(u32::from_str_radix(digits, radix).ok()?);
    let delimiter = match text {
        "\\t" => '\t',
        "\\\\" => '\\',
        _ => {
            let mut letters = text.chars();
            match (letters.next(), letters.next()) {
                (Some(only), None) => only,
                _ => match text.strip_prefix("\\x").or_else(|| text.strip_prefix("0x")) {
                    Some(digits) => by_number(digits, 16)?,
                    None => by_number(text.strip_prefix('\\')?, 8)?,
                },
            }
        }
    };
    (!matches!(delimiter, '\n' | '\r' | '"' | '\0')).then_some(delimiter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_one_character_however_written() {
        for (text, expected) in [
            (",", Some(',')),
            ("\\t", Some('\t')),
            ("\\001", Some('\u{1}')),
            ("\\x7c", Some('|')),
            ("0x1F", Some('\u{1f}')),
            ("\\\\", Some('\\')),
            ("", None),
            ("ab", None),
            ("\n", None),
            ("\"", None),
            ("\\9", None),
        ] {
            assert_eq!(delimiter_of(text), expected, "{text}");
        }
    }
}
