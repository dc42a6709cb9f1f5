//! Several pipes on one queue, and pipes that are paused.

use crate::world::World;

fn loaded_by(world: &World, pipe: &str) -> u64 {
    world.number(&format!(
        "SELECT count(*) AS n FROM system.load_history WHERE status = 'loaded' AND pipe LIKE '%.{pipe}'"
    ))
}

/// A bucket with two pipes of different prefixes on one queue.
fn two_pipes() -> Option<World> {
    let world = World::untold(&[])?;
    world.cloud.tell(&world.bucket, "Queue", &world.queue.arn);
    for pipe in ["east", "west"] {
        world.create_pipe(pipe, &format!("{pipe}/"), Some(&world.queue));
    }
    Some(world)
}

#[test]
fn two_pipes_on_one_queue() {
    let Some(world) = two_pipes() else { return };
    world.put_log("east/first.log");
    let process = world.serve();
    world.wait_for_all(&[&process]);
    world.put_logs("east/a", 3);
    world.put_logs("west/a", 4);
    // No pipe's business, and not left in the queue.
    world.put("elsewhere/a.log", b"x");
    world.wait_for_all(&[&process]);
    world.wait_for_empty_queue(&[&process]);
    assert_eq!((loaded_by(&world, "east"), loaded_by(&world, "west")), (4, 4));
}

#[test]
fn a_paused_pipe_waits_and_loses_nothing() {
    let Some(world) = World::new() else { return };
    let process = world.serve_and_list();
    world.run("ALTER PIPE flows SET PIPE_EXECUTION_PAUSED = TRUE");
    world.wait_until(&[&process], "the pause", || world.statuses().contains("\"paused\""));
    // A request for messages that was under way may still give some.
    std::thread::sleep(std::time::Duration::from_secs(6));
    let before = world.count();
    world.put_logs("while-paused", 3);
    std::thread::sleep(std::time::Duration::from_secs(3));
    assert_eq!(world.count(), before);
    world.run("ALTER PIPE flows SET PIPE_EXECUTION_PAUSED = FALSE");
    world.wait_for_all(&[&process]);
    world.wait_for_empty_queue(&[&process]);
    world.check();
}

#[test]
fn a_pipe_that_shares_its_queue_is_paused() {
    let Some(world) = two_pipes() else { return };
    world.put_log("east/first.log");
    let process = world.serve();
    world.wait_for_all(&[&process]);
    world.run("ALTER PIPE east SET PIPE_EXECUTION_PAUSED = TRUE");
    world.wait_until(&[&process], "the pause", || world.statuses().contains("\"paused\""));
    // The worker with both pipes ends, and one with the other begins.
    std::thread::sleep(std::time::Duration::from_secs(6));
    world.put_logs("west/a", 3);
    world.wait_for_all(&[&process]);
    // The other pipe takes these off the queue, and they are not its own.
    world.put_logs("east/b", 3);
    world.wait_for_empty_queue(&[&process]);
    assert_eq!((loaded_by(&world, "east"), loaded_by(&world, "west")), (1, 3));
    world.run("ALTER PIPE east SET PIPE_EXECUTION_PAUSED = FALSE");
    world.wait_for_all(&[&process]);
    assert_eq!((loaded_by(&world, "east"), loaded_by(&world, "west")), (4, 3));
}
