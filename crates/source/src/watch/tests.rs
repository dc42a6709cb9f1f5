#![allow(clippy::unwrap_used)]

use std::fs::{self, File};
use std::io::Write;

use futures::TryStreamExt;
use notify::event::Flag;
use notify::{Event, EventKind};
use tempfile::TempDir;
use tokio::time::timeout;

use super::*;
use crate::{AwsSettings, Place, Source};

const FAST: Pace = Pace {
    settle: Duration::from_millis(300),
    quiet: Duration::from_millis(150),
    longest_burst: Duration::from_secs(2),
    poll: Duration::from_millis(100),
    list: Duration::from_secs(30),
};
/// Longer than news take, shorter than the next listing.
const SOON: Duration = Duration::from_secs(5);
/// Long enough for news that there are.
const NO_NEWS: Duration = Duration::from_millis(400);

async fn watched() -> (TempDir, Watch) {
    let folder = tempfile::tempdir().unwrap();
    let watch = Watch::open_at(folder.path(), FAST).await.unwrap();
    assert!(matches!(watch.sight, Sight::Watching { .. }));
    (folder, watch)
}

async fn is_changed(watch: &mut Watch) -> bool {
    timeout(NO_NEWS, watch.changed()).await.is_ok()
}

async fn await_change(watch: &mut Watch) {
    timeout(SOON, watch.changed()).await.unwrap();
}

/// Names of the listed files, and whether each is settled.
async fn settled(folder: &Path, watch: &mut Watch) -> Vec<(String, bool)> {
    let source = Source::open(&Place::Path(folder.into()), &AwsSettings::default())
        .await
        .unwrap();
    let objects: Vec<Object> = source.list().try_collect().await.unwrap();
    let name = |object: &Object| object.uri.rsplit_once('/').unwrap().1.to_owned();
    objects
        .iter()
        .map(|object| (name(object), watch.is_settled(object)))
        .collect()
}

fn named(name: &str, is_settled: bool) -> Vec<(String, bool)> {
    vec![(name.to_owned(), is_settled)]
}

#[tokio::test]
async fn a_file_closed_is_a_change_and_settled() {
    let (folder, mut watch) = watched().await;
    assert!(!is_changed(&mut watch).await);
    fs::write(folder.path().join("a b.log"), "x").unwrap();
    await_change(&mut watch).await;
    assert_eq!(settled(folder.path(), &mut watch).await, named("a%20b.log", true));
    assert!(!is_changed(&mut watch).await, "listing and opening are no change");
}

#[tokio::test]
async fn a_file_held_open_is_left_alone_until_it_is_closed() {
    let (folder, mut watch) = watched().await;
    let mut file = File::create(folder.path().join("a")).unwrap();
    file.write_all(b"x").unwrap();
    await_change(&mut watch).await;
    assert_eq!(settled(folder.path(), &mut watch).await, named("a", false));
    tokio::time::sleep(FAST.settle * 2).await;
    assert_eq!(settled(folder.path(), &mut watch).await, named("a", false));
    drop(file);
    await_change(&mut watch).await;
    assert_eq!(settled(folder.path(), &mut watch).await, named("a", true));
}

#[tokio::test]
async fn a_file_moved_in_is_settled_and_its_hidden_name_is_no_change() {
    let (folder, mut watch) = watched().await;
    fs::write(folder.path().join(".a.part"), "x").unwrap();
    assert!(!is_changed(&mut watch).await);
    fs::rename(folder.path().join(".a.part"), folder.path().join("a")).unwrap();
    await_change(&mut watch).await;
    assert_eq!(settled(folder.path(), &mut watch).await, named("a", true));
}

#[tokio::test]
async fn a_file_renamed_while_it_is_written_is_left_alone() {
    let (folder, mut watch) = watched().await;
    let mut file = File::create(folder.path().join(".part")).unwrap();
    file.write_all(b"x").unwrap();
    fs::rename(folder.path().join(".part"), folder.path().join("a")).unwrap();
    await_change(&mut watch).await;
    assert_eq!(settled(folder.path(), &mut watch).await, named("a", false));
    drop(file);
    await_change(&mut watch).await;
    assert_eq!(settled(folder.path(), &mut watch).await, named("a", true));
}

#[tokio::test]
async fn folders_made_later_are_watched_too() {
    let (folder, mut watch) = watched().await;
    let deep = folder.path().join("2026/11/21");
    fs::create_dir_all(&deep).unwrap();
    await_change(&mut watch).await;
    fs::write(deep.join("a"), "x").unwrap();
    await_change(&mut watch).await;
    assert_eq!(settled(folder.path(), &mut watch).await, named("a", true));
}

#[tokio::test]
async fn a_second_link_is_settled_by_time_and_comes_up_by_itself() {
    let (folder, mut watch) = watched().await;
    let outside = tempfile::NamedTempFile::new_in(folder.path().parent().unwrap()).unwrap();
    fs::hard_link(outside.path(), folder.path().join("a")).unwrap();
    await_change(&mut watch).await;
    assert_eq!(settled(folder.path(), &mut watch).await, named("a", false));
    await_change(&mut watch).await;
    assert_eq!(settled(folder.path(), &mut watch).await, named("a", true));
    assert!(!is_changed(&mut watch).await);
}

#[tokio::test]
async fn a_burst_is_one_change() {
    let (folder, mut watch) = watched().await;
    for number in 0..200 {
        fs::write(folder.path().join(number.to_string()), "x").unwrap();
    }
    await_change(&mut watch).await;
    assert_eq!(settled(folder.path(), &mut watch).await.len(), 200);
    assert!(!is_changed(&mut watch).await);
}

#[tokio::test]
async fn news_survive_a_call_that_is_dropped() {
    let (folder, mut watch) = watched().await;
    watch.pace.quiet = NO_NEWS * 2;
    fs::write(folder.path().join("a"), "x").unwrap();
    assert!(!is_changed(&mut watch).await, "dropped while the burst calms down");
    await_change(&mut watch).await;
}

#[tokio::test]
async fn lost_news_are_a_change_and_nothing_is_held_to_be_written() {
    let (folder, mut watch) = watched().await;
    let mut file = File::create(folder.path().join("a")).unwrap();
    file.write_all(b"x").unwrap();
    await_change(&mut watch).await;
    assert_eq!(settled(folder.path(), &mut watch).await, named("a", false));

    watch.news.hear(Ok(Event::new(EventKind::Other).set_flag(Flag::Rescan)));
    await_change(&mut watch).await;
    tokio::time::sleep(FAST.settle).await;
    assert_eq!(settled(folder.path(), &mut watch).await, named("a", true));
}

#[tokio::test]
async fn without_watches_the_folder_is_polled_until_there_are_some() {
    let (folder, mut watch) = watched().await;
    watch.pace.list = FAST.poll * 3;
    let limit = notify::Error::new(notify::ErrorKind::MaxFilesWatch);
    watch.news.hear(Err(limit));
    await_change(&mut watch).await;
    assert!(matches!(watch.sight, Sight::Polling { .. }));
    fs::write(folder.path().join("a"), "x").unwrap();
    while !matches!(watch.sight, Sight::Watching { .. }) {
        await_change(&mut watch).await;
        assert_eq!(settled(folder.path(), &mut watch).await.len(), 1);
    }
}

#[tokio::test]
async fn a_folder_that_is_taken_away_is_watched_when_it_is_back() {
    let (folder, mut watch) = watched().await;
    watch.pace.list = FAST.poll;
    let path = folder.path().to_owned();
    fs::remove_dir(&path).unwrap();
    await_change(&mut watch).await;
    assert!(matches!(watch.sight, Sight::Polling { .. }));
    await_change(&mut watch).await;
    assert!(matches!(watch.sight, Sight::Polling { .. }), "it is not there");
    fs::create_dir(&path).unwrap();
    while !matches!(watch.sight, Sight::Watching { .. }) {
        await_change(&mut watch).await;
    }
    watch.list_at = Instant::now() + SOON * 2;
    fs::write(path.join("a"), "x").unwrap();
    await_change(&mut watch).await;
    assert_eq!(settled(&path, &mut watch).await, named("a", true));
}

#[tokio::test]
async fn what_is_no_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    let missing = Watch::open(&folder.path().join("missing")).await.unwrap_err();
    assert!(matches!(missing, SourceError::NotFound { nearest: Some(_), .. }));
    let error = Watch::open(&file).await.unwrap_err().to_string();
    assert!(
        error.ends_with("is no place to load from: expected a folder, to watch it"),
        "{error}"
    );
}
