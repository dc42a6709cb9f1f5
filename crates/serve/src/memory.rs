//! Memory for deliveries in work: each waits for its own before it takes any.
//!
//! A body's size is known before it comes, and what unpacking it takes only after. So there are two rooms, and a
//! delivery goes from the first to the second: whoever holds a place in the second waits for nothing any more, and
//! those in the first cannot keep one another from getting on.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::metrics::gauge::Gauge;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::refusal::Refusal;

/// Memory is counted in units of this size: a semaphore hands out 32 bits of them at a time.
const UNIT_BYTES: u64 = 1024;

/// The memory of deliveries in work.
#[derive(Debug)]
pub(crate) struct Memory {
    bodies: Room,
    unpacked: Room,
    /// How long a delivery waits for each.
    patience: Duration,
}

#[derive(Debug)]
struct Room {
    units: Arc<Semaphore>,
    all_units: u32,
    held_bytes: Gauge,
}

/// Memory that a delivery holds until this is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    _permit: OwnedSemaphorePermit,
    bytes: i64,
    shown: Gauge,
}

impl Memory {
    /// A quarter of `bytes` is for bodies, the rest for what is made of them. `held_bytes` shows what is taken.
    pub(crate) fn new(bytes: u64, patience: Duration, held_bytes: &Gauge) -> Self {
        let bodies_bytes = bytes / 4;
        Self {
            bodies: Room::new(bodies_bytes, held_bytes),
            unpacked: Room::new(bytes - bodies_bytes, held_bytes),
            patience,
        }
    }

    /// Waits for the memory of a body.
    pub(crate) async fn for_body(&self, bytes: u64) -> Result<Held, Refusal> {
        self.bodies.hold(bytes, self.patience).await
    }

    /// Waits for the memory of what is made of a body.
    pub(crate) async fn for_unpacking(&self, bytes: u64) -> Result<Held, Refusal> {
        self.unpacked.hold(bytes, self.patience).await
    }
}

impl Room {
    fn new(bytes: u64, held_bytes: &Gauge) -> Self {
        let all_units = u32::try_from(bytes / UNIT_BYTES).unwrap_or(u32::MAX).max(1);
        Self {
            units: Arc::new(Semaphore::new(all_units as usize)),
            all_units,
            held_bytes: held_bytes.clone(),
        }
    }

    /// What is larger than the room gets all of it, so that it goes alone and not never.
    async fn hold(&self, bytes: u64, patience: Duration) -> Result<Held, Refusal> {
        let units = u32::try_from(bytes.div_ceil(UNIT_BYTES)).unwrap_or(u32::MAX);
        let units = units.min(self.all_units);
        let waiting = Arc::clone(&self.units).acquire_many_owned(units);
        let Ok(Ok(permit)) = timeout(patience, waiting).await else {
            return Err(Refusal::NoRoom {
                waited_s: patience.as_secs(),
            });
        };
        let bytes = i64::from(units) * UNIT_BYTES as i64;
        self.held_bytes.inc_by(bytes);
        Ok(Held {
            _permit: permit,
            bytes,
            shown: self.held_bytes.clone(),
        })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.shown.dec_by(self.bytes);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_finds_no_room_waits_and_is_refused() {
        let gauge = Gauge::default();
        let memory = Memory::new(400 << 10, Duration::from_millis(20), &gauge);
        let held = memory.for_body(60 << 10).await.unwrap();
        assert_eq!(gauge.get(), 60 << 10);
        let refusal = memory.for_body(60 << 10).await.unwrap_err();
        assert!(matches!(refusal, Refusal::NoRoom { waited_s: 0 }), "{refusal}");
        // What bodies take is not taken from those that are unpacked.
        let unpacked = memory.for_unpacking(300 << 10).await.unwrap();
        drop((held, unpacked));
        assert_eq!(gauge.get(), 0);
        // Larger than all there is.
        let alone = memory.for_body(64 << 20).await.unwrap();
        assert_eq!(gauge.get(), 100 << 10);
        assert!(memory.for_body(1).await.is_err());
        drop(alone);
        assert!(memory.for_body(1).await.is_ok());
    }
}
