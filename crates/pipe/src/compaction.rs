//! Small files are merged in the background.
//!
//! Batches every few seconds leave many small files. Merging all of a day each time one more is there would write the
//! day's bytes again and again, so files are merged in tiers: many small ones into one of the next size.

use std::collections::HashMap;

use flowtrail_lake::compact::{CompactOptions, CompactSummary, TARGET_FILE_BYTES, compact};
use flowtrail_lake::{LakeError, Snapshot, Table};
use object_store::path::Path;

/// The sizes files are merged up to, smallest first.
const TIERS: [u64; 3] = [4 << 20, 32 << 20, TARGET_FILE_BYTES];
/// A day's files are merged when there are so many below a tier.
const FILES: usize = 12;

/// Merges small files of tables, again and again: a table that is as it was before is not read again.
#[derive(Debug, Default)]
pub struct Compactor {
    /// Tables as they were last, by their folders.
    known: HashMap<Path, Snapshot>,
}

impl Compactor {
    /// Merges the small files of a table where a day has many of them. Loading and questions go on meanwhile.
    ///
    /// # Errors
    /// The lake's.
    pub async fn compact(&mut self, table: &Table) -> Result<CompactSummary, LakeError> {
        let known = self.known.get(table.path());
        let Some(snapshot) = table.snapshot_since(known).await? else {
            return Ok(CompactSummary::default());
        };
        let tier = tier(&snapshot);
        self.known.insert(table.path().clone(), snapshot);
        match tier {
            Some(target_bytes) => compact(table, &CompactOptions { target_bytes }, &|_| {}).await,
            None => Ok(CompactSummary::default()),
        }
    }
}

/// The smallest tier below which a day has many files.
fn tier(snapshot: &Snapshot) -> Option<u64> {
    let files: Vec<(Option<&str>, u64)> = snapshot
        .files()
        .iter()
        .map(|file| (file.day.as_deref(), file.size_bytes))
        .collect();
    TIERS.into_iter().find(|tier| most_below(&files, *tier) >= FILES)
}

/// Of the days, the most files one has that are smaller.
fn most_below(files: &[(Option<&str>, u64)], bytes: u64) -> usize {
    let mut days: Vec<Option<&str>> = files
        .iter()
        .filter(|(_, size_bytes)| *size_bytes < bytes)
        .map(|(day, _)| *day)
        .collect();
    days.sort_unstable();
    days.chunk_by(|one, other| one == other)
        .map(<[_]>::len)
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_by_themselves() {
        let files = [
            (Some("1"), 10),
            (Some("2"), 10),
            (Some("1"), 99),
            (None, 5),
            (Some("2"), 20),
        ];
        assert_eq!(most_below(&files, 50), 2);
        assert_eq!(most_below(&files, 10), 1);
        assert_eq!(most_below(&files, 5), 0);
    }
}
