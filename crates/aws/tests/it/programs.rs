//! Programs that a test needs and a machine may not have.

use std::env;
use std::path::{Path, PathBuf};

/// Where a program is: in the tests' virtual environment, or on the path. Where it is not, that is said.
pub fn find(name: &str) -> Option<PathBuf> {
    let of_workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.venv/bin");
    let path = env::var_os("PATH").unwrap_or_default();
    let found = [of_workspace]
        .into_iter()
        .chain(env::split_paths(&path))
        .map(|folder| folder.join(name))
        .find(|program| program.is_file());
    if found.is_none() {
        eprintln!("skipped: no {name}; `make test` installs what PyPI has");
    }
    found
}
