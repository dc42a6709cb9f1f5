//! A file holds one thing; one that is long holds several.

use crate::finding::Finding;
use crate::tree::SourceFile;

/// Most files are shorter than this.
const LONG_LINES: usize = 400;
/// None is longer than this.
const MOST_LINES: usize = 600;

/// Checks how long Rust files are.
pub fn check(files: &[SourceFile]) -> Vec<Finding> {
    files
        .iter()
        .filter(|file| file.is_rust())
        .filter_map(check_file)
        .collect()
}

fn check_file(file: &SourceFile) -> Option<Finding> {
    let lines = file.text.lines().count();
    if lines <= LONG_LINES {
        return None;
    }
    let finding = Finding::error(
        &file.path,
        format!(
            "{lines} lines; a file holds one thing and has at most {MOST_LINES}, most under {LONG_LINES}: split it"
        ),
    );
    Some(if lines > MOST_LINES { finding } else { finding.warning() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Severity;
    use crate::tree::file;

    #[test]
    fn long_files_are_warned_of_and_longer_ones_refused() {
        let of = |lines: usize| check(&[file("a.rs", &"x\n".repeat(lines))]);
        assert_eq!(of(400), []);
        assert_eq!(of(401)[0].severity, Severity::Warning);
        assert_eq!(of(600)[0].severity, Severity::Warning);
        assert_eq!(of(601)[0].severity, Severity::Error);
        assert_eq!(check(&[file("a.json", &"x\n".repeat(1000))]), []);
    }
}
