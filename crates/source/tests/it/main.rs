//! Sources over real folders, a local S3 (moto), and answers S3 gives only to others; queues likewise.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod answers;
mod folder;
mod moto;
mod queue;
mod queue_answers;
mod s3;

use std::io::Read;

use flowtrail_source::{AwsSettings, Fetched, Source, SourceError};
use futures::StreamExt;

async fn open(place: &str) -> Result<Source, SourceError> {
    Source::open(&place.parse()?, &AwsSettings::default()).await
}

/// The listing of a place: each object's URI without `base`, or its error's text.
async fn names(source: &Source, base: &str) -> Vec<String> {
    source
        .list()
        .map(|listed| match listed {
            Ok(object) => object.uri.strip_prefix(base).unwrap_or(&object.uri).to_owned(),
            Err(error) => format!("error: {error}"),
        })
        .collect()
        .await
}

fn content(fetched: Fetched) -> Vec<u8> {
    match fetched {
        Fetched::Bytes(bytes) => bytes.to_vec(),
        Fetched::File(mut file) => {
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            content
        }
    }
}
