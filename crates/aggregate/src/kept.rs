//! What statements before have worked out, for those after them.
//!
//! A dashboard asks the same question again and again, of files that never change and a few new ones. So the groups of
//! the row groups that a statement needed as a whole are kept under what it asked of them. The next time only the row
//! groups that came since are read, and those at the edge of a time range, which a condition cuts through.
//!
//! They are kept in memory and, where there is a [`Shelf`], on it too, for processes to come.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::task::spawn_blocking;

use crate::answer::Collected;
use crate::cache::RowGroup;
use crate::question::Question;
use crate::shelf::Shelf;
use crate::stored::{decode, encode, file_name};

/// Of the room there is, an answer may take this part.
const LARGEST_PART: usize = 4;
/// An answer is put on the shelf again when more than this part of its row groups is not in what is there: a process to
/// come reads those itself, and a refresh that adds one file costs no writing.
const NEWS_PART: usize = 16;
/// A guess at an answer's size, from which the cache works out how many entries it makes room for at first.
const USUAL_ANSWER_BYTES: usize = 1 << 20;

/// Groups, and the row groups they are of.
#[derive(Debug)]
pub struct Known {
    /// The row groups.
    pub of: HashSet<RowGroup>,
    /// Their groups.
    pub collected: Arc<Collected>,
    /// How many of the row groups the answer on the shelf has.
    pub on_shelf: usize,
}

impl Known {
    /// Nothing of `question` yet.
    pub fn nothing(question: &Question) -> Self {
        Self {
            of: HashSet::new(),
            collected: Arc::new(Collected::new(question)),
            on_shelf: 0,
        }
    }
}

/// The place of an answer. It is empty while a statement adds to it, and stays so when that fails.
#[derive(Clone, Debug, Default)]
struct Place {
    known: Arc<Mutex<Option<Known>>>,
    bytes: usize,
}

/// Answers by what was asked, up to so many bytes; those asked for seldom or long ago go first.
pub struct KeptAnswers {
    places: Cache<String, Place, Bytes>,
    limit_bytes: usize,
    shelf: Option<Arc<Shelf>>,
}

#[derive(Clone)]
struct Bytes;

impl Weighter<String, Place> for Bytes {
    fn weight(&self, asked: &String, place: &Place) -> u64 {
        (place.bytes + asked.len() + size_of::<Place>()) as u64
    }
}

impl KeptAnswers {
    /// Nothing in memory yet; `shelf` is what processes before may have left.
    pub fn new(limit_bytes: usize, shelf: Option<Shelf>) -> Self {
        let places = Cache::with_weighter(limit_bytes / USUAL_ANSWER_BYTES, limit_bytes as u64, Bytes);
        Self {
            places,
            limit_bytes,
            shelf: shelf.map(Arc::new),
        }
    }

    /// The place for what `question` asks of row groups for which the conditions numbered in `open` are not settled.
    /// `None` while another statement works on it: nobody waits for it, as the two may be parts of the same plan.
    /// `session` is what else the answer hangs on.
    pub fn place(&self, question: &Question, open: &[usize], session: &str) -> Option<Slot> {
        if self.limit_bytes == 0 {
            return None;
        }
        let filters: Vec<_> = open.iter().map(|number| &question.filters[*number]).collect();
        let asked = format!(
            "{session} {:?} {:?} {:?} {filters:?}",
            question.columns, question.keys, question.aggregates
        );
        let place = self.places.get(&asked).unwrap_or_else(|| {
            let place = Place::default();
            self.places.insert(asked.clone(), place.clone());
            place
        });
        let known = place.known.try_lock_owned().ok()?;
        Some(Slot { asked, known })
    }

    /// What is known of the answer that has its place in `slot`, when all of it is among the row groups that are `wanted`.
    pub async fn take(&self, slot: &mut Slot, question: &Arc<Question>, wanted: &HashSet<RowGroup>) -> Option<Known> {
        let is_wanted = |known: &Known| known.of.is_subset(wanted);
        if let Some(known) = slot.known.take().filter(is_wanted) {
            return Some(known);
        }
        let folder = Arc::clone(self.shelf.as_ref()?);
        let (asked, question) = (slot.asked.clone(), Arc::clone(question));
        let read = spawn_blocking(move || decode(&folder.read(&file_name(&asked))?, &asked, &question));
        read.await.ok()?.filter(is_wanted)
    }

    /// Whether an answer of so many bytes is kept.
    pub fn has_room_for(&self, bytes: usize) -> bool {
        bytes <= self.limit_bytes / LARGEST_PART
    }

    /// Keeps an answer.
    pub fn keep(&self, mut slot: Slot, mut known: Known) {
        let bytes = known.collected.bytes() + known.of.iter().map(|of| of.file.as_ref().len() + 64).sum::<usize>();
        self.put_on_shelf(&slot.asked, &mut known);
        *slot.known = Some(known);
        let place = Place {
            known: Arc::clone(OwnedMutexGuard::mutex(&slot.known)),
            bytes,
        };
        self.places.insert(slot.asked, place);
    }

    /// Has an answer that is to be kept written in the background, where what is on the shelf lacks too much of it.
    fn put_on_shelf(&self, asked: &str, known: &mut Known) {
        let Some(folder) = self.shelf.clone() else { return };
        let news = known.of.len() - known.on_shelf;
        if news <= known.of.len() / NEWS_PART {
            return;
        }
        known.on_shelf = known.of.len();
        let (asked, of) = (asked.to_owned(), known.of.clone());
        let (collected, lasting) = (Arc::clone(&known.collected), known.collected.lasting());
        spawn_blocking(move || {
            let bytes = encode(&asked, &of, &collected, &lasting);
            if let Err(error) = folder.write(&file_name(&asked), &bytes) {
                tracing::debug!(%error, "an answer could not be kept on disk");
            }
        });
    }
}

impl fmt::Debug for KeptAnswers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptAnswers")
            .field("answers", &self.places.len())
            .field("bytes", &self.places.weight())
            .field("limit_bytes", &self.limit_bytes)
            .field("shelf", &self.shelf)
            .finish()
    }
}

/// The place of an answer, held by one statement.
#[derive(Debug)]
pub struct Slot {
    asked: String,
    known: OwnedMutexGuard<Option<Known>>,
}
