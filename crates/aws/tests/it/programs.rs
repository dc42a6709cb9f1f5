//! Programs that a test needs and a machine may not have.

use std::env;
use std::path::{Path, PathBuf};

/// Where a program is: where `FLOWTRAIL_MOTO` says, for that one, in the tests' virtual environment, or on the path.
/// Where it is not, that is said.
pub fn find(name: &str) -> Option<PathBuf> {
    let given = env::var_os("FLOWTRAIL_MOTO").filter(|_| name == "moto_server");
    let of_workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.venv/bin");
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = [of_workspace].into_iter().chain(env::split_paths(&path));
    let found = given
        .map(PathBuf::from)
        .into_iter()
        .chain(folders.map(|folder| folder.join(name)))
        .find(|program| program.is_file());
    if found.is_none() {
        eprintln!("skipped: no {name}; `make test` installs what PyPI has");
    }
    found
}
