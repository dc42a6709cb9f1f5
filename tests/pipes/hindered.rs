//! The program run so that it may not do all that it could.

use std::path::Path;
use std::process::Command;

/// Has the command mind what permissions say, also where root runs it.
pub fn minding_permissions(command: &Command) -> Command {
    through(
        "setpriv",
        &["--bounding-set=-dac_override,-dac_read_search,-fowner"],
        command,
    )
}

/// Has the command write no file beyond so many bytes: what it writes fails in the middle, as on a full disk.
pub fn with_short_files(command: &Command, bytes: u64) -> Command {
    let limit = format!("--fsize={bytes}:unlimited");
    // The signal that comes with the error would end the program.
    let ignoring = ["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh"];
    through("prlimit", &[&[limit.as_str()], &ignoring[..]].concat(), command)
}

/// Lets a process write files of any length again.
pub fn lift_limit(process: u32) {
    let lifted = Command::new("prlimit")
        .args(["--pid", &process.to_string(), "--fsize=unlimited"])
        .status();
    assert!(lifted.unwrap().success());
}

/// Whether this machine can do that to a command: what is run so fails to write the file.
pub fn fails_to_write(hindered: impl Fn(&Command) -> Command, file: &Path) -> bool {
    let mut writing = Command::new("sh");
    writing
        .args(["-c", "yes | head -c 100000 > \"$0\" && echo written"])
        .arg(file);
    let output = hindered(&writing).output();
    let said = output.map_or(String::new(), |output| {
        String::from_utf8_lossy(&output.stderr).into_owned()
    });
    ["Permission denied", "File too large"]
        .iter()
        .any(|why| said.contains(why))
}

/// The command, run by another program that hands on to it.
fn through(program: &str, before: &[&str], command: &Command) -> Command {
    let mut through = Command::new(program);
    through.args(before).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => through.env(name, value),
            None => through.env_remove(name),
        };
    }
    through
}
