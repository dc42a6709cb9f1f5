//! What a table is called, by the folders that its objects are in.

use super::gather::{Group, Root};
use super::layout::{Folder, Layout};

/// Names that would do, the shortest first.
pub(super) fn names_of(root: &Root, layout: &Layout, group: &Group) -> Vec<String> {
    let folders = layout.folders.iter().filter_map(|folder| match folder {
        Folder::Named(name) => Some(name.as_str()),
        _ => None,
    });
    let bucket = match root {
        Root::Bucket(bucket) => Some(bucket.as_str()),
        Root::Files => None,
    };
    let folders: Vec<&str> = bucket.into_iter().chain(folders).collect();
    let service = service_of(&folders, group);
    let mut names: Vec<String> = service.map(|service| name_of(&[service])).into_iter().collect();
    for start in (0..folders.len()).rev() {
        names.push(name_of(&folders[start..]));
    }
    names.retain(|name| !name.is_empty());
    if names.is_empty() {
        names.push("crawled".to_owned());
    }
    names
}

/// The service that a layout of AWS's names: `AWSLogs/[o-…/][<account>/]<service>`, or Hive's `aws-service=`.
fn service_of<'a>(folders: &[&'a str], group: &'a Group) -> Option<&'a str> {
    if let Some(place) = group.names.iter().position(|name| name == "aws-service") {
        let mut services = group.partitions.values().filter_map(|values| values.get(place));
        let first = services.next()?;
        return services.all(|service| service == first).then_some(first.as_str());
    }
    let logs = folders.iter().rposition(|folder| *folder == "AWSLogs")?;
    let is_owner = |folder: &str| folder.starts_with("o-") || folder.bytes().all(|byte| byte.is_ascii_digit());
    folders[logs + 1..].iter().copied().find(|folder| !is_owner(folder))
}

/// Folders as a name: letters and digits in small letters, with underscores between.
pub(super) fn name_of(folders: &[&str]) -> String {
    let words = folders
        .iter()
        .flat_map(|folder| folder.split(|letter: char| !letter.is_alphanumeric()))
        .filter(|word| !word.is_empty());
    let name = words.collect::<Vec<_>>().join("_").to_lowercase();
    if name.starts_with(|first: char| first.is_numeric()) {
        return format!("t_{name}");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawl::layout::locate;

    #[test]
    fn the_last_folder_names_a_table() {
        for (key, expected) in [
            ("logs/App-1", &["app_1", "logs_app_1", "b_logs_app_1"][..]),
            ("", &["b"]),
            ("x/2026", &["t_2026", "x_2026", "b_x_2026"]),
            (
                "AWSLogs/123456789012/vpcflowlogs/eu-west-1/2026/11/21",
                &[
                    "vpcflowlogs",
                    "vpcflowlogs",
                    "awslogs_vpcflowlogs",
                    "b_awslogs_vpcflowlogs",
                ],
            ),
        ] {
            let folders: Vec<&str> = key.split('/').filter(|folder| !folder.is_empty()).collect();
            let layout = locate(&folders, 0).layout;
            let names = names_of(&Root::Bucket("b".to_owned()), &layout, &Group::default());
            assert_eq!(names, expected, "{key}");
        }
    }
}
