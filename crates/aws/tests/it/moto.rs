//! A server that answers like AWS: `moto_server`, if this machine has it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use flowtrail_aws::{CheckError, Finding, Setup, State};
use flowtrail_source::AwsAccess;
use url::form_urlencoded;

use crate::programs;

const START_TIMEOUT: Duration = Duration::from_mins(1);

pub struct Moto {
    process: Child,
    port: u16,
}

impl Moto {
    /// Starts a server on a free loopback port, or says why not.
    pub fn start() -> Option<Self> {
        let program = programs::find("moto_server")?;
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { process, port };
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(started.elapsed() < START_TIMEOUT, "moto_server did not start");
            sleep(Duration::from_millis(50));
        }
        Some(server)
    }

    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Calls a service as it is called with forms.
    pub fn form(&self, service: &str, parameters: &[(&str, &str)]) -> String {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(parameters)
            .finish();
        self.ask(
            service,
            "POST /",
            "Content-Type: application/x-www-form-urlencoded\r\n",
            &body,
        )
    }

    /// Deletes something of S3, such as `/bucket?policy`.
    pub fn delete(&self, path: &str) {
        self.ask("s3", &format!("DELETE {path}"), "", "");
    }

    /// Makes a VPC, and gives its id.
    pub fn vpc(&self) -> String {
        let parameters = [
            ("Action", "CreateVpc"),
            ("Version", "2016-11-15"),
            ("CidrBlock", "10.0.0.0/16"),
        ];
        let answer = self.form("ec2", &parameters);
        between(&answer, "vpcId")
    }

    /// Makes a user who may do these actions, and from then on asks everybody for signatures and permissions.
    pub fn only_allow(&self, actions: &[&str]) -> Credentials {
        let iam = |parameters: &[(&str, &str)]| self.form("iam", parameters);
        iam(&[("Action", "CreateUser"), ("UserName", "looker")]);
        let policy = serde_json::json!({
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}],
        });
        let policy = policy.to_string();
        let name = [("UserName", "looker"), ("PolicyName", "looks")];
        iam(&[
            ("Action", "PutUserPolicy"),
            name[0],
            name[1],
            ("PolicyDocument", &policy),
        ]);
        let key = iam(&[("Action", "CreateAccessKey"), ("UserName", "looker")]);
        self.ask("iam", "POST /moto-api/reset-auth", "", "0");
        Credentials::new(
            between(&key, "AccessKeyId"),
            between(&key, "SecretAccessKey"),
            None,
            None,
            "test",
        )
    }

    /// What `flowtrail aws check` finds here: each thing that is not as it should be, and how many are.
    pub fn check(&self, setup: &Setup) -> (Vec<String>, usize) {
        self.check_as(setup, Credentials::new("testing", "testing", None, None, "test"))
            .unwrap()
    }

    /// The same, for whoever these credentials are of.
    pub fn check_as(&self, setup: &Setup, credentials: Credentials) -> Result<(Vec<String>, usize), CheckError> {
        let access = AwsAccess {
            region: "nowhere-1".into(),
            credentials: Some(SharedCredentialsProvider::new(credentials)),
            endpoint: Some(self.endpoint()),
            general_endpoint: None,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let findings = runtime.block_on(setup.check(access))?;
        let (good, bad): (Vec<Finding>, Vec<Finding>) = findings.into_iter().partition(|one| one.state == State::Ok);
        let told = |one: &Finding| {
            let detail = one.detail.as_ref().map(|detail| format!(" ({detail})"));
            format!("{} {}{}", one.state.name(), one.thing, detail.unwrap_or_default())
        };
        Ok((bad.iter().map(told).collect(), good.len()))
    }

    fn ask(&self, service: &str, request: &str, header: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(
            stream,
            "{request} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: AWS4-HMAC-SHA256 \
             Credential=testing/20261101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0\r\n\
             {header}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.port,
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
        answer
    }
}

/// The text of the first element of this name.
fn between(answer: &str, name: &str) -> String {
    let (_, rest) = answer.split_once(&format!("<{name}>")).unwrap();
    rest.split('<').next().unwrap().to_owned()
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
