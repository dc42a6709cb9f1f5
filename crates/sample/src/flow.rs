//! A flow record, and what each field of it holds.

use crate::Field;
use crate::address::Address;
use crate::network::{EcsTask, Interface, Vpc};

/// A flow record: what an interface saw, or that it saw nothing.
#[derive(Debug)]
pub(crate) struct Flow<'e> {
    pub(crate) interface: &'e Interface,
    /// Unix seconds.
    pub(crate) start: i64,
    /// Unix seconds, after `start`.
    pub(crate) end: i64,
    pub(crate) observed: Observed,
}

/// What became of the capture window.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "nearly all are traffic, and a box would be an allocation a record"
)]
pub(crate) enum Observed {
    Traffic(Traffic),
    NoData,
    SkipData,
}

/// The packets of one direction of a conversation.
#[derive(Debug)]
pub(crate) struct Traffic {
    pub(crate) source: Endpoint,
    pub(crate) destination: Endpoint,
    pub(crate) protocol: u8,
    pub(crate) packets: u64,
    pub(crate) bytes: u64,
    pub(crate) verdict: Verdict,
    pub(crate) tcp_flags: u8,
    pub(crate) is_egress: bool,
    /// `traffic-path`, which only egress has.
    pub(crate) path: Option<u8>,
    pub(crate) encryption: u8,
}

/// One end of a conversation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Endpoint {
    /// The address on the interface.
    pub(crate) address: Address,
    /// The address in the packet; another one behind a NAT gateway.
    pub(crate) packet_address: Address,
    pub(crate) port: u16,
    pub(crate) service: Option<&'static str>,
}

/// What the security groups and network ACLs made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Accepted,
    Rejected,
    /// By VPC Block Public Access.
    RejectedByBpa,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Number(u64),
    Text(&'a str),
    Address(Address),
    /// Nothing: `-` in text.
    Absent,
}

impl<'a> From<Option<&'a str>> for Value<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Self::Absent, Self::Text)
    }
}

impl<'e> Flow<'e> {
    /// What `field` holds in a record of version `version` from the flow log of `vpc`.
    pub(crate) fn value(&self, field: Field, version: u8, vpc: &'e Vpc) -> Value<'e> {
        match field {
            Field::Version => Value::Number(u64::from(version)),
            Field::AccountId => Value::Text(vpc.account),
            Field::InterfaceId => Value::Text(&self.interface.id),
            Field::Start => Value::Number(self.start as u64),
            Field::End => Value::Number(self.end as u64),
            Field::LogStatus => Value::Text(self.log_status()),
            Field::VpcId => Value::Text(&vpc.id),
            Field::SubnetId => Value::Text(&self.interface.subnet),
            Field::InstanceId => self.interface.instance.as_deref().into(),
            Field::Region => Value::Text(vpc.region),
            Field::AzId => Value::Text(&self.interface.zone),
            Field::ResourceId => Value::Text(self.interface.instance.as_ref().unwrap_or(&self.interface.id)),
            // Wavelength, Outposts and Local Zones, of which the estate has none.
            Field::SublocationType | Field::SublocationId => Value::Absent,
            _ => match (&self.observed, &self.interface.ecs) {
                (Observed::Traffic(traffic), ecs) => traffic.value(field, ecs.as_ref()),
                _ => Value::Absent,
            },
        }
    }

    fn log_status(&self) -> &'static str {
        match self.observed {
            Observed::Traffic(_) => "OK",
            Observed::NoData => "NODATA",
            Observed::SkipData => "SKIPDATA",
        }
    }
}

impl Traffic {
    fn value<'e>(&self, field: Field, ecs: Option<&'e EcsTask>) -> Value<'e> {
        match field {
            Field::SrcAddr => Value::Address(self.source.address),
            Field::DstAddr => Value::Address(self.destination.address),
            Field::SrcPort => Value::Number(u64::from(self.source.port)),
            Field::DstPort => Value::Number(u64::from(self.destination.port)),
            Field::Protocol => Value::Number(u64::from(self.protocol)),
            Field::Packets => Value::Number(self.packets),
            Field::Bytes => Value::Number(self.bytes),
            Field::Action => Value::Text(if self.verdict == Verdict::Accepted {
                "ACCEPT"
            } else {
                "REJECT"
            }),
            Field::TcpFlags => Value::Number(u64::from(self.tcp_flags)),
            Field::Type => Value::Text(match self.source.address {
                Address::V4(_) => "IPv4",
                Address::V6(_) => "IPv6",
            }),
            Field::PktSrcAddr => Value::Address(self.source.packet_address),
            Field::PktDstAddr => Value::Address(self.destination.packet_address),
            Field::PktSrcAwsService => self.source.service.into(),
            Field::PktDstAwsService => self.destination.service.into(),
            Field::FlowDirection => Value::Text(if self.is_egress { "egress" } else { "ingress" }),
            Field::TrafficPath => self.path.map_or(Value::Absent, |path| Value::Number(u64::from(path))),
            Field::RejectReason if self.verdict == Verdict::RejectedByBpa => Value::Text("BPA"),
            Field::EncryptionStatus => Value::Number(u64::from(self.encryption)),
            _ => ecs.map_or(Value::Absent, |task| task.value(field)),
        }
    }
}

impl EcsTask {
    fn value(&self, field: Field) -> Value<'_> {
        match field {
            Field::EcsClusterArn => Value::Text(&self.cluster_arn),
            Field::EcsClusterName => Value::Text(&self.cluster_name),
            Field::EcsContainerInstanceArn => Value::Text(&self.container_instance_arn),
            Field::EcsContainerInstanceId => Value::Text(&self.container_instance_id),
            Field::EcsContainerId => Value::Text(&self.container_id),
            Field::EcsSecondContainerId => self.second_container_id.as_deref().into(),
            Field::EcsServiceName => Value::Text(&self.service_name),
            Field::EcsTaskDefinitionArn => Value::Text(&self.task_definition_arn),
            Field::EcsTaskArn => Value::Text(&self.task_arn),
            Field::EcsTaskId => Value::Text(&self.task_id),
            _ => Value::Absent,
        }
    }
}
