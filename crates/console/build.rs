//! Builds the console's pages with npm, so that `cargo build` is all it takes.
//!
//! `FLOWTRAIL_CONSOLE` says otherwise: `none` leaves them out, a folder is what they were built into already. Where they
//! cannot be built, a release fails and says what is missing; a debug build goes on, and its one page says it.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the pages are made of, below `web`.
const SOURCES: &[&str] = &[
    "index.html",
    "package.json",
    "package-lock.json",
    "public",
    "src",
    "tsconfig.json",
    "vite.config.ts",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-env-changed=FLOWTRAIL_CONSOLE");
    let web = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../web");
    let pages = PathBuf::from(env::var("OUT_DIR")?).join("pages");
    // What an earlier build left is no page of this one.
    let _ = fs::remove_dir_all(&pages);
    let chosen = env::var("FLOWTRAIL_CONSOLE").unwrap_or_default();
    let made = match chosen.as_str() {
        "none" => Err("this program was built without the console (FLOWTRAIL_CONSOLE=none)".to_owned()),
        "" => {
            for source in SOURCES {
                println!("cargo:rerun-if-changed={}", web.join(source).display());
            }
            built(&web, &pages)
        }
        folder => {
            println!("cargo:rerun-if-changed={folder}");
            copied(Path::new(folder), &pages).map_err(|error| format!("FLOWTRAIL_CONSOLE={folder}: {error}"))
        }
    };
    let Err(why) = made else { return Ok(()) };
    if chosen != "none" && env::var("PROFILE")? == "release" {
        let message = format!(
            "the console's pages cannot be built: {why}\n\
             Node.js 20.19 or newer with npm builds them (Debian: apt-get install nodejs npm); \
             FLOWTRAIL_CONSOLE=none builds without them"
        );
        return Err(message.into());
    }
    println!("cargo:warning=no console in this build: {why}");
    let page =
        format!("<!doctype html><meta charset=utf-8><title>Flowtrail</title><p>There is no console here: {why}</p>\n");
    fs::create_dir_all(&pages)?;
    Ok(fs::write(pages.join("index.html"), page)?)
}

/// Installs what the pages are built with, where that is not done yet, and builds them.
fn built(web: &Path, pages: &Path) -> Result<(), String> {
    let installed = modified(&web.join("node_modules/.package-lock.json"));
    if installed.is_none() || installed < modified(&web.join("package-lock.json")) {
        run(web, &["ci", "--no-audit", "--no-fund"])?;
    }
    let out = pages.display().to_string();
    run(web, &["run", "build", "--", "--outDir", &out, "--emptyOutDir"])
}

fn run(web: &Path, arguments: &[&str]) -> Result<(), String> {
    let command = format!("npm {}", arguments.join(" "));
    let output = Command::new("npm")
        .args(arguments)
        .current_dir(web)
        .output()
        .map_err(|error| format!("`{command}` cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let last: Vec<&str> = said.lines().rev().take(12).collect();
    let last: Vec<&str> = last.into_iter().rev().collect();
    Err(format!("`{command}` failed ({}): {}", output.status, last.join(" | ")))
}

fn copied(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copied(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn modified(file: &Path) -> Option<std::time::SystemTime> {
    fs::metadata(file).ok()?.modified().ok()
}
