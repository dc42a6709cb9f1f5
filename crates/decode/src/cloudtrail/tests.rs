#![allow(clippy::unwrap_used)]

use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;
use std::fs;
use std::io::Cursor;
use std::path::Path;

use super::*;

fn decode(text: impl AsRef<[u8]>) -> Result<Vec<Decoded>, DecodeError> {
    CloudTrailDecoder::new(Box::new(Cursor::new(text.as_ref().to_vec()))).collect()
}

/// The one batch of `text`.
#[track_caller]
fn batch(text: impl AsRef<[u8]>) -> Decoded {
    let mut batches = decode(text).unwrap();
    assert_eq!(batches.len(), 1);
    let decoded = batches.remove(0);
    assert_eq!(decoded.counts.rows, decoded.batch.num_rows() as u64);
    assert_eq!(decoded.counts.rejected, decoded.rejects.len() as u64);
    assert_eq!(decoded.counts.lines, decoded.counts.rows + decoded.counts.rejected);
    decoded
}

#[track_caller]
fn error(text: &str) -> String {
    decode(text).unwrap_err().to_string()
}

/// The texts of a column.
fn texts(batch: &RecordBatch, column: &str) -> Vec<Option<String>> {
    cast(batch.column_by_name(column).unwrap(), &DataType::Utf8View)
        .unwrap()
        .as_string_view()
        .iter()
        .map(|text| text.map(str::to_owned))
        .collect()
}

/// The text of a column in the one row.
fn text(decoded: &Decoded, column: &str) -> Option<String> {
    assert_eq!(decoded.batch.num_rows(), 1, "{:?}", decoded.rejects);
    texts(&decoded.batch, column).remove(0)
}

/// An event with `members` behind the time.
fn event(members: &str) -> String {
    format!(r#"{{"eventTime":"2026-11-01T12:00:00Z",{members}}}"#)
}

fn reasons(decoded: &Decoded) -> Vec<(u64, &str)> {
    decoded
        .rejects
        .iter()
        .map(|reject| (reject.line, reject.reason.as_str()))
        .collect()
}

fn digests(decoded: &Decoded) -> Vec<i64> {
    decoded
        .batch
        .column_by_name("event_digest")
        .unwrap()
        .as_primitive::<Int64Type>()
        .values()
        .to_vec()
}

/// Renders one row, column by column, without its NULLs.
fn row(decoded: &Decoded) -> String {
    let mut lines = String::new();
    for (field, column) in decoded.batch.schema().fields().iter().zip(decoded.batch.columns()) {
        if column.is_valid(0) && field.name() != "event_digest" {
            let value = arrow::util::display::array_value_to_string(column, 0).unwrap();
            writeln!(lines, "{}: {value}", field.name()).unwrap();
        }
    }
    lines
}

#[test]
fn an_assumed_role_fills_the_columns() {
    let text = r#"{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"AROA1:me","arn":"arn:aws:sts::111122223333:assumed-role/r/me",
        "accountId":"111122223333","accessKeyId":"ASIA1","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROA1",
        "arn":"arn:aws:iam::111122223333:role/r","accountId":"111122223333","userName":"r"},"webIdFederationData":{ "federatedProvider": "x" },
        "attributes":{"mfaAuthenticated":"false","creationDate":"2026-11-01T11:00:00Z"}},"inScopeOf":{"issuerType":"AWS::Lambda::Function"},
        "onBehalfOf":{"userId":"u","identityStoreArn":"a"},"identityProvider":"idp"},
        "eventTime":"2026-11-01T12:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1",
        "sourceIPAddress":"192.0.2.1","userAgent":"a \"b\" \u00e9","requestParameters":{ "key" : "k\/1", "n": 1.50 },"responseElements":null,
        "requestID":"R","eventID":"E","readOnly":true,"resources":[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::b/k"},{"accountId":"1"}],
        "eventType":"AwsApiCall","managementEvent":false,"recipientAccountId":"111122223333","eventCategory":"Data",
        "sessionCredentialFromConsole":"true","tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"c","clientProvidedHostHeader":"h"},
        "newField":{"x":[1, 2]}}"#;
    insta::assert_snapshot!(row(&batch(text)), @r#"
    eventversion: 1.11
    useridentity: {type: AssumedRole, principalid: AROA1:me, arn: arn:aws:sts::111122223333:assumed-role/r/me, accountid: 111122223333, invokedby: , accesskeyid: ASIA1, username: , onbehalfof: {userid: u, identitystorearn: a}, credentialid: , inscopeof: {"issuerType":"AWS::Lambda::Function"}, sessioncontext: {attributes: {mfaauthenticated: false, creationdate: 2026-11-01T11:00:00Z}, sessionissuer: {type: Role, principalid: AROA1, arn: arn:aws:iam::111122223333:role/r, accountid: 111122223333, username: r}, webidfederationdata: {"federatedProvider":"x"}, sourceidentity: , ec2roledelivery: , assumedroot: }}
    eventtime: 2026-11-01T12:00:00Z
    eventsource: s3.amazonaws.com
    eventname: GetObject
    awsregion: us-east-1
    sourceipaddress: 192.0.2.1
    useragent: a "b" é
    requestparameters: {"key":"k\/1","n":1.50}
    requestid: R
    eventid: E
    readonly: true
    resources: [{arn: arn:aws:s3:::b/k, accountid: , type: AWS::S3::Object}, {arn: , accountid: 1, type: }]
    eventtype: AwsApiCall
    managementevent: false
    recipientaccountid: 111122223333
    eventcategory: Data
    sessioncredentialfromconsole: true
    tlsdetails: {tlsversion: TLSv1.3, ciphersuite: c, clientprovidedhostheader: h}
    identity_type: AssumedRole
    identity_arn: arn:aws:sts::111122223333:assumed-role/r/me
    identity_account_id: 111122223333
    identity_principal_id: AROA1:me
    access_key_id: ASIA1
    session_issuer_arn: arn:aws:iam::111122223333:role/r
    session_issuer_user_name: r
    mfa_authenticated: false
    other_fields: {"userIdentity":{"identityProvider":"idp"},"newField":{"x":[1,2]}}
    "#);
}

#[test]
fn every_shape_of_document_gives_the_same_event() {
    let plain = event(r#""eventName":"A","requestParameters":{"a":"é\"b"}"#);
    let quoted = serde_json::to_string(&plain).unwrap();
    let pretty = serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(&plain).unwrap()).unwrap();
    let expected = digests(&batch(&plain));
    for document in [
        format!(r#"{{"Records":[{plain}]}}"#),
        format!(r#"{{"owner":"x","Records":[{plain}],"count":1}}"#),
        format!("\u{feff}[{plain}]"),
        format!("{plain}\n"),
        pretty,
        format!(r#"{{"Events":[{{"EventId":"E","EventName":"A","CloudTrailEvent":{quoted}}}],"NextToken":"t"}}"#),
        format!(r#"{{"version":"0","detail-type":"AWS API Call via CloudTrail","resources":[],"detail":{plain}}}"#),
    ] {
        let decoded = batch(&document);
        assert_eq!(
            text(&decoded, "requestparameters").as_deref(),
            Some(r#"{"a":"é\"b"}"#),
            "{document}"
        );
        assert_eq!(digests(&decoded), expected, "{document}");
        assert_eq!(text(&decoded, "other_fields"), None, "{document}");
    }
}

#[test]
fn values_of_other_types_are_not_lost() {
    let decoded = batch(event(
        r#""eventName":7,"errorCode":{"a": [1]},"awsRegion":null,"readOnly":"TRUE","managementEvent":"perhaps",
        "sessionCredentialFromConsole":1,"userIdentity":"root","tlsDetails":{"tlsVersion":1.2,"grade":"A"},
        "resources":{"ARN":"x"},"requestParameters":"none","responseElements":[1, 2],"addendum":false"#,
    ));
    insta::assert_snapshot!(row(&decoded), @r#"
    eventtime: 2026-11-01T12:00:00Z
    eventname: 7
    errorcode: {"a":[1]}
    requestparameters: "none"
    responseelements: [1,2]
    readonly: true
    tlsdetails: {tlsversion: 1.2, ciphersuite: , clientprovidedhostheader: }
    addendum: false
    other_fields: {"userIdentity":"root","resources":{"ARN":"x"},"managementEvent":"perhaps","sessionCredentialFromConsole":1,"tlsDetails":{"grade":"A"}}
    "#);
}

#[test]
fn stray_members_are_kept_under_their_keys() {
    let decoded = batch(event(
        r#""userIdentity":{"type":"IAMUser","new":1,"sessionContext":{"attributes":{"mfaAuthenticated":"true","x":{}},
        "sessionIssuer":5}},"resources":[{"ARN":"a","ARNPrefix":"b"},7,null],"eventname":"lower","\"q\"":"\u0041""#,
    ));
    insta::assert_snapshot!(row(&decoded), @r#"
    useridentity: {type: IAMUser, principalid: , arn: , accountid: , invokedby: , accesskeyid: , username: , onbehalfof: , credentialid: , inscopeof: , sessioncontext: {attributes: {mfaauthenticated: true, creationdate: }, sessionissuer: , webidfederationdata: , sourceidentity: , ec2roledelivery: , assumedroot: }}
    eventtime: 2026-11-01T12:00:00Z
    resources: [{arn: a, accountid: , type: }, , ]
    identity_type: IAMUser
    mfa_authenticated: true
    other_fields: {"userIdentity":{"sessionContext":{"attributes":{"x":{}},"sessionIssuer":5},"new":1},"resources":[{"ARN":"a","ARNPrefix":"b"},7,null],"eventname":"lower","\"q\"":"\u0041"}
    "#);
}

#[test]
fn an_insight_is_an_event_without_identity() {
    let decoded = batch(event(
        r#""eventCategory":"Insight","eventType":"AwsCloudTrailInsight","sharedEventID":"s",
        "insightDetails":{"state":"Start","insightType":"ApiCallRateInsight"}"#,
    ));
    insta::assert_snapshot!(row(&decoded), @r#"
    eventtime: 2026-11-01T12:00:00Z
    eventtype: AwsCloudTrailInsight
    sharedeventid: s
    eventcategory: Insight
    insightdetails: {"state":"Start","insightType":"ApiCallRateInsight"}
    "#);
}

#[test]
fn of_a_repeated_key_the_last_counts() {
    let decoded = batch(event(
        r#""eventName":"A","userIdentity":{"type":"x"},"eventName":"B","userIdentity":null"#,
    ));
    assert_eq!(text(&decoded, "eventname").as_deref(), Some("B"));
    assert_eq!(text(&decoded, "identity_type"), None);
    assert!(decoded.batch.column_by_name("useridentity").unwrap().is_null(0));
}

#[test]
fn promoted_columns_do_not_leak_into_the_next_event() {
    let with = event(
        r#""userIdentity":{"arn":"a","sessionContext":{"sessionIssuer":{"arn":"i"},"attributes":{"mfaAuthenticated":"true"}}}"#,
    );
    let without = event(r#""eventName":"A""#);
    let partly = event(r#""userIdentity":{"type":"t"}"#);
    let decoded = batch([with, without, partly].join("\n"));
    assert_eq!(
        texts(&decoded.batch, "identity_arn"),
        [Some("a".to_owned()), None, None]
    );
    assert_eq!(
        texts(&decoded.batch, "session_issuer_arn"),
        [Some("i".to_owned()), None, None]
    );
    let mfa = decoded.batch.column_by_name("mfa_authenticated").unwrap().as_boolean();
    assert_eq!(mfa.iter().collect::<Vec<_>>(), [Some(true), None, None]);
}

#[test]
fn bad_events_are_rejected_with_their_reason() {
    let good = event(r#""eventID":"E""#);
    let nested = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep = event(&format!(r#""requestParameters":{nested}"#));
    let document = format!(
        r#"{{"Records":[{good},5,"x",null,[{good}],{{"a":1}},{{"eventTime":"yesterday"}},{{"eventTime":9}},
        {{"eventTime":"2026-11-01T12:00:00Z" "a":1}},{deep},,{{"Events":[],"CloudTrailEvent":"[]"}},
        {{"CloudTrailEvent":"{{"}},{good}]}}"#
    );
    let decoded = batch(document);
    assert_eq!(
        texts(&decoded.batch, "eventid"),
        [Some("E".to_owned()), Some("E".to_owned())]
    );
    let iso = "an ISO 8601 time such as 2026-11-01T12:00:00Z was expected";
    assert_eq!(
        reasons(&decoded),
        [
            (2, "event is a number, an object was expected"),
            (3, "event is a string, an object was expected"),
            (4, "event is null, an object was expected"),
            (5, "event is an array, an object was expected"),
            (6, &*format!("no eventTime; {iso}")),
            (7, &*format!("eventTime `yesterday` is no time; {iso}")),
            (8, &*format!("eventTime `9` is no time; {iso}")),
            (9, "broken JSON at byte 36: `,` or `}` was expected"),
            (10, "nested deeper than 128 levels"),
            (11, "an event was expected between the commas of the array"),
            (12, "event is an array, an object was expected"),
            (
                13,
                "in CloudTrailEvent: broken JSON at byte 1: a key in quotes was expected"
            ),
        ]
    );
    assert_eq!(decoded.rejects[5].record, r#"{"eventTime":"yesterday"}"#);
    assert_eq!(decoded.rejects[8].record.len(), crate::reject::RECORD_EXCERPT_BYTES);
    assert_eq!(
        decoded.counts,
        Counts {
            lines: 14,
            rows: 2,
            rejected: 12,
            ..Counts::default()
        }
    );
}

#[test]
fn a_broken_line_is_rejected_and_the_next_goes_on() {
    let good = event(r#""eventName":"A""#);
    let decoded = batch(format!("{good}\n{}\n\n{good}\n[]\n", &good[..40]));
    assert_eq!(
        reasons(&decoded),
        [
            (2, "broken JSON at byte 40: the text ends inside a string"),
            (4, "event is an array, an object was expected"),
        ]
    );
    assert_eq!(
        decoded.counts,
        Counts {
            lines: 4,
            rows: 2,
            rejected: 2,
            ..Counts::default()
        }
    );
}

#[test]
fn bytes_that_are_not_utf_8_reject_their_event() {
    let mut document = b"[".to_vec();
    document.extend_from_slice(event("\"eventName\":\"A").as_bytes());
    let at = document.len() - 2;
    document.truncate(at + 1);
    document.extend_from_slice(b"\xff\"},");
    document.extend_from_slice(event(r#""eventName":"B""#).as_bytes());
    document.push(b']');
    let decoded = batch(document);
    assert_eq!(reasons(&decoded), [(1, &*format!("not UTF-8 at byte {at}"))]);
    assert_eq!(text(&decoded, "eventname").as_deref(), Some("B"));
}

#[test]
fn an_event_too_long_is_rejected() {
    let long = event(&format!(r#""requestParameters":"{}""#, "x".repeat(MAX_VALUE_BYTES)));
    let decoded = batch(format!("[{long},{}]", event(r#""eventName":"B""#)));
    assert_eq!(reasons(&decoded), [(1, "longer than 16 MiB")]);
    assert_eq!(text(&decoded, "eventname").as_deref(), Some("B"));
}

#[test]
fn damage_to_a_document_fails_the_object() {
    let good = event(r#""eventName":"A""#);
    assert_eq!(error("  "), "the object is empty");
    assert_eq!(
        error(r#"{"Records":7}"#),
        "event 1: `Records` is a number, an array of events was expected"
    );
    assert_eq!(
        error(&format!(r#"{{"Records":[{good},{good},{}"#, &good[..20])),
        "event 3: the document ends in the middle of this event; fetch the object again"
    );
}

#[test]
fn a_document_without_events_gives_one_batch_without_rows() {
    let decoded = batch(r#"{"Records":[]}"#);
    assert_eq!((decoded.batch.num_rows(), decoded.counts), (0, Counts::default()));
    assert_eq!(decoded.batch.schema(), schema());
}

#[test]
fn batches_end_at_their_limit_of_rows() {
    let good = event(r#""eventName":"A""#);
    let rows = BATCH_ROWS + 1;
    let batches = decode(format!("[{}]", vec![good; rows].join(","))).unwrap();
    let sizes: Vec<_> = batches.iter().map(|decoded| decoded.batch.num_rows()).collect();
    assert_eq!(sizes, [BATCH_ROWS, 1]);
}

#[test]
fn batches_end_at_their_limit_of_text() {
    let long = event(&format!(r#""userAgent":"{}""#, "x".repeat(10 << 20)));
    let batches = decode([long.as_str(); 5].join("\n")).unwrap();
    let sizes: Vec<_> = batches.iter().map(|decoded| decoded.batch.num_rows()).collect();
    assert_eq!(sizes, [2, 2, 1]);
}

/// Reads the 55 real files; the sums were counted by a Python script on its own.
#[test]
fn real_files_load_to_the_last_event() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/cloudtrail/invictus");
    let Ok(files) = fs::read_dir(&folder) else {
        eprintln!("skipped: there is no {}", folder.display());
        return;
    };
    let mut counts = Counts::default();
    let mut names = BTreeMap::<String, u64>::new();
    let (mut ids, mut digest_sum, mut seconds, mut request_bytes) = (HashSet::new(), 0_i64, 0, 0);
    let (mut resources, mut mfa, mut read_only, mut files_read) = (0, [0, 0], 0, 0);
    for file in files {
        files_read += 1;
        let decoded = batch(fs::read(file.unwrap().path()).unwrap());
        counts += decoded.counts;
        let rows = &decoded.batch;
        for name in texts(rows, "eventname") {
            *names.entry(name.unwrap()).or_default() += 1;
        }
        ids.extend(texts(rows, "eventid"));
        digest_sum = digests(&decoded).into_iter().fold(digest_sum, i64::wrapping_add);
        let times = rows
            .column_by_name("eventtime")
            .unwrap()
            .as_primitive::<TimestampMicrosecondType>();
        seconds += times.values().iter().sum::<i64>() / 1_000_000;
        request_bytes += texts(rows, "requestparameters")
            .into_iter()
            .flatten()
            .map(|text| text.len())
            .sum::<usize>();
        resources += rows
            .column_by_name("resources")
            .unwrap()
            .as_list::<i32>()
            .values()
            .len();
        let with_mfa = rows.column_by_name("mfa_authenticated").unwrap().as_boolean();
        mfa[0] += with_mfa.false_count();
        mfa[1] += with_mfa.true_count();
        read_only += rows.column_by_name("readonly").unwrap().as_boolean().true_count();
        assert_eq!(
            rows.column_by_name("other_fields").unwrap().null_count(),
            rows.num_rows()
        );
    }
    assert_eq!(
        (files_read, counts),
        (
            55,
            Counts {
                lines: 2_900,
                rows: 2_900,
                ..Counts::default()
            }
        )
    );
    assert_eq!((names.len(), ids.len()), (260, 2_900));
    let of = |name: &str| names[name];
    assert_eq!(
        [of("Decrypt"), of("GetUser"), of("GetSecretValue"), of("AssumeRole")],
        [178, 130, 60, 49]
    );
    assert_eq!(digest_sum, DIGEST_SUM);
    assert_eq!((seconds, request_bytes), (4_898_073_757_275, 329_832));
    assert_eq!((resources, mfa, read_only), (739, [316, 358], 2_326));
}

/// The sum of the digests of the real events, from Python's `json.dumps` and the reference XXH3.
const DIGEST_SUM: i64 = 7_608_648_954_104_816_418;
