//! The invented organization: in each account its users, roles, buckets and keys.

use crate::network::{ACCOUNTS, ESTATE_STREAM};
use crate::rng::{Rng, mix_32};

/// Letters and digits of AWS's principal and key ids.
const ID_ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Users: name, whether a person, whether with a second factor.
const USERS: [(&str, bool, bool); 8] = [
    ("deploy-bot", false, false),
    ("backup-agent", false, false),
    ("ana.sousa", true, true),
    ("ben.okafor", true, true),
    ("chen.wei", true, true),
    ("dana.levi", true, false),
    ("emil.berg", true, true),
    ("legacy-reporting", false, false),
];

/// Roles: name, who takes them.
const ROLES: [(&str, Taker); 6] = [
    ("app-server", Taker::Instance),
    ("orders-lambda", Taker::Function),
    ("AWSReservedSSO_PowerUserAccess_6f2d1c0b9a8e7d54", Taker::Person),
    ("AWSReservedSSO_ReadOnlyAccess_1a2b3c4d5e6f7081", Taker::Person),
    ("ci-deploy", Taker::Pipeline),
    ("OrganizationAccountAccessRole", Taker::Account),
];

/// Who takes a role; decides session name, address and user agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taker {
    Instance,
    Function,
    Person,
    Pipeline,
    Account,
}

/// An account of the organization.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) id: &'static str,
    pub(crate) users: Vec<User>,
    pub(crate) roles: Vec<Role>,
    pub(crate) buckets: Vec<String>,
    pub(crate) keys: Vec<String>,
    pub(crate) instances: Vec<String>,
    pub(crate) root_access_key: String,
}

/// An IAM user.
#[derive(Debug)]
pub(crate) struct User {
    pub(crate) name: &'static str,
    pub(crate) principal_id: String,
    pub(crate) access_key: String,
    pub(crate) is_person: bool,
    pub(crate) has_mfa: bool,
    pub(crate) address: String,
}

/// An IAM role.
#[derive(Debug)]
pub(crate) struct Role {
    pub(crate) name: &'static str,
    pub(crate) principal_id: String,
    pub(crate) taker: Taker,
    /// Its sessions: name, temporary access key, source address.
    pub(crate) sessions: Vec<Session>,
}

/// Somebody's or something's hold of a role.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) name: String,
    pub(crate) access_key: String,
    pub(crate) address: String,
}

impl Account {
    fn new(id: &'static str, number: u32, rng: &mut Rng) -> Self {
        let users = USERS.map(|(name, is_person, has_mfa)| User {
            name,
            principal_id: principal("AIDA", rng),
            access_key: access_key("AKIA", rng),
            is_person,
            has_mfa,
            address: office_address(rng),
        });
        let instances: Vec<_> = (0..40).map(|_| format!("i-0{}", rng.hex(16))).collect();
        let roles = ROLES.map(|(name, taker)| Role {
            name,
            principal_id: principal("AROA", rng),
            taker,
            sessions: (0..8)
                .map(|session| Session::new(taker, session, &instances, rng))
                .collect(),
        });
        let suffix = mix_32(number + 1) % 10_000;
        Self {
            id,
            users: users.into(),
            roles: roles.into(),
            buckets: [
                "assets",
                "orders-export",
                "athena-results",
                "app-logs",
                "backups",
                "payroll",
            ]
            .map(|name| format!("{name}-{suffix:04}"))
            .into(),
            keys: (0..3).map(|_| rng.uuid()).collect(),
            instances,
            root_access_key: access_key("ASIA", rng),
        }
    }
}

impl Session {
    fn new(taker: Taker, number: usize, instances: &[String], rng: &mut Rng) -> Self {
        const PEOPLE: [&str; 8] = ["ana", "ben", "chen", "dana", "emil", "fatima", "goran", "hiro"];
        let (name, address) = match taker {
            Taker::Instance => (
                instances[number].clone(),
                format!("10.16.{}.{}", 48 + number, 10 + rng.below(200)),
            ),
            Taker::Function => (
                format!("orders-{number}"),
                format!("18.204.{}.{}", rng.below(256), rng.below(254) + 1),
            ),
            Taker::Person => (format!("{}@example.com", PEOPLE[number]), office_address(rng)),
            Taker::Pipeline => (
                "GitHubActions".to_owned(),
                format!("20.1.{}.{}", rng.below(256), rng.below(254) + 1),
            ),
            Taker::Account => (format!("organization-{number}"), office_address(rng)),
        };
        Self {
            name,
            access_key: access_key("ASIA", rng),
            address,
        }
    }
}

/// The accounts of the organization.
pub(crate) fn accounts(seed: u64) -> Vec<Account> {
    let mut rng = Rng::new(seed, ESTATE_STREAM - 1);
    ACCOUNTS
        .into_iter()
        .zip(0..)
        .map(|(id, number)| Account::new(id, number, &mut rng))
        .collect()
}

fn principal(prefix: &str, rng: &mut Rng) -> String {
    prefix.to_owned() + &rng.text(ID_ALPHABET, 17)
}

/// A key id of AWS's form: `AKIA` lasting, `ASIA` temporary.
pub(crate) fn access_key(prefix: &str, rng: &mut Rng) -> String {
    prefix.to_owned() + &rng.text(ID_ALPHABET, 16)
}

/// An address out of the ranges kept for documentation.
fn office_address(rng: &mut Rng) -> String {
    let network = *rng.pick(&["192.0.2", "198.51.100", "203.0.113"]);
    format!("{network}.{}", 1 + rng.below(254))
}
