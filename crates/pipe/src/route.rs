//! From messages of a queue to the objects they tell of.

use std::collections::HashMap;

use flowtrail_source::{Message, Notice, NotificationError, read_notification};

/// What messages tell.
#[derive(Debug, Default)]
pub struct Told {
    /// The objects, each once.
    pub objects: Vec<ToldObject>,
    /// Messages that cannot be read, by their place among all.
    pub bad: Vec<(usize, NotificationError)>,
}

/// An object that messages tell of.
#[derive(Debug)]
pub struct ToldObject {
    /// Its bucket.
    pub bucket: String,
    /// Its key.
    pub key: String,
    /// The messages that tell of it, by their place among all.
    pub messages: Vec<usize>,
}

impl ToldObject {
    /// Its URI, as listings have it.
    pub fn uri(&self) -> String {
        format!("s3://{}/{}", self.bucket, self.key)
    }
}

/// Reads messages. Of an object that went nothing is to be done: what was loaded stays.
pub fn read(messages: &[Message]) -> Told {
    let mut told = Told::default();
    let mut places: HashMap<(String, String), usize> = HashMap::new();
    for (number, message) in messages.iter().enumerate() {
        let notices = match read_notification(&message.body) {
            Ok(notices) => notices,
            Err(error) => {
                told.bad.push((number, error));
                continue;
            }
        };
        for notice in notices {
            let Notice::Created { bucket, key, .. } = notice else {
                continue;
            };
            let place = *places.entry((bucket.clone(), key.clone())).or_insert_with(|| {
                told.objects.push(ToldObject {
                    bucket,
                    key,
                    messages: Vec::new(),
                });
                told.objects.len() - 1
            });
            let of_object = &mut told.objects[place].messages;
            if of_object.last() != Some(&number) {
                of_object.push(number);
            }
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(body: &str) -> Message {
        Message {
            id: "m".into(),
            receipt_handle: "r".into(),
            body: body.into(),
            receive_count: 1,
            sent_at: None,
            first_received_at: None,
        }
    }

    fn record(name: &str, key: &str) -> String {
        format!(r#"{{"eventName":"{name}","s3":{{"bucket":{{"name":"b"}},"object":{{"key":"{key}"}}}}}}"#)
    }

    #[test]
    fn an_object_is_told_of_once_by_all_its_messages() {
        let (put, copied) = (record("ObjectCreated:Put", "a+b"), record("ObjectCreated:Copy", "a+b"));
        let messages = [
            message(&format!(
                r#"{{"Records":[{put},{copied},{}]}}"#,
                record("ObjectCreated:Put", "c")
            )),
            message("no JSON"),
            message(r#"{"Event":"s3:TestEvent"}"#),
            message(&format!(r#"{{"Records":[{}]}}"#, record("ObjectRemoved:Delete", "d"))),
            message(&format!(r#"{{"Records":[{put}]}}"#)),
        ];
        let told = read(&messages);
        let objects: Vec<_> = told
            .objects
            .iter()
            .map(|told| (told.uri(), told.messages.clone()))
            .collect();
        assert_eq!(
            objects,
            [("s3://b/a b".to_owned(), vec![0, 4]), ("s3://b/c".to_owned(), vec![0])]
        );
        assert_eq!(told.bad.len(), 1);
        assert_eq!(told.bad[0].0, 1);
    }
}
