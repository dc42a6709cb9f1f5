//! What is no news of an object, or of none that can be had, hinders nothing else.

use serde_json::json;

use crate::documents::{created, record};
use crate::world::{World, new_name};

/// Messages that are none of S3's, and what is to be said of each.
fn malformed(bucket: &str) -> [(String, &'static str); 4] {
    let good = record("ObjectCreated:Put", bucket, "never-loaded.log");
    [
        ("no JSON".to_owned(), "is no JSON document"),
        (
            json!({"Records": []}).to_string(),
            "expected a list of one record or more",
        ),
        (
            json!({"Records": [good, {"eventName": "ObjectCreated:Put"}]}).to_string(),
            "Records[1]",
        ),
        (
            json!({"Type": "Notification", "Message": "{"}).to_string(),
            "Message is no JSON document",
        ),
    ]
}

#[test]
fn malformed_messages_go_to_the_dead_letter_queue() {
    let name = new_name("dead");
    let policy =
        json!({"deadLetterTargetArn": format!("arn:aws:sqs:us-east-1:123456789012:{name}"), "maxReceiveCount": 50});
    let Some(cloud) = crate::cloud::Cloud::find() else {
        return;
    };
    let dead = cloud.create_queue(&name, &[]);
    let Some(world) = World::untold(&[("RedrivePolicy", &policy.to_string())]) else {
        return;
    };
    world.cloud.tell(&world.bucket, "Queue", &world.queue.arn);
    world.create_pipe("flows", "", Some(&world.queue));
    let process = world.serve_and_list();
    let malformed = malformed(&world.bucket);
    for (message, _) in &malformed {
        world.cloud.send(&world.queue, message);
    }
    world.put_logs("good", 3);
    world.wait_for_all(&[&process]);
    world.wait_for_empty_queue(&[&process]);
    let received = cloud.receive(&dead);
    assert_eq!(received.len(), malformed.len(), "{received:?}");
    for (message, says) in &malformed {
        let found = received.iter().find(|received| received.body == *message);
        let reason = found.and_then(|found| found.reason.as_deref()).unwrap_or_default();
        assert!(reason.contains(says), "{message}: {reason}");
    }
    assert_eq!(world.number("SELECT count(*) AS n FROM system.quarantine"), 0);
}

#[test]
fn malformed_messages_without_a_dead_letter_queue_are_in_quarantine() {
    let Some(world) = World::new() else { return };
    let process = world.serve_and_list();
    let malformed = malformed(&world.bucket);
    for (message, _) in &malformed {
        world.cloud.send(&world.queue, message);
    }
    world.put_logs("good", 3);
    world.wait_for_all(&[&process]);
    world.wait_for_empty_queue(&[&process]);
    let rows = world.ask("SELECT object_uri, reason, record FROM system.quarantine");
    assert_eq!(rows.len(), malformed.len(), "{rows:?}");
    for (message, says) in &malformed {
        let found = rows.iter().find(|row| row["record"] == message.as_str()).unwrap();
        assert!(found["reason"].as_str().unwrap().contains(says), "{found}");
        let uri = found["object_uri"].as_str().unwrap();
        assert!(uri.starts_with(&format!("sqs:{}/", world.bucket)), "{uri}");
    }
    let failed = "SELECT count(*) AS n FROM system.load_history WHERE status = 'failed' AND pipe LIKE '%flows'";
    assert_eq!(world.number(failed), malformed.len() as u64);
}

#[test]
fn an_object_that_is_gone_is_forgotten_and_blocks_nothing() {
    let Some(world) = World::new() else { return };
    let process = world.serve_and_list();
    world
        .cloud
        .send(&world.queue, &created(&world.bucket, &["gone.log", "gone too.log"]));
    world.put_logs("good", 3);
    world.wait_for_all(&[&process]);
    process.wait_for("gone too.log");
    world.wait_for_empty_queue(&[&process]);
    let log = process.log();
    assert_eq!(log.matches("its events are forgotten").count(), 2, "{log}");
    world.check();
}

#[test]
fn a_message_that_is_quicker_than_its_object() {
    let Some(world) = World::untold(&[]) else { return };
    world.create_pipe("flows", "", Some(&world.queue));
    let process = world.serve_and_list();
    world.put_log("there.log");
    // It tells of two objects, of which one is there: that loads at once, and once.
    world
        .cloud
        .send(&world.queue, &created(&world.bucket, &["there.log", "late.log"]));
    world.wait_for_all(&[&process]);
    world.put_log("late.log");
    world.wait_for_all(&[&process]);
    world.wait_for_empty_queue(&[&process]);
    world.check();
}

#[test]
fn an_object_that_is_no_log_fails_once() {
    let Some(world) = World::new() else { return };
    let process = world.serve_and_list();
    world.put("bad.log.gz", b"no gzip");
    world.put("bad.parquet", b"no Parquet");
    world.put_logs("good", 3);
    world.wait_for_all(&[&process]);
    world.wait_for_empty_queue(&[&process]);
    let failed = world.ask("SELECT object_uri, first_error FROM system.load_history WHERE status = 'failed'");
    assert_eq!(failed.len(), 2, "{failed:?}");
    assert!(failed.iter().all(|row| row["first_error"].is_string()), "{failed:?}");
    assert!(process.terminate().success());
    world.check();
}

/// What came in place of a log is put right under the same key.
#[test]
fn an_object_that_was_no_log_is_put_anew() {
    let Some(world) = World::new() else { return };
    world.put("mended.log.gz", b"no gzip");
    world.put("mended.log", b"no log, of one line\n");
    let process = world.serve_and_list();
    world.wait_for_empty_queue(&[&process]);
    let failed = "SELECT count(DISTINCT object_uri) AS n FROM system.load_history WHERE status = 'failed'";
    assert_eq!(world.number(failed), 2);
    world.put_log("mended.log.gz");
    world.put_log("mended.log");
    world.wait_for_all(&[&process]);
    world.wait_for_empty_queue(&[&process]);
    world.check();
}
