//! Processes that end, die, and share a queue and a lake.

use std::fs;
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use crate::world::World;

/// So slow that many objects are in work for a while.
const SLOW: (&str, &str) = ("FAILPOINTS", "load.object_read=sleep(150)");

#[test]
fn a_process_that_is_asked_to_end_hands_back_what_it_has() {
    let Some(world) = World::new() else { return };
    world.put_log("first.log");
    let first = world.serve_with(&[SLOW]);
    world.wait_for_all(&[&first]);
    world.put_logs("many", 60);
    world.wait_until(&[&first], "a batch", || {
        let batches = fs::read_dir(world.lake_folder().join("loads/0"));
        world.cloud.depth(&world.queue).1 > 20 && batches.is_ok_and(|mut batches| batches.next().is_some())
    });
    let asked = Instant::now();
    assert!(first.terminate().success());
    assert!(asked.elapsed() < Duration::from_secs(20), "{:?}", asked.elapsed());
    let (visible, in_flight) = world.cloud.depth(&world.queue);
    assert!(
        in_flight == 0 && visible > 0,
        "messages are handed back: {visible} visible, {in_flight} in flight"
    );
    println!(
        "{visible} messages were handed back; {} of {} records committed",
        world.count(),
        world.logs.records()
    );
    let second = world.serve();
    world.wait_for_all(&[&second]);
    world.wait_for_empty_queue(&[&second]);
    assert!(second.terminate().success());
    world.check();
}

#[test]
fn two_processes_share_a_queue_and_a_lake() {
    let Some(world) = World::new() else { return };
    world.put_log("first.log");
    let processes = [world.serve(), world.serve()];
    for round in 0..4 {
        world.put_logs(&format!("round-{round}"), 12);
        sleep(Duration::from_millis(700));
    }
    world.wait_for_all(&[&processes[0], &processes[1]]);
    world.wait_for_empty_queue(&[&processes[0], &processes[1]]);
    for process in processes {
        assert!(process.terminate().success());
    }
    world.check();
}

/// One dies with messages in hand, in the middle of a batch or behind it; the other has them when their visibility ends.
#[test]
fn a_process_takes_over_what_a_dead_one_held() {
    // They wait most of the time.
    thread::scope(|scope| {
        for point in ["load.object_read", "load.decided", "load.cleaned"] {
            scope.spawn(move || die_standing_at(point));
        }
    });
}

fn die_standing_at(point: &str) {
    let Some(world) = World::new() else { return };
    // It stands still in its second batch.
    world.put_log("first.log");
    let doomed = world.serve_with(&[("FAILPOINTS", &format!("{point}=1*off->sleep(60000)"))]);
    world.wait_for_all(&[&doomed]);
    // The other has listed before more is put, so that it has to have it from the queue.
    let survivor = world.serve();
    world.wait_until(&[&survivor], "its status", || {
        world.statuses().contains(&survivor.id().to_string())
    });
    sleep(Duration::from_secs(2));
    // Enough for both to get some.
    for round in 0..6 {
        world.put_logs(&format!("round-{round}"), 4);
        sleep(Duration::from_millis(500));
    }
    assert!(world.cloud.depth(&world.queue).1 > 0, "{point}: {}", doomed.log());
    doomed.kill();
    world.wait_for_all(&[&survivor]);
    world.wait_for_empty_queue(&[&survivor]);
    assert!(survivor.terminate().success(), "{point}");
    world.check();
}
