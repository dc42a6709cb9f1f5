//! The invented estate: accounts, regions, and in each a network of interfaces with their roles.

use std::ops::Range;

use crate::rng::{Rng, mix};

/// The accounts of the organization, the busiest first.
pub(crate) const ACCOUNTS: [&str; 3] = ["123456789012", "210987654321", "345678901234"];

/// The regions in use.
pub(crate) const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];

/// The stream of random numbers the estate is made from; files use their number.
pub(crate) const ESTATE_STREAM: u64 = u64::MAX;

/// What an interface is there for; decides who speaks to it and on which port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    LoadBalancer,
    Web,
    Application,
    Database,
    Cache,
    Directory,
    Worker,
    NatGateway,
    Bastion,
    JumpHost,
}

impl Role {
    /// Each role with its interfaces in a network.
    const ESTABLISHMENT: [(Self, usize); 10] = [
        (Self::LoadBalancer, 4),
        (Self::Web, 8),
        (Self::Application, 48),
        (Self::Database, 10),
        (Self::Cache, 6),
        (Self::Directory, 2),
        (Self::Worker, 40),
        (Self::NatGateway, 3),
        (Self::Bastion, 1),
        (Self::JumpHost, 1),
    ];

    /// Managed services' interfaces belong to no instance.
    const fn has_instance(self) -> bool {
        !matches!(
            self,
            Self::LoadBalancer | Self::Database | Self::Cache | Self::NatGateway
        )
    }
}

/// A network interface.
#[derive(Debug)]
pub(crate) struct Interface {
    pub(crate) id: String,
    pub(crate) address: u32,
    pub(crate) address_v6: u128,
    pub(crate) instance: Option<String>,
    pub(crate) subnet: String,
    pub(crate) zone: String,
    pub(crate) ecs: Option<EcsTask>,
}

/// The container task behind an interface, as the `ecs-…` fields tell it.
#[derive(Debug)]
pub(crate) struct EcsTask {
    pub(crate) cluster_arn: String,
    pub(crate) cluster_name: String,
    pub(crate) container_instance_arn: String,
    pub(crate) container_instance_id: String,
    pub(crate) container_id: String,
    pub(crate) second_container_id: Option<String>,
    pub(crate) service_name: String,
    pub(crate) task_definition_arn: String,
    pub(crate) task_arn: String,
    pub(crate) task_id: String,
}

/// A network (VPC) with one flow log.
#[derive(Debug)]
pub(crate) struct Vpc {
    pub(crate) account: &'static str,
    pub(crate) region: &'static str,
    pub(crate) id: String,
    pub(crate) flow_log: String,
    /// Second octet of its block: 10.`octet`.0.0/16.
    pub(crate) octet: u8,
    interfaces: Vec<Interface>,
}

impl Vpc {
    fn new(account: &'static str, region: &'static str, octet: u8, rng: &mut Rng) -> Self {
        let subnets: Vec<String> = (0..6).map(|_| format!("subnet-0{}", rng.hex(16))).collect();
        let mut vpc = Self {
            account,
            region,
            id: format!("vpc-0{}", rng.hex(16)),
            flow_log: format!("fl-0{}", rng.hex(16)),
            octet,
            interfaces: Vec::new(),
        };
        let network_v6 = 0x2600_1f18_u128 << 96 | u128::from(rng.bits() as u32 & 0xFFFF_FF00) << 64;
        for (role, count) in Role::ESTABLISHMENT {
            for number in 0..count {
                let zone = number % 3;
                // Three public subnets, then three private ones.
                let subnet = zone
                    + if role == Role::Application || role == Role::Worker {
                        3
                    } else {
                        0
                    };
                let host = 10 + vpc.interfaces.len() as u32;
                let ecs =
                    (role == Role::Application && number % 3 == 0).then(|| EcsTask::new(account, region, number, rng));
                vpc.interfaces.push(Interface {
                    id: format!("eni-0{}", rng.hex(16)),
                    address: 0x0A00_0000 | u32::from(octet) << 16 | (subnet as u32) << 12 | host,
                    address_v6: network_v6 | (subnet as u128) << 64 | u128::from(mix(rng.bits())),
                    instance: role.has_instance().then(|| format!("i-0{}", rng.hex(16))),
                    subnet: subnets[subnet].clone(),
                    zone: format!("{}-az{}", zone_prefix(region), [1, 2, 4][zone]),
                    ecs,
                });
            }
        }
        vpc
    }

    /// The interfaces of a role; every role has some.
    pub(crate) fn of(&self, role: Role) -> &[Interface] {
        &self.interfaces[place(role)]
    }

    /// An interface of a role, the first ones likelier.
    pub(crate) fn any(&self, role: Role, rng: &mut Rng) -> &Interface {
        let interfaces = self.of(role);
        &interfaces[rng.low(interfaces.len() as u32) as usize]
    }
}

impl EcsTask {
    fn new(account: &str, region: &str, number: usize, rng: &mut Rng) -> Self {
        const SERVICES: [&str; 4] = ["checkout", "catalogue", "payments", "search"];
        let service = SERVICES[number / 3 % SERVICES.len()];
        let cluster = "production";
        let arn = format!("arn:aws:ecs:{region}:{account}");
        let (task_id, container_instance_id) = (rng.hex(32), rng.hex(32));
        Self {
            cluster_arn: format!("{arn}:cluster/{cluster}"),
            cluster_name: cluster.to_owned(),
            container_instance_arn: format!("{arn}:container-instance/{cluster}/{container_instance_id}"),
            container_instance_id,
            container_id: format!("{}-{}", task_id, rng.below(1_000_000_000)),
            second_container_id: number
                .is_multiple_of(2)
                .then(|| format!("{}-{}", task_id, rng.below(1_000_000_000))),
            service_name: service.to_owned(),
            task_definition_arn: format!("{arn}:task-definition/{service}:{}", 1 + rng.below(90)),
            task_arn: format!("{arn}:task/{cluster}/{task_id}"),
            task_id,
        }
    }
}

/// The networks of the estate, one an account and region, the busiest first.
pub(crate) fn networks(seed: u64) -> Vec<Vpc> {
    let mut rng = Rng::new(seed, ESTATE_STREAM);
    let places = REGIONS
        .iter()
        .flat_map(|region| ACCOUNTS.iter().map(move |account| (account, region)));
    places
        .zip(0..)
        .map(|((account, region), number)| Vpc::new(account, region, 16 + 4 * number, &mut rng))
        .collect()
}

/// The zone ids of a region begin with this.
fn zone_prefix(region: &str) -> &'static str {
    if region == "us-east-1" { "use1" } else { "euw1" }
}

/// Where the interfaces of a role lie in a network's list.
fn place(role: Role) -> Range<usize> {
    let mut first = 0;
    for (other, count) in Role::ESTABLISHMENT {
        if other == role {
            return first..first + count;
        }
        first += count;
    }
    first..first
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_estate_has_no_two_things_of_one_name() {
        let networks = networks(42);
        assert_eq!(networks.len(), 6);
        let interfaces: Vec<_> = networks.iter().flat_map(|vpc| &vpc.interfaces).collect();
        assert_eq!(interfaces.len(), 6 * 123);
        assert_eq!(
            interfaces
                .iter()
                .map(|interface| &interface.id)
                .collect::<BTreeSet<_>>()
                .len(),
            interfaces.len()
        );
        assert_eq!(
            interfaces
                .iter()
                .map(|interface| interface.address)
                .collect::<BTreeSet<_>>()
                .len(),
            interfaces.len()
        );
        assert!(interfaces.iter().all(|interface| interface.address >> 24 == 10));
    }

    #[test]
    fn roles_lie_side_by_side() {
        assert_eq!(place(Role::LoadBalancer), 0..4);
        assert_eq!(place(Role::Web), 4..12);
        assert_eq!(place(Role::JumpHost), 122..123);
        let vpc = &networks(1)[0];
        assert!(
            vpc.of(Role::Database)
                .iter()
                .all(|interface| interface.instance.is_none())
        );
        assert_eq!(
            vpc.of(Role::Application)
                .iter()
                .filter(|interface| interface.ecs.is_some())
                .count(),
            16
        );
    }
}
