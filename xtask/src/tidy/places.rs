//! Names of one machine or network, which mean nothing to whoever clones this.

use crate::finding::Finding;
use crate::tree::SourceFile;

/// This file names the places itself.
const THIS_FILE: &str = "xtask/src/tidy/places.rs";

/// Folders that are somebody's own.
const FOLDERS: &[&str] = &["/home/", "/Users/", "/srv/", "C:\\Users\\"];
/// How mirrors of package registries are addressed.
const MIRRORS: &[&str] = &[
    "/artifactory/",
    "/api/cargo/",
    "/api/pypi/",
    "/api/npm/",
    "/nexus/repository/",
];
/// Where the packages of `Cargo.lock` come from.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Checks every file.
pub fn check(files: &[SourceFile]) -> Vec<Finding> {
    files
        .iter()
        .filter(|file| file.path != THIS_FILE)
        .flat_map(check_file)
        .collect()
}

fn check_file(file: &SourceFile) -> Vec<Finding> {
    file.lines()
        .filter_map(|(number, line)| Some(Finding::error(&file.path, check_line(line)?).at(number)))
        .collect()
}

fn check_line(line: &str) -> Option<String> {
    if let Some(folder) = FOLDERS.iter().find(|folder| begins_in(line, folder)) {
        return Some(format!(
            "`{folder}` is a folder of one machine; name it from the repository, or make it in the test"
        ));
    }
    if let Some(mirror) = MIRRORS.iter().find(|mirror| line.contains(*mirror)) {
        return Some(format!(
            "`{mirror}` addresses a mirror of a registry; name the registry itself"
        ));
    }
    let source = line.strip_prefix("source = \"")?.trim_end_matches('"');
    (source.starts_with("registry+") && source != REGISTRY)
        .then(|| format!("{source} is not crates.io; build without a mirror written into the lock file"))
}

/// True when `line` has `folder` at the beginning of a path, not in the middle of one.
fn begins_in(line: &str, folder: &str) -> bool {
    let is_inside = |before: char| before.is_alphanumeric() || "._-}$/".contains(before);
    line.match_indices(folder)
        .any(|(start, _)| !line[..start].ends_with(is_inside))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::file;

    fn found(line: &str) -> usize {
        check(&[file("a.rs", line)]).len()
    }

    #[test]
    fn folders_of_one_machine_are_found() {
        assert_eq!(found("let at = \"/home/me/logs\";"), 1);
        assert_eq!(found("see https://example.com/home/page"), 0);
        assert_eq!(found("`/home/somebody/x`"), 1);
        assert_eq!(found("docs/home/page and net/work/item"), 0);
        assert_eq!(found("$HOME/home/x ${a}/srv/"), 0);
    }

    #[test]
    fn mirrors_are_found() {
        assert_eq!(found("index = \"https://packages.example.com/artifactory/x\""), 1);
        assert_eq!(found("source = \"registry+https://packages.example.com/index\""), 1);
        assert_eq!(found(&format!("source = \"{REGISTRY}\"")), 0);
    }
}
