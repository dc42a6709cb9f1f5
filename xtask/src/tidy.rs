//! What people forget, checked: one file a check, each a function from the repository to its findings.

mod dependencies;
mod documents;
mod length;
mod places;
mod words;

use std::process::ExitCode;

use crate::finding::{Finding, Severity};
use crate::tree;

/// Runs every check, and prints what they found.
pub fn run() -> ExitCode {
    let found = match check() {
        Ok(found) => found,
        Err(why) => {
            eprintln!("error: the repository could not be looked at: {why}");
            return ExitCode::FAILURE;
        }
    };
    for finding in &found {
        eprintln!("{finding}");
    }
    let errors = found
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .count();
    println!("tidy: {errors} errors, {} warnings", found.len() - errors);
    if errors == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn check() -> std::io::Result<Vec<Finding>> {
    let root = tree::root();
    let files = tree::files(&root)?;
    let packages = dependencies::packages(&root)?;
    let mut found = dependencies::check(&packages);
    found.extend(documents::check(&files));
    found.extend(length::check(&files));
    found.extend(places::check(&files));
    found.extend(words::check(&files));
    Ok(found)
}
