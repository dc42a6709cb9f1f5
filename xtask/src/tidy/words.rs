//! Words that are for the moment and must not stay.

use crate::finding::Finding;
use crate::tree::SourceFile;

/// This file names the words itself.
const THIS_FILE: &str = "xtask/src/tidy/words.rs";

/// Words in code, and what to do instead.
const REFUSED: &[(&str, &str)] = &[
    ("todo!(", "finish it, or return an error that says what is missing"),
    (
        "unimplemented!(",
        "finish it, or return an error that says what is missing",
    ),
    ("dbg!(", "take it out"),
    (
        "#[ignore",
        "a test runs, or says why it skips and returns; one that is ignored is forgotten",
    ),
];
/// What another test runs in a process of its own is ignored by itself, and says so.
const RUN_BY_ANOTHER: &str = "#[ignore = \"run by ";

/// Checks Rust code, outside comments.
pub fn check(files: &[SourceFile]) -> Vec<Finding> {
    files
        .iter()
        .filter(|file| file.is_rust() && file.path != THIS_FILE)
        .flat_map(check_file)
        .collect()
}

fn check_file(file: &SourceFile) -> Vec<Finding> {
    let in_line = |(number, line): (usize, &str)| {
        let code = line.split("//").next().unwrap_or_default();
        let is_refused = |word: &str| code.contains(word) && !code.contains(RUN_BY_ANOTHER);
        let (word, instead) = REFUSED.iter().find(|(word, _)| is_refused(word))?;
        Some(Finding::error(&file.path, format!("`{word}` is left in; {instead}")).at(number))
    };
    file.lines().filter_map(in_line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::file;

    #[test]
    fn what_was_for_the_moment_is_found() {
        let found = check(&[file(
            "a.rs",
            "fn a() {\n    todo!()\n}\n// dbg!(x) in a comment\n#[ignore = \"slow\"]\n",
        )]);
        let places: Vec<_> = found.iter().map(|finding| finding.line).collect();
        assert_eq!(places, [Some(2), Some(5)]);
        assert!(
            found[0].to_string().starts_with("error: a.rs:2: `todo!(` is left in; "),
            "{}",
            found[0]
        );
        assert_eq!(check(&[file("a.md", "dbg!(x)")]), []);
    }

    #[test]
    fn a_test_that_another_runs_may_be_ignored() {
        assert_eq!(check(&[file("a.rs", "#[ignore = \"run by the test of a crash\"]")]), []);
        assert_eq!(check(&[file("a.rs", "#[ignore]")]).len(), 1);
    }
}
