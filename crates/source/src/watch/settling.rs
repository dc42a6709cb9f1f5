//! Which files nobody writes any more: the rules of the first page of `watch`, and what has been seen of each file.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::object::Object;

/// What the system told of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// It is being written.
    Written,
    /// It was closed after writing, or moved in.
    Finished,
    /// It was removed.
    Removed,
}

/// A file that was listed and is not settled.
#[derive(Debug)]
struct Unsettled {
    etag: String,
    /// Since when it is the same.
    since: Instant,
    /// The round in which it was last asked for.
    round: u64,
}

/// What is known of files, by URI.
#[derive(Debug)]
pub(super) struct Settling {
    settle: Duration,
    old: Duration,
    round: u64,
    unsettled: HashMap<String, Unsettled>,
    /// Files that are being written, as the system told.
    written: HashSet<String>,
    /// Files that were finished in this round or the last, and in which.
    finished: HashMap<String, u64>,
}

impl Settling {
    pub(super) fn new(settle: Duration, old: Duration) -> Self {
        Self {
            settle,
            old,
            round: 0,
            unsettled: HashMap::new(),
            written: HashSet::new(),
            finished: HashMap::new(),
        }
    }

    pub(super) fn tell(&mut self, uri: String, told: Told) {
        match told {
            Told::Written => {
                self.finished.remove(&uri);
                self.written.insert(uri);
            }
            Told::Finished => {
                self.written.remove(&uri);
                self.finished.insert(uri, self.round);
            }
            Told::Removed => {
                self.written.remove(&uri);
                self.finished.remove(&uri);
            }
        }
    }

    /// A file has another name. Who writes it goes on doing so under that.
    pub(super) fn rename(&mut self, from: &str, to: String) {
        if self.written.remove(from) {
            self.tell(to, Told::Written);
        }
    }

    /// News were lost: of no file is it known any more what it is told to be.
    pub(super) fn forget_told(&mut self) {
        self.written.clear();
        self.finished.clear();
    }

    pub(super) fn is_settled(&mut self, object: &Object) -> bool {
        let is_settled = self.finished.contains_key(&object.uri) || self.is_old(object) || self.is_same(object);
        if is_settled {
            self.unsettled.remove(&object.uri);
        }
        is_settled
    }

    /// When the next file may be settled by time alone.
    pub(super) fn due(&self) -> Option<Instant> {
        let waiting = self.unsettled.iter().filter(|(uri, _)| !self.written.contains(*uri));
        waiting.map(|(_, file)| file.since + self.settle).min()
    }

    /// The folder is going to be listed again. What was not asked for since the last time is not there any more, or
    /// is no business of the caller's.
    pub(super) fn next_round(&mut self) {
        let round = self.round;
        self.unsettled.retain(|_, file| file.round == round);
        self.finished.retain(|_, told_in| *told_in == round);
        self.round += 1;
    }

    fn is_old(&self, object: &Object) -> bool {
        let age = SystemTime::now().duration_since(object.last_modified.into());
        age.is_ok_and(|age| age >= self.old)
    }

    fn is_same(&mut self, object: &Object) -> bool {
        let now = Instant::now();
        let file = self.unsettled.entry(object.uri.clone()).or_insert_with(|| Unsettled {
            etag: object.etag.clone(),
            since: now,
            round: self.round,
        });
        file.round = self.round;
        if file.etag != object.etag {
            file.etag.clone_from(&object.etag);
            file.since = now;
        }
        now.duration_since(file.since) >= self.settle && !self.written.contains(&object.uri)
    }
}

#[cfg(test)]
mod tests {
    use std::thread::sleep;

    use chrono::Utc;

    use super::*;
    use crate::key::KeyFacts;

    const SETTLE: Duration = Duration::from_millis(200);

    fn settling() -> Settling {
        Settling::new(SETTLE, Duration::from_mins(10))
    }

    fn file(name: &str, etag: &str) -> Object {
        Object {
            uri: format!("file:///{name}"),
            size_bytes: 1,
            etag: etag.into(),
            last_modified: Utc::now(),
            key: KeyFacts::default(),
        }
    }

    fn tell(settling: &mut Settling, name: &str, told: Told) {
        settling.tell(format!("file:///{name}"), told);
    }

    #[test]
    fn a_file_that_stays_the_same_is_settled_in_time() {
        let mut settling = settling();
        assert!(!settling.is_settled(&file("a", "1")));
        sleep(SETTLE);
        assert!(!settling.is_settled(&file("a", "2")), "it changed");
        assert!(settling.due().is_some_and(|due| due > Instant::now()));
        sleep(SETTLE);
        assert!(settling.is_settled(&file("a", "2")));
        assert_eq!(settling.due(), None);
    }

    #[test]
    fn the_clock_of_its_writer_does_not_matter() {
        let mut settling = settling();
        let mut ahead = file("a", "1");
        ahead.last_modified += Duration::from_hours(1);
        assert!(!settling.is_settled(&ahead));
        sleep(SETTLE);
        assert!(settling.is_settled(&ahead));
    }

    #[test]
    fn an_old_file_is_settled_at_once() {
        let mut old = file("a", "1");
        old.last_modified -= Duration::from_mins(11);
        assert!(settling().is_settled(&old));
    }

    #[test]
    fn a_close_settles_until_it_is_written_again() {
        let mut settling = settling();
        tell(&mut settling, "a", Told::Written);
        assert!(!settling.is_settled(&file("a", "1")));
        tell(&mut settling, "a", Told::Finished);
        assert!(settling.is_settled(&file("a", "1")));
        tell(&mut settling, "a", Told::Written);
        assert!(!settling.is_settled(&file("a", "1")));
    }

    #[test]
    fn a_file_held_open_is_not_settled_by_time() {
        let mut settling = settling();
        tell(&mut settling, "a", Told::Written);
        assert!(!settling.is_settled(&file("a", "1")));
        sleep(SETTLE);
        assert!(!settling.is_settled(&file("a", "1")));
        assert_eq!(settling.due(), None, "there is nothing to wait for but news");

        settling.rename("file:///a", "file:///b".into());
        assert!(!settling.is_settled(&file("b", "1")));
        sleep(SETTLE);
        assert!(!settling.is_settled(&file("b", "1")), "its writer goes on");

        settling.forget_told();
        assert!(settling.is_settled(&file("b", "1")), "without news time decides");
    }

    #[test]
    fn what_is_known_does_not_pile_up() {
        let mut settling = settling();
        for name in ["a", "b"] {
            assert!(!settling.is_settled(&file(name, "1")));
        }
        tell(&mut settling, "c", Told::Finished);
        tell(&mut settling, "d", Told::Written);
        tell(&mut settling, "d", Told::Removed);
        settling.next_round();
        assert!(
            settling.is_settled(&file("c", "1")),
            "told before, asked in the next round"
        );
        assert!(!settling.is_settled(&file("a", "1")));
        settling.next_round();
        settling.next_round();
        let counts = (
            settling.unsettled.len(),
            settling.finished.len(),
            settling.written.len(),
        );
        assert_eq!(counts, (0, 0, 0));
    }
}
