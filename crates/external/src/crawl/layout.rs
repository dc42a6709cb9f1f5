//! What the folders of an object's key say: which of them are partitions.

use chrono::{NaiveDate, NaiveDateTime};

/// A folder of a layout: one of a name, or one that has another name in each partition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Folder {
    Named(String),
    /// The account of AWS's layout.
    Account,
    /// The region of AWS's layout.
    Region,
}

/// How a layout goes on behind its folders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Ending {
    /// With the objects themselves.
    Objects,
    /// With folders such as `year=2026/month=11`.
    Hive,
    /// With `2026/11/21`, and perhaps an hour.
    Slashes,
    /// With `2026-11-21`.
    Dashes,
}

/// What objects of one table have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Layout {
    pub(super) folders: Vec<Folder>,
    pub(super) ending: Ending,
}

/// An object's layout, and the partition that the object is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Located {
    pub(super) layout: Layout,
    pub(super) account: Option<String>,
    pub(super) region: Option<String>,
    /// Names and values of Hive's folders.
    pub(super) pairs: Vec<(String, String)>,
    pub(super) time: Option<NaiveDateTime>,
    /// The folders of the partition behind those of the layout, as they stand in the key.
    pub(super) behind: Vec<String>,
}

/// Takes the folders of a key apart. The first `fixed` of them are those of the place that is looked at, and so the same
/// for all objects.
pub(super) fn locate(folders: &[&str], fixed: usize) -> Located {
    let hive = (fixed..folders.len()).find(|at| pair(folders[*at]).is_some());
    let dated = (fixed..folders.len()).find_map(|at| Some((at, date(&folders[at..])?)));
    let mut located = Located {
        layout: Layout {
            folders: Vec::new(),
            ending: Ending::Objects,
        },
        account: None,
        region: None,
        pairs: Vec::new(),
        time: None,
        behind: Vec::new(),
    };
    let end = match (hive, dated) {
        (Some(hive), dated) if dated.as_ref().is_none_or(|(dated, _)| hive < *dated) => {
            let pairs = folders[hive..].iter().map_while(|folder| pair(folder));
            located.pairs = pairs.collect();
            located.behind = owned(&folders[hive..hive + located.pairs.len()]);
            located.layout.ending = Ending::Hive;
            hive
        }
        (_, Some((at, dated))) => {
            located.behind = owned(&folders[at..at + dated.folders]);
            located.layout.ending = dated.ending;
            located.time = Some(dated.time);
            at
        }
        _ => folders.len(),
    };
    located.layout.folders = owned(&folders[..end]).into_iter().map(Folder::Named).collect();
    if located.time.is_some() {
        name_account_and_region(&mut located, fixed);
    }
    located
}

/// In `AWSLogs/[o-<organization>/]<account>/<service>/<region>/` the account and the region are partitions too.
fn name_account_and_region(located: &mut Located, fixed: usize) {
    let folders = &mut located.layout.folders;
    let is_logs = |folder: &Folder| matches!(folder, Folder::Named(name) if name == "AWSLogs");
    let Some(logs) = folders.iter().rposition(is_logs) else {
        return;
    };
    let named = |folders: &[Folder], at: usize| match folders.get(at) {
        Some(Folder::Named(name)) => Some(name.clone()),
        _ => None,
    };
    let has_organization = named(folders, logs + 1).is_some_and(|name| name.starts_with("o-"));
    let at = logs + 1 + usize::from(has_organization);
    let Some(account) = named(folders, at).filter(|name| is_account(name)) else {
        return;
    };
    if at >= fixed {
        folders[at] = Folder::Account;
        located.account = Some(account);
    }
    let at = at + 2;
    if let Some(region) = named(folders, at).filter(|name| at >= fixed && is_region(name)) {
        folders[at] = Folder::Region;
        located.region = Some(region);
    }
}

/// A date in folders.
struct Dated {
    ending: Ending,
    time: NaiveDateTime,
    /// How many folders it takes.
    folders: usize,
}

/// The date that folders begin with.
fn date(folders: &[&str]) -> Option<Dated> {
    let day = |year: &str, month: &str, day: &str| {
        let date = NaiveDate::from_ymd_opt(digits(year, 4)? as i32, digits(month, 2)?, digits(day, 2)?)?;
        date.and_hms_opt(0, 0, 0)
            .filter(|_| (1990..2200).contains(&digits(year, 4).unwrap_or(0)))
    };
    if let [year, month, date, rest @ ..] = folders
        && let Some(time) = day(year, month, date)
    {
        let hour = rest.first().and_then(|hour| digits(hour, 2)).filter(|hour| *hour < 24);
        return Some(Dated {
            ending: Ending::Slashes,
            time: hour
                .and_then(|hour| time.date().and_hms_opt(hour, 0, 0))
                .unwrap_or(time),
            folders: if hour.is_some() { 4 } else { 3 },
        });
    }
    let mut parts = folders.first()?.split('-');
    let time = day(parts.next()?, parts.next()?, parts.next()?)?;
    parts.next().is_none().then_some(Dated {
        ending: Ending::Dashes,
        time,
        folders: 1,
    })
}

fn digits(text: &str, length: usize) -> Option<u32> {
    let is_number = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

/// `name=value`, the name in small letters.
fn pair(folder: &str) -> Option<(String, String)> {
    let (name, value) = folder.split_once('=')?;
    let is_name = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.');
    let is_pair = !name.is_empty() && name.chars().all(is_name) && !value.is_empty();
    is_pair.then(|| (name.to_lowercase(), crate::find::unescaped(value)))
}

fn is_account(folder: &str) -> bool {
    folder.len() == 12 && folder.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_region(folder: &str) -> bool {
    let mut words = folder.split('-');
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let number = words.next_back().is_some_and(|last| last.parse::<u8>().is_ok());
    number && folder.matches('-').count() >= 2 && words.all(is_word)
}

fn owned(folders: &[&str]) -> Vec<String> {
    folders.iter().map(|folder| (*folder).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A layout as a pattern.
    fn shown(key: &str, fixed: usize) -> String {
        let folders: Vec<&str> = key.split('/').filter(|folder| !folder.is_empty()).collect();
        let located = locate(&folders, fixed);
        let mut shown: Vec<String> = located
            .layout
            .folders
            .iter()
            .map(|folder| match folder {
                Folder::Named(name) => name.clone(),
                Folder::Account => "<account>".to_owned(),
                Folder::Region => "<region>".to_owned(),
            })
            .collect();
        let time = located.time.map(|time| time.format("%Y-%m-%dT%H").to_string());
        shown.extend(time.map(|time| format!("<{time}>")));
        shown.extend(located.pairs.iter().map(|(name, value)| format!("<{name}:{value}>")));
        shown.join("/")
    }

    #[test]
    fn folders_are_partitions_or_not() {
        for (key, fixed, expected) in [
            ("logs/app", 0, "logs/app"),
            ("logs/2026/11/21", 1, "logs/<2026-11-21T00>"),
            ("logs/2026/11/21/07/x", 1, "logs/<2026-11-21T07>"),
            ("logs/2026-11-21", 1, "logs/<2026-11-21T00>"),
            ("logs/2026/13/21", 1, "logs/2026/13/21"),
            // What stands in the place itself is the same for all.
            ("logs/2026/11/21", 2, "logs/2026/11/21"),
            ("t/Year=2026/month=11/x", 1, "t/<year:2026>/<month:11>"),
            ("t/year=2026/month=11", 2, "t/year=2026/<month:11>"),
            ("t/at=10%3A00", 0, "t/<at:10:00>"),
            (
                "p/AWSLogs/123456789012/vpcflowlogs/eu-west-1/2026/11/21",
                0,
                "p/AWSLogs/<account>/vpcflowlogs/<region>/<2026-11-21T00>",
            ),
            (
                "AWSLogs/o-abc/123456789012/CloudTrail/us-gov-west-1/2026/11/21",
                0,
                "AWSLogs/o-abc/<account>/CloudTrail/<region>/<2026-11-21T00>",
            ),
            (
                "AWSLogs/123456789012/vpcflowlogs/eu-west-1/2026/11/21/05",
                3,
                "AWSLogs/123456789012/vpcflowlogs/<region>/<2026-11-21T05>",
            ),
            (
                "AWSLogs/aws-account-id=1/aws-service=vpcflowlogs/year=2026",
                0,
                "AWSLogs/<aws-account-id:1>/<aws-service:vpcflowlogs>/<year:2026>",
            ),
        ] {
            assert_eq!(shown(key, fixed), expected, "{key}");
        }
    }

    proptest! {
        /// No folder is lost: those of the layout and those of the partition are the key's first ones.
        #[test]
        fn any_key_has_a_layout(folders in proptest::collection::vec("[a-c=0-9-]{0,5}|AWSLogs|2026|11|[0-9]{12}", 0..9), fixed in 0_usize..4) {
            let folders: Vec<&str> = folders.iter().map(String::as_str).collect();
            let located = locate(&folders, fixed.min(folders.len()));
            prop_assert!(located.layout.folders.len() + located.behind.len() <= folders.len());
            for (at, folder) in located.layout.folders.iter().enumerate() {
                if let Folder::Named(name) = folder {
                    prop_assert_eq!(name, folders[at]);
                } else {
                    prop_assert!(at >= fixed);
                }
            }
        }
    }
}
