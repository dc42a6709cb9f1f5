//! A lake and what is loaded into it, in folders or on S3, and the program run over them.

use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::input::Input;
use crate::moto::Moto;

pub const FLOWTRAIL: &str = env!("CARGO_BIN_EXE_flowtrail");
/// No run here takes seconds; one that takes this long hangs.
const PATIENCE: Duration = Duration::from_mins(2);
const BUCKET: &str = "crash";

/// Where a test loads from and to. Each has its own lake.
pub struct Site<'a> {
    folder: TempDir,
    pub source: String,
    lake: String,
    s3: Option<S3<'a>>,
    runs: AtomicU32,
    /// Objects a batch, so that a load has several.
    pub batch_objects: u32,
}

struct S3<'a> {
    moto: &'a Moto,
    /// What the program is told; a proxy, where one stands before moto.
    endpoint: String,
    prefix: String,
}

/// A run of the program that has ended.
#[derive(Debug)]
pub struct Ended {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    /// True when everything was loaded that could be.
    pub fn is_well(&self) -> bool {
        matches!(self.status.code(), Some(0 | 3))
    }

    pub fn is_killed(&self) -> bool {
        self.status.signal().is_some()
    }
}

/// A run of the program under way.
pub struct Run {
    child: Child,
    output: PathBuf,
}

impl<'a> Site<'a> {
    /// Source and lake in folders.
    pub fn in_folders(input: &Input) -> Self {
        let folder = TempDir::new().unwrap();
        let source = folder.path().join("in");
        fs::create_dir(&source).unwrap();
        for (name, bytes) in &input.files {
            fs::write(source.join(name), bytes).unwrap();
        }
        let lake = folder.path().join("lake").display().to_string();
        Self {
            source: source.display().to_string(),
            lake,
            s3: None,
            folder,
            runs: AtomicU32::new(0),
            batch_objects: 3,
        }
    }

    /// Source and lake in a bucket, below a prefix of their own.
    pub fn on_s3(moto: &'a Moto, endpoint: String, input: &Input) -> Self {
        static SITES: AtomicU32 = AtomicU32::new(0);
        let prefix = format!("site-{}", SITES.fetch_add(1, Ordering::Relaxed));
        moto.put(&format!("/{BUCKET}"), b"");
        for (name, bytes) in &input.files {
            moto.put(&format!("/{BUCKET}/{prefix}/in/{name}"), bytes);
        }
        Self {
            folder: TempDir::new().unwrap(),
            source: format!("s3://{BUCKET}/{prefix}/in/"),
            lake: format!("s3://{BUCKET}/{prefix}/lake"),
            s3: Some(S3 { moto, endpoint, prefix }),
            runs: AtomicU32::new(0),
            batch_objects: 3,
        }
    }

    /// The lake's folder.
    pub fn lake_folder(&self) -> &Path {
        Path::new(&self.lake)
    }

    /// The program with this lake, `words` after it.
    pub fn command(&self, words: &[&str]) -> Command {
        self.command_through(FLOWTRAIL, &[], words)
    }

    /// The same, run by another program, such as a tracer.
    pub fn command_through(&self, program: &str, before: &[&str], words: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(before)
            .args(["--lake", &self.lake])
            .args(words)
            .env_remove("FAILPOINTS")
            .env("FLOWTRAIL_BATCH_OBJECTS", self.batch_objects.to_string());
        if let Some(s3) = &self.s3 {
            command
                .env("AWS_ENDPOINT_URL", &s3.endpoint)
                .env("AWS_ACCESS_KEY_ID", "testing")
                .env("AWS_SECRET_ACCESS_KEY", "testing")
                .env("AWS_REGION", "us-east-1")
                .env("AWS_EC2_METADATA_DISABLED", "true");
        }
        command
    }

    /// Starts a load with `environment`, such as `FAILPOINTS`.
    pub fn start_load(&self, environment: &[(&str, &str)]) -> Run {
        let mut command = self.command(&["--json", "load", &self.source]);
        command.envs(environment.iter().copied());
        self.start(command)
    }

    pub fn start(&self, mut command: Command) -> Run {
        let output = self
            .folder
            .path()
            .join(format!("run-{}", self.runs.fetch_add(1, Ordering::Relaxed)));
        let file = |ending| File::create(output.with_extension(ending)).unwrap();
        let child = command.stdout(file("out")).stderr(file("err")).spawn().unwrap();
        Run { child, output }
    }

    /// Loads to the end.
    pub fn load(&self, environment: &[(&str, &str)]) -> Ended {
        self.start_load(environment).wait()
    }

    /// Asks; one JSON document a row.
    pub fn ask(&self, statements: &str) -> Vec<serde_json::Value> {
        let ended = self
            .start(self.command(&["sql", "--format", "ndjson", statements]))
            .wait();
        assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
        ended
            .stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The names of intents, outcomes and beats that lie in the lake.
    pub fn leftovers(&self) -> Vec<String> {
        if let Some(s3) = &self.s3 {
            return s3.moto.list(BUCKET, &format!("{}/lake/loads/", s3.prefix));
        }
        let Ok(folder) = fs::read_dir(self.lake_folder().join("loads/0")) else {
            return Vec::new();
        };
        folder
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }
}

impl Run {
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal by its name; the child is ours and not yet waited for, so the number is still its own.
    pub fn signal(&self, name: &str) {
        let done = Command::new("kill")
            .args([&format!("-{name}"), &self.id().to_string()])
            .status()
            .unwrap();
        assert!(done.success(), "kill -{name}");
    }

    /// The end, if it came already.
    pub fn ended(&mut self) -> Option<Ended> {
        let status = self.child.try_wait().unwrap()?;
        let read =
            |ending| String::from_utf8_lossy(&fs::read(self.output.with_extension(ending)).unwrap()).into_owned();
        Some(Ended {
            status,
            stdout: read("out"),
            stderr: read("err"),
        })
    }

    /// Waits for the end.
    pub fn wait(mut self) -> Ended {
        let began = Instant::now();
        loop {
            if let Some(ended) = self.ended() {
                return ended;
            }
            if began.elapsed() > PATIENCE {
                self.child.kill().unwrap();
                self.child.wait().unwrap();
                let said = fs::read_to_string(self.output.with_extension("err")).unwrap();
                panic!("still running after {PATIENCE:?}: {said}");
            }
            sleep(Duration::from_millis(3));
        }
    }
}
