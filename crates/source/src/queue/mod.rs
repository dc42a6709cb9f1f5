//! A queue of SQS, in which S3 says what came into a bucket.
//!
//! A message is a loan: who receives it has it alone until its visibility ends, and must [`extend`](Queue::extend)
//! that while at work. It is gone when it is [deleted](Queue::delete), which is to be done after what it caused is
//! committed; a receiver that dies before leaves it to the next. So all of it may come twice, and in any order.

mod address;
mod error;
mod message;

pub use error::QueueError;
pub use message::{DeadLetter, Message, QueueDepth, Refused};

use crate::aws::AwsSettings;

/// A queue opened for receiving; cheap to clone, and to be used inside a Tokio runtime.
#[derive(Clone, Debug)]
pub struct Queue {
    client: aws_sdk_sqs::Client,
    url: String,
    name: String,
}

impl Queue {
    /// Opens a queue by its URL, its ARN or its name.
    ///
    /// The region is the one that URL or ARN names, else that of the settings. By its URL, SQS is asked nothing yet,
    /// and troubles show at the first request; by ARN or name it is asked for the URL, for which the caller needs
    /// `sqs:GetQueueUrl`. Credentials are found as for a bucket, see [`s3_store`](crate::s3_store).
    ///
    /// # Errors
    ///
    /// [`QueueError::InvalidQueue`] for a text that is none of these, and those of a request.
    pub async fn open(url_or_name: &str, settings: &AwsSettings) -> Result<Self, QueueError> {
        todo!()
    }

    /// The queue's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The queue's URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Receives up to `max` messages (ten at most), and waits up to `wait_s` seconds (20 at most) for the first.
    ///
    /// None is no error. A call that is dropped loses nothing: what SQS had handed out by then is visible again when
    /// its visibility ends. See "Amazon SQS short and long polling".
    ///
    /// # Errors
    ///
    /// Those of a request.
    pub async fn receive(&self, max: u32, wait_s: u32) -> Result<Vec<Message>, QueueError> {
        todo!()
    }

    /// Keeps messages from others for `seconds` more, from now; SQS allows twelve hours from the reception.
    ///
    /// Returns those for which this was refused. An error may come after some tens were done; it is safe to call again.
    pub async fn extend(&self, messages: &[Message], seconds: u32) -> Result<Vec<Refused>, QueueError> {
        todo!()
    }

    /// Hands messages back: they can be received again at once.
    pub async fn release(&self, messages: &[Message]) -> Result<Vec<Refused>, QueueError> {
        self.extend(messages, 0).await
    }

    /// Deletes messages, by tens.
    ///
    /// Returns those for which this was refused. An error may come after some tens were done; it is safe to call again.
    pub async fn delete(&self, messages: &[Message]) -> Result<Vec<Refused>, QueueError> {
        todo!()
    }

    /// How many messages there are.
    pub async fn depth(&self) -> Result<QueueDepth, QueueError> {
        todo!()
    }

    /// The dead-letter queue, if there is one.
    pub async fn dead_letter(&self) -> Result<Option<DeadLetter>, QueueError> {
        todo!()
    }

    /// Copies a message into the dead-letter queue, with the reason as its attribute `flowtrail.reason`, and says
    /// whether there is such a queue. The caller deletes the message then.
    pub async fn send_to_dead_letter(&self, message: &Message, reason: &str) -> Result<bool, QueueError> {
        todo!()
    }
}
