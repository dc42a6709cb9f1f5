//! Records of one layout, gathered into a batch.

use arrow::array::ArrayRef;
use arrow::datatypes::{Field, Int32Type, Int64Type, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use std::sync::Arc;

use crate::decoder::BATCH_TEXT_BYTES;
use crate::flow_fields::FieldType;
use crate::flow_layout::{FlowLayout, is_timestamp};
use crate::flow_lines::Separators;
use crate::number::{NumberError, parse_number, parse_plain_number};
use crate::number_column::NumberColumn;
use crate::text_column::TextColumn;
use crate::{BATCH_ROWS, Counts, DecodeError, Decoded, Reject};

/// What AWS writes for a field without a value.
pub(crate) const NO_VALUE: &str = "-";

/// The longest part of a value that a reason repeats, in characters.
const VALUE_EXCERPT_CHARS: usize = 64;

enum Column {
    Text(Box<TextColumn>),
    Int32(NumberColumn<Int32Type>),
    Int64(NumberColumn<Int64Type>),
}

impl Column {
    fn new(field_type: FieldType) -> Self {
        match field_type {
            FieldType::Text => Self::Text(Box::new(TextColumn::new())),
            FieldType::Int32 { .. } => Self::Int32(NumberColumn::default()),
            FieldType::Int64 { .. } => Self::Int64(NumberColumn::default()),
        }
    }

    fn append_null(&mut self) {
        match self {
            Self::Text(column) => column.append_null(),
            Self::Int32(column) => column.append_null(),
            Self::Int64(column) => column.append_null(),
        }
    }

    fn truncate(&mut self, rows: usize) {
        match self {
            Self::Text(column) => column.truncate(rows),
            Self::Int32(column) => column.truncate(rows),
            Self::Int64(column) => column.truncate(rows),
        }
    }

    fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Text(column) => column.finish()?,
            Self::Int32(column) => column.finish(),
            Self::Int64(column) => column.finish(),
        })
    }
}

/// Rows, rejects and counts of one layout until they are handed out as a [`Decoded`].
pub(crate) struct FlowRows {
    layout: FlowLayout,
    schema: SchemaRef,
    log_status: Option<usize>,
    /// The least and greatest value of each field, in the order of the text; of no meaning where it is text.
    ranges: Vec<(i64, i64)>,
    /// One for each field, in the order of the text.
    columns: Vec<Column>,
    rejects: Vec<Reject>,
    counts: Counts,
    /// Text in `columns` and `rejects`.
    text_bytes: usize,
    /// Where the fields of the record at hand stand in its line; kept for its memory.
    spans: Vec<(u32, u32)>,
    /// The numbers of the record at hand, one for each field; text fields hold `None`.
    numbers: Vec<Option<i64>>,
}

impl FlowRows {
    pub(crate) fn new(layout: FlowLayout) -> Self {
        let columns = layout
            .fields
            .iter()
            .map(|field| Column::new(field.field_type))
            .collect();
        let ranges = layout
            .fields
            .iter()
            .map(|field| field.field_type.range().unwrap_or_default())
            .collect();
        let (schema, log_status) = (with_dictionaries(&layout), layout.position("log_status"));
        Self {
            layout,
            schema,
            log_status,
            ranges,
            columns,
            rejects: Vec::new(),
            counts: Counts::default(),
            text_bytes: 0,
            spans: Vec::new(),
            numbers: Vec::new(),
        }
    }

    pub(crate) const fn layout(&self) -> &FlowLayout {
        &self.layout
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.counts.lines == 0
    }

    pub(crate) const fn is_full(&self) -> bool {
        self.counts.lines >= BATCH_ROWS as u64 || self.text_bytes >= BATCH_TEXT_BYTES
    }

    /// Adds the records at the start of `block`, whole lines, as long as they are plainly what they should be; gives how
    /// many bytes and lines that were. What is left is for [`Self::push_line`]: a header, a bad record, text beyond
    /// ASCII.
    pub(crate) fn push_block(&mut self, block: &[u8]) -> (usize, u64) {
        let mut spans = std::mem::take(&mut self.spans);
        spans.clear();
        spans.resize(self.layout.fields.len(), (0, 0));
        let mut separators = Separators::new(block);
        let (mut at, mut lines) = (0, 0);
        while !self.is_full() {
            match separators.line(at, &mut spans) {
                Some(next) if self.push_spans(block, &spans) => at = next,
                _ => break,
            }
            lines += 1;
        }
        self.spans = spans;
        (at, lines)
    }

    /// Adds the record whose fields stand at `spans`; false, and nothing is added, where that takes a closer look.
    #[inline]
    fn push_spans(&mut self, block: &[u8], spans: &[(u32, u32)]) -> bool {
        let mut empty = true;
        let mut plain = true;
        for ((column, range), &(start, end)) in self.columns.iter_mut().zip(&self.ranges).zip(spans) {
            let (start, end) = (start as usize, end as usize);
            if end - start == 1 && block[start] == NO_VALUE.as_bytes()[0] {
                column.append_null();
                continue;
            }
            empty = false;
            let in_range = |number: &i64| (range.0..=range.1).contains(number);
            match column {
                Column::Text(column) => column.append(block, start, end),
                Column::Int32(column) => match parse_plain_number(block, start, end).filter(in_range) {
                    Some(number) => column.append(number as i32),
                    None => plain = false,
                },
                Column::Int64(column) => match parse_plain_number(block, start, end).filter(in_range) {
                    Some(number) => column.append(number),
                    None => plain = false,
                },
            }
            if !plain {
                break;
            }
        }
        if empty || !plain {
            let rows = self.counts.rows as usize;
            self.columns.iter_mut().for_each(|column| column.truncate(rows));
            return false;
        }
        let (begin, end) = (spans[0].0, spans[spans.len() - 1].1);
        self.text_bytes += (end - begin) as usize;
        let status = self.log_status.map(|place| spans[place]);
        self.count_record(status.map(|(start, end)| &block[start as usize..end as usize]));
        true
    }

    fn count_record(&mut self, log_status: Option<&[u8]>) {
        self.counts.lines += 1;
        self.counts.rows += 1;
        match log_status {
            Some(b"NODATA") => self.counts.nodata += 1,
            Some(b"SKIPDATA") => self.counts.skipdata += 1,
            _ => {}
        }
    }

    /// Adds the record a line holds. `Err` is the reason it cannot be one, and nothing was added.
    pub(crate) fn push_line(&mut self, line: &str) -> Result<(), String> {
        let found = split(line, self.layout.fields.len() + 1, &mut self.spans);
        let expected = self.layout.fields.len();
        let exported = self.layout.headerless
            && found == expected + 1
            && self
                .spans
                .first()
                .is_some_and(|&(start, end)| is_timestamp(&line[start as usize..end as usize]));
        if exported {
            self.spans.remove(0);
        } else if found != expected {
            return Err(format!("{expected} fields expected, {found} found"));
        }
        let spans = std::mem::take(&mut self.spans);
        let pushed = self.push_values(spans.len(), |place| {
            let (start, end) = spans[place];
            &line[start as usize..end as usize]
        });
        self.spans = spans;
        pushed
    }

    /// Adds a record of `count` values, as many as the layout has fields. `Err` is as in [`Self::push_line`].
    pub(crate) fn push_values<'v>(&mut self, count: usize, value: impl Fn(usize) -> &'v str) -> Result<(), String> {
        self.numbers.clear();
        let mut empty = true;
        for place in 0..count {
            let text = value(place);
            let has_value = text != NO_VALUE;
            empty &= !has_value;
            let range = self.layout.fields[place].field_type.range();
            let number = match range {
                Some(range) if has_value => {
                    Some(parse_number(text, range).map_err(|error| self.reason(place, text, error))?)
                }
                _ => None,
            };
            self.numbers.push(number);
        }
        if empty {
            return Err("no field has a value".to_owned());
        }
        for (place, column) in self.columns.iter_mut().enumerate() {
            match (column, value(place), self.numbers[place]) {
                (column, NO_VALUE, _) => column.append_null(),
                (Column::Text(column), text, _) => {
                    self.text_bytes += text.len();
                    column.append(text.as_bytes(), 0, text.len());
                }
                (Column::Int32(column), _, number) => column.append(number.unwrap_or_default() as i32),
                (Column::Int64(column), _, number) => column.append(number.unwrap_or_default()),
            }
        }
        self.count_record(self.log_status.map(|place| value(place).as_bytes()));
        Ok(())
    }

    fn reason(&self, place: usize, value: &str, error: NumberError) -> String {
        number_reason(&self.layout.fields[place].name, value, error)
    }

    pub(crate) fn push_header(&mut self) {
        self.counts.lines += 1;
        self.counts.headers += 1;
    }

    pub(crate) fn push_reject(&mut self, reject: Reject) {
        self.counts.lines += 1;
        self.counts.rejected += 1;
        self.text_bytes += reject.reason.len() + reject.record.len() + size_of::<Reject>();
        self.rejects.push(reject);
    }

    /// Hands out what was gathered, and begins anew.
    pub(crate) fn finish(&mut self) -> Result<Decoded, DecodeError> {
        let order = self.layout.column_fields.iter();
        let arrays = order.map(|&place| self.columns[place].finish());
        let arrays = arrays.collect::<Result<_, _>>()?;
        let counts = std::mem::take(&mut self.counts);
        let options = RecordBatchOptions::new().with_row_count(Some(counts.rows as usize));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options)?;
        self.text_bytes = 0;
        Ok(Decoded {
            kind: self.layout.kind,
            batch,
            rejects: std::mem::take(&mut self.rejects),
            counts,
        })
    }
}

/// The layout's columns, text as dictionaries.
fn with_dictionaries(layout: &FlowLayout) -> SchemaRef {
    let schema = layout.schema();
    let fields = schema.fields().iter().map(|field| match field.data_type() {
        text if text.is_string() => Field::new(field.name(), TextColumn::data_type(), true),
        _ => field.as_ref().clone(),
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// Why a value is no number of its field, for a person.
pub(crate) fn number_reason(field: &str, value: &str, error: NumberError) -> String {
    let excerpt: String = value.chars().take(VALUE_EXCERPT_CHARS).collect();
    let dots = if excerpt.len() < value.len() { "…" } else { "" };
    match error {
        NumberError::NotWhole => format!("{field} `{excerpt}{dots}` is not a whole number"),
        NumberError::OutOfRange { min, max } => format!("{field} {excerpt}{dots} is not within {min} to {max}"),
    }
}

/// Finds the fields of a line, of which it keeps the first `keep`, and says how many there are.
fn split(line: &str, keep: usize, spans: &mut Vec<(u32, u32)>) -> usize {
    spans.clear();
    let bytes = line.as_bytes();
    let mut count = 0;
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b' ' || bytes[at] == b'\t' {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() && bytes[at] != b' ' && bytes[at] != b'\t' {
            at += 1;
        }
        if count < keep {
            spans.push((start as u32, at as u32));
        }
        count += 1;
    }
    count
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use arrow::array::{AsArray, StringArray};

    fn rows(header: &str) -> FlowRows {
        FlowRows::new(FlowLayout::from_header(header, 1, None).unwrap().unwrap())
    }

    #[test]
    fn a_bad_record_leaves_nothing_behind() {
        let mut rows = rows("srcaddr dstport bytes");
        rows.push_line("10.0.0.1 443 1000").unwrap();
        assert_eq!(
            rows.push_line("10.0.0.2 444 much").unwrap_err(),
            "bytes `much` is not a whole number"
        );
        assert_eq!(
            rows.push_line("10.0.0.2 70000 1").unwrap_err(),
            "dstport 70000 is not within 0 to 65535"
        );
        assert_eq!(
            rows.push_line("10.0.0.2 -1 1").unwrap_err(),
            "dstport -1 is not within 0 to 65535"
        );
        assert_eq!(rows.push_line("a b c d e").unwrap_err(), "3 fields expected, 5 found");
        assert_eq!(rows.push_line("- - -").unwrap_err(), "no field has a value");
        rows.push_line("\t - \t 445  9223372036854775807 ").unwrap();
        let batch = rows.finish().unwrap().batch;
        assert_eq!(batch.num_rows(), 2);
        let addresses = batch.column(0).as_dictionary::<Int32Type>();
        let addresses = addresses.downcast_dict::<StringArray>().unwrap();
        assert_eq!(addresses.into_iter().collect::<Vec<_>>(), [Some("10.0.0.1"), None]);
        assert_eq!(batch.column(1).as_primitive::<Int32Type>().values(), &[443, 445]);
        assert_eq!(batch.column(2).as_primitive::<Int64Type>().values(), &[1000, i64::MAX]);
    }

    #[test]
    fn a_long_value_is_cut_in_its_reason() {
        let reason = rows("dstport").push_line(&"é".repeat(10_000)).unwrap_err();
        assert_eq!(reason, format!("dstport `{}…` is not a whole number", "é".repeat(64)));
    }

    #[test]
    fn rejects_fill_a_batch_too() {
        let mut rows = rows("dstport");
        let record = [b'x'; 10_000];
        let mut count = 0;
        while !rows.is_full() {
            rows.push_reject(Reject::new(count, "bad", &record));
            count += 1;
        }
        assert!((3_900..4_100).contains(&count), "{count}");
        assert_eq!(
            rows.finish().unwrap().counts,
            Counts {
                lines: count,
                rejected: count,
                ..Counts::default()
            }
        );
        assert!(rows.is_empty() && !rows.is_full());
    }
}
