//! One object: its bytes fetched, hashed and decoded.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::sync::Arc;

use flowtrail_decode::{Counts, DecodeError, Decoded, Decoder, Hint, Input, LogKind, Opened, Reject};
use flowtrail_lake::on_core;
use flowtrail_lake::stage::day_number;
use flowtrail_source::{Fetched, Layout, Object, SourceError};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::plan::Work;
use crate::{LoadError, LoadOptions, OnError};

/// Decoded rows of one object are held in memory up to this; a larger object is decoded a second time, streaming.
const HELD_BYTES: usize = 48 << 20;
/// The most rejects of one object that quarantine keeps; the rest are counted.
pub const KEPT_REJECTS: usize = 10_000;

/// An object after it was read.
#[derive(Debug)]
pub struct ReadObject {
    pub object: Object,
    /// SHA-256 of its bytes, in hex; empty when they were not fetched.
    pub sha256: String,
    /// How its bytes are laid out, such as `text+gzip`.
    pub format: Option<&'static str>,
    /// An earlier version of it had been loaded.
    pub is_changed: bool,
    pub found: Found,
}

/// What an object held.
#[derive(Debug)]
pub enum Found {
    /// Records, all in memory.
    Records(Records),
    /// More records than are held: their counts, and the input to decode again.
    Large {
        counts: BTreeMap<LogKind, Counts>,
        first_reject: Option<Reject>,
        input: Input,
        hint: Hint,
    },
    /// No records.
    Nothing { why: String },
    /// The same bytes as the version that was loaded.
    Unchanged,
    /// It could not be fetched, and may be later.
    Later(SourceError),
    /// Nothing that could be loaded.
    Failed { what: String, hint: Option<String> },
}

/// Records of one object.
#[derive(Debug, Default)]
pub struct Records {
    pub parts: Vec<Decoded>,
    pub counts: BTreeMap<LogKind, Counts>,
}

impl Records {
    /// The first record that could not be read.
    pub fn first_reject(&self) -> Option<&Reject> {
        self.parts
            .iter()
            .flat_map(|part| &part.rejects)
            .min_by_key(|reject| reject.line)
    }
}

/// Reads an object. What is wrong with it alone is in the answer; an error ends the load. `decoding` has a permit for
/// each core.
pub async fn read(work: Work, options: &Arc<LoadOptions>, decoding: &Semaphore) -> Result<ReadObject, LoadError> {
    let Work {
        object,
        source,
        content,
        before,
    } = work;
    let is_changed = before.as_ref().is_some_and(|before| !before.failed);
    let answer = |object, found| ReadObject {
        object,
        sha256: String::new(),
        format: None,
        is_changed: false,
        found,
    };
    if options.kind.is_none() && object.key.layout == Some(Layout::CloudTrailDigest) {
        return Ok(answer(
            object,
            Found::Nothing {
                why: "a CloudTrail digest, which holds no events".into(),
            },
        ));
    }
    let fetched = match content {
        Some(fetched) => Ok(fetched),
        None => source.fetch(&object).await,
    };
    let fetched = match fetched {
        Ok(fetched) => fetched,
        Err(error) if concerns_all(&error) => return Err(error.into()),
        Err(error) => return Ok(answer(object, source_failure(error, options))),
    };
    let hint = hint(&object, options);
    let may_be_no_log = hint.kind.is_none() && !is_named_as_log(&object.uri);
    let loaded_sha256 = before.filter(|before| !before.failed).map(|before| before.sha256);
    let task_options = Arc::clone(options);
    let work = move || decode_fetched(fetched, hint, may_be_no_log, loaded_sha256.as_deref(), &task_options);
    let core = decoding.acquire().await;
    let (sha256, format, mut found) = on_core(work).await?;
    drop(core);
    if let Err(error) = source.unchanged(&object).await {
        found = source_failure(error, options);
    }
    if let (Found::Records(_) | Found::Large { .. }, OnError::Abort) = (&found, options.on_error)
        && let Some(reject) = first_reject(&found)
    {
        let place = format!("line {}", reject.line);
        return Err(LoadError::Aborted {
            uri: object.uri.clone(),
            place,
            reason: reject.reason.clone(),
        });
    }
    if let (Found::Failed { what, .. }, OnError::Abort) = (&found, options.on_error) {
        return Err(LoadError::Aborted {
            uri: object.uri,
            place: "the object".into(),
            reason: what.clone(),
        });
    }
    Ok(ReadObject {
        object,
        sha256,
        format,
        is_changed: is_changed && !matches!(found, Found::Unchanged),
        found,
    })
}

/// Errors that every further object would meet as well.
fn concerns_all(error: &SourceError) -> bool {
    matches!(
        error,
        SourceError::CredentialsMissing { .. }
            | SourceError::CredentialsRefused { .. }
            | SourceError::BucketNotFound { .. }
            | SourceError::WrongRegion { .. }
            | SourceError::Spool { .. }
            | SourceError::Stdin { .. }
    )
}

/// Whether the object can be another thing the next time: what is fetched then is what is there then.
pub fn may_pass(error: &SourceError) -> bool {
    error.is_retryable() || matches!(error, SourceError::Gone { .. } | SourceError::Changed { .. })
}

fn source_failure(error: SourceError, options: &LoadOptions) -> Found {
    if options.postpone && may_pass(&error) {
        return Found::Later(error);
    }
    Found::Failed {
        what: error.to_string(),
        hint: error.hint(),
    }
}

fn hint(object: &Object, options: &LoadOptions) -> Hint {
    let by_key = object.key.layout.and_then(|layout| match layout {
        Layout::VpcFlow => Some(LogKind::VpcFlow),
        Layout::CloudTrail | Layout::CloudTrailInsight => Some(LogKind::CloudTrail),
        Layout::CloudTrailDigest => None,
    });
    Hint {
        kind: options.kind.or(by_key),
        flow_format: options.flow_format.clone(),
    }
}

/// True when the name promises data. A note or licence beside the logs does not, and is no failure.
fn is_named_as_log(uri: &str) -> bool {
    const ENDINGS: [&str; 11] = [
        ".gz", ".gzip", ".zst", ".zstd", ".log", ".json", ".jsonl", ".ndjson", ".parquet", ".csv", ".txt",
    ];
    let name = uri.to_ascii_lowercase();
    name.starts_with("stdin:") || ENDINGS.iter().any(|ending| name.ends_with(ending))
}

fn decode_fetched(
    mut fetched: Fetched,
    hint: Hint,
    may_be_no_log: bool,
    loaded_sha256: Option<&str>,
    options: &LoadOptions,
) -> (String, Option<&'static str>, Found) {
    let sha256 = match sha256(&mut fetched) {
        Ok(sha256) => sha256,
        Err(error) => {
            return (
                String::new(),
                None,
                Found::Failed {
                    what: format!("reading it: {error}"),
                    hint: None,
                },
            );
        }
    };
    if loaded_sha256 == Some(sha256.as_str()) {
        return (sha256, None, Found::Unchanged);
    }
    let (format, found) = decode(fetched, hint, may_be_no_log, options);
    (sha256, format, found)
}

/// SHA-256 of all bytes, in hex; a file then stands at its start again.
pub fn sha256(fetched: &mut Fetched) -> io::Result<String> {
    let mut hasher = Sha256::new();
    match fetched {
        Fetched::Bytes(bytes) => hasher.update(bytes),
        Fetched::File(file) => {
            let mut chunk = vec![0; 1 << 20];
            loop {
                match file.read(&mut chunk)? {
                    0 => break,
                    count => hasher.update(&chunk[..count]),
                }
            }
            file.rewind()?;
        }
    }
    Ok(hasher
        .finalize()
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        }))
}

fn decode(fetched: Fetched, hint: Hint, may_be_no_log: bool, options: &LoadOptions) -> (Option<&'static str>, Found) {
    let (input, again) = match fetched {
        Fetched::Bytes(bytes) => (Input::Bytes(bytes.clone()), Ok(Input::Bytes(bytes))),
        Fetched::File(file) => {
            let again = file.try_clone().map(Input::File);
            (Input::File(file), again)
        }
    };
    let decoder = match flowtrail_decode::open(input, &hint, &options.limits) {
        Ok(Opened::Records(decoder)) => decoder,
        Ok(Opened::Skipped { why }) => return (None, Found::Nothing { why }),
        Err(DecodeError::UnknownKind { begins }) if may_be_no_log => {
            return (
                None,
                Found::Nothing {
                    why: format!("not a log: it begins with {begins}"),
                },
            );
        }
        Err(error) => return (None, failure(&error)),
    };
    let format = decoder.format();
    let mut first_reject = None;
    let (records, is_large) = match hold(decoder, &mut first_reject) {
        Ok(held) => held,
        Err(error) => return (Some(format), failure(&error)),
    };
    if options.on_error == OnError::SkipObject
        && let Some(reject) = &first_reject
    {
        let what = format!("line {}: {}", reject.line, reject.reason);
        let hint = "load with --on-error continue to take the records that can be read";
        return (
            Some(format),
            Found::Failed {
                what,
                hint: Some(hint.into()),
            },
        );
    }
    let found = match again {
        _ if !is_large => Found::Records(records),
        Ok(input) => Found::Large {
            counts: records.counts,
            first_reject,
            input,
            hint,
        },
        Err(error) => Found::Failed {
            what: format!("reading it again: {error}"),
            hint: None,
        },
    };
    (Some(format), found)
}

/// Decodes all of an object, and keeps the rows as long as they are few.
fn hold(decoder: Decoder, first_reject: &mut Option<Reject>) -> Result<(Records, bool), DecodeError> {
    let mut records = Records::default();
    let (mut held_bytes, mut is_large) = (0, false);
    for part in decoder {
        let part = part?;
        *records.counts.entry(part.kind).or_default() += part.counts;
        if first_reject.is_none() {
            *first_reject = part.rejects.first().cloned();
        }
        if is_large {
            continue;
        }
        held_bytes += size_of(&part);
        records.parts.push(part);
        if held_bytes > HELD_BYTES {
            is_large = true;
            records.parts = Vec::new();
        }
    }
    Ok((records, is_large))
}

/// The memory a decoded part takes.
pub fn size_of(part: &Decoded) -> usize {
    let rejects: usize = part
        .rejects
        .iter()
        .map(|reject| reject.record.len() + reject.reason.len() + 64)
        .sum();
    part.batch.get_array_memory_size() + rejects
}

fn first_reject(found: &Found) -> Option<&Reject> {
    match found {
        Found::Records(records) => records.first_reject(),
        Found::Large { first_reject, .. } => first_reject.as_ref(),
        _ => None,
    }
}

fn failure(error: &DecodeError) -> Found {
    let hint = match error {
        DecodeError::UnknownKind { .. } => Some("name its kind, as in `flowtrail load vpc_flow SOURCE`"),
        DecodeError::Empty => Some("if it is still being written, load again when it is whole"),
        DecodeError::Bomb { .. } => Some("if it is genuine, raise --max-inflated or --max-ratio"),
        _ => None,
    };
    Found::Failed {
        what: error.to_string(),
        hint: hint.map(Into::into),
    }
}

/// A file rewound for a second decoding.
pub fn rewound(input: Input) -> io::Result<Input> {
    if let Input::File(mut file) = input {
        File::rewind(&mut file)?;
        return Ok(Input::File(file));
    }
    Ok(input)
}

/// The day (since 1970-01-01) in an object's key, for rows without a time of their own.
pub fn day_of_key(object: &Object) -> Option<i32> {
    object.key.day.map(day_number)
}
