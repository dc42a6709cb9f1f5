//! Which fields the records of a flow log have, in which order.

use arrow::datatypes::{Field, Schema, SchemaRef};
use std::collections::HashSet;
use std::sync::Arc;

use crate::flow_fields::{self, FieldType, TGW_FIELDS, VPC_DEFAULT_FIELDS, VPC_FIELDS};
use crate::{DecodeError, Hint, LogKind};

/// The version the default format of Transit Gateway Flow Logs begins with.
const TGW_VERSION: &str = "6";

/// One field of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LayoutField {
    /// Its column's name.
    pub(crate) name: String,
    pub(crate) field_type: FieldType,
    /// Its place in the kind's table; what nobody knows stands last.
    rank: usize,
}

/// The fields of a record in the order they stand in the text, and the columns they become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FlowLayout {
    pub(crate) kind: LogKind,
    pub(crate) fields: Vec<LayoutField>,
    /// For each column of a batch, the place of its field in `fields`.
    pub(crate) column_fields: Vec<usize>,
    /// Assumed for want of a header line.
    pub(crate) headerless: bool,
}

impl FlowLayout {
    /// The layout a header names. `Err` is the token that stands there twice.
    pub(crate) fn from_tokens<'t>(
        tokens: impl Iterator<Item = &'t str> + Clone,
        kind_hint: Option<LogKind>,
    ) -> Result<Self, String> {
        let kind = header_kind(tokens.clone(), kind_hint);
        let mut fields = Vec::new();
        let mut names = HashSet::new();
        for token in tokens {
            let field = layout_field(kind, token);
            if !names.insert(field.name.clone()) {
                return Err(token.to_owned());
            }
            fields.push(field);
        }
        Ok(Self::new(kind, fields, false))
    }

    /// The layout of a header line, or `None` where `line` is a record: a header is a line at least half of whose
    /// tokens are names of fields.
    pub(crate) fn from_header(
        line: &str,
        line_number: u64,
        kind_hint: Option<LogKind>,
    ) -> Result<Option<Self>, DecodeError> {
        if !is_header(line) {
            return Ok(None);
        }
        let layout = Self::from_tokens(tokens(line), kind_hint);
        layout.map(Some).map_err(|token| DecodeError::Header {
            line: line_number,
            token,
        })
    }

    /// The layout of records without a header line: the one the user named, else the default format of the kind.
    pub(crate) fn without_header(first_record: &str, hint: &Hint) -> Result<Self, DecodeError> {
        if let Some(names) = &hint.flow_format {
            let layout = Self::from_tokens(names.iter().map(String::as_str), hint.kind)
                .map_err(|token| DecodeError::Format { token })?;
            return Ok(Self {
                headerless: true,
                ..layout
            });
        }
        let kind = default_format_kind(first_record).or(hint.kind);
        Ok(match kind {
            Some(LogKind::TgwFlow) => Self::transit_gateway_default(),
            _ => Self::vpc_default(),
        })
    }

    /// The default format `record` has, where this layout was assumed and is the default format of the other kind.
    pub(crate) fn other_default(&self, record: &str, hint: &Hint) -> Option<Self> {
        if !self.headerless || hint.flow_format.is_some() {
            return None;
        }
        match default_format_kind(record).filter(|&kind| kind != self.kind)? {
            LogKind::TgwFlow => Some(Self::transit_gateway_default()),
            _ => Some(Self::vpc_default()),
        }
    }

    /// The default format of VPC Flow Logs, version 2.
    pub(crate) fn vpc_default() -> Self {
        Self::of_known(LogKind::VpcFlow, VPC_DEFAULT_FIELDS)
    }

    /// The default format of Transit Gateway Flow Logs, version 6.
    pub(crate) fn transit_gateway_default() -> Self {
        Self::of_known(LogKind::TgwFlow, TGW_FIELDS.len())
    }

    fn of_known(kind: LogKind, count: usize) -> Self {
        let known = flow_fields::fields(kind).iter().take(count).enumerate();
        let fields = known.map(|(rank, field)| LayoutField {
            name: field.name.to_owned(),
            field_type: field.field_type,
            rank,
        });
        Self::new(kind, fields.collect(), true)
    }

    fn new(kind: LogKind, fields: Vec<LayoutField>, headerless: bool) -> Self {
        let mut column_fields: Vec<usize> = (0..fields.len()).collect();
        column_fields.sort_by_key(|&place| fields[place].rank);
        Self {
            kind,
            fields,
            column_fields,
            headerless,
        }
    }

    /// The columns of a batch: known ones in the order of the kind's table, then the others as they stand.
    pub(crate) fn schema(&self) -> SchemaRef {
        let columns = self.column_fields.iter().map(|&place| {
            let field = &self.fields[place];
            Field::new(&field.name, field.field_type.data_type(), true)
        });
        Arc::new(Schema::new(columns.collect::<Vec<_>>()))
    }

    /// The place of the field of that name.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    /// Whether exactly these names, in this order, are its fields; asked for each record, so it allocates nothing.
    pub(crate) fn is_named<'n>(&self, names: impl ExactSizeIterator<Item = &'n str>) -> bool {
        names.len() == self.fields.len()
            && names
                .zip(&self.fields)
                .all(|(name, field)| flow_fields::spells(name, &field.name))
    }

    pub(crate) fn has_number(&self) -> bool {
        self.fields.iter().any(|field| field.field_type != FieldType::Text)
    }
}

/// The fields of a line: what stands between runs of spaces and tabs.
pub(crate) fn tokens(line: &str) -> impl Iterator<Item = &str> + Clone {
    line.split([' ', '\t']).filter(|token| !token.is_empty())
}

/// Whether a line names fields instead of holding their values.
fn is_header(line: &str) -> bool {
    known_tokens(line) > 0
}

/// How many fields of AWS a header line names; 0 where the line is none.
pub(crate) fn known_tokens(line: &str) -> usize {
    let (mut known, mut all) = (0, 0);
    for token in tokens(line) {
        if token == "-" {
            return 0;
        }
        all += 1;
        known += usize::from(flow_fields::is_known(token));
        // A record is known for one soon; a long one need not be read to its end.
        if all >= 4 && known == 0 {
            return 0;
        }
    }
    if known * 2 >= all { known } else { 0 }
}

/// The kind whose default format a record has, by its version and number of fields.
pub(crate) fn default_format_kind(record: &str) -> Option<LogKind> {
    let mut tokens = tokens(record);
    let first = tokens.next()?;
    let version = if is_timestamp(first) { tokens.next()? } else { first };
    let is_version = version.len() <= 3 && version.bytes().all(|byte| byte.is_ascii_digit());
    let count = 1 + tokens.take(TGW_FIELDS.len() + 1).count();
    match count {
        _ if !is_version => None,
        VPC_DEFAULT_FIELDS => Some(LogKind::VpcFlow),
        _ if version == TGW_VERSION && count == TGW_FIELDS.len() => Some(LogKind::TgwFlow),
        _ => None,
    }
}

/// Whether a token is the time that CloudWatch's export to S3 writes before each record: `2026-11-01T12:00:00.000Z`.
pub(crate) fn is_timestamp(token: &str) -> bool {
    let bytes = token.as_bytes();
    bytes.len() >= 20
        && bytes.ends_with(b"Z")
        && [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')]
            .iter()
            .all(|&(at, byte)| bytes[at] == byte)
        && bytes[..4].iter().all(u8::is_ascii_digit)
}

fn header_kind<'t>(mut tokens: impl Iterator<Item = &'t str>, kind_hint: Option<LogKind>) -> LogKind {
    if tokens.any(flow_fields::marks_transit_gateway) || kind_hint == Some(LogKind::TgwFlow) {
        return LogKind::TgwFlow;
    }
    LogKind::VpcFlow
}

fn layout_field(kind: LogKind, token: &str) -> LayoutField {
    match flow_fields::position(kind, token) {
        Some(rank) => {
            let field = flow_fields::fields(kind)[rank];
            LayoutField {
                name: field.name.to_owned(),
                field_type: field.field_type,
                rank,
            }
        }
        None => LayoutField {
            name: flow_fields::column_name(token),
            field_type: FieldType::Text,
            rank: VPC_FIELDS.len(),
        },
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn header(line: &str) -> FlowLayout {
        FlowLayout::from_header(line, 1, None).unwrap().unwrap()
    }

    #[test]
    fn columns_stand_in_table_order_and_unknown_ones_last() {
        let layout = header("next-hop end ${Start} SRCADDR another version");
        let names: Vec<_> = layout
            .schema()
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect();
        assert_eq!(names, ["version", "srcaddr", "start", "end", "next_hop", "another"]);
        assert_eq!(layout.column_fields, [5, 3, 2, 1, 0, 4]);
        assert!(layout.has_number() && !header("srcaddr dstaddr").has_number());
    }

    #[test]
    fn a_field_named_twice_is_damage() {
        let error = FlowLayout::from_header("srcaddr dstaddr SrcAddr", 7, None).unwrap_err();
        insta::assert_snapshot!(error, @"header on line 7: field `SrcAddr` stands there twice; each field can be named once");
        let error = FlowLayout::from_header("start end foo-bar foo_bar", 1, None).unwrap_err();
        assert!(matches!(error, DecodeError::Header { line: 1, token } if token == "foo_bar"));
    }

    #[test]
    fn records_are_no_headers() {
        assert!(!is_header(
            "2 123456789010 eni-1 10.0.0.1 10.0.0.2 1 2 6 1 1 1 1 ACCEPT OK"
        ));
        assert!(!is_header("- - -") && !is_header("bytes - -") && !is_header(""));
        assert!(is_header("bytes") && is_header("unheard-of bytes"));
    }

    #[test]
    fn default_formats_are_told_by_version_and_count() {
        let vpc = "2 1 eni-1 - - - - - - - 1 2 - NODATA";
        assert_eq!(default_format_kind(vpc), Some(LogKind::VpcFlow));
        assert_eq!(
            default_format_kind(&format!("2026-11-01T12:00:00.000Z {vpc}")),
            Some(LogKind::VpcFlow)
        );
        let transit_gateway = format!("6 TransitGateway{}", " x".repeat(34));
        assert_eq!(default_format_kind(&transit_gateway), Some(LogKind::TgwFlow));
        assert_eq!(default_format_kind("x 1 eni-1 - - - - - - - 1 2 - NODATA"), None);
        assert_eq!(default_format_kind("2 1 eni-1"), None);
    }

    #[test]
    fn marks_and_hints_choose_the_kind() {
        assert_eq!(header("version srcaddr tgw-id").kind, LogKind::TgwFlow);
        assert_eq!(header("version srcaddr vpc-id").kind, LogKind::VpcFlow);
        let hinted = FlowLayout::from_header("version srcaddr", 1, Some(LogKind::TgwFlow))
            .unwrap()
            .unwrap();
        assert_eq!(hinted.kind, LogKind::TgwFlow);
    }
}
