//! The fields of flow logs: their column names, types and ranges, as AWS documents them.
//!
//! Sources: "Flow log records" (Amazon VPC user guide) and "Transit Gateway Flow Log records" (Transit Gateway guide).
//! The tables below are in the order of those pages, which is the order of columns everywhere in Flowtrail.

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use std::sync::Arc;

use crate::LogKind;

/// The last second of the year 9999, the latest time every reader of the tables can show.
const LAST_SECOND_S: i64 = 253_402_300_799;

/// What a field's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldType {
    /// Text, kept as AWS wrote it.
    Text,
    /// A whole number within a range, stored in 32 bits.
    Int32 { min: i32, max: i32 },
    /// A whole number of at least 0, stored in 64 bits.
    Int64 { max: i64 },
}

impl FieldType {
    pub(crate) const fn data_type(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8View,
            Self::Int32 { .. } => DataType::Int32,
            Self::Int64 { .. } => DataType::Int64,
        }
    }

    /// The smallest and largest value of a numeric field.
    pub(crate) const fn range(self) -> Option<(i64, i64)> {
        match self {
            Self::Text => None,
            Self::Int32 { min, max } => Some((min as i64, max as i64)),
            Self::Int64 { max } => Some((0, max)),
        }
    }
}

/// A field AWS documents.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FlowField {
    /// Its column's name: lower case, underscores.
    pub(crate) name: &'static str,
    pub(crate) field_type: FieldType,
}

const fn text(name: &'static str) -> FlowField {
    FlowField {
        name,
        field_type: FieldType::Text,
    }
}

const fn int32(name: &'static str, min: i32, max: i32) -> FlowField {
    FlowField {
        name,
        field_type: FieldType::Int32 { min, max },
    }
}

const fn int64(name: &'static str, max: i64) -> FlowField {
    FlowField {
        name,
        field_type: FieldType::Int64 { max },
    }
}

/// How many fields the default format of VPC Flow Logs (version 2) has: the first ones of [`VPC_FIELDS`].
pub(crate) const VPC_DEFAULT_FIELDS: usize = 14;

/// VPC Flow Logs, versions 2 to 11.
pub(crate) const VPC_FIELDS: &[FlowField] = &[
    int32("version", 1, 255),
    text("account_id"),
    text("interface_id"),
    text("srcaddr"),
    text("dstaddr"),
    int32("srcport", 0, 65_535),
    int32("dstport", 0, 65_535),
    int32("protocol", 0, i32::MAX),
    int64("packets", i64::MAX),
    int64("bytes", i64::MAX),
    int64("start", LAST_SECOND_S),
    int64("end", LAST_SECOND_S),
    text("action"),
    text("log_status"),
    text("vpc_id"),
    text("subnet_id"),
    text("instance_id"),
    int32("tcp_flags", 0, 255),
    text("type"),
    text("pkt_srcaddr"),
    text("pkt_dstaddr"),
    text("region"),
    text("az_id"),
    text("sublocation_type"),
    text("sublocation_id"),
    text("pkt_src_aws_service"),
    text("pkt_dst_aws_service"),
    text("flow_direction"),
    int32("traffic_path", 0, i32::MAX),
    text("ecs_cluster_arn"),
    text("ecs_cluster_name"),
    text("ecs_container_instance_arn"),
    text("ecs_container_instance_id"),
    text("ecs_container_id"),
    text("ecs_second_container_id"),
    text("ecs_service_name"),
    text("ecs_task_definition_arn"),
    text("ecs_task_arn"),
    text("ecs_task_id"),
    text("reject_reason"),
    text("resource_id"),
    int32("encryption_status", 0, i32::MAX),
    text("instance_tag"),
    text("interface_tag"),
    text("asg_tag"),
    text("interface_type"),
];

/// Transit Gateway Flow Logs, version 6; all of them, in this order, are also their default format.
pub(crate) const TGW_FIELDS: &[FlowField] = &[
    int32("version", 1, 255),
    text("resource_type"),
    text("account_id"),
    text("tgw_id"),
    text("tgw_attachment_id"),
    text("tgw_src_vpc_account_id"),
    text("tgw_dst_vpc_account_id"),
    text("tgw_src_vpc_id"),
    text("tgw_dst_vpc_id"),
    text("tgw_src_subnet_id"),
    text("tgw_dst_subnet_id"),
    text("tgw_src_eni"),
    text("tgw_dst_eni"),
    text("tgw_src_az_id"),
    text("tgw_dst_az_id"),
    text("tgw_pair_attachment_id"),
    text("srcaddr"),
    text("dstaddr"),
    int32("srcport", 0, 65_535),
    int32("dstport", 0, 65_535),
    int32("protocol", 0, i32::MAX),
    int64("packets", i64::MAX),
    int64("bytes", i64::MAX),
    int64("start", LAST_SECOND_S),
    int64("end", LAST_SECOND_S),
    text("log_status"),
    text("type"),
    int64("packets_lost_no_route", i64::MAX),
    int64("packets_lost_blackhole", i64::MAX),
    int64("packets_lost_mtu_exceeded", i64::MAX),
    int64("packets_lost_ttl_expired", i64::MAX),
    int32("tcp_flags", 0, 255),
    text("region"),
    text("flow_direction"),
    text("pkt_src_aws_service"),
    text("pkt_dst_aws_service"),
];

/// A flow log kind's fields; CloudTrail has none.
pub(crate) const fn fields(kind: LogKind) -> &'static [FlowField] {
    match kind {
        LogKind::VpcFlow => VPC_FIELDS,
        LogKind::TgwFlow => TGW_FIELDS,
        LogKind::CloudTrail => &[],
    }
}

/// Every known column of a flow log kind, all nullable.
pub(crate) fn schema(kind: LogKind) -> SchemaRef {
    let columns = fields(kind)
        .iter()
        .map(|field| Field::new(field.name, field.field_type.data_type(), true));
    Arc::new(Schema::new(columns.collect::<Vec<_>>()))
}

/// A header token's name without the `${…}` that `CloudFormation` and the console write around it.
pub(crate) fn bare_token(token: &str) -> &str {
    token
        .strip_prefix("${")
        .and_then(|rest| rest.strip_suffix('}'))
        .unwrap_or(token)
}

/// Whether `token` (any case, hyphens or underscores) spells the column `name`.
pub(crate) fn spells(token: &str, name: &str) -> bool {
    token.len() == name.len()
        && token.bytes().zip(name.bytes()).all(|(found, expected)| {
            let found = if found == b'-' {
                b'_'
            } else {
                found.to_ascii_lowercase()
            };
            found == expected
        })
}

/// The place in [`fields`] of the field a token names.
pub(crate) fn position(kind: LogKind, token: &str) -> Option<usize> {
    fields(kind)
        .iter()
        .position(|field| spells(bare_token(token), field.name))
}

/// Whether a token names a field of any flow log.
pub(crate) fn is_known(token: &str) -> bool {
    position(LogKind::VpcFlow, token).is_some() || position(LogKind::TgwFlow, token).is_some()
}

/// Whether a token names a field only Transit Gateway logs have, enough to tell them from VPC Flow Logs.
pub(crate) fn marks_transit_gateway(token: &str) -> bool {
    position(LogKind::TgwFlow, token).is_some() && position(LogKind::VpcFlow, token).is_none()
}

/// The column name of a token nobody knows: lower case, and `_` for what is no letter, digit or underscore.
pub(crate) fn column_name(token: &str) -> String {
    let clean = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '_'
        }
    };
    bare_token(token).chars().map(clean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_matched_in_any_spelling() {
        for token in [
            "pkt-src-aws-service",
            "PKT_SRC_AWS_SERVICE",
            "${pkt-src-aws-service}",
            "pkt-src_Aws-service",
        ] {
            assert_eq!(position(LogKind::VpcFlow, token), Some(25), "{token}");
        }
        assert_eq!(position(LogKind::VpcFlow, "pkt src"), None);
        assert_eq!(position(LogKind::VpcFlow, "${start"), None);
        assert_eq!(column_name("${Next-Hop.v4/é}"), "next_hop_v4__");
    }

    #[test]
    fn only_fields_of_transit_gateways_mark_them() {
        assert!(marks_transit_gateway("tgw-id") && marks_transit_gateway("resource_type"));
        assert!(!marks_transit_gateway("srcaddr") && !marks_transit_gateway("vpc-id"));
    }

    #[test]
    fn schemas_have_the_documented_types() {
        let vpc = schema(LogKind::VpcFlow);
        assert_eq!(vpc.fields().len(), 46);
        assert_eq!(vpc.field_with_name("start").unwrap().data_type(), &DataType::Int64);
        assert_eq!(
            vpc.field_with_name("traffic_path").unwrap().data_type(),
            &DataType::Int32
        );
        assert_eq!(vpc.field_with_name("srcaddr").unwrap().data_type(), &DataType::Utf8View);
        assert_eq!(schema(LogKind::TgwFlow).fields().len(), 36);
    }
}
