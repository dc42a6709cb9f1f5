//! The calls of the organization: which, how often, and the shape of what each carries.

use crate::identity::role_arn;
use crate::json::{Json, list, object};
use crate::organization::{Account, Taker, access_key};
use crate::rng::Rng;

/// Where a call is made, and the numbers it draws.
pub(crate) struct Scene<'a> {
    pub(crate) account: &'a Account,
    pub(crate) region: &'static str,
    pub(crate) rng: &'a mut Rng,
}

type Part = fn(&mut Scene<'_>) -> Json;

/// A kind of API call.
pub(crate) struct Call {
    /// The service, whose event source is `<service>.amazonaws.com`.
    pub(crate) service: &'static str,
    pub(crate) name: &'static str,
    /// How often, against the others.
    weight: u32,
    pub(crate) effect: Effect,
    /// `requestParameters`.
    pub(crate) request: Part,
    /// `responseElements`.
    pub(crate) response: Part,
}

/// What a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// A management event that changes nothing.
    Read,
    /// A management event that changes something.
    Write,
    /// A data event that reads.
    DataRead,
    /// A data event that writes.
    DataWrite,
}

impl Call {
    const fn new(service: &'static str, name: &'static str, weight: u32, effect: Effect, request: Part) -> Self {
        Self {
            service,
            name,
            weight,
            effect,
            request,
            response: nothing,
        }
    }

    const fn answering(self, response: Part) -> Self {
        Self { response, ..self }
    }

    /// Calls of global services are logged in one region only.
    fn is_global(&self) -> bool {
        matches!(self.service, "iam" | "organizations" | "cloudfront")
    }
}

/// Calls people, programs and pipelines make.
const CALLS: &[Call] = &[
    Call::new("ec2", "DescribeInstances", 90, Effect::Read, |scene| {
        object([
            ("instancesSet", items("instanceId", scene.instance())),
            ("filterSet", object([])),
        ])
    }),
    Call::new("ec2", "DescribeSecurityGroups", 40, Effect::Read, |_| {
        object([
            ("securityGroupSet", object([])),
            ("filterSet", object([])),
            ("maxResults", 1000_u32.into()),
        ])
    }),
    Call::new("ec2", "DescribeVolumes", 30, Effect::Read, |_| {
        object([
            ("volumeSet", object([])),
            ("filterSet", object([])),
            ("maxResults", "500".into()),
        ])
    }),
    Call::new("ec2", "DescribeNetworkInterfaces", 30, Effect::Read, |_| {
        object([("networkInterfaceIdSet", object([])), ("filterSet", object([]))])
    }),
    Call::new("ec2", "RunInstances", 3, Effect::Write, |scene| {
        let image = object([("imageId", format!("ami-0{}", scene.rng.hex(16)).into())]).with("minCount", 1_u32);
        object([
            (
                "instancesSet",
                object([("items", list([image.with("maxCount", 1_u32)]))]),
            ),
            ("instanceType", "m7g.large".into()),
            ("tagSpecificationSet", object([("items", list([tag_specification()]))])),
        ])
    })
    .answering(|scene| {
        let id = format!("i-0{}", scene.rng.hex(16));
        object([
            ("requestId", scene.rng.uuid().into()),
            ("instancesSet", items("instanceId", id)),
        ])
    }),
    Call::new("ec2", "TerminateInstances", 2, Effect::Write, |scene| {
        object([("instancesSet", items("instanceId", scene.instance()))])
    })
    .answering(|scene| object([("requestId", scene.rng.uuid().into())])),
    Call::new("ec2", "AuthorizeSecurityGroupIngress", 2, Effect::Write, |scene| {
        let port = *scene.rng.pick(&[22_u32, 443, 3389, 5432]);
        let range = *scene.rng.pick(&["0.0.0.0/0", "10.0.0.0/8", "203.0.113.0/24"]);
        let rule = object([
            ("ipProtocol", "tcp".into()),
            ("fromPort", port.into()),
            ("toPort", port.into()),
        ])
        .with("ipRanges", items("cidrIp", range.to_owned()));
        object([
            ("groupId", format!("sg-0{}", scene.rng.hex(16)).into()),
            ("ipPermissions", rule),
        ])
    })
    .answering(|scene| object([("requestId", scene.rng.uuid().into()), ("_return", true.into())])),
    Call::new("s3", "ListBuckets", 20, Effect::Read, |scene| {
        object([("Host", scene.host("s3").into())])
    }),
    Call::new("s3", "GetBucketAcl", 25, Effect::Read, |scene| {
        bucket_request(scene).with("acl", "")
    }),
    Call::new("s3", "GetBucketLocation", 25, Effect::Read, |scene| {
        bucket_request(scene).with("location", "")
    }),
    Call::new("s3", "PutBucketPolicy", 1, Effect::Write, |scene| {
        let statement = object([
            ("Effect", "Allow".into()),
            ("Principal", "*".into()),
            ("Action", "s3:GetObject".into()),
        ]);
        let policy = object([("Version", "2012-10-17".into()), ("Statement", list([statement]))]);
        bucket_request(scene).with("bucketPolicy", policy).with("policy", "")
    }),
    Call::new("s3", "GetObject", 180, Effect::DataRead, object_request),
    Call::new("s3", "HeadObject", 60, Effect::DataRead, object_request),
    Call::new("s3", "PutObject", 70, Effect::DataWrite, |scene| {
        object_request(scene).with("x-amz-storage-class", "STANDARD_IA")
    })
    .answering(|_| object([("x-amz-server-side-encryption", "AES256".into())])),
    Call::new("s3", "DeleteObject", 6, Effect::DataWrite, object_request),
    Call::new("lambda", "Invoke", 60, Effect::DataWrite, |scene| {
        let (region, account) = (scene.region, scene.account.id);
        object([
            (
                "functionName",
                format!("arn:aws:lambda:{region}:{account}:function:orders").into(),
            ),
            ("invocationType", "Event".into()),
        ])
    }),
    Call::new("lambda", "UpdateFunctionCode20150331v2", 2, Effect::Write, |_| {
        object([
            ("functionName", "orders".into()),
            ("dryRun", false.into()),
            ("publish", true.into()),
        ])
    })
    .answering(|_| object([("functionName", "orders".into()), ("runtime", "nodejs22.x".into())])),
    Call::new("kms", "Decrypt", 120, Effect::Read, key_request),
    Call::new("kms", "GenerateDataKey", 40, Effect::Read, |scene| {
        key_request(scene).with("keySpec", "AES_256")
    }),
    Call::new("sts", "GetCallerIdentity", 40, Effect::Read, nothing),
    Call::new("sts", "AssumeRole", 60, Effect::Write, assume_role).answering(credentials),
    Call::new("dynamodb", "DescribeTable", 30, Effect::Read, |_| {
        object([("tableName", "orders".into())])
    }),
    Call::new("rds", "DescribeDBInstances", 20, Effect::Read, |_| {
        object([("maxRecords", 100_u32.into())])
    }),
    Call::new("logs", "DescribeLogStreams", 30, Effect::Read, |_| {
        object([("logGroupName", "/aws/lambda/orders".into()), ("limit", 50_u32.into())])
    }),
    Call::new("logs", "CreateLogStream", 25, Effect::Write, |scene| {
        let stream = format!("2026/[$LATEST]{}", scene.rng.hex(32));
        object([
            ("logGroupName", "/aws/lambda/orders".into()),
            ("logStreamName", stream.into()),
        ])
    }),
    Call::new("secretsmanager", "GetSecretValue", 25, Effect::Read, |scene| {
        object([(
            "secretId",
            (*scene.rng.pick(&["prod/orders/db", "prod/payments/api"])).into(),
        )])
    }),
    Call::new("ssm", "GetParameters", 25, Effect::Read, |_| {
        object([
            ("names", list(["/prod/flags".into(), "/prod/limits".into()])),
            ("withDecryption", true.into()),
        ])
    }),
    Call::new("cloudtrail", "LookupEvents", 3, Effect::Read, |_| {
        object([("maxResults", 50_u32.into())])
    }),
    Call::new("cloudtrail", "StopLogging", 1, Effect::Write, |scene| {
        let (region, account) = (scene.region, scene.account.id);
        object([(
            "name",
            format!("arn:aws:cloudtrail:{region}:{account}:trail/management").into(),
        )])
    }),
    Call::new("iam", "ListUsers", 12, Effect::Read, |_| {
        object([("maxItems", 100_u32.into())])
    }),
    Call::new("iam", "ListRoles", 12, Effect::Read, nothing),
    Call::new("iam", "GetUser", 10, Effect::Read, user_request),
    Call::new("iam", "CreateUser", 1, Effect::Write, |_| {
        let tag = object([("key", "team".into()), ("value", "orders".into())]);
        object([("userName", "new.starter".into()), ("tags", list([tag]))])
    })
    .answering(|scene| {
        let arn = format!("arn:aws:iam::{}:user/new.starter", scene.account.id);
        object([(
            "user",
            object([
                ("userName", "new.starter".into()),
                ("arn", arn.into()),
                ("path", "/".into()),
            ]),
        )])
    }),
    Call::new("iam", "AttachUserPolicy", 1, Effect::Write, |scene| {
        user_request(scene).with("policyArn", "arn:aws:iam::aws:policy/AdministratorAccess")
    }),
    Call::new("iam", "CreateAccessKey", 2, Effect::Write, user_request).answering(|scene| {
        let key = access_key("AKIA", scene.rng);
        object([(
            "accessKey",
            object([("accessKeyId", key.into()), ("status", "Active".into())]),
        )])
    }),
    Call::new("iam", "DeleteAccessKey", 1, Effect::Write, |scene| {
        let key = access_key("AKIA", scene.rng);
        user_request(scene).with("accessKeyId", key)
    }),
];

/// Calls AWS services make on an account's behalf: the service that calls, and what.
const SERVICE_CALLS: &[(&str, Call)] = &[
    (
        "ec2.amazonaws.com",
        Call::new("sts", "AssumeRole", 60, Effect::Write, assume_role).answering(credentials),
    ),
    (
        "lambda.amazonaws.com",
        Call::new("sts", "AssumeRole", 50, Effect::Write, assume_role).answering(credentials),
    ),
    (
        "config.amazonaws.com",
        Call::new("sts", "AssumeRole", 20, Effect::Write, assume_role).answering(credentials),
    ),
    (
        "cloudtrail.amazonaws.com",
        Call::new("s3", "GetBucketAcl", 25, Effect::Read, bucket_request),
    ),
    (
        "delivery.logs.amazonaws.com",
        Call::new("s3", "PutObject", 25, Effect::DataWrite, object_request),
    ),
    (
        "autoscaling.amazonaws.com",
        Call::new("ec2", "DescribeInstances", 15, Effect::Read, nothing),
    ),
    (
        "dynamodb.amazonaws.com",
        Call::new("kms", "Decrypt", 15, Effect::Read, key_request),
    ),
];

/// A call, with the service that makes it where one does.
pub(crate) fn pick(region: &str, rng: &mut Rng) -> (Option<&'static str>, &'static Call) {
    if rng.below(100) < 17 {
        let weights = SERVICE_CALLS.iter().map(|(_, call)| call.weight);
        let (service, call) = &SERVICE_CALLS[weighted(weights, rng)];
        return (Some(service), call);
    }
    let weights = CALLS.iter().map(|call| {
        if call.is_global() && region != "us-east-1" {
            0
        } else {
            call.weight
        }
    });
    (None, &CALLS[weighted(weights, rng)])
}

fn weighted(weights: impl Iterator<Item = u32> + Clone, rng: &mut Rng) -> usize {
    let mut left = rng.below(weights.clone().sum());
    for (place, weight) in weights.enumerate() {
        if left < weight {
            return place;
        }
        left -= weight;
    }
    0
}

impl Scene<'_> {
    pub(crate) fn instance(&mut self) -> String {
        self.rng.pick(&self.account.instances).clone()
    }

    pub(crate) fn key_arn(&mut self) -> String {
        let key = self.rng.pick(&self.account.keys);
        format!("arn:aws:kms:{}:{}:key/{key}", self.region, self.account.id)
    }

    fn bucket(&mut self) -> String {
        self.account.buckets[self.rng.low(self.account.buckets.len() as u32) as usize].clone()
    }

    fn host(&self, service: &str) -> String {
        format!("{service}.{}.amazonaws.com", self.region)
    }
}

fn nothing(_: &mut Scene<'_>) -> Json {
    Json::Null
}

fn bucket_request(scene: &mut Scene<'_>) -> Json {
    let bucket = scene.bucket();
    object([
        ("Host", format!("{bucket}.{}", scene.host("s3")).into()),
        ("bucketName", bucket.into()),
    ])
}

fn object_request(scene: &mut Scene<'_>) -> Json {
    let key = format!(
        "orders/2026/{:02}/part-{:05}.parquet",
        1 + scene.rng.below(12),
        scene.rng.low(50_000)
    );
    bucket_request(scene).with("key", key)
}

fn key_request(scene: &mut Scene<'_>) -> Json {
    let (key, account, region) = (scene.key_arn(), scene.account.id, scene.region);
    let context = object([(
        "aws:lambda:FunctionArn",
        format!("arn:aws:lambda:{region}:{account}:function:orders").into(),
    )]);
    object([
        ("keyId", key.into()),
        ("encryptionAlgorithm", "SYMMETRIC_DEFAULT".into()),
        ("encryptionContext", context),
    ])
}

fn user_request(scene: &mut Scene<'_>) -> Json {
    object([("userName", scene.rng.pick(&scene.account.users).name.into())])
}

fn assume_role(scene: &mut Scene<'_>) -> Json {
    let role = scene.rng.pick(&scene.account.roles);
    let session = scene.rng.pick(&role.sessions).name.clone();
    let request = object([
        ("roleArn", role_arn(scene.account, role).into()),
        ("roleSessionName", session.into()),
    ]);
    // As in life: a number here, a text there.
    if role.taker == Taker::Person {
        request
            .with("durationSeconds", 3600_u32)
            .with("sourceIdentity", "single-sign-on")
    } else {
        request.with("durationSeconds", "3600")
    }
}

fn credentials(scene: &mut Scene<'_>) -> Json {
    let key = access_key("ASIA", scene.rng);
    object([(
        "credentials",
        object([("accessKeyId", key.into()), ("sessionToken", scene.rng.hex(40).into())]),
    )])
}

fn tag_specification() -> Json {
    let tag = object([("key", "Name".into()), ("value", "orders".into())]);
    object([("resourceType", "instance".into()), ("tags", list([tag]))])
}

fn items(name: &'static str, value: String) -> Json {
    object([("items", list([object([(name, value.into())])]))])
}
