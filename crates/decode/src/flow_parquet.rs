//! Flow logs as Parquet: columns by their names, whatever whole-number or text type they have.

use arrow::datatypes::SchemaRef;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use crate::flow_layout::FlowLayout;
use crate::parquet_file::{ParquetBatches, ParquetFile};
use crate::parquet_rows::{Conversion, ParquetRows};
use crate::{DecodeError, Decoded, Hint, Input, LogKind, flow_fields};

const MAGIC: &[u8] = b"PAR1";

/// The two magics and the length of the footer: no Parquet file is shorter.
const SHORTEST_FILE_BYTES: u64 = 12;

/// Columns at least one of which a flow log has; names such as `version` or `end` alone say nothing.
const TELLING_COLUMNS: &[&str] = &["srcaddr", "interface_id", "start", "tgw_id", "tgw_attachment_id"];

/// How many of a strange file's columns its error names.
const COLUMNS_SHOWN: usize = 20;

/// An object, told by its first bytes.
pub(crate) enum Recognised {
    Parquet(Input),
    Other(Input),
}

/// Tells Parquet from the rest by its magic.
///
/// # Errors
///
/// The object begins as Parquet and lacks the end of one.
pub(crate) fn recognise(mut input: Input) -> Result<Recognised, DecodeError> {
    let (begins, ends) = match &mut input {
        Input::Bytes(bytes) => {
            let long_enough = bytes.len() as u64 >= SHORTEST_FILE_BYTES;
            (bytes.starts_with(MAGIC), long_enough && bytes.ends_with(MAGIC))
        }
        Input::File(file) => file_magics(file)?,
    };
    match (begins, ends) {
        (false, _) => Ok(Recognised::Other(input)),
        (true, true) => Ok(Recognised::Parquet(input)),
        (true, false) => Err(DecodeError::Parquet {
            why: "it begins with PAR1 and does not end with it, so it is cut off; fetch or write the object again"
                .to_owned(),
        }),
    }
}

fn file_magics(file: &mut File) -> io::Result<(bool, bool)> {
    let mut magic = [0; MAGIC.len()];
    let length = file.seek(SeekFrom::End(0))?;
    if length < magic.len() as u64 {
        return Ok((false, false));
    }
    file.seek(SeekFrom::Start(0))?;
    file.read_exact(&mut magic)?;
    let begins = magic == MAGIC;
    file.seek(SeekFrom::End(-(magic.len() as i64)))?;
    file.read_exact(&mut magic)?;
    Ok((begins, length >= SHORTEST_FILE_BYTES && magic == MAGIC))
}

/// Decodes a Parquet file part by part, one row group after another.
pub(crate) struct FlowParquet {
    batches: ParquetBatches,
    rows: ParquetRows,
}

impl FlowParquet {
    pub(crate) fn open(input: Input, hint: &Hint) -> Result<Self, DecodeError> {
        let file = ParquetFile::open(input)?;
        let rows = plan(file.schema(), hint)?;
        Ok(Self {
            batches: file.batches()?,
            rows,
        })
    }
}

impl Iterator for FlowParquet {
    type Item = Result<Decoded, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.batches.next()?;
        Some(batch.and_then(|batch| self.rows.decode(&batch)))
    }
}

/// Finds the fields among the columns, and how each becomes what its field is.
fn plan(schema: &SchemaRef, hint: &Hint) -> Result<ParquetRows, DecodeError> {
    let names = schema.fields().iter().map(|field| field.name().as_str());
    if !is_flow_log(names.clone(), hint.kind) {
        let shown: Vec<_> = names.take(COLUMNS_SHOWN).collect();
        let why = format!(
            "no column of a flow log ({}) among its {} columns: {}",
            TELLING_COLUMNS.join(", "),
            schema.fields().len(),
            shown.join(", ")
        );
        return Err(DecodeError::Parquet { why });
    }
    let layout = FlowLayout::from_tokens(names, hint.kind).map_err(|name| DecodeError::Parquet {
        why: format!("column `{name}` is there twice"),
    })?;
    let mut conversions = Vec::with_capacity(layout.fields.len());
    for (column, field) in schema.fields().iter().zip(&layout.fields) {
        let is_known = flow_fields::position(layout.kind, &field.name).is_some();
        let conversion = Conversion::choose(column.data_type(), field, is_known).map_err(|expected| {
            let (name, found) = (column.name(), column.data_type());
            DecodeError::Parquet {
                why: format!("column `{name}` is of type {found}, {expected} was expected"),
            }
        })?;
        conversions.push(conversion);
    }
    Ok(ParquetRows::new(layout, conversions))
}

fn is_flow_log<'n>(mut names: impl Iterator<Item = &'n str>, kind: Option<LogKind>) -> bool {
    let hinted = matches!(kind, Some(LogKind::VpcFlow | LogKind::TgwFlow));
    names.any(|name| {
        let telling = TELLING_COLUMNS.iter().any(|telling| flow_fields::spells(name, telling));
        telling || (hinted && flow_fields::is_known(name))
    })
}
