//! Death and failure at every step.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::count::{check, finish_and_check};
use crate::input::Input;
use crate::moto::Moto;
use crate::site::{Ended, Site};

/// What a point is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// A load comes by three times or more.
    Often,
    /// A load comes by once.
    Once,
    /// It happened, and is answered with an error: the load looks, and goes on.
    Landed,
    /// Only in a folder lake, under everything that is written.
    Folder,
    /// Only where a process died in mid-batch before.
    Recovery,
    /// Only when tables are compacted.
    Compaction,
}

/// Every point there is.
pub const POINTS: [(&str, Reach); 25] = [
    ("lake.cleaned_file", Reach::Often),
    ("lake.commit.after", Reach::Often),
    ("lake.commit.before", Reach::Often),
    ("lake.commit.landed", Reach::Landed),
    ("lake.compact.before_commit", Reach::Compaction),
    ("lake.flag.before_commit", Reach::Once),
    ("lake.folder.named", Reach::Folder),
    ("lake.folder.written", Reach::Folder),
    ("lake.put.before", Reach::Often),
    ("lake.put.landed", Reach::Landed),
    ("lake.staged_file", Reach::Often),
    ("lake.table_created", Reach::Often),
    ("load.before_claim", Reach::Often),
    ("load.claimed", Reach::Often),
    ("load.cleaned", Reach::Often),
    ("load.decided", Reach::Often),
    ("load.flagged", Reach::Once),
    ("load.flushed", Reach::Often),
    ("load.given_up", Reach::Recovery),
    ("load.history_committed", Reach::Often),
    ("load.listed", Reach::Once),
    ("load.object_read", Reach::Often),
    ("load.settling", Reach::Often),
    ("load.staged", Reach::Often),
    ("load.table_committed", Reach::Often),
];

#[test]
fn every_point_in_the_sources_is_tested() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(crates).unwrap() {
        collect(&entry.unwrap().path().join("src"), &mut found);
    }
    let tested: BTreeSet<String> = POINTS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(found, tested);
}

fn collect(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else {
            let text = fs::read_to_string(&path).unwrap();
            let names = text
                .split("failpoint::hit(\"")
                .skip(1)
                .filter_map(|rest| rest.split('"').next());
            found.extend(names.map(str::to_owned));
        }
    }
}

/// The hits at which a point acts: the first, and later ones.
fn hits(reach: Reach) -> &'static [u32] {
    match reach {
        Reach::Often | Reach::Landed => &[0, 2],
        Reach::Folder => &[0, 2, 7, 19],
        Reach::Once | Reach::Recovery => &[0],
        Reach::Compaction => &[],
    }
}

fn at(point: &str, hit: u32, action: &str) -> String {
    if hit == 0 {
        format!("{point}={action}")
    } else {
        format!("{point}={hit}*off->{action}")
    }
}

/// Runs a load that meets `points`.
fn meet(site: &Site<'_>, points: &str) -> Ended {
    site.load(&[("FAILPOINTS", points)])
}

/// Every point and hit of a load, each with a lake of its own.
fn every_point<'a>(input: &Input, action: &str, in_folder: bool, site: &dyn Fn() -> Site<'a>) {
    for (point, reach) in POINTS {
        if reach == Reach::Folder && !in_folder {
            continue;
        }
        for hit in hits(reach) {
            let site = site();
            if reach == Reach::Recovery {
                assert!(meet(&site, "load.claimed=return(kill)").is_killed());
            }
            let points = at(point, *hit, action);
            let ended = meet(&site, &points);
            if action == "return(kill)" {
                assert!(ended.is_killed(), "{points}: {ended:?}");
            } else if reach == Reach::Landed {
                assert!(ended.is_well(), "{points}: {ended:?}");
            } else if point != "lake.folder.named" {
                assert_eq!(ended.status.code(), Some(1), "{points}: {ended:?}");
            }
            finish_and_check(&site, input, &points);
        }
    }
}

#[test]
fn death_at_every_step_in_a_folder() {
    let input = Input::mixed();
    every_point(&input, "return(kill)", true, &|| Site::in_folders(&input));
}

#[test]
fn failure_of_every_step_in_a_folder() {
    let input = Input::mixed();
    every_point(&input, "return", true, &|| Site::in_folders(&input));
}

#[test]
fn death_at_every_step_on_s3() {
    let Some(moto) = Moto::start() else { return };
    let input = Input::mixed();
    every_point(&input, "return(kill)", false, &|| {
        Site::on_s3(&moto, moto.endpoint(), &input)
    });
}

#[test]
fn failure_of_every_step_on_s3() {
    let Some(moto) = Moto::start() else { return };
    let input = Input::mixed();
    every_point(&input, "return", false, &|| Site::on_s3(&moto, moto.endpoint(), &input));
}

#[test]
fn death_while_mending_what_a_death_left() {
    let input = Input::mixed();
    for first in ["load.claimed", "load.decided", "load.history_committed"] {
        for (point, _) in POINTS.iter().filter(|(_, reach)| *reach != Reach::Compaction) {
            let site = Site::in_folders(&input);
            assert!(meet(&site, &at(first, 1, "return(kill)")).is_killed());
            let second = meet(&site, &at(point, 0, "return(kill)"));
            assert!(second.is_killed() || second.is_well(), "{first}, {point}: {second:?}");
            finish_and_check(&site, &input, &format!("{first}, then {point}"));
        }
    }
}

#[test]
fn death_of_a_compaction() {
    let input = Input::mixed();
    for action in ["return(kill)", "return"] {
        for hit in [0, 1] {
            let site = Site::in_folders(&input);
            assert!(site.load(&[]).is_well());
            let mut compact: Command = site.command(&["compact"]);
            compact.env("FAILPOINTS", at("lake.compact.before_commit", hit, action));
            let ended = site.start(compact).wait();
            assert!(!ended.status.success(), "{ended:?}");
            check(&site, &input, "after a compaction that ended early");
            let ended = site.start(site.command(&["compact"])).wait();
            assert!(ended.status.success(), "{ended:?}");
            check(&site, &input, "after a compaction");
        }
    }
}
