//! The objects of the partitions that a question needs.

use std::sync::Arc;

use datafusion::common::ScalarValue;
use flowtrail_source::{Object, Source};
use futures::{StreamExt, TryStreamExt, stream};

use crate::access::Places;
use crate::error::ExternalError;
use crate::partition::PlaceToRead;

/// Places listed at once.
const LISTED_AT_ONCE: usize = 16;

/// What reading an object costs besides its bytes, in bytes.
const OBJECT_COST_BYTES: u64 = 64 << 10;

/// An object, what fetches it, and the values its partition has for all of its rows.
#[derive(Clone, Debug)]
pub(crate) struct FileToRead {
    pub(crate) source: Source,
    pub(crate) object: Object,
    pub(crate) values: Arc<[ScalarValue]>,
}

/// Lists the objects of places, in their order. A place that does not exist has none.
pub(crate) async fn list(places: &Places<'_>, wanted: Vec<PlaceToRead>) -> Result<Vec<FileToRead>, ExternalError> {
    let listed = stream::iter(wanted)
        .map(|place| list_place(places, place))
        .buffered(LISTED_AT_ONCE);
    let files: Vec<Vec<FileToRead>> = listed.try_collect().await?;
    Ok(files.into_iter().flatten().collect())
}

async fn list_place(places: &Places<'_>, wanted: PlaceToRead) -> Result<Vec<FileToRead>, ExternalError> {
    let Some(source) = places.open(&wanted.location).await? else {
        return Ok(Vec::new());
    };
    let file = |object: Object| FileToRead {
        source: source.clone(),
        object,
        values: Arc::clone(&wanted.values),
    };
    let objects = source.list_if_any().map_ok(file).try_collect().await?;
    Ok(objects)
}

/// Deals files out to at most so many streams, so that each has about as much to do.
pub(crate) fn deal(files: Vec<FileToRead>, streams: usize) -> Vec<Vec<FileToRead>> {
    let streams = streams.clamp(1, files.len().max(1));
    let cost = |file: &FileToRead| file.object.size_bytes + OBJECT_COST_BYTES;
    let mut files: Vec<(usize, FileToRead)> = files.into_iter().enumerate().collect();
    files.sort_by_key(|(_, file)| std::cmp::Reverse(cost(file)));
    let mut dealt: Vec<(u64, Vec<(usize, FileToRead)>)> = vec![(0, Vec::new()); streams];
    for (number, file) in files {
        if let Some((load, stream)) = dealt.iter_mut().min_by_key(|(load, _)| *load) {
            *load += cost(&file);
            stream.push((number, file));
        }
    }
    let in_order = |(_, mut stream): (u64, Vec<(usize, FileToRead)>)| {
        stream.sort_by_key(|(number, _)| *number);
        stream.into_iter().map(|(_, file)| file).collect()
    };
    dealt.into_iter().map(in_order).collect()
}
