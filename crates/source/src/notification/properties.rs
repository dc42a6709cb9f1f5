//! What holds for any message.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::read_notification;
use super::tests::{created, event, read, record, through_sns};

/// JSON in which the names of notifications turn up in every place.
fn documents() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "Records",
        "Event",
        "Type",
        "Message",
        "detail-type",
        "detail",
        "source",
        "eventSource",
        "eventName",
        "eventTime",
        "s3",
        "bucket",
        "object",
        "name",
        "key",
        "size",
        "eTag",
        "etag",
        "sequencer",
        "time",
    ]);
    let texts = prop_oneof![
        any::<String>(),
        prop::sample::select(vec![
            "aws:s3",
            "aws.s3",
            "ObjectCreated:Put",
            "ObjectRemoved:Delete",
            "Object Created",
            "Object Deleted",
            "Notification",
            "%",
            "%e9",
            "a+b",
            "{}",
            r#"{"Records":[{}]}"#,
        ])
        .prop_map(str::to_owned),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        texts.prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((names.clone(), inner), 0..6).prop_map(|fields| fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
        ]
    })
}

proptest! {
    #[test]
    fn nothing_panics_whatever_the_json(document in documents()) {
        let _ = read_notification(&document.to_string());
        let _ = read_notification(&through_sns(&document).to_string());
    }

    #[test]
    fn nothing_panics_whatever_the_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_notification(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn a_document_cut_anywhere_is_an_error(cut in 0.0..1.0) {
        let records = json!({"Records": [record("ObjectCreated:Put", "a"), record("ObjectRemoved:Delete", "é")]});
        for document in [records.clone(), through_sns(&records), event("Object Created", "é")] {
            let text = document.to_string();
            let end = text.floor_char_boundary((text.len() as f64 * cut) as usize);
            prop_assert!(read_notification(&text[..end]).is_err());
        }
    }

    #[test]
    fn every_key_comes_back(key in "\\PC{1,40}") {
        let encoded: String = url::form_urlencoded::byte_serialize(key.as_bytes()).collect();
        let document = json!({"Records": [record("ObjectCreated:Put", &encoded)]});
        prop_assert_eq!(read(&document), [created(&key, 125)]);
        prop_assert_eq!(read(&event("Object Created", &key)), [created(&key, 0)]);
    }
}
