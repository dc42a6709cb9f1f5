//! What a copy would load, without loading it.

use std::sync::Arc;

use arrow::array::RecordBatch;
use flowtrail_decode::Limits;
use flowtrail_lake::definition::history_table;
use flowtrail_lake::history::loaded_objects;
use flowtrail_lake::{Lake, on_core};
use flowtrail_source::{Object, Source};

use super::rows;
use super::staged::FilePlace;
use crate::plan::{self, Work};
use crate::target::{FileFormat, Target, Transform};
use crate::{LoadError, LoadSummary};

/// What is in one object.
#[derive(Debug)]
pub struct Validated {
    /// The object.
    pub uri: String,
    /// Its rows, in the target's columns; those of a variant as JSON.
    pub rows: Vec<RecordBatch>,
    /// The rows that cannot be read, with their places, and why the object cannot be, where that is so.
    pub errors: Vec<String>,
}

/// Reads objects one after another as a copy would, and gives what they hold to `take` until it wants no more. Those that
/// were loaded before are left out, unless `all` are wanted.
///
/// # Errors
/// When the history or a place cannot be read.
pub async fn validate(
    lake: &Lake,
    target: &Target,
    source: &Arc<Source>,
    objects: Vec<Object>,
    all: bool,
    mut take: impl FnMut(Validated) -> bool,
) -> Result<(), LoadError> {
    let mut todo: std::collections::VecDeque<Work> =
        objects.into_iter().map(|object| Work::new(object, source)).collect();
    if let (false, Some(history)) = (all, lake.table(history_table()).snapshot().await?) {
        let loaded = loaded_objects(&lake.table(history_table()), &history, &target.loads(), |_| true).await?;
        plan::less_loaded(&mut todo, &loaded, &mut LoadSummary::default());
    }
    let target = Arc::new(shown(target));
    let stored = lake.table(&target.table).snapshot().await?;
    let table = stored.map_or_else(
        || Arc::clone(&target.table.columns),
        |stored| Arc::clone(stored.schema()),
    );
    for Work { object, source, .. } in todo {
        let mut validated = Validated {
            uri: object.uri.clone(),
            rows: Vec::new(),
            errors: Vec::new(),
        };
        match source.fetch(&object).await {
            Err(error) => validated.errors.push(error.to_string()),
            Ok(fetched) => {
                let (target, table, place) = (Arc::clone(&target), Arc::clone(&table), FilePlace::of(&object));
                let decode = move || rows::decode(fetched, &place, &target, &table, None, &Limits::default());
                let decoded = on_core(decode).await?;
                validated.rows = decoded.parts;
                validated.errors = decoded.errors;
                validated.errors.extend(decoded.broken);
            }
        }
        if !take(validated) {
            break;
        }
    }
    Ok(())
}

/// A target whose variant is not taken apart.
fn shown(target: &Target) -> Target {
    let mut shown = target.clone();
    let is_whole = target.variant.is_some() && !matches!(target.format, FileFormat::Csv(_));
    if is_whole && target.transform.is_none() {
        shown.transform = Some(Arc::new(WholeRow));
    }
    shown.variant = None;
    shown
}

/// A row as it is.
#[derive(Debug)]
struct WholeRow;

impl Transform for WholeRow {
    fn width(&self) -> usize {
        1
    }

    fn apply(&self, staged: &RecordBatch) -> Result<RecordBatch, String> {
        staged.project(&[0]).map_err(|error| error.to_string())
    }
}
