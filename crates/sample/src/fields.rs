//! The fields of a flow record: names, versions and types as in AWS's page "Flow log records".

use std::str::FromStr;

use crate::SampleError;

/// How a field is typed in Parquet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// INT32.
    Int32,
    /// INT64.
    Int64,
    /// STRING.
    Text,
}

/// Declares [`Field`] with its facts, so that a field stands in one place.
macro_rules! fields {
    ($($field:ident $name:literal $since:literal $type:ident),+ $(,)?) => {
        /// A field of a VPC flow record, of versions 2 to 10.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "each is described in AWS's page under the name `Field::name` gives")]
        pub enum Field {
            $($field),+
        }

        impl Field {
            /// Every field, in AWS's order: those of the default format first.
            pub const ALL: &'static [Self] = &[$(Self::$field),+];

            /// The name in a header line, with hyphens.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$field => $name),+
                }
            }

            /// The version of flow logs that brought the field.
            pub const fn since_version(self) -> u8 {
                match self {
                    $(Self::$field => $since),+
                }
            }

            /// The type in Parquet.
            pub const fn field_type(self) -> FieldType {
                match self {
                    $(Self::$field => FieldType::$type),+
                }
            }
        }
    };
}

fields! {
    Version "version" 2 Int32,
    AccountId "account-id" 2 Text,
    InterfaceId "interface-id" 2 Text,
    SrcAddr "srcaddr" 2 Text,
    DstAddr "dstaddr" 2 Text,
    SrcPort "srcport" 2 Int32,
    DstPort "dstport" 2 Int32,
    Protocol "protocol" 2 Int32,
    Packets "packets" 2 Int64,
    Bytes "bytes" 2 Int64,
    Start "start" 2 Int64,
    End "end" 2 Int64,
    Action "action" 2 Text,
    LogStatus "log-status" 2 Text,
    VpcId "vpc-id" 3 Text,
    SubnetId "subnet-id" 3 Text,
    InstanceId "instance-id" 3 Text,
    TcpFlags "tcp-flags" 3 Int32,
    Type "type" 3 Text,
    PktSrcAddr "pkt-srcaddr" 3 Text,
    PktDstAddr "pkt-dstaddr" 3 Text,
    Region "region" 4 Text,
    AzId "az-id" 4 Text,
    SublocationType "sublocation-type" 4 Text,
    SublocationId "sublocation-id" 4 Text,
    PktSrcAwsService "pkt-src-aws-service" 5 Text,
    PktDstAwsService "pkt-dst-aws-service" 5 Text,
    FlowDirection "flow-direction" 5 Text,
    TrafficPath "traffic-path" 5 Int32,
    EcsClusterArn "ecs-cluster-arn" 7 Text,
    EcsClusterName "ecs-cluster-name" 7 Text,
    EcsContainerInstanceArn "ecs-container-instance-arn" 7 Text,
    EcsContainerInstanceId "ecs-container-instance-id" 7 Text,
    EcsContainerId "ecs-container-id" 7 Text,
    EcsSecondContainerId "ecs-second-container-id" 7 Text,
    EcsServiceName "ecs-service-name" 7 Text,
    EcsTaskDefinitionArn "ecs-task-definition-arn" 7 Text,
    EcsTaskArn "ecs-task-arn" 7 Text,
    EcsTaskId "ecs-task-id" 7 Text,
    RejectReason "reject-reason" 8 Text,
    ResourceId "resource-id" 9 Text,
    EncryptionStatus "encryption-status" 10 Int32,
}

impl Field {
    /// The name of the column in Parquet, with underscores.
    pub fn column(self) -> String {
        self.name().replace('-', "_")
    }
}

/// The fields of each record, in their order; at least one, none twice.
///
/// ```
/// use flowtrail_sample::Fields;
/// let fields: Fields = "srcaddr, dstaddr bytes".parse()?;
/// assert_eq!(fields.header(), "srcaddr dstaddr bytes");
/// assert_eq!(Fields::default().as_slice().len(), 14);
/// # Ok::<(), flowtrail_sample::SampleError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields(Vec<Field>);

impl Fields {
    /// All fields up to a version, in AWS's order.
    fn up_to(version: u8) -> Self {
        Self(
            Field::ALL
                .iter()
                .copied()
                .filter(|field| field.since_version() <= version)
                .collect(),
        )
    }

    /// The fields.
    pub fn as_slice(&self) -> &[Field] {
        &self.0
    }

    /// What `version` holds in each record: the version of the youngest field.
    pub fn version(&self) -> u8 {
        self.0.iter().map(|field| field.since_version()).max().unwrap_or(2)
    }

    /// The header line, without its end.
    pub fn header(&self) -> String {
        self.0.iter().map(|field| field.name()).collect::<Vec<_>>().join(" ")
    }
}

impl Default for Fields {
    /// The default format of version 2.
    fn default() -> Self {
        Self::up_to(2)
    }
}

impl FromStr for Fields {
    type Err = SampleError;

    /// Reads `v2`, `v3`, `v4`, `v5`, `all`, or field names separated by commas or blanks.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim() {
            "v2" => return Ok(Self::up_to(2)),
            "v3" => return Ok(Self::up_to(3)),
            "v4" => return Ok(Self::up_to(4)),
            "v5" => return Ok(Self::up_to(5)),
            "all" => return Ok(Self::up_to(u8::MAX)),
            _ => {}
        }
        let mut fields = Vec::new();
        for name in text
            .split(|c: char| c == ',' || c.is_whitespace())
            .filter(|name| !name.is_empty())
        {
            let field = Field::ALL
                .iter()
                .copied()
                .find(|field| field.name() == name)
                .ok_or_else(|| {
                    let valid = Field::ALL
                        .iter()
                        .map(|field| field.name())
                        .collect::<Vec<_>>()
                        .join(", ");
                    SampleError::UnknownField {
                        name: name.to_owned(),
                        valid,
                    }
                })?;
            if fields.contains(&field) {
                return Err(SampleError::RepeatedField { name: field.name() });
            }
            fields.push(field);
        }
        if fields.is_empty() {
            Err(SampleError::NoField)
        } else {
            Ok(Self(fields))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn named_sets_are_awss() {
        assert_eq!(
            Fields::default().header(),
            "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
        );
        let facts = |text: &str| {
            let fields: Fields = text.parse().unwrap();
            (fields.as_slice().len(), fields.version())
        };
        assert_eq!(facts("v2"), (14, 2));
        assert_eq!(facts("v3"), (21, 3));
        assert_eq!(facts("v4"), (25, 4));
        assert_eq!(facts("v5"), (29, 5));
        assert_eq!(facts("all"), (42, 10));
        assert_eq!(facts("bytes,tcp-flags"), (2, 3));
    }

    #[test]
    fn wrong_lists_say_what_is_right() {
        let message = |text: &str| text.parse::<Fields>().unwrap_err().to_string();
        assert!(message("srcaddr src-port").starts_with(
            "no flow log field `src-port`: give v2, v3, v4, v5, all, or a list of version, account-id, interface-id,"
        ));
        assert_eq!(
            message("bytes, bytes"),
            "flow log field `bytes` is named twice: name each field once"
        );
        assert_eq!(
            message(" , "),
            "no flow log field is named: give v2, v3, v4, v5, all, or a list of fields"
        );
    }
}
