//! Chores of this repository: `cargo xtask tidy`.

mod finding;
mod tidy;
mod tree;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if words == ["tidy"] {
        return tidy::run();
    }
    eprintln!("usage: cargo xtask tidy    checks what people forget");
    ExitCode::FAILURE
}
