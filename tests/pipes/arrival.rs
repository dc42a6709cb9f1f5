//! Objects are loaded once, whenever they come and however they are told of.

use serde_json::json;

use crate::cloud::encoded;
use crate::documents::{created, event_bridge, record};
use crate::proxy::{Fault, Proxy};
use crate::world::{World, new_name};

#[test]
fn what_is_put_before_and_after_the_start_is_loaded_once() {
    let Some(world) = World::new() else { return };
    world.put_logs("before", 8);
    let process = world.serve();
    world.put_logs("at-the-start", 4);
    world.wait_for_all(&[&process]);
    world.put_logs("after", 8);
    world.wait_for_all(&[&process]);
    world.wait_for_empty_queue(&[&process]);
    world.check();
    assert!(process.terminate().success());
}

#[test]
fn an_object_told_of_three_times_is_loaded_once() {
    let Some(world) = World::new() else { return };
    let process = world.serve_and_list();
    world.put_logs("thrice", 5);
    let keys: Vec<String> = (0..5).map(|number| format!("thrice-{number:03}.log")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    world.cloud.send(&world.queue, &created(&world.bucket, &keys));
    world.wait_for_all(&[&process]);
    // Once more when they are known already.
    world.cloud.send(&world.queue, &created(&world.bucket, &keys));
    world.wait_for_empty_queue(&[&process]);
    world.check();
}

#[test]
fn a_bucket_tells_a_topic_that_tells_the_queue() {
    let Some(world) = World::untold(&[]) else { return };
    let topic = world.cloud.create_topic(&new_name("topic"), &world.queue);
    world.cloud.tell(&world.bucket, "Topic", &topic);
    world.create_pipe("flows", "", Some(&world.queue));
    let process = world.serve_and_list();
    world.put_logs("by-topic", 5);
    world.wait_for_all(&[&process]);
    world.wait_for_empty_queue(&[&process]);
}

#[test]
fn event_bridge_tells_the_queue() {
    let Some(world) = World::untold(&[]) else { return };
    world.create_pipe("flows", "", Some(&world.queue));
    let process = world.serve_and_list();
    // EventBridge writes keys as they are.
    for key in ["a b+c%2B.log", "plain.log"] {
        world.put_log(&encoded(key));
        world.cloud.send(&world.queue, &event_bridge(&world.bucket, key));
    }
    world.wait_for_all(&[&process]);
    world.wait_for_empty_queue(&[&process]);
}

#[test]
fn keys_of_all_letters() {
    let Some(world) = World::new() else { return };
    let keys = [
        "a b",
        "a+b",
        "a%b",
        "a%2Bb",
        "é€😀",
        "a=b&c;d",
        "'quoted'",
        "(1)[2]{3}",
        "a#b?c",
        "~tilde,comma@",
    ];
    world.put_log(&encoded("listed + %41 é.log"));
    let process = world.serve_and_list();
    for key in keys {
        world.put_log(&encoded(&format!("folder {key}/{key}.log")));
    }
    world.wait_for_all(&[&process]);
    world.wait_for_empty_queue(&[&process]);
    // A listing finds the same names.
    assert!(process.terminate().success());
    world.put_log("last.log");
    let process = world.serve();
    world.wait_for_all(&[&process]);
    let known = "SELECT count(DISTINCT object_uri) AS n FROM system.load_history WHERE status = 'loaded'";
    assert_eq!(world.number(known), 3 + keys.len() as u64);
}

#[test]
fn a_message_of_several_records_and_one_of_none() {
    let Some(world) = World::untold(&[]) else { return };
    world.create_pipe("flows", "", Some(&world.queue));
    let process = world.serve_and_list();
    world.put_logs("several", 3);
    let record = |event, key| record(event, &world.bucket, key);
    let message = json!({"Records": [
        record("ObjectCreated:Put", "several-000.log"),
        record("ObjectRemoved:Delete", "first.log"),
        record("ObjectCreated:Copy", "several-001.log"),
        record("ObjectRestore:Completed", "other.log"),
        record("ObjectCreated:CompleteMultipartUpload", "several-002.log"),
    ]});
    world.cloud.send(&world.queue, &message.to_string());
    let test = json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": world.bucket});
    world.cloud.send(&world.queue, &test.to_string());
    world.wait_for_all(&[&process]);
    world.wait_for_empty_queue(&[&process]);
    assert_eq!(world.number("SELECT count(*) AS n FROM system.quarantine"), 0);
}

#[test]
fn rows_of_a_deleted_object_stay() {
    let Some(world) = World::new() else { return };
    let process = world.serve_and_list();
    world.put_log("gone-soon.log");
    world.wait_for_all(&[&process]);
    world.cloud.delete_object(&world.bucket, "gone-soon.log");
    world.put_log("later.log");
    world.wait_for_all(&[&process]);
    world.wait_for_empty_queue(&[&process]);
    world.check();
}

#[test]
fn a_pipe_without_a_queue_lists() {
    let Some(world) = World::untold(&[]) else { return };
    world.create_pipe("flows", "", None);
    world.put_logs("before", 3);
    let process = world.serve();
    world.wait_for_all(&[&process]);
    world.put_logs("after", 3);
    world.wait_for_all(&[&process]);
    // A folder of days is found when it is new, and its today is listed then.
    let today = chrono::Utc::now().format("AWSLogs/123456789012/vpcflowlogs/us-east-1/%Y/%m/%d");
    for number in 0..3 {
        world.put_log(&format!("{today}/{number}.log"));
        world.wait_for_all(&[&process]);
    }
}

#[test]
fn a_lake_in_a_bucket() {
    let Some(mut world) = World::untold(&[]) else { return };
    // moto looks and then puts; only one put at a time makes its conditional puts what S3's are.
    let proxy = Proxy::start(world.cloud.port(), Fault::None, "", 0);
    world.endpoint = proxy.endpoint();
    let lake = new_name("lake");
    world.cloud.put(&format!("/{lake}"), b"");
    world.lake = format!("s3://{lake}/below");
    world.cloud.tell(&world.bucket, "Queue", &world.queue.arn);
    world.create_pipe("flows", "", Some(&world.queue));
    world.put_logs("before", 4);
    let processes = [world.serve(), world.serve()];
    world.put_logs("after", 8);
    world.wait_for_all(&[&processes[0], &processes[1]]);
    world.wait_for_empty_queue(&[&processes[0], &processes[1]]);
    for process in processes {
        assert!(process.terminate().success());
    }
    world.check();
}
