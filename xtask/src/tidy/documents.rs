//! Each crate says what it is for, and the two pages people begin with know of it.

use crate::finding::Finding;
use crate::tree::SourceFile;

/// Pages that name every crate.
const PAGES: &[&str] = &["README.md", "ARCHITECTURE.md"];
const INVARIANT: &str = "**Invariant:**";

/// Checks the first lines of crates, and the pages.
pub fn check(files: &[SourceFile]) -> Vec<Finding> {
    let mut found: Vec<Finding> = files.iter().filter_map(check_beginning).collect();
    for page in PAGES {
        match files.iter().find(|file| file.path == *page) {
            Some(page) => found.extend(check_page(page, files)),
            None => found.push(Finding::error(page, "it is not there; it is where people begin")),
        }
    }
    found
}

/// `crates/lake/src/lib.rs` and `crates/lake/src/main.rs` are where `lake` begins.
fn crate_of(path: &str) -> Option<&str> {
    let (name, rest) = path.strip_prefix("crates/")?.split_once('/')?;
    matches!(rest, "src/lib.rs" | "src/main.rs").then_some(name)
}

fn check_beginning(file: &SourceFile) -> Option<Finding> {
    crate_of(&file.path)?;
    if !file.text.starts_with("//! ") {
        return Some(Finding::error(&file.path, "it does not begin with `//!` and what the crate is for").at(1));
    }
    let is_library = file.path.ends_with("lib.rs");
    (is_library && !file.text.contains(INVARIANT)).then(|| {
        Finding::error(
            &file.path,
            format!("it names no `{INVARIANT}`: what is deliberately absent from the crate"),
        )
    })
}

fn check_page(page: &SourceFile, files: &[SourceFile]) -> Vec<Finding> {
    let lacks =
        |name: &&str| !page.text.contains(&format!("`{name}`")) && !page.text.contains(&format!("crates/{name}"));
    let crates = files.iter().filter_map(|file| crate_of(&file.path));
    crates
        .filter(lacks)
        .map(|name| Finding::error(&page.path, format!("it does not mention `crates/{name}`")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::file;

    fn messages(library: &str, page: &str) -> Vec<String> {
        let files = [
            file("crates/lake/src/lib.rs", library),
            file("README.md", page),
            file("ARCHITECTURE.md", "crates/lake"),
        ];
        check(&files).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_crate_says_what_it_is_for_and_is_not() {
        assert_eq!(
            messages("//! Tables.\n//!\n//! **Invariant:** no VPC.", "`lake`"),
            Vec::<String>::new()
        );
        let no_comment = messages("mod a;", "`lake`");
        assert_eq!(no_comment.len(), 1);
        assert!(
            no_comment[0].contains("lib.rs:1: it does not begin with"),
            "{no_comment:?}"
        );
        let no_invariant = messages("//! Tables.", "`lake`");
        assert!(
            no_invariant[0].contains("it names no `**Invariant:**`"),
            "{no_invariant:?}"
        );
    }

    #[test]
    fn pages_know_every_crate() {
        let found = messages("//! Tables. **Invariant:**", "nothing");
        assert_eq!(found, ["error: README.md: it does not mention `crates/lake`"]);
        assert_eq!(check(&[]).len(), PAGES.len());
    }
}
