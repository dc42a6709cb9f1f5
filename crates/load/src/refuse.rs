//! What came instead of an object, and can be no rows: kept where people look for what could not be read.

use flowtrail_lake::history::{HistoryRow, QuarantineRow, Status};
use flowtrail_lake::intent::TableOutcome;
use flowtrail_lake::{Lake, LakeError};

use crate::buffer::Buffer;
use crate::loader::SHARD;
use crate::{Silent, Step, Stop};

/// Puts a row into `system.quarantine`, and one into `system.load_history` that says that nothing was loaded of it.
/// False when that was not done because a stop was asked, or another process took the batch over.
///
/// # Errors
/// The lake's.
pub async fn refuse(lake: &Lake, row: QuarantineRow, pipe: &str, stop: &Stop) -> Result<bool, LakeError> {
    let Some(claimed) = Step::begin(lake, SHARD, &Silent, stop).await? else {
        return Ok(false);
    };
    match staged(lake, claimed.batch(), row, pipe).await {
        Ok(tables) => claimed.finish(tables).await,
        Err(error) => {
            claimed.give_up().await;
            Err(error)
        }
    }
}

async fn staged(lake: &Lake, batch: i64, row: QuarantineRow, pipe: &str) -> Result<Vec<TableOutcome>, LakeError> {
    let history = HistoryRow {
        size_bytes: row.record.len() as u64,
        first_error: Some(row.reason.clone()),
        pipe: Some(pipe.to_owned()),
        ..HistoryRow::without_records(row.object_uri.to_string(), Status::Failed)
    };
    let mut buffer = Buffer::new(lake, SHARD, batch).await?;
    if let Err(error) = buffer.refuse(row).await {
        buffer.discard().await;
        return Err(error);
    }
    buffer.finish(&[history]).await
}
