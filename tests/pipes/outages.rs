//! S3, SQS or the lake fail for a while: pipes go on when that has passed, and every record is there once.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::thread::{self, sleep};
use std::time::Duration;

use crate::breaking::BreakingProxy;
use crate::cloud::Cloud;
use crate::hindered::{fails_to_write, lift_limit, minding_permissions, with_short_files};
use crate::world::{World, new_name};

#[test]
fn s3_and_sqs_break_and_heal() {
    let Some(mut world) = World::new() else { return };
    let proxy = BreakingProxy::start(world.cloud.port());
    world.endpoint = proxy.endpoint();
    let process = world.serve_and_list();
    // What is in work when it begins, and what comes while it lasts.
    world.put_logs("before", 10);
    proxy.break_things();
    for part in 0..5 {
        world.put_logs(&format!("storm-{part}"), 3);
        sleep(Duration::from_secs(1));
    }
    let requests = proxy.heal();
    assert!(requests > 7, "each fault was met: {requests} requests");
    world.put_logs("after", 3);
    world.wait_for_all(&[&process]);
    world.wait_for_empty_queue(&[&process]);
    world.check();
    assert!(process.terminate().success());
}

/// The pipe starts while nothing answers as it should.
#[test]
fn a_start_in_the_middle_of_an_outage() {
    let Some(mut world) = World::new() else { return };
    let proxy = BreakingProxy::start(world.cloud.port());
    world.endpoint = proxy.endpoint();
    world.put_logs("before", 5);
    proxy.break_things();
    let process = world.serve();
    sleep(Duration::from_secs(4));
    proxy.heal();
    world.put_logs("after", 5);
    world.wait_for_all(&[&process]);
    world.wait_for_empty_queue(&[&process]);
    assert!(process.terminate().success());
    world.check();
}

/// The queue is made when the pipe runs already.
#[test]
fn a_queue_that_is_not_there_yet() {
    let Some(world) = World::untold(&[]) else { return };
    let name = new_name("late");
    let url = world.queue.url.replace(&world.bucket, &name);
    let late = crate::cloud::QueueName {
        url,
        arn: format!("arn:aws:sqs:us-east-1:123456789012:{name}"),
    };
    world.create_pipe("flows", "", Some(&late));
    let process = world.serve_and_list();
    process.wait_for("does not exist");
    world.cloud.create_queue(&name, &[]);
    world.cloud.tell(&world.bucket, "Queue", &late.arn);
    world.put_logs("after", 3);
    world.wait_for_all(&[&process]);
    assert!(process.terminate().success());
}

#[test]
fn writes_to_the_lake_that_fail_for_a_while() {
    let points = [
        "lake.put.before",
        "lake.commit.before",
        "load.staged",
        "load.table_committed",
    ];
    // They wait most of the time.
    thread::scope(|scope| {
        for point in points {
            scope.spawn(move || fail_for_a_while(point));
        }
    });
}

/// The next times that a step is come by, it fails.
fn fail_for_a_while(point: &str) {
    let Some(world) = World::new() else { return };
    world.put_logs("before", 3);
    let process = world.serve_with(&[("FAILPOINTS", &format!("{point}=3*return->off"))]);
    world.put_logs("after", 5);
    world.wait_for_all(&[&process]);
    world.wait_for_empty_queue(&[&process]);
    assert!(process.log().contains(point), "{point} was met: {}", process.log());
    assert!(process.terminate().success(), "{point}");
    world.check();
}

#[test]
fn a_lake_folder_that_is_read_only_for_a_while() {
    let Some(world) = World::new() else { return };
    let probe = world.path("probe");
    fs::create_dir(&probe).unwrap();
    permit(&probe, 0o555);
    if !fails_to_write(minding_permissions, &probe.join("file")) {
        eprintln!("skipped: here root may write where permissions say no, and setpriv (util-linux) does not help");
        return;
    }
    world.put_log("first.log");
    let process = world.start(minding_permissions(&world.serve_command()));
    world.wait_for_all(&[&process]);
    permit(world.lake_folder(), 0o555);
    world.put_logs("while-read-only", 5);
    process.wait_for("could not be loaded");
    permit(world.lake_folder(), 0o755);
    world.put_logs("after", 5);
    world.wait_for_all(&[&process]);
    world.wait_for_empty_queue(&[&process]);
    assert!(process.terminate().success());
    world.check();
}

#[test]
fn a_disk_that_is_full_for_a_while() {
    let Some(world) = World::new() else { return };
    // Enough for intents and small commits, and for no table's file.
    let hindered = |command: &Command| with_short_files(command, 4096);
    if !fails_to_write(hindered, &world.path("probe")) {
        eprintln!("skipped: the length of files cannot be limited without prlimit (util-linux)");
        return;
    }
    world.put_logs("before", 5);
    let process = world.start(hindered(&world.serve_command()));
    process.wait_for("the listing failed");
    world.put_logs("while-full", 5);
    sleep(Duration::from_secs(3));
    assert_eq!(world.count(), 0);
    lift_limit(process.id());
    world.put_logs("after", 5);
    world.wait_for_all(&[&process]);
    world.wait_for_empty_queue(&[&process]);
    assert!(process.terminate().success());
    world.check();
}

/// Messages that were received too often go to a dead-letter queue, and those of an outage are good.
#[test]
fn an_outage_sends_no_message_to_the_dead_letter_queue() {
    let Some(cloud) = Cloud::find() else { return };
    let dead = cloud.create_queue(&new_name("dead"), &[]);
    let policy = format!(r#"{{"deadLetterTargetArn":"{}","maxReceiveCount":2}}"#, dead.arn);
    let Some(world) = World::untold(&[("RedrivePolicy", &policy)]) else {
        return;
    };
    world.cloud.tell(&world.bucket, "Queue", &world.queue.arn);
    world.create_pipe("flows", "", Some(&world.queue));
    world.put_log("first.log");
    // The first batch is loaded, and many after that are not.
    let process = world.serve_with(&[("FAILPOINTS", "load.staged=1*off->4*return->off")]);
    world.wait_for_all(&[&process]);
    world.put_logs("in-the-outage", 5);
    world.wait_for_all(&[&process]);
    world.wait_for_empty_queue(&[&process]);
    assert!(process.log().contains("could not be loaded"), "{}", process.log());
    assert_eq!(cloud.depth(&dead), (0, 0));
    world.check();
}

/// Sets the permissions of a folder and all in it.
fn permit(folder: &Path, mode: u32) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            permit(&path, mode);
        }
    }
    fs::set_permissions(folder, Permissions::from_mode(mode)).unwrap();
}
