//! A bucket that tells a queue what is put, a lake with a stage and a pipe, and the program run over them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::cloud::{Cloud, QueueName};
use crate::logs::Logs;
use crate::process::Process;

/// What a test runs in. Each has a bucket, queues and a lake of its own.
pub struct World {
    folder: TempDir,
    pub cloud: Cloud,
    pub bucket: String,
    pub queue: QueueName,
    pub logs: Logs,
    /// What the program takes for AWS: moto, or a proxy before it.
    pub endpoint: String,
    pub lake: String,
    /// What does not come within this time does not come.
    pub patience: Duration,
    runs: AtomicU32,
}

impl World {
    /// With a bucket that tells its queue, and a pipe over all of it. `None` without moto.
    pub fn new() -> Option<Self> {
        let world = Self::untold(&[])?;
        world.cloud.tell(&world.bucket, "Queue", &world.queue.arn);
        world.create_pipe("flows", "", Some(&world.queue));
        Some(world)
    }

    /// With a bucket that tells nobody, a queue with these attributes, and no pipe.
    pub fn untold(attributes: &[(&str, &str)]) -> Option<Self> {
        let cloud = Cloud::find()?;
        let bucket = new_name("pipes");
        cloud.put(&format!("/{bucket}"), b"");
        // What a dead process has received others get after this time.
        let mut all = vec![("VisibilityTimeout", "3")];
        all.extend(attributes);
        let queue = cloud.create_queue(&bucket, &all);
        let folder = TempDir::new().unwrap();
        Some(Self {
            endpoint: cloud.endpoint(),
            lake: folder.path().join("lake").display().to_string(),
            folder,
            cloud,
            bucket,
            queue,
            logs: Logs::default(),
            patience: Duration::from_mins(1),
            runs: AtomicU32::new(0),
        })
    }

    /// A file or folder beside the lake.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn lake_folder(&self) -> &Path {
        Path::new(&self.lake)
    }

    /// A pipe, and its stage, over a prefix of the bucket.
    pub fn create_pipe(&self, name: &str, prefix: &str, queue: Option<&QueueName>) {
        let channel = queue.map(|queue| format!("NOTIFICATION_CHANNEL = '{}'", queue.url));
        self.run(&format!(
            "CREATE STAGE {name}_stage url = 's3://{}/{prefix}';
             CREATE PIPE {name} AUTO_INGEST = TRUE {} AS COPY INTO logs.vpc_flow FROM @{name}_stage",
            self.bucket,
            channel.unwrap_or_default()
        ));
    }

    /// Puts a log of new records.
    pub fn put_log(&self, key: &str) {
        self.put(key, self.logs.make().as_bytes());
    }

    pub fn put_logs(&self, name: &str, count: u32) {
        for number in 0..count {
            self.put_log(&format!("{name}-{number:03}.log"));
        }
    }

    pub fn put(&self, key: &str, body: &[u8]) {
        self.cloud.put(&format!("/{}/{key}", self.bucket), body);
    }

    /// The program with this lake and cloud, `words` after it.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flowtrail"));
        command
            .args(["--lake", &self.lake])
            .args(words)
            .env_remove("FAILPOINTS")
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_ACCESS_KEY_ID", "testing")
            .env("AWS_SECRET_ACCESS_KEY", "testing")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("FLOWTRAIL_LISTEN", "127.0.0.1:0")
            .env("FLOWTRAIL_TEST_AGAIN_S", "1")
            .env("FLOWTRAIL_TEST_VISIBILITY_S", "3");
        command
    }

    /// Starts `flowtrail serve`.
    pub fn serve(&self) -> Process {
        self.serve_with(&[])
    }

    /// The same, and waits until the bucket has been listed: what is put from now on is known by the queue only.
    pub fn serve_and_list(&self) -> Process {
        self.put_log("first.log");
        let process = self.serve();
        self.wait_for_all(&[&process]);
        process
    }

    /// The same as [`Self::serve`], with more in its environment, such as `FAILPOINTS`.
    pub fn serve_with(&self, environment: &[(&str, &str)]) -> Process {
        let mut command = self.serve_command();
        command.envs(environment.iter().copied());
        self.start(command)
    }

    pub fn serve_command(&self) -> Command {
        self.command(&["serve", "--list-every", "1"])
    }

    pub fn start(&self, command: Command) -> Process {
        let run = self.runs.fetch_add(1, Ordering::Relaxed);
        Process::start(command, self.path(&format!("run-{run}.err")))
    }

    /// Runs statements, which are to work.
    pub fn run(&self, statements: &str) {
        let output = self.command(&["sql", statements]).output().unwrap();
        assert!(output.status.success(), "{statements}: {output:?}");
    }

    /// Asks; one JSON document a row.
    pub fn ask(&self, question: &str) -> Vec<Value> {
        let output = self.command(&["sql", "--format", "ndjson", question]).output().unwrap();
        assert!(output.status.success(), "{question}: {output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The one number that is asked for as `n`.
    pub fn number(&self, question: &str) -> u64 {
        self.ask(question)[0]["n"].as_u64().unwrap()
    }

    /// How many records can be seen.
    pub fn count(&self) -> u64 {
        self.number("SELECT count(*) AS n FROM logs.vpc_flow")
    }

    /// Waits until all records that were put can be seen, and asserts that each is there once.
    pub fn wait_for_all(&self, of: &[&Process]) {
        self.wait_for_records(self.logs.records(), of);
        self.check();
    }

    /// Waits until the history, which is written last, knows of so many records.
    pub fn wait_for_records(&self, records: u64, of: &[&Process]) {
        let known = "SELECT coalesce(sum(rows), 0) AS n FROM system.load_history";
        self.wait_until(of, &format!("{records} records"), || self.number(known) >= records);
    }

    pub fn wait_until(&self, of: &[&Process], what: &str, seen: impl Fn() -> bool) {
        let began = Instant::now();
        while !seen() {
            if began.elapsed() > self.patience {
                let said: Vec<String> = of.iter().map(|process| process.log()).collect();
                panic!(
                    "{what} did not come, of {} there are {}: {}",
                    self.logs.records(),
                    self.count(),
                    said.join("\n")
                );
            }
            sleep(Duration::from_millis(100));
        }
    }

    /// Asserts that every record that was put is there once, and that the history says so.
    pub fn check(&self) {
        let records = self.logs.records();
        let sums = self.ask(
            "SELECT count(*) AS rows, count(DISTINCT bytes) AS differing FROM logs.vpc_flow;
             SELECT coalesce(sum(rows), 0) AS rows, count(*) - count(DISTINCT object_uri) AS twice,
                 count(*) FILTER (WHERE lines <> rows + rejected + duplicates + headers) AS off
             FROM system.load_history WHERE status = 'loaded'",
        );
        assert_eq!(
            sums[0],
            serde_json::json!({"rows": records, "differing": records}),
            "{sums:?}"
        );
        assert_eq!(
            sums[1],
            serde_json::json!({"rows": records, "twice": 0, "off": 0}),
            "{sums:?}"
        );
    }

    /// What processes say of their pipes, in the lake.
    pub fn statuses(&self) -> String {
        let Ok(pipes) = fs::read_dir(self.lake_folder().join("pipes")) else {
            return String::new();
        };
        let files = pipes.flat_map(|pipe| fs::read_dir(pipe.unwrap().path()).unwrap());
        // One that is written anew may be away for a moment.
        files
            .map(|file| fs::read_to_string(file.unwrap().path()).unwrap_or_default())
            .collect()
    }

    /// Waits until the queue holds nothing any more: all it told of is done.
    pub fn wait_for_empty_queue(&self, of: &[&Process]) {
        self.wait_until(of, "an empty queue", || self.cloud.depth(&self.queue) == (0, 0));
    }
}

/// A name that no other test has.
pub fn new_name(of: &str) -> String {
    static NAMES: AtomicU32 = AtomicU32::new(0);
    format!("{of}-{}", NAMES.fetch_add(1, Ordering::Relaxed))
}
