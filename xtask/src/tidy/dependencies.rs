//! Which crate may use which: a record moves from source and decode to lake to query, and never back.

use std::io;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::finding::Finding;

/// A package of the workspace.
#[derive(Debug, Default)]
pub struct Package {
    pub name: String,
    pub dependencies: Vec<Dependency>,
}

/// What a package needs.
#[derive(Debug)]
pub struct Dependency {
    pub name: String,
    /// Only its tests and benchmarks need it.
    pub is_for_tests: bool,
}

/// What a crate may use, and must not.
struct Rule {
    package: &'static str,
    /// The workspace's own crates it may use.
    may_use: &'static [&'static str],
    /// Others that would make it what it is not.
    must_not_use: &'static [&'static str],
}

const RULES: &[Rule] = &[
    Rule {
        package: "flowtrail-source",
        may_use: &[],
        must_not_use: &["arrow", "parquet", "flate2", "zstd", "datafusion", "deltalake-core"],
    },
    Rule {
        package: "flowtrail-aws",
        may_use: &["flowtrail-source"],
        must_not_use: &["arrow", "parquet", "datafusion", "deltalake-core", "clap"],
    },
    Rule {
        package: "flowtrail-decode",
        may_use: &[],
        must_not_use: &["tokio", "object_store", "aws-config", "datafusion", "deltalake-core"],
    },
    Rule {
        package: "flowtrail-aggregate",
        may_use: &[],
        must_not_use: &["deltalake-core", "aws-config", "clap"],
    },
    Rule {
        package: "flowtrail-sample",
        may_use: &[],
        must_not_use: &["tokio", "object_store", "aws-config", "datafusion", "deltalake-core"],
    },
    Rule {
        package: "flowtrail-lake",
        may_use: &["flowtrail-source", "flowtrail-decode"],
        must_not_use: &["clap"],
    },
    Rule {
        package: "flowtrail-catalog",
        may_use: &["flowtrail-lake"],
        must_not_use: &["datafusion", "deltalake-core", "clap"],
    },
    Rule {
        package: "flowtrail-dashboard",
        may_use: &["flowtrail-catalog", "flowtrail-lake"],
        must_not_use: &["flowtrail-lake", "datafusion", "deltalake-core", "tokio", "clap"],
    },
    Rule {
        package: "flowtrail-external",
        may_use: &[
            "flowtrail-source",
            "flowtrail-decode",
            "flowtrail-lake",
            "flowtrail-catalog",
        ],
        must_not_use: &["deltalake-core", "aws-config", "clap"],
    },
    Rule {
        package: "flowtrail-load",
        may_use: &["flowtrail-source", "flowtrail-decode", "flowtrail-lake"],
        must_not_use: &["datafusion", "deltalake-core", "clap"],
    },
    Rule {
        package: "flowtrail-pipe",
        may_use: &[
            "flowtrail-source",
            "flowtrail-catalog",
            "flowtrail-decode",
            "flowtrail-lake",
            "flowtrail-load",
        ],
        must_not_use: &["datafusion", "deltalake-core", "clap"],
    },
    Rule {
        package: "flowtrail-relational",
        may_use: &[
            "flowtrail-catalog",
            "flowtrail-decode",
            "flowtrail-lake",
            "flowtrail-load",
        ],
        must_not_use: &["datafusion", "deltalake-core", "clap"],
    },
    Rule {
        package: "flowtrail-query",
        may_use: &[
            "flowtrail-aggregate",
            "flowtrail-catalog",
            "flowtrail-external",
            "flowtrail-lake",
            "flowtrail-source",
        ],
        must_not_use: &["deltalake-core", "clap"],
    },
    Rule {
        package: "flowtrail-session",
        may_use: &[
            "flowtrail-catalog",
            "flowtrail-decode",
            "flowtrail-external",
            "flowtrail-lake",
            "flowtrail-load",
            "flowtrail-pipe",
            "flowtrail-query",
            "flowtrail-relational",
            "flowtrail-source",
        ],
        must_not_use: &["datafusion", "deltalake-core", "clap"],
    },
    Rule {
        package: "flowtrail-serve",
        may_use: &["flowtrail-decode", "flowtrail-lake"],
        must_not_use: &["flowtrail-lake", "datafusion", "deltalake-core", "aws-config", "clap"],
    },
    Rule {
        package: "flowtrail-console",
        may_use: &[],
        must_not_use: &["datafusion", "tokio", "axum", "clap"],
    },
    Rule {
        package: "flowtrail-api",
        may_use: &[
            "flowtrail-catalog",
            "flowtrail-console",
            "flowtrail-dashboard",
            "flowtrail-lake",
            "flowtrail-query",
            "flowtrail-session",
            "flowtrail-source",
        ],
        // What its tests make a lake with, it does without.
        must_not_use: &[
            "flowtrail-lake",
            "flowtrail-source",
            "datafusion",
            "deltalake-core",
            "aws-config",
            "clap",
        ],
    },
    Rule {
        package: "flowtrail",
        may_use: &[
            "flowtrail-api",
            "flowtrail-aws",
            "flowtrail-source",
            "flowtrail-catalog",
            "flowtrail-dashboard",
            "flowtrail-decode",
            "flowtrail-sample",
            "flowtrail-lake",
            "flowtrail-load",
            "flowtrail-pipe",
            "flowtrail-query",
            "flowtrail-serve",
            "flowtrail-session",
        ],
        must_not_use: &["deltalake-core", "datafusion"],
    },
    Rule {
        package: "xtask",
        may_use: &[],
        must_not_use: &["tokio", "arrow"],
    },
];

/// The workspace's packages, as cargo knows them.
///
/// # Errors
/// When cargo cannot say.
pub fn packages(root: &Path) -> io::Result<Vec<Package>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let answer = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root)
        .output()?;
    if !answer.status.success() {
        let why = String::from_utf8_lossy(&answer.stderr);
        return Err(io::Error::other(format!("cargo metadata: {}", why.trim())));
    }
    let metadata: Value = serde_json::from_slice(&answer.stdout)?;
    Ok(members(&metadata, "packages").iter().map(package).collect())
}

fn members<'a>(of: &'a Value, name: &str) -> &'a [Value] {
    of[name].as_array().map_or(&[], Vec::as_slice)
}

fn package(described: &Value) -> Package {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let dependencies = members(described, "dependencies")
        .iter()
        .map(|needed| Dependency {
            name: text(&needed["name"]),
            is_for_tests: needed["kind"] == "dev",
        })
        .collect();
    Package {
        name: text(&described["name"]),
        dependencies,
    }
}

/// Checks the direction of dependencies.
pub fn check(packages: &[Package]) -> Vec<Finding> {
    packages
        .iter()
        .flat_map(|package| check_package(package, packages))
        .collect()
}

fn check_package(package: &Package, packages: &[Package]) -> Vec<Finding> {
    let manifest = format!("package {}", package.name);
    let Some(rule) = RULES.iter().find(|rule| rule.package == package.name) else {
        let message = "no rule says what it may use; add one to RULES in xtask/src/tidy/dependencies.rs";
        return vec![Finding::error(&manifest, message)];
    };
    let refused = |needed: &Dependency| {
        let is_own = packages.iter().any(|other| other.name == needed.name);
        if is_own && !rule.may_use.contains(&needed.name.as_str()) {
            let allowed = if rule.may_use.is_empty() {
                "none of our crates".to_owned()
            } else {
                rule.may_use.join(", ")
            };
            let message = format!(
                "it uses {}, against the flow of records; it may use {allowed}",
                needed.name
            );
            return Some(Finding::error(&manifest, message));
        }
        if !needed.is_for_tests && rule.must_not_use.contains(&needed.name.as_str()) {
            let message = format!(
                "it uses {}, which is another crate's job; see its invariant",
                needed.name
            );
            return Some(Finding::error(&manifest, message));
        }
        None
    };
    package.dependencies.iter().filter_map(refused).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uses(name: &str, needed: &[(&str, bool)]) -> Package {
        let dependency = |(name, is_for_tests): &(&str, bool)| Dependency {
            name: (*name).to_owned(),
            is_for_tests: *is_for_tests,
        };
        Package {
            name: name.to_owned(),
            dependencies: needed.iter().map(dependency).collect(),
        }
    }

    fn messages(packages: &[Package]) -> Vec<String> {
        check(packages).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_direction_is_kept() {
        let packages = [
            uses("flowtrail-lake", &[("flowtrail-decode", false), ("tokio", false)]),
            uses("flowtrail-decode", &[]),
        ];
        assert_eq!(messages(&packages), Vec::<String>::new());
    }

    #[test]
    fn a_step_back_is_named() {
        let packages = [
            uses("flowtrail-query", &[("flowtrail-load", false)]),
            uses("flowtrail-load", &[]),
        ];
        assert_eq!(
            messages(&packages),
            [
                "error: package flowtrail-query: it uses flowtrail-load, against the flow of records; it may use \
                 flowtrail-aggregate, flowtrail-catalog, flowtrail-external, flowtrail-lake, flowtrail-source"
            ]
        );
        let nobody_uses_the_binary = [uses("flowtrail-load", &[("flowtrail", true)]), uses("flowtrail", &[])];
        assert_eq!(check(&nobody_uses_the_binary).len(), 1);
    }

    #[test]
    fn decode_does_no_io_but_its_tests_may() {
        assert_eq!(check(&[uses("flowtrail-decode", &[("tokio", false)])]).len(), 1);
        assert_eq!(check(&[uses("flowtrail-decode", &[("tokio", true)])]).len(), 0);
    }

    #[test]
    fn a_new_crate_needs_a_rule() {
        assert!(messages(&[uses("flowtrail-new", &[])])[0].contains("no rule says what it may use"));
    }

    #[test]
    fn cargo_is_understood() {
        let described: Value = serde_json::from_str(
            r#"{"packages": [{"name": "a", "dependencies": [{"name": "b", "kind": null}, {"name": "c", "kind": "dev"}]}]}"#,
        )
        .unwrap();
        let package = package(&described["packages"][0]);
        assert_eq!(package.name, "a");
        let found: Vec<_> = package
            .dependencies
            .iter()
            .map(|one| (one.name.as_str(), one.is_for_tests))
            .collect();
        assert_eq!(found, [("b", false), ("c", true)]);
    }
}
