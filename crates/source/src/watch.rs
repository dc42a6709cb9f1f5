//! A folder watched: when to list it again, and which of its files nobody writes any more.
//!
//! A file that is still being written is to be left alone. Here a file is **settled**, and may be read, when one of
//! these is seen:
//!
//! - the system told that it was closed after writing, or moved in whole, and has told of no writing since;
//! - it was listed with the same inode, time and size for [`SETTLE_S`] seconds by this machine's clock, and no writing
//!   of it is known that has not ended in a close;
//! - it was last written over [`OLD_S`] seconds ago, so that the first listing of an old folder needs no wait.
//!
//! Clocks of other machines do not matter but for the last rule, and a file that is held open for writing, with
//! pauses, stays unsettled. On network file systems the system tells nothing of what others write; there the second
//! rule holds alone, and a writer that pauses longer than that must write under a name with `.` or `_` before it and
//! rename it, which the listing leaves out.

use std::path::Path;

use crate::error::SourceError;
use crate::object::Object;

/// How long a file must be the same to be settled, where the system does not tell that it was closed.
pub const SETTLE_S: u64 = 10;
/// A file last written so long ago is settled, whatever else is known.
pub const OLD_S: u64 = 600;

/// A folder watched, recursively.
///
/// To be used in rounds: list all of it, ask [`is_settled`](Watch::is_settled) for each file that is not loaded yet,
/// load those that are, await [`changed`](Watch::changed).
pub struct Watch {}

impl Watch {
    /// Starts to watch a folder. List it afterwards: what was there before is no change.
    ///
    /// When the system refuses to watch it (a limit of watches), that is said in the program's log, and the folder is
    /// to be listed every few seconds: [`changed`](Watch::changed) then returns so often.
    ///
    /// # Errors
    ///
    /// [`SourceError::NotFound`], [`SourceError::NotAFile`] for what is no folder, [`SourceError::PermissionDenied`].
    pub async fn open(path: &Path) -> Result<Self, SourceError> {
        todo!()
    }

    /// Waits until it is worth listing the folder again.
    ///
    /// That is when something in it was created, closed after writing, moved or removed, and a burst of that has
    /// calmed down; when the system lost count of its news; when a file that was not settled may be; and every minute
    /// anyhow. May be dropped and called again: no news is lost.
    pub async fn changed(&mut self) {
        todo!()
    }

    /// Whether nobody writes this file any more, as the module's first page says.
    pub fn is_settled(&mut self, object: &Object) -> bool {
        todo!()
    }
}
