//! The traffic model: who speaks to whom, and what an interface records of it.
//!
//! Shares follow what such estates show: much east-west, outbound HTTPS, some inbound web, a steady noise of scanners
//! that is rejected, and a trickle of administration from the internet that is not.

use crate::address::Address;
use crate::distribution::Quantiles;
use crate::flow::{Endpoint, Flow, Observed, Traffic, Verdict};
use crate::network::{Interface, Role, Vpc};
use crate::rng::{Rng, mix, mix_32};

const TCP: u8 = 6;
const UDP: u8 = 17;
const ICMP: u8 = 1;

/// Ports scanners try, the favourites first.
const SCANNED_PORTS: [u16; 16] = [
    23, 22, 445, 3389, 80, 8080, 443, 5900, 6379, 3306, 1433, 5432, 2375, 9200, 27017, 8443,
];

/// First octets of public addresses that no AWS range of this estate uses.
const PUBLIC_OCTETS: [u8; 24] = [
    5, 23, 31, 37, 45, 62, 77, 80, 89, 91, 93, 103, 109, 141, 151, 178, 185, 188, 193, 194, 195, 212, 213, 217,
];

/// AWS services reached from inside: name as in `pkt-dst-aws-service`, first two octets, `traffic-path`.
const SERVICES: [(&str, u32, u8); 6] = [
    ("S3", 0x34D8, 7),
    ("DYNAMODB", 0x345E, 7),
    ("AMAZON", 0x34E7, 8),
    ("EC2", 0x0312, 8),
    ("CLOUDFRONT", 0x0D20, 8),
    ("API_GATEWAY", 0x0390, 8),
];

/// The tables draws are made from; shared by all files of a run.
pub(crate) struct Mix {
    scanners: Quantiles,
    clients: Quantiles,
    sites: Quantiles,
    administrators: Quantiles,
    packets: Quantiles,
    packet_bytes: Quantiles,
    /// First 16 bits of each network.
    network_prefixes: Vec<u32>,
}

impl Mix {
    pub(crate) fn new(networks: &[Vpc]) -> Self {
        Self {
            scanners: Quantiles::power_law(20_000, 1.15),
            clients: Quantiles::power_law(200_000, 0.9),
            sites: Quantiles::power_law(60_000, 1.15),
            administrators: Quantiles::power_law(60, 1.3),
            packets: Quantiles::heavy_tail(9.0, 0.75),
            packet_bytes: Quantiles::power_law(1_420, 0.6),
            network_prefixes: networks.iter().map(network_prefix).collect(),
        }
    }
}

/// One who speaks with an interface, and how.
struct Exchange {
    peer: Address,
    service: Option<&'static str>,
    /// The port that is listened on, 0 for ICMP.
    port: u16,
    protocol: u8,
    opened_by: Opener,
    /// `traffic-path` of what leaves.
    path: u8,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Opener {
    Interface,
    Peer,
}

/// Observes one network's interfaces.
pub(crate) struct Observer<'e> {
    vpc: &'e Vpc,
    mix: &'e Mix,
    /// First 16 bits of the networks it is peered with.
    peered: Vec<u32>,
    rng: Rng,
}

impl<'e> Observer<'e> {
    pub(crate) fn new(vpc: &'e Vpc, mix: &'e Mix, rng: Rng) -> Self {
        let own = network_prefix(vpc);
        let peered = mix
            .network_prefixes
            .iter()
            .copied()
            .filter(|prefix| *prefix != own)
            .collect();
        Self { vpc, mix, peered, rng }
    }

    /// The next record of the minute that begins at `minute` (Unix seconds); it starts and ends within it.
    pub(crate) fn observe(&mut self, minute: i64) -> Flow<'e> {
        let (interface, observed) = self.event();
        let start = self.rng.below(58);
        let end = start + 1 + self.rng.below(59 - start);
        Flow {
            interface,
            start: minute + i64::from(start),
            end: minute + i64::from(end),
            observed,
        }
    }

    fn event(&mut self) -> (&'e Interface, Observed) {
        let (interface, traffic) = match self.rng.below(1000) {
            0..=2 => return (self.vpc.any(Role::Worker, &mut self.rng), Observed::NoData),
            3 => return (self.vpc.any(Role::Application, &mut self.rng), Observed::SkipData),
            4..=123 => self.scan(),
            124..=126 => self.administration(),
            127..=306 => self.web(),
            307..=646 => self.east_west(),
            647..=669 => self.peering(),
            670..=869 => self.outbound(),
            870..=894 => self.nat(),
            895..=964 => self.name_lookup(),
            965..=989 => self.time(),
            _ => self.ping(),
        };
        (interface, Observed::Traffic(traffic))
    }

    /// A scanner tries a port; nearly always in vain.
    fn scan(&mut self) -> (&'e Interface, Traffic) {
        let role = *self.rng.pick(&[
            Role::LoadBalancer,
            Role::Web,
            Role::Bastion,
            Role::JumpHost,
            Role::NatGateway,
        ]);
        let interface = self.vpc.any(role, &mut self.rng);
        let scanner = self.mix.scanners.draw(&mut self.rng);
        let port = if self.rng.one_in(6) {
            1 + self.rng.below(65_535) as u16
        } else {
            SCANNED_PORTS[self.rng.low(SCANNED_PORTS.len() as u32) as usize]
        };
        let exchange = Exchange {
            peer: public_v4(scanner, 0x5CA0),
            service: None,
            port,
            protocol: if self.rng.one_in(20) { UDP } else { TCP },
            opened_by: Opener::Peer,
            path: 8,
        };
        (interface, self.rejected(interface, &exchange))
    }

    /// Somebody on the internet is let in by SSH or Remote Desktop.
    fn administration(&mut self) -> (&'e Interface, Traffic) {
        let (role, port) = if self.rng.one_in(4) {
            (Role::JumpHost, 3389)
        } else {
            (Role::Bastion, 22)
        };
        let interface = self.vpc.any(role, &mut self.rng);
        let administrator = self.mix.administrators.draw(&mut self.rng);
        self.accepted(
            interface,
            &Exchange::internet(public_v4(administrator, 0xAD31), port, Opener::Peer),
        )
    }

    /// A browser on the internet and the public side of the service.
    fn web(&mut self) -> (&'e Interface, Traffic) {
        let role = if self.rng.one_in(5) {
            Role::Web
        } else {
            Role::LoadBalancer
        };
        let interface = self.vpc.any(role, &mut self.rng);
        let client = self.mix.clients.draw(&mut self.rng);
        let port = if self.rng.one_in(8) { 80 } else { 443 };
        let mut exchange = Exchange::internet(public(client, 0xC11E, &mut self.rng), port, Opener::Peer);
        if self.rng.one_in(10) {
            exchange.peer = service_address(SERVICES[4].1, client % 500);
            exchange.service = Some(SERVICES[4].0);
        }
        self.accepted(interface, &exchange)
    }

    /// Between two interfaces of the network, recorded at either.
    fn east_west(&mut self) -> (&'e Interface, Traffic) {
        let (from, to, port) = *self.rng.pick(&[
            (Role::LoadBalancer, Role::Web, 8080),
            (Role::Web, Role::Application, 8443),
            (Role::Web, Role::Cache, 6379),
            (Role::Application, Role::Database, 5432),
            (Role::Application, Role::Database, 3306),
            (Role::Application, Role::Application, 9090),
            (Role::Application, Role::Cache, 6379),
            (Role::Worker, Role::Database, 5432),
            (Role::Worker, Role::Worker, 2049),
            (Role::Bastion, Role::Application, 22),
        ]);
        let client = self.vpc.any(from, &mut self.rng);
        let server = self.vpc.any(to, &mut self.rng);
        let (interface, peer, opened_by) = if self.rng.one_in(2) {
            (client, server, Opener::Interface)
        } else {
            (server, client, Opener::Peer)
        };
        let exchange = Exchange::internal(Address::V4(peer.address), port, TCP, opened_by, 1);
        if self.rng.one_in(100) {
            return (interface, self.rejected(interface, &exchange));
        }
        self.accepted(interface, &exchange)
    }

    /// With another network of the estate over a peering connection.
    fn peering(&mut self) -> (&'e Interface, Traffic) {
        let interface = self.vpc.any(Role::Worker, &mut self.rng);
        let prefix = *self.rng.pick(&self.peered);
        let peer = Address::V4(prefix << 16 | 3 << 12 | (10 + self.rng.low(120)));
        let opened_by = if self.rng.one_in(2) {
            Opener::Interface
        } else {
            Opener::Peer
        };
        self.accepted(interface, &Exchange::internal(peer, 5432, TCP, opened_by, 4))
    }

    /// Out to the web or to an AWS service.
    fn outbound(&mut self) -> (&'e Interface, Traffic) {
        let role = if self.rng.one_in(3) {
            Role::Worker
        } else {
            Role::Application
        };
        let interface = self.vpc.any(role, &mut self.rng);
        let site = self.mix.sites.draw(&mut self.rng);
        if self.rng.one_in(2) {
            let (service, prefix, path) = SERVICES[self.rng.low(SERVICES.len() as u32) as usize];
            let peer = service_address(prefix, site % 2_000);
            let exchange = Exchange {
                service: Some(service),
                path,
                ..Exchange::internet(peer, 443, Opener::Interface)
            };
            return self.accepted(interface, &exchange);
        }
        let port = if self.rng.one_in(12) { 80 } else { 443 };
        let exchange = Exchange::internet(public(site, 0x517E, &mut self.rng), port, Opener::Interface);
        if self.rng.one_in(150) {
            return (interface, self.rejected(interface, &Exchange { port: 25, ..exchange }));
        }
        self.accepted(interface, &exchange)
    }

    /// What a NAT gateway's interface sees on its inner side: its own address, and the true one in the packet.
    fn nat(&mut self) -> (&'e Interface, Traffic) {
        let interface = self.vpc.any(Role::NatGateway, &mut self.rng);
        let inside = Address::V4(self.vpc.any(Role::Worker, &mut self.rng).address);
        let outside = public_v4(self.mix.sites.draw(&mut self.rng), 0x517E);
        let exchange = Exchange::internal(inside, 443, TCP, Opener::Peer, 1);
        let (interface, mut traffic) = self.accepted(interface, &exchange);
        let own_side = if traffic.is_egress {
            &mut traffic.source
        } else {
            &mut traffic.destination
        };
        own_side.packet_address = outside;
        (interface, traffic)
    }

    fn name_lookup(&mut self) -> (&'e Interface, Traffic) {
        let interface = self.vpc.any(Role::Application, &mut self.rng);
        let server = self.vpc.any(Role::Directory, &mut self.rng);
        self.accepted(
            interface,
            &Exchange::internal(Address::V4(server.address), 53, UDP, Opener::Interface, 1),
        )
    }

    fn time(&mut self) -> (&'e Interface, Traffic) {
        let interface = self.vpc.any(Role::Worker, &mut self.rng);
        let peer = public_v4(self.rng.low(24), 0x0123);
        let exchange = Exchange {
            protocol: UDP,
            ..Exchange::internet(peer, 123, Opener::Interface)
        };
        self.accepted(interface, &exchange)
    }

    fn ping(&mut self) -> (&'e Interface, Traffic) {
        let interface = self.vpc.any(Role::Web, &mut self.rng);
        if self.rng.one_in(2) {
            let peer = Address::V4(self.vpc.any(Role::Directory, &mut self.rng).address);
            return self.accepted(interface, &Exchange::internal(peer, 0, ICMP, Opener::Peer, 1));
        }
        let scanner = self.mix.scanners.draw(&mut self.rng);
        let exchange = Exchange {
            protocol: ICMP,
            ..Exchange::internet(public_v4(scanner, 0x5CA0), 0, Opener::Peer)
        };
        (interface, self.rejected(interface, &exchange))
    }

    /// One direction of an exchange that was let through; which one is left to chance.
    fn accepted(&mut self, interface: &'e Interface, exchange: &Exchange) -> (&'e Interface, Traffic) {
        let is_answer = self.rng.one_in(2);
        let packets = if exchange.protocol == TCP {
            1 + u64::from(self.mix.packets.draw(&mut self.rng))
        } else {
            1 + u64::from(self.rng.low(4))
        };
        let packet_bytes = 40 + self.mix.packet_bytes.draw(&mut self.rng);
        let tcp_flags = match (exchange.protocol == TCP, is_answer) {
            (false, _) => 0,
            (true, false) => *self.rng.pick(&[2, 3, 3, 3, 6, 7, 0]),
            (true, true) => *self.rng.pick(&[18, 19, 19, 19, 22, 23, 0]),
        };
        let traffic = Traffic {
            packets,
            bytes: packets * u64::from(packet_bytes) + u64::from(self.rng.below(37)),
            verdict: Verdict::Accepted,
            tcp_flags,
            ..self.direction(interface, exchange, is_answer)
        };
        (interface, traffic)
    }

    /// The first packets of an exchange, which went no further.
    fn rejected(&mut self, interface: &'e Interface, exchange: &Exchange) -> Traffic {
        let packets = 1 + u64::from(self.rng.low(4));
        let is_from_internet = exchange.path == 8;
        let verdict = if is_from_internet && self.rng.one_in(200) {
            Verdict::RejectedByBpa
        } else {
            Verdict::Rejected
        };
        Traffic {
            packets,
            bytes: packets * *self.rng.pick(&[40, 44, 52, 60]),
            verdict,
            tcp_flags: if exchange.protocol == TCP { 2 } else { 0 },
            ..self.direction(interface, exchange, false)
        }
    }

    /// Ends and ports of one direction of an exchange.
    fn direction(&mut self, interface: &Interface, exchange: &Exchange, is_answer: bool) -> Traffic {
        let ephemeral = if exchange.protocol == ICMP {
            0
        } else {
            32_768 + self.rng.below(28_232) as u16
        };
        let own_address = match exchange.peer {
            Address::V4(_) => Address::V4(interface.address),
            Address::V6(_) => Address::V6(interface.address_v6),
        };
        let is_opener = exchange.opened_by == Opener::Interface;
        let (own_port, peer_port) = if is_opener {
            (ephemeral, exchange.port)
        } else {
            (exchange.port, ephemeral)
        };
        let own = Endpoint {
            address: own_address,
            packet_address: own_address,
            port: own_port,
            service: None,
        };
        let peer = Endpoint {
            address: exchange.peer,
            packet_address: exchange.peer,
            port: peer_port,
            service: exchange.service,
        };
        let is_egress = is_opener != is_answer;
        let (source, destination) = if is_egress { (own, peer) } else { (peer, own) };
        Traffic {
            source,
            destination,
            protocol: exchange.protocol,
            packets: 0,
            bytes: 0,
            verdict: Verdict::Accepted,
            tcp_flags: 0,
            is_egress,
            path: is_egress.then_some(exchange.path),
            // Between instances of this estate the hardware encrypts.
            encryption: u8::from(exchange.path == 1),
        }
    }
}

impl Exchange {
    fn internet(peer: Address, port: u16, opened_by: Opener) -> Self {
        Self {
            peer,
            service: None,
            port,
            protocol: TCP,
            opened_by,
            path: 8,
        }
    }

    fn internal(peer: Address, port: u16, protocol: u8, opened_by: Opener, path: u8) -> Self {
        Self {
            peer,
            service: None,
            port,
            protocol,
            opened_by,
            path,
        }
    }
}

/// The public address of a rank in a population; one in twelve is of version 6.
fn public(rank: u32, population: u32, rng: &mut Rng) -> Address {
    if rng.one_in(12) {
        public_v6(rank, population)
    } else {
        public_v4(rank, population)
    }
}

fn public_v4(rank: u32, population: u32) -> Address {
    let hash = mix_32(rank.wrapping_add(population << 16));
    let first = PUBLIC_OCTETS[(hash >> 24) as usize % PUBLIC_OCTETS.len()];
    // No address ends in 0 or 255.
    let last = 1 + (hash & 0xFF) % 254;
    Address::V4(u32::from(first) << 24 | hash & 0x00FF_FF00 | last)
}

fn public_v6(rank: u32, population: u32) -> Address {
    let hash = mix(u64::from(rank) << 32 | u64::from(population));
    Address::V6((0x2A00_0000 | u128::from(hash >> 40)) << 96 | u128::from(hash & 0xFFFF) << 64 | u128::from(hash >> 8))
}

fn network_prefix(vpc: &Vpc) -> u32 {
    0x0A00 | u32::from(vpc.octet)
}

fn service_address(prefix: u32, rank: u32) -> Address {
    Address::V4(prefix << 16 | mix_32(rank) & 0xFFFF)
}
