//! Requests for ten messages at once, of which each may be done or refused.

use std::collections::{HashMap, HashSet};

use aws_sdk_sqs::error::BuildError;
use aws_sdk_sqs::types::{
    BatchResultErrorEntry, ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry,
};

use super::{Message, Queue, QueueError, Refused};

impl Queue {
    pub(super) async fn extend_ten(&self, ten: &[Message], seconds: u32) -> Result<Vec<Refused>, QueueError> {
        let request = self.request("sqs:ChangeMessageVisibility");
        let entries: Result<Vec<_>, BuildError> = numbered(ten)
            .map(|(id, message)| {
                ChangeMessageVisibilityBatchRequestEntry::builder()
                    .id(id)
                    .receipt_handle(&message.receipt_handle)
                    .visibility_timeout(i32::try_from(seconds).unwrap_or(i32::MAX))
                    .build()
            })
            .collect();
        let answer = self
            .client
            .change_message_visibility_batch()
            .queue_url(self.url())
            .set_entries(Some(entries.map_err(|error| request.unsaid(&error))?))
            .send()
            .await
            .map_err(|error| request.error(&error))?;
        let done = answer.successful.iter().map(|entry| entry.id.as_str());
        Ok(refused(ten, &done.collect(), &answer.failed))
    }

    pub(super) async fn delete_ten(&self, ten: &[Message]) -> Result<Vec<Refused>, QueueError> {
        let request = self.request("sqs:DeleteMessage");
        let entries: Result<Vec<_>, BuildError> = numbered(ten)
            .map(|(id, message)| {
                DeleteMessageBatchRequestEntry::builder()
                    .id(id)
                    .receipt_handle(&message.receipt_handle)
                    .build()
            })
            .collect();
        let answer = self
            .client
            .delete_message_batch()
            .queue_url(self.url())
            .set_entries(Some(entries.map_err(|error| request.unsaid(&error))?))
            .send()
            .await
            .map_err(|error| request.error(&error))?;
        let done = answer.successful.iter().map(|entry| entry.id.as_str());
        Ok(refused(ten, &done.collect(), &answer.failed))
    }
}

/// Messages with ids that are good for one request: the place in it.
fn numbered(ten: &[Message]) -> impl Iterator<Item = (String, &Message)> {
    (0_usize..).map(|place| place.to_string()).zip(ten)
}

/// The messages that an answer does not say are done. One it says nothing of is refused too.
fn refused(ten: &[Message], done: &HashSet<&str>, failed: &[BatchResultErrorEntry]) -> Vec<Refused> {
    let failed: HashMap<&str, &BatchResultErrorEntry> = failed.iter().map(|entry| (entry.id.as_str(), entry)).collect();
    numbered(ten)
        .filter(|(id, _)| !done.contains(id.as_str()))
        .map(|(id, message)| {
            let entry = failed.get(id.as_str());
            Refused {
                message_id: message.id.clone(),
                code: entry.map_or("NoAnswer", |entry| entry.code.as_str()).to_owned(),
                reason: entry
                    .and_then(|entry| entry.message.as_deref())
                    .unwrap_or("SQS does not say why")
                    .to_owned(),
                is_retryable: entry.is_none_or(|entry| !entry.sender_fault),
            }
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn message(id: &str) -> Message {
        Message {
            id: id.into(),
            receipt_handle: String::new(),
            body: String::new(),
            receive_count: 1,
            sent_at: None,
            first_received_at: None,
        }
    }

    #[test]
    fn what_is_not_said_to_be_done_is_refused() {
        let ten = [message("a"), message("b"), message("c"), message("d")];
        let entry = |id: &str, is_ours: bool| {
            BatchResultErrorEntry::builder()
                .id(id)
                .code("C")
                .message("why")
                .sender_fault(is_ours)
                .build()
                .unwrap()
        };
        let refused = refused(&ten, &HashSet::from(["0"]), &[entry("1", true), entry("2", false)]);
        let told: Vec<(String, bool)> = refused
            .iter()
            .map(|refused| (refused.to_string(), refused.is_retryable))
            .collect();
        let expected = [
            ("message b: C: why", false),
            ("message c: C: why", true),
            ("message d: NoAnswer: SQS does not say why", true),
        ];
        assert_eq!(told, expected.map(|(text, retryable)| (text.to_owned(), retryable)));
    }
}
