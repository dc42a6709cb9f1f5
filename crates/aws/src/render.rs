//! The same resources in the words of each tool.

#![allow(
    clippy::format_collect,
    clippy::format_push_string,
    reason = "a file is written once, and its template is easier to read than writes that cannot fail"
)]

mod cloudformation;
mod hcl;
mod shell;
mod terraform;
mod yaml;

use crate::next_steps::next_steps;
use crate::resource::Resource;
use crate::resources::resources;
use crate::setup::Setup;

/// What sets an account up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// A template of AWS CloudFormation, in YAML.
    CloudFormation,
    /// A configuration of Terraform, in HCL.
    Terraform,
    /// A script of AWS CLI commands, for bash.
    Cli,
}

/// What a renderer is given.
struct Plan<'a> {
    setup: &'a Setup,
    resources: Vec<Resource>,
    outputs: Vec<Output>,
}

/// What people need to know of what was set up.
struct Output {
    /// `QueueUrl`
    name: &'static str,
    description: &'static str,
    value: String,
}

/// Where a stream's access key is asked for, as each tool spells it.
const ACCESS_KEY: &str = "EndpointAccessKey";
const ACCESS_KEY_MEANING: &str = "The access key Firehose sends to the endpoint with each request";

impl Setup {
    /// All that is set up, for `tool`: a whole file, with what to do with it, and next, in its comments.
    pub fn render(&self, tool: Tool) -> String {
        let plan = Plan {
            setup: self,
            resources: resources(self),
            outputs: outputs(self),
        };
        match tool {
            Tool::CloudFormation => cloudformation::render(&plan),
            Tool::Terraform => terraform::render(&plan),
            Tool::Cli => shell::render(&plan),
        }
    }
}

impl Plan<'_> {
    /// Comment lines that begin a file: what it is, how it is applied, what comes then.
    fn comments(&self, how: &[String]) -> String {
        let Setup { account, region, .. } = self.setup;
        let what = format!("What account {account} needs in {region} for Flowtrail, and nothing more.");
        let mut lines = vec![what];
        lines.extend_from_slice(how);
        lines.push(String::new());
        lines.extend(next_steps(self.setup));
        let comment = |line: &String| format!("# {line}").trim_end().to_owned() + "\n";
        lines.iter().map(comment).collect()
    }

    fn has_bucket(&self) -> bool {
        !self.setup.is_bucket_there
    }
}

fn outputs(setup: &Setup) -> Vec<Output> {
    let mut outputs = vec![Output {
        name: "LogsUrl",
        description: "Where the logs are",
        value: format!("s3://{}/{}", setup.bucket, setup.key("AWSLogs/")),
    }];
    if setup.has_queue {
        outputs.push(Output {
            name: "QueueUrl",
            description: "The queue that is told of each object",
            value: setup.queue_url(),
        });
    }
    if let Some(reader) = &setup.reader {
        outputs.push(Output {
            name: "ReaderRoleArn",
            description: "The role that reads the logs",
            value: setup.role_arn(&reader.role),
        });
    }
    outputs
}
