//! The objects of a pipe that need not be offered to the loader again.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use flowtrail_source::Object;

/// Objects this process has loaded, by hashes of URI and etag. Forgetting one costs a look at the history; taking a new
/// object for one of them would cost its rows, which at 128 bits of hash does not happen.
#[derive(Debug, Default)]
pub struct Seen {
    etags: HashMap<u64, u64>,
    hasher: RandomState,
    other_hasher: RandomState,
}

impl Seen {
    /// Whether this version of the object is known.
    pub fn has(&self, object: &Object) -> bool {
        let (uri, version) = self.hashes(object);
        self.etags.get(&uri) == Some(&version)
    }

    /// Notes the object's version.
    pub fn add(&mut self, object: &Object) {
        let (uri, version) = self.hashes(object);
        self.etags.insert(uri, version);
    }

    /// The URI's hash, and one of URI and etag by another function.
    fn hashes(&self, object: &Object) -> (u64, u64) {
        let uri = self.hasher.hash_one(&object.uri);
        (uri, self.other_hasher.hash_one((&object.uri, &object.etag)))
    }
}
