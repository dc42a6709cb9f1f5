//! Standard output, whose reader may go away, as `head` does.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};

/// Prints text as it is. That nobody reads it any more is no failure: the command still ends as its own work did.
pub fn print(text: impl Display) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match write!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        printed => printed,
    }
}

/// Prints text and ends the line.
pub fn print_line(text: impl Display) -> io::Result<()> {
    print(format_args!("{text}\n"))
}
