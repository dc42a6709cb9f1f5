//! Files and folders.

use std::fs::{self, File, FileTimes, Permissions};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use flowtrail_source::{AwsSettings, Fetched, Layout, Object, Place, SPOOL_BYTES, Source, SourceError};
use futures::{StreamExt, TryStreamExt};

use crate::{content, names};

fn put(root: &Path, name: &str) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, name).unwrap();
}

async fn source(path: &Path) -> Source {
    Source::open(&Place::Path(path.into()), &AwsSettings::default())
        .await
        .unwrap()
}

async fn listed(path: &Path) -> Vec<String> {
    names(&source(path).await, &format!("file://{}/", path.display())).await
}

async fn only_object(source: &Source) -> Object {
    let objects: Vec<Object> = source.list().try_collect().await.unwrap();
    assert_eq!(objects.len(), 1);
    objects.into_iter().next().unwrap()
}

#[tokio::test]
async fn lists_in_key_order_without_hidden_names() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    for name in [
        "a/x",
        "a.log",
        "a-b",
        "a0",
        "b/c/d",
        "b/c.z",
        "é 1%.log",
        ".DS_Store",
        "_SUCCESS",
        "_delta_log/0.json",
        "b/.git/x",
    ] {
        put(&root, name);
    }
    let expected = ["a-b", "a.log", "a/x", "a0", "b/c.z", "b/c/d", "%C3%A9%201%25.log"];
    assert_eq!(listed(&root).await, expected);
}

#[tokio::test]
async fn leaves_out_pipes_sockets_and_devices() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    put(&root, "a");
    let _socket = UnixListener::bind(root.join("socket")).unwrap();
    assert!(
        Command::new("mkfifo")
            .arg(root.join("pipe"))
            .status()
            .unwrap()
            .success()
    );
    symlink("/dev/null", root.join("device")).unwrap();
    assert_eq!(listed(&root).await, ["a"]);

    let error = Source::open(&Place::Path(root.join("pipe")), &AwsSettings::default())
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{} is a pipe, not a file or a folder", root.join("pipe").display())
    );
    assert_eq!(
        error.hint().unwrap(),
        "feed a stream through standard input, with `-` as the place"
    );
}

#[tokio::test]
async fn links_are_followed_once_and_never_in_circles() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    let other = tempfile::tempdir().unwrap();
    put(other.path(), "out/file");
    put(&root, "in/file");
    put(&root, ".store/kept");
    symlink(other.path().join("out"), root.join("outside")).unwrap();
    symlink(other.path().join("out/file"), root.join("outside.log")).unwrap();
    symlink(&root, root.join("in/circle")).unwrap();
    symlink("../in", other.path().join("out/up")).unwrap();
    symlink(root.join("in/file"), root.join("same.log")).unwrap();
    symlink(".store/kept", root.join("kept.log")).unwrap();
    symlink(other.path().join("out"), other.path().join("in")).unwrap();
    assert_eq!(
        listed(&root).await,
        ["in/file", "kept.log", "outside.log", "outside/file"]
    );
}

#[tokio::test]
async fn a_dangling_link_is_said_and_the_rest_listed() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    put(&root, "a");
    put(&root, "c");
    symlink("nowhere", root.join("b")).unwrap();
    let b = format!(
        "error: cannot look at {}: No such file or directory (os error 2)",
        root.join("b").display()
    );
    assert_eq!(listed(&root).await, ["a".to_owned(), b, "c".to_owned()]);
}

#[tokio::test]
async fn a_folder_without_permission_is_said_and_the_rest_listed() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    put(&root, "a/x");
    put(&root, "b/x");
    put(&root, "c/x");
    fs::set_permissions(root.join("b"), Permissions::from_mode(0o000)).unwrap();
    if fs::read_dir(root.join("b")).is_ok() {
        eprintln!("skipped: this user may read every folder (root)");
        return;
    }
    let b = root.join("b");
    let error = format!("error: no permission to list {}", b.display());
    assert_eq!(listed(&root).await, ["a/x".to_owned(), error, "c/x".to_owned()]);
    let first_error = source(&root)
        .await
        .list()
        .filter_map(|item| async { item.err() })
        .boxed()
        .next()
        .await
        .unwrap();
    assert_eq!(
        first_error.hint().unwrap(),
        format!(
            "give this user read permission on {} (and `x` on the folders above it)",
            b.display()
        )
    );
    fs::set_permissions(b, Permissions::from_mode(0o700)).unwrap();
}

#[tokio::test]
async fn a_file_is_its_own_place_whatever_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let name = "AWSLogs/123456789012/CloudTrail/eu-west-1/2026/11/01/_x.json";
    put(folder.path(), name);
    let path = folder.path().canonicalize().unwrap().join(name);
    let time = SystemTime::UNIX_EPOCH + Duration::new(1_700_000_000, 5);
    File::open(&path)
        .unwrap()
        .set_times(FileTimes::new().set_modified(time))
        .unwrap();

    let source = source(&path).await;
    let object = only_object(&source).await;
    assert_eq!(object.uri, format!("file://{}", path.display()));
    assert_eq!(object.size_bytes, name.len() as u64);
    assert!(
        object
            .etag
            .ends_with(&format!("-{:x}-{:x}", 1_700_000_000_000_000_005_u64, name.len()))
    );
    assert_eq!(object.last_modified.to_rfc3339(), "2023-11-14T22:13:20.000000005+00:00");
    assert_eq!(object.key.layout, Some(Layout::CloudTrail));
    assert_eq!(object.key.day.unwrap().to_string(), "2026-11-01");
    assert_eq!(content(source.fetch(&object).await.unwrap()), name.as_bytes());
}

#[tokio::test]
async fn a_place_that_does_not_exist_names_what_does() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Path(folder.path().join("no/such/file"));
    let error = Source::open(&place, &AwsSettings::default()).await.unwrap_err();
    assert_eq!(error.to_string(), format!("{place} does not exist"));
    assert_eq!(
        error.hint().unwrap(),
        format!("{} exists; look there for the name", folder.path().display())
    );
}

#[tokio::test]
async fn a_changed_file_is_not_taken_for_the_one_listed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    fs::write(&path, "one").unwrap();
    let source = source(&path).await;
    let object = only_object(&source).await;
    source.unchanged(&object).await.unwrap();

    fs::OpenOptions::new()
        .append(true)
        .open(&path)
        .unwrap()
        .write_all(b"two")
        .unwrap();
    for result in [source.fetch(&object).await.map(drop), source.unchanged(&object).await] {
        let error = result.unwrap_err();
        assert!(matches!(error, SourceError::Changed { .. }));
        assert_eq!(
            error.to_string(),
            format!(
                "{}: the object changed while it was read; load again to take the new version",
                object.uri
            )
        );
    }
    fs::remove_file(&path).unwrap();
    assert!(matches!(source.fetch(&object).await, Err(SourceError::Gone { .. })));
}

#[tokio::test]
async fn a_replaced_file_of_the_same_size_and_time_is_another() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    fs::write(&path, "one").unwrap();
    let source = source(&path).await;
    let object = only_object(&source).await;
    let modified = fs::metadata(&path).unwrap().modified().unwrap();

    let new = folder.path().join("new");
    fs::write(&new, "two").unwrap();
    File::open(&new)
        .unwrap()
        .set_times(FileTimes::new().set_modified(modified))
        .unwrap();
    fs::rename(&new, &path).unwrap();
    assert!(matches!(source.fetch(&object).await, Err(SourceError::Changed { .. })));
}

#[tokio::test]
async fn a_large_file_is_opened_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large");
    let file = File::create(&path).unwrap();
    for (size_bytes, is_file) in [(SPOOL_BYTES, false), (SPOOL_BYTES + 1, true)] {
        file.set_len(size_bytes).unwrap();
        let source = source(&path).await;
        let fetched = source.fetch(&only_object(&source).await).await.unwrap();
        assert_eq!(matches!(fetched, Fetched::File(_)), is_file);
        assert_eq!(content(fetched).len() as u64, size_bytes);
    }
}

#[tokio::test]
async fn a_listing_nobody_reads_to_its_end_stops() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..3000 {
        put(folder.path(), &format!("{number:04}"));
    }
    let mut list = source(folder.path()).await.list();
    assert!(list.next().await.unwrap().unwrap().uri.ends_with("/0000"));
    drop(list);
    assert_eq!(source(folder.path()).await.list().count().await, 3000);
}

#[tokio::test]
async fn a_part_of_a_file_is_read_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    fs::write(&path, "0123456789").unwrap();
    let source = source(&path).await;
    let object = only_object(&source).await;
    assert_eq!(source.fetch_range(&object, 0..10).await.unwrap(), "0123456789");
    assert_eq!(source.fetch_range(&object, 3..5).await.unwrap(), "34");
    assert_eq!(source.fetch_range(&object, 10..10).await.unwrap(), "");
    let beyond = source.fetch_range(&object, 8..12).await;
    assert!(matches!(beyond, Err(SourceError::Changed { .. })), "{beyond:?}");
    fs::write(&path, "01234567890").unwrap();
    let changed = source.fetch_range(&object, 0..1).await;
    assert!(matches!(changed, Err(SourceError::Changed { .. })), "{changed:?}");
}
