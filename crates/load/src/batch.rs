//! One batch: its objects read on all cores, their rows staged, its history written down.

use std::collections::BTreeMap;
use std::sync::Arc;

use flowtrail_decode::{Counts, Decoded, Hint, Input, LogKind, Opened};
use flowtrail_lake::definition::log_table;
use flowtrail_lake::history::{HistoryRow, Status};
use flowtrail_lake::intent::TableOutcome;
use flowtrail_lake::{Lake, failpoint};
use futures::StreamExt;
use tokio::sync::{Semaphore, mpsc};
use tracing::{Instrument, Span, debug_span};

use crate::buffer::Buffer;
use crate::object::{Found, ReadObject, day_of_key, read, rewound};
use crate::plan::Work;
use crate::{CopiedObject, LoadError, LoadOptions, LoadSummary, Progress, Stop};

/// Objects in flight for each core: fetching waits, decoding works.
const OBJECTS_A_CORE: usize = 8;
/// What objects in flight may take together, in MiB of memory as estimated from their sizes.
const IN_FLIGHT_MIB: u32 = 192;

/// What a batch needs beside its objects.
pub struct BatchContext<'a> {
    pub lake: &'a Lake,
    pub shard: &'a str,
    pub options: &'a Arc<LoadOptions>,
    pub progress: &'a dyn Progress,
    pub stop: &'a Stop,
}

/// What an object came to, until duplicates are known.
struct ObjectOutcome {
    object: ReadObject,
    counts: BTreeMap<LogKind, Counts>,
    first_reject: Option<String>,
}

/// Reads the objects and stages their rows. Objects not begun when a stop is asked are left out of the outcome.
///
/// # Errors
/// What ends the load; the files staged so far are then taken away.
pub async fn run(
    context: &BatchContext<'_>,
    batch: i64,
    objects: Vec<Work>,
    summary: &mut LoadSummary,
) -> Result<Vec<TableOutcome>, LoadError> {
    let planned = objects.len();
    let mut buffer = Buffer::new(context.lake, context.shard, batch).await?;
    let outcomes = match read_all(context, objects, &mut buffer).await {
        Ok(outcomes) => outcomes,
        Err(error) => {
            buffer.discard().await;
            return Err(error);
        }
    };
    summary.stopped |= outcomes.len() < planned;
    let outcomes = match less_postponed(outcomes, summary) {
        Ok(outcomes) => outcomes,
        Err(error) => {
            buffer.discard().await;
            return Err(error);
        }
    };
    let mut history = Vec::with_capacity(outcomes.len());
    for (number, outcome) in &outcomes {
        let rows = history_rows(outcome, buffer.duplicates_of(*number), context.options.pipe.as_deref());
        summarize(summary, outcome, &rows);
        if context.options.report_objects {
            summary.copied.extend(rows.iter().map(CopiedObject::of));
        }
        history.extend(rows);
    }
    Ok(buffer.finish(&history).await?)
}

/// The outcomes with their numbers, less those left for later. Where that is all of them, the first reason is that of the
/// whole batch.
fn less_postponed(
    outcomes: Vec<ObjectOutcome>,
    summary: &mut LoadSummary,
) -> Result<Vec<(usize, ObjectOutcome)>, LoadError> {
    let mut left = Vec::with_capacity(outcomes.len());
    let mut first = None;
    for (number, mut outcome) in outcomes.into_iter().enumerate() {
        match std::mem::replace(&mut outcome.object.found, Found::Unchanged) {
            Found::Later(error) => {
                summary.postpone(&outcome.object.object.uri, &error);
                first.get_or_insert(error);
            }
            found => {
                outcome.object.found = found;
                left.push((number, outcome));
            }
        }
    }
    match first {
        Some(error) if left.is_empty() => Err(error.into()),
        _ => Ok(left),
    }
}

async fn read_all(
    context: &BatchContext<'_>,
    objects: Vec<Work>,
    buffer: &mut Buffer,
) -> Result<Vec<ObjectOutcome>, LoadError> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = Arc::new(Semaphore::new(IN_FLIGHT_MIB as usize));
    let decoding = Arc::new(Semaphore::new(cores));
    let batch_span = Span::current();
    let reading = futures::stream::iter(objects)
        .take_while(|_| futures::future::ready(!context.stop.is_asked()))
        .map(|work| {
            let (options, memory) = (Arc::clone(context.options), Arc::clone(&memory));
            let decoding = Arc::clone(&decoding);
            let batch_span = batch_span.clone();
            // A task of its own, so that reading goes on while rows are staged.
            tokio::spawn(async move {
                let room = memory.acquire_many_owned(memory_mib(work.object.size_bytes)).await;
                let span = batch_span.in_scope(|| object_span(&work));
                Ok::<_, LoadError>((read(work, &options, &decoding).instrument(span).await?, room))
            })
        })
        .buffered(cores * OBJECTS_A_CORE);
    let mut reading = std::pin::pin!(reading);
    let mut outcomes = Vec::new();
    while let Some(object) = reading.next().await {
        // The room is free again when the buffer, which has a bound of its own, has the rows.
        let (object, _room) = object??;
        let outcome = take_in(buffer, outcomes.len(), object, context.options).await?;
        let records = outcome
            .counts
            .values()
            .map(|counts| counts.rows + counts.rejected)
            .sum();
        context.progress.object_done(outcome.object.object.size_bytes, records);
        outcomes.push(outcome);
        failpoint::hit("load.object_read")?;
    }
    buffer.flush().await?;
    Ok(outcomes)
}

/// The span of an object that is fetched and decoded. There may be millions, so that it is for debugging.
pub fn object_span(work: &Work) -> Span {
    debug_span!(
        "load.object",
        url.full = work.object.uri.as_str(),
        flowtrail.bytes = work.object.size_bytes as i64,
    )
}

/// What an object in flight takes: its bytes, and its rows decoded up to the size at which they are not held.
fn memory_mib(size_bytes: u64) -> u32 {
    let estimate = (size_bytes >> 20).saturating_mul(12).clamp(1, 96);
    estimate as u32
}

/// Hands an object's rows to the buffer.
async fn take_in(
    buffer: &mut Buffer,
    number: usize,
    mut object: ReadObject,
    options: &LoadOptions,
) -> Result<ObjectOutcome, LoadError> {
    let uri: Arc<str> = object.object.uri.as_str().into();
    let fallback_day = day_of_key(&object.object);
    let found = std::mem::replace(&mut object.found, Found::Unchanged);
    let (counts, first_reject) = match found {
        Found::Records(records) => {
            let first_reject = records
                .first_reject()
                .map(|reject| format!("line {}: {}", reject.line, reject.reason));
            for part in records.parts {
                buffer.add(number, &uri, fallback_day, part).await?;
            }
            (records.counts, first_reject)
        }
        Found::Large {
            counts,
            first_reject,
            input,
            hint,
        } => {
            stream_in(buffer, number, &uri, fallback_day, input, hint, options).await?;
            (
                counts,
                first_reject.map(|reject| format!("line {}: {}", reject.line, reject.reason)),
            )
        }
        other => {
            object.found = other;
            return Ok(ObjectOutcome {
                object,
                counts: BTreeMap::new(),
                first_reject: None,
            });
        }
    };
    object.found = Found::Records(crate::object::Records::default());
    Ok(ObjectOutcome {
        object,
        counts,
        first_reject,
    })
}

/// Decodes a large object again, a part at a time. That it decodes to its end is known.
async fn stream_in(
    buffer: &mut Buffer,
    number: usize,
    uri: &Arc<str>,
    fallback_day: Option<i32>,
    input: Input,
    hint: Hint,
    options: &LoadOptions,
) -> Result<(), LoadError> {
    let (sender, mut parts) = mpsc::channel::<Result<Decoded, String>>(2);
    let limits = options.limits;
    let decoding = tokio::task::spawn_blocking(move || {
        let decoder = rewound(input)
            .map_err(|error| error.to_string())
            .and_then(|input| flowtrail_decode::open(input, &hint, &limits).map_err(|error| error.to_string()));
        match decoder {
            Ok(Opened::Records(decoder)) => {
                for part in decoder {
                    if sender.blocking_send(part.map_err(|error| error.to_string())).is_err() {
                        return;
                    }
                }
            }
            Ok(Opened::Skipped { why }) | Err(why) => drop(sender.blocking_send(Err(why))),
        }
    });
    while let Some(part) = parts.recv().await {
        let part = part.map_err(|reason| LoadError::Aborted {
            uri: uri.to_string(),
            place: "the object, read a second time".into(),
            reason,
        })?;
        buffer.add(number, uri, fallback_day, part).await?;
    }
    decoding.await?;
    Ok(())
}

/// The rows of `system.load_history` for one object: one for each table, or one that says why there is none.
fn history_rows(outcome: &ObjectOutcome, duplicates: u64, pipe: Option<&str>) -> Vec<HistoryRow> {
    let object = &outcome.object;
    let (status, first_error) = match &object.found {
        Found::Failed { what, .. } => (Status::Failed, Some(what.clone())),
        Found::Nothing { why } => (Status::Skipped, Some(why.clone())),
        Found::Unchanged | Found::Later(_) => (Status::Unchanged, None),
        Found::Records(_) | Found::Large { .. } => (Status::Loaded, None),
    };
    let blank = HistoryRow {
        size_bytes: object.object.size_bytes,
        etag: object.object.etag.clone(),
        sha256: object.sha256.clone(),
        last_modified: Some(object.object.last_modified),
        format: object.format.map(str::to_owned),
        first_error,
        pipe: pipe.map(str::to_owned),
        ..HistoryRow::without_records(object.object.uri.clone(), status)
    };
    if outcome.counts.is_empty() {
        return vec![blank];
    }
    let of_table = |(kind, counts): (&LogKind, &Counts)| {
        // Only CloudTrail has duplicates.
        let duplicates = if *kind == LogKind::CloudTrail { duplicates } else { 0 };
        HistoryRow {
            table_name: Some(log_table(*kind).qualified_name()),
            status: if counts.rejected > 0 {
                Status::LoadedWithRejects
            } else {
                status
            },
            lines: counts.lines,
            rows: counts.rows - duplicates,
            headers: counts.headers,
            rejected: counts.rejected,
            duplicates,
            nodata: counts.nodata,
            skipdata: counts.skipdata,
            first_error: if counts.rejected > 0 {
                outcome.first_reject.clone()
            } else {
                None
            },
            ..blank.clone()
        }
    };
    outcome.counts.iter().map(of_table).collect()
}

fn summarize(summary: &mut LoadSummary, outcome: &ObjectOutcome, rows: &[HistoryRow]) {
    let object = &outcome.object;
    match &object.found {
        Found::Failed { what, hint } => {
            summary.failed += 1;
            summary.problem(&object.object.uri, what.clone(), hint.clone());
        }
        Found::Nothing { why } => summary.skip(&object.object.uri, why),
        Found::Unchanged | Found::Later(_) => summary.unchanged += 1,
        Found::Records(_) | Found::Large { .. } => {
            summary.loaded += 1;
            summary.bytes += object.object.size_bytes;
            summary.changed += u64::from(object.is_changed);
        }
    }
    for row in rows {
        let Some(name) = &row.table_name else { continue };
        let table = summary.tables.entry(name.clone()).or_default();
        table.objects += 1;
        table.lines += row.lines;
        table.rows += row.rows;
        table.headers += row.headers;
        table.rejected += row.rejected;
        table.duplicates += row.duplicates;
        table.nodata += row.nodata;
        table.skipdata += row.skipdata;
        if let Some(first_error) = &row.first_error {
            let what = format!(
                "{} of {} records rejected, the first at {first_error}",
                row.rejected,
                row.lines - row.headers
            );
            let hint = "SELECT * FROM system.quarantine shows each with its reason";
            summary.problem(&row.object_uri, what, Some(hint.into()));
        }
    }
}
