//! Records inside records come out of a file as they went in.

use arrow::array::{ArrayRef, AsArray, RecordBatch};
use arrow::compute::{cast, concat_batches};
use flowtrail_decode::{Hint, Input, Limits, LogKind, Opened};
use flowtrail_lake::Change;
use flowtrail_lake::definition::log_table;
use flowtrail_lake::rows::read_columns;
use flowtrail_lake::stage::{Part, stage};
use futures::TryStreamExt;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::table::lake;

const COLUMNS: [&str; 8] = [
    "useridentity",
    "eventtime",
    "tlsdetails",
    "resources",
    "eventid",
    "identity_type",
    "session_issuer_arn",
    "mfa_authenticated",
];

fn decoded(events: &[Value]) -> RecordBatch {
    let text = json!({ "Records": events }).to_string();
    let hint = Hint {
        kind: Some(LogKind::CloudTrail),
        ..Hint::default()
    };
    let Opened::Records(decoder) =
        flowtrail_decode::open(Input::Bytes(text.into_bytes().into()), &hint, &Limits::default()).unwrap()
    else {
        panic!("no events in it")
    };
    let parts: Vec<_> = decoder.map(|part| part.unwrap().batch).collect();
    concat_batches(&parts[0].schema(), &parts).unwrap()
}

/// What another reader finds in the files.
async fn stored(batches: &[RecordBatch]) -> RecordBatch {
    let (_folder, lake) = lake();
    let table = lake.table(log_table(LogKind::CloudTrail));
    let part = |batch: &RecordBatch| Part {
        batch: batch.clone(),
        object: Some("object".into()),
        fallback_day: None,
    };
    let add = stage(&table, batches.iter().map(part).collect()).await.unwrap();
    let change = Change {
        add,
        ..Change::default()
    };
    let snapshot = table.commit(&change).await.unwrap();
    let mut read = Vec::new();
    for file in snapshot.files() {
        let batches: Vec<RecordBatch> = read_columns(&table, file, &COLUMNS)
            .await
            .unwrap()
            .try_collect()
            .await
            .unwrap();
        read.extend(batches);
    }
    concat_batches(&read[0].schema(), &read).unwrap()
}

fn text() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        "[ab\u{e9}\"]{0,3}".prop_map(Value::from),
        Just(json!(true))
    ]
}

/// An object with some of the keys, or something else instead.
fn object(keys: &'static [&'static str], value: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    let members = proptest::collection::vec(proptest::option::of(value), keys.len());
    let object = members.prop_map(move |values| {
        let present = keys
            .iter()
            .zip(values)
            .filter_map(|(key, value)| Some(((*key).to_owned(), value?)));
        Value::Object(present.collect::<Map<_, _>>())
    });
    prop_oneof![8 => object, 1 => Just(Value::Null), 1 => Just(json!("none"))].boxed()
}

fn event() -> impl Strategy<Value = Value> {
    let issuer = object(&["type", "arn", "userName"], text().boxed());
    let attributes = object(&["mfaAuthenticated", "creationDate"], text().boxed());
    let context = (issuer, attributes, text()).prop_map(|(issuer, attributes, federation)| {
        json!({ "sessionIssuer": issuer, "attributes": attributes, "webIdFederationData": federation })
    });
    let identity = (
        object(&["type", "arn", "accountId"], text().boxed()),
        proptest::option::of(context),
    );
    let resources = proptest::collection::vec(object(&["ARN", "type"], text().boxed()), 0..3);
    let tls = proptest::option::of(object(&["tlsVersion", "cipherSuite"], text().boxed()));
    (identity, resources, tls, 0..1000_u32).prop_map(|((mut identity, context), resources, tls, second)| {
        if let (Some(identity), Some(context)) = (identity.as_object_mut(), context) {
            identity.insert("sessionContext".to_owned(), context);
        }
        let time = format!("2026-11-01T00:{:02}:{:02}Z", second / 60, second % 60);
        let mut event = json!({ "eventTime": time, "userIdentity": identity, "resources": resources });
        if let Some(tls) = tls {
            event["tlsDetails"] = tls;
        }
        event
    })
}

/// The column in the order of the file, which has events of the same second in the order they came in.
fn in_order(batch: &RecordBatch, name: &str) -> ArrayRef {
    let times = batch.column_by_name("eventtime").unwrap();
    let times = times.as_primitive::<arrow::datatypes::TimestampMicrosecondType>();
    let mut order: Vec<u64> = (0..batch.num_rows() as u64).collect();
    order.sort_by_key(|row| times.value(*row as usize));
    arrow::compute::take(
        batch.column_by_name(name).unwrap(),
        &arrow::array::UInt64Array::from(order),
        None,
    )
    .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn come_out_as_they_went_in(
        some in proptest::collection::vec(event(), 1..60),
        others in proptest::collection::vec(event(), 1..60),
    ) {
        let batches = [decoded(&some), decoded(&others)];
        let all = concat_batches(&batches[0].schema(), &batches).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
        let found = runtime.block_on(stored(&batches));
        for name in COLUMNS {
            let stored = found.column_by_name(name).unwrap();
            let expected = cast(&in_order(&all, name), stored.data_type()).unwrap();
            prop_assert!(expected.as_ref() == stored.as_ref(), "{name}: {stored:?} for {expected:?}");
        }
    }
}
