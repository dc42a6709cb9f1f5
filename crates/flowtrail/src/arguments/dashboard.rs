//! The arguments of `flowtrail dashboard`.

use std::path::PathBuf;

use clap::Subcommand;

/// What is done with dashboards.
#[derive(Debug, Subcommand)]
pub enum DashboardCommand {
    /// Keep the dashboards of YAML or JSON files in the lake; those that are there as they are stay so
    ///
    /// All files are checked before the first is kept: with a mistake in any, nothing is done.
    Apply {
        /// The files; - is standard input
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// The dashboards there are
    List,
    /// A dashboard as YAML, as it was written
    Show {
        /// Its name, such as network
        name: String,
    },
    /// Take a dashboard away; one that is built in is again what it was
    Delete {
        /// Its name
        name: String,
    },
    /// Look for mistakes in YAML or JSON files, each with its line; no lake is opened
    Check {
        /// The files; - is standard input
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}
