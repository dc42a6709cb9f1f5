//! The kinds of log Flowtrail knows.

use std::fmt;
use std::str::FromStr;

/// A kind of log, named the same everywhere: in key layouts, tables (`logs.<kind>`) and on the command line.
///
/// ```
/// use flowtrail_decode::LogKind;
/// assert_eq!("vpc_flow".parse::<LogKind>(), Ok(LogKind::VpcFlow));
/// assert_eq!(LogKind::CloudTrail.to_string(), "cloudtrail");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LogKind {
    /// VPC Flow Logs, versions 2 to 11.
    VpcFlow,
    /// Transit Gateway Flow Logs, version 6.
    TgwFlow,
    /// CloudTrail events: management, data, network activity and Insights.
    CloudTrail,
}

impl LogKind {
    /// Every kind, in the order tables are listed.
    pub const ALL: [Self; 3] = [Self::VpcFlow, Self::TgwFlow, Self::CloudTrail];

    /// The kind's name, which is also its table's name in schema `logs`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VpcFlow => "vpc_flow",
            Self::TgwFlow => "tgw_flow",
            Self::CloudTrail => "cloudtrail",
        }
    }
}

impl fmt::Display for LogKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for LogKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| format!("no log kind `{text}`: it is one of vpc_flow, tgw_flow, cloudtrail"))
    }
}
