//! What is written is read again, by other code, and held against the manifest.

#![allow(clippy::unwrap_used, clippy::panic)]
#![allow(clippy::disallowed_types, reason = "reads files the tests made themselves")]

mod cloudtrail;
mod vpc_flow;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeZone, Utc};
use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};

/// Midnight, a Monday.
fn end() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 16, 0, 0, 0).unwrap()
}

/// Every file under `root` as key and path, in order of keys.
fn objects(root: &Path) -> BTreeMap<String, PathBuf> {
    let mut objects = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                objects.insert(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned(), path);
            }
        }
    }
    objects
}

fn gunzip(path: &Path) -> String {
    let mut text = String::new();
    GzDecoder::new(File::open(path).unwrap())
        .read_to_string(&mut text)
        .unwrap();
    text
}

/// SHA-256 over all keys and bytes under `root`.
fn fingerprint(root: &Path) -> String {
    let mut hash = Sha256::new();
    for (key, path) in objects(root) {
        hash.update(key);
        hash.update(fs::read(path).unwrap());
    }
    format!("{:x}", hash.finalize())
}

fn bytes_on_disk(root: &Path) -> u64 {
    objects(root).values().map(|path| path.metadata().unwrap().len()).sum()
}
