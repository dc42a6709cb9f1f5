//! Logs come at a steady rate while the loader is killed again and again, files are merged, and questions are asked.
//!
//! `make soak` does the same for longer: `FLOWTRAIL_SOAK_S` says how long, in seconds.

use std::env;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use crate::world::World;

/// How long logs come, unless it is said otherwise.
const USUAL_S: u64 = 30;
/// The time between two logs.
const PACE: Duration = Duration::from_millis(200);
/// The first part of the time, of so many, in which nobody is killed, and times from put to visible are taken…
const QUIET_PART: u32 = 3;
/// …but no longer than this.
const LONGEST_QUIET: Duration = Duration::from_mins(1);
/// A loader lives so long: mostly long enough to receive from the queue, behind its first listing.
const LIFE_MS: Range<u64> = 1000..4000;
const SEED: u64 = 0x5eed_50ac;

#[test]
fn every_record_once_while_the_loader_is_killed_again_and_again() {
    let Some(mut world) = World::new() else { return };
    let seconds = env::var("FLOWTRAIL_SOAK_S").map_or(USUAL_S, |seconds| seconds.parse().unwrap());
    let time = Duration::from_secs(seconds);
    // Messages of objects that are known are left over from each kill.
    world.patience = world.patience.max(time);
    let quiet = LONGEST_QUIET.min(time / QUIET_PART);
    let is_over = AtomicBool::new(false);
    let questions = AtomicU32::new(0);
    let mut process = world.serve_and_list();
    let kills = thread::scope(|scope| {
        // Also when this thread fails: the others end then.
        let _at_the_end = SetWhenDropped(&is_over);
        let putting = scope.spawn(|| put_steadily(&world, time));
        scope.spawn(|| merge_until(&world, &is_over));
        scope.spawn(|| ask_until(&world, &is_over, &questions));
        sleep(quiet);
        let figures = lag_figures(&world);
        println!("put to visible, {figures}");
        let kills = kill_for(&world, &mut process, time.saturating_sub(quiet));
        putting.join().unwrap();
        world.wait_for_records(world.logs.records(), &[&process]);
        kills
    });
    world.wait_for_all(&[&process]);
    world.wait_for_empty_queue(&[&process]);
    assert!(process.terminate().success());
    world.check();
    println!(
        "{} records, {kills} kills, {} questions; with kills, {}",
        world.logs.records(),
        questions.load(Ordering::SeqCst),
        lag_figures(&world)
    );
}

struct SetWhenDropped<'a>(&'a AtomicBool);

impl Drop for SetWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn put_steadily(world: &World, time: Duration) {
    let began = Instant::now();
    for number in 0.. {
        let next = PACE * number;
        if next > time {
            return;
        }
        sleep(next.saturating_sub(began.elapsed()));
        world.put_log(&format!("steady/{number:06}.log"));
    }
}

/// Kills the process and starts another, for so long. Gives how often.
fn kill_for(world: &World, process: &mut crate::process::Process, time: Duration) -> u32 {
    let began = Instant::now();
    let mut random = SEED;
    let mut kills = 0;
    while began.elapsed() < time {
        // Xorshift: the same lives in every run.
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let life_ms = LIFE_MS.start + random % (LIFE_MS.end - LIFE_MS.start);
        sleep(Duration::from_millis(life_ms));
        std::mem::replace(process, world.serve()).kill();
        kills += 1;
    }
    kills
}

fn merge_until(world: &World, is_over: &AtomicBool) {
    while !is_over.load(Ordering::SeqCst) {
        let output = world.command(&["compact"]).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        sleep(Duration::from_secs(2));
    }
}

/// Asks for the count, which is never less than the one before.
fn ask_until(world: &World, is_over: &AtomicBool, questions: &AtomicU32) {
    let mut before = 0;
    while !is_over.load(Ordering::SeqCst) {
        let counts = world.ask("SELECT count(*) AS n, count(DISTINCT bytes) AS differing FROM logs.vpc_flow");
        let count = counts[0]["n"].as_u64().unwrap();
        assert_eq!(counts[0]["n"], counts[0]["differing"], "a record is seen twice");
        assert!(
            count >= before,
            "{count} records are seen, and before there were {before}"
        );
        before = count;
        questions.fetch_add(1, Ordering::SeqCst);
        sleep(Duration::from_millis(300));
    }
}

/// The times from an object's landing to its commit.
fn lag_figures(world: &World) -> String {
    let lag = "date_part('epoch', loaded_at - last_modified)";
    let row = world.ask(&format!(
        "SELECT count(*) AS objects, round(approx_percentile_cont({lag}, 0.5), 2) AS p50,
             round(approx_percentile_cont({lag}, 0.99), 2) AS p99
         FROM system.load_history WHERE status = 'loaded'"
    ));
    format!(
        "p50 {} s, p99 {} s, of {} objects",
        row[0]["p50"], row[0]["p99"], row[0]["objects"]
    )
}
