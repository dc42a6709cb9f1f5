//! What a load did, for people.

use std::fmt::Write;
use std::time::Duration;

use flowtrail_load::LoadSummary;
use flowtrail_query::output::{readable_bytes, readable_count};

/// The most skipped objects that are named.
const SHOWN_SKIPPED: usize = 5;

/// A load's summary as text of several lines.
pub fn load_report(summary: &LoadSummary, took: Duration) -> String {
    let mut text = String::new();
    headline(&mut text, summary, took);
    for (name, table) in &summary.tables {
        let noun = if table.rows == 1 { "row" } else { "rows" };
        let _ = write!(text, "  {name:<16} {} {noun}", readable_count(table.rows));
        let others = [
            (table.nodata, "NODATA among them"),
            (table.skipdata, "SKIPDATA among them"),
            (table.duplicates, "duplicates left out"),
            (table.rejected, "rejected"),
        ];
        for (count, what) in others.into_iter().filter(|(count, _)| *count > 0) {
            let _ = write!(text, ", {} {what}", readable_count(count));
        }
        text.push('\n');
    }
    let lines = [
        (summary.already_loaded, "already loaded, left alone"),
        (
            summary.changed,
            "changed since they were loaded: their new versions were loaded beside the old rows",
        ),
        (
            summary.unchanged,
            "touched since they were loaded, with the same bytes: nothing to load",
        ),
        (summary.skipped, "without records, skipped"),
        (summary.outside, "outside the filter"),
        (summary.undated, "whose key does not say what the filter asks, left out"),
        (summary.failed, "failed: nothing of them was loaded"),
    ];
    for (count, what) in lines.into_iter().filter(|(count, _)| *count > 0) {
        let _ = writeln!(text, "  {} {what}", objects(count));
    }
    for skipped in summary.skipped_objects.iter().take(SHOWN_SKIPPED) {
        let _ = writeln!(text, "    {}: {}", skipped.uri, skipped.why);
    }
    if summary.skipped > SHOWN_SKIPPED as u64 {
        let _ = writeln!(
            text,
            "    …: `SELECT * FROM system.load_history WHERE status = 'skipped'` lists them all"
        );
    }
    for problem in &summary.problems {
        let _ = writeln!(text, "warning: {}: {}", problem.uri, problem.what);
        if let Some(hint) = &problem.hint {
            let _ = writeln!(text, "  hint: {hint}");
        }
    }
    let unnamed = summary.problem_count - summary.problems.len() as u64;
    if unnamed > 0 {
        let _ = writeln!(
            text,
            "warning: and {} more; `flowtrail history --problems` lists them",
            readable_count(unnamed)
        );
    }
    text
}

fn headline(text: &mut String, summary: &LoadSummary, took: Duration) {
    let loaded = objects(summary.loaded);
    let bytes = readable_bytes(summary.bytes);
    let _ = match (summary.dry_run, summary.stopped, summary.loaded) {
        (true, _, 0) => writeln!(text, "Nothing would be loaded; {} listed", objects(summary.listed)),
        (true, ..) => writeln!(
            text,
            "Would load {loaded} ({bytes}) of {} listed",
            readable_count(summary.listed)
        ),
        (_, true, _) => writeln!(
            text,
            "Stopped: {loaded} ({bytes}) are loaded, the same command goes on from here"
        ),
        (_, _, 0) => writeln!(text, "Nothing loaded; {} listed", objects(summary.listed)),
        _ => writeln!(text, "Loaded {loaded} ({bytes}) in {:.1} s", took.as_secs_f64()),
    };
}

fn objects(count: u64) -> String {
    let noun = if count == 1 { "object" } else { "objects" };
    format!("{} {noun}", readable_count(count))
}
