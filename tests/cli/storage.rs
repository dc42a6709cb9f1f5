//! Places that are not there, are shut, are full; and a lake in S3.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{fs, thread};

use serde_json::{Value, json};

use crate::moto::Moto;
use crate::site::{FLOW, HEADER, Site};

/// Runs the program with S3 at `endpoint`.
pub fn on_s3(site: &Site, endpoint: &str, lake: Option<&str>, arguments: &[&str]) -> Output {
    let folder = site.folder.path().join("lake").display().to_string();
    Command::new(env!("CARGO_BIN_EXE_flowtrail"))
        .args(["--lake", lake.unwrap_or(&folder)])
        .args(arguments)
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("AWS_ACCESS_KEY_ID", "testing")
        .env("AWS_SECRET_ACCESS_KEY", "testing")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .output()
        .unwrap()
}

fn error(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_bucket_loads_into_a_lake_in_a_bucket() {
    let Some(moto) = Moto::start() else { return };
    let site = Site::new();
    moto.put("/logs-bucket", b"");
    for number in 0..5 {
        moto.put(
            &format!("/logs-bucket/in/{number}.log"),
            format!("{HEADER}{FLOW}{FLOW}").as_bytes(),
        );
    }
    let run = |arguments: &[&str]| on_s3(&site, &moto.endpoint(), Some("s3://logs-bucket/lake"), arguments);
    let load = || -> Value {
        let output = run(&["load", "--json", "s3://logs-bucket/in/"]);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
    };
    assert_eq!(load()["loaded"], 5);
    assert_eq!((&load()["loaded"], &load()["already_loaded"]), (&json!(0), &json!(5)));
    let answer = run(&[
        "sql",
        "--format",
        "csv",
        "SELECT count(*) AS n, min(_object) AS o FROM vpc_flow",
    ]);
    assert_eq!(
        String::from_utf8(answer.stdout).unwrap(),
        "n,o\n10,s3://logs-bucket/in/0.log\n"
    );
    let missing = error(&on_s3(
        &site,
        &moto.endpoint(),
        None,
        &["load", "s3://no-such-bucket/in/"],
    ));
    assert_eq!(
        missing,
        "error: bucket `no-such-bucket` does not exist\n  hint: check the bucket's name, and the endpoint if it is not on AWS \
         (AWS_ENDPOINT_URL_S3)\n"
    );
    assert_eq!(run(&["compact"]).status.code(), Some(0));
    let answer = run(&[
        "sql",
        "--format",
        "csv",
        "SELECT count(*) AS n, sum(bytes) AS b FROM vpc_flow",
    ]);
    assert_eq!(String::from_utf8(answer.stdout).unwrap(), "n,b\n10,8400\n");
}

/// An S3 that refuses everything, with a code of its own.
fn refusing(code: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>it said so</Message></Error>");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let _ = write!(
                stream,
                "HTTP/1.1 403 Forbidden\r\nContent-Type: application/xml\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    endpoint
}

#[test]
fn refused_credentials_are_said_as_such_and_what_to_do() {
    let cases = [
        (
            "InvalidAccessKeyId",
            "error: the AWS credentials were refused for bucket `logs-bucket`: InvalidAccessKeyId: it said so\n  hint: check \
             the access key, its secret and the session token, and which profile is in use\n",
        ),
        (
            "ExpiredToken",
            "error: the AWS credentials were refused for bucket `logs-bucket`: ExpiredToken: it said so\n  hint: the session \
             has expired; log in again\n",
        ),
        (
            "AccessDenied",
            "error: access denied: list s3://logs-bucket/\n  hint: the caller needs s3:ListBucket on the bucket of \
             s3://logs-bucket/; `aws sts get-caller-identity` says who the caller is\n",
        ),
    ];
    for (code, says) in cases {
        let site = Site::new();
        let endpoint = refusing(code);
        for arguments in [
            &["load", "s3://logs-bucket/in/"][..],
            &["load", "s3://logs-bucket/in/", "--dry-run"],
        ] {
            assert_eq!(error(&on_s3(&site, &endpoint, None, arguments)), says);
        }
        assert!(
            !site.folder.path().join("lake/tables").exists(),
            "{code}: nothing is written"
        );
    }
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout == b"0\n")
}

#[test]
fn a_folder_without_permission_is_named_and_the_rest_loads() {
    if !is_root() || Command::new("setpriv").arg("--version").output().is_err() {
        eprintln!("skipped: it takes root and setpriv to run as somebody without permission");
        return;
    }
    let site = Site::new();
    site.put("good.log", format!("{HEADER}{FLOW}"));
    site.put("shut/hidden.log", format!("{HEADER}{FLOW}"));
    fs::set_permissions(site.folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    fs::set_permissions(site.logs().join("shut"), fs::Permissions::from_mode(0o700)).unwrap();
    // The program itself may stand where nobody else can reach.
    let program = site.folder.path().join("flowtrail");
    fs::copy(env!("CARGO_BIN_EXE_flowtrail"), &program).unwrap();
    let output = Command::new("setpriv")
        .args(["--reuid", "65534", "--regid", "65534", "--clear-groups"])
        .arg(&program)
        .args(["--lake", "lake", "--json", "load", "logs"])
        .current_dir(site.folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&summary["loaded"], &summary["failed"]),
        (&json!(1), &json!(1)),
        "{summary}"
    );
    assert!(
        summary["problems"][0]["uri"].as_str().unwrap().contains("shut"),
        "{summary}"
    );
}

/// A file system of a few MiB, as long as it lives.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: PathBuf, mebibytes: u32) -> Option<Self> {
        fs::create_dir_all(&at).unwrap();
        let size = format!("size={mebibytes}m");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(&at)
            .output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Self(at))
    }

    fn resize(&self, mebibytes: u32) {
        let options = format!("remount,size={mebibytes}m");
        assert!(
            Command::new("mount")
                .args(["-o", &options])
                .arg(&self.0)
                .status()
                .unwrap()
                .success()
        );
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_ends_the_load_and_room_lets_it_go_on() {
    let site = Site::new();
    let Some(disk) = SmallDisk::mount(site.folder.path().join("disk"), 1) else {
        eprintln!("skipped: mounting a small disk is not permitted here");
        return;
    };
    let rows = "200000";
    let made = site.run(&[
        "generate", "vpc_flow", "logs", "--rows", rows, "--files", "20", "--days", "2",
    ]);
    assert_eq!(made.status.code(), Some(0));
    let lake = disk.0.join("lake");
    let load = |lake: &Path| site.run(&["--lake", lake.to_str().unwrap(), "load", "logs"]);
    let full = error(&load(&lake));
    assert!(full.to_lowercase().contains("no space left"), "{full}");
    assert!(
        full.contains("  hint: the disk is full: free some space and run the same command again; nothing is lost\n"),
        "{full}"
    );
    disk.resize(200);
    let done = load(&lake);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    let count = [
        "--lake",
        lake.to_str().unwrap(),
        "sql",
        "--format",
        "csv",
        "SELECT count(*) AS n FROM vpc_flow",
    ];
    assert_eq!(
        String::from_utf8(site.run(&count).stdout).unwrap(),
        format!("n\n{rows}\n")
    );
    let again = String::from_utf8(load(&lake).stdout).unwrap();
    assert!(again.starts_with("Nothing loaded; 20 objects listed\n"), "{again}");
}
