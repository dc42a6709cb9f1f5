//! A queue of SQS, in which S3 says what came into a bucket.
//!
//! A message is a loan: who receives it has it alone until its visibility ends, and must [`extend`](Queue::extend)
//! that while at work. It is gone when it is [deleted](Queue::delete), which is to be done after what it caused is
//! committed; a receiver that dies before leaves it to the next. So all of it may come twice, and in any order.
//!
//! A request whose trouble may pass is tried three times, with waits, by the SDK, and ends within some 35 seconds beside
//! the time it waits for messages. One that failed all the same may be made again when its error
//! [is retryable](QueueError::is_retryable).

mod address;
mod batch;
mod client;
mod error;
mod message;

use std::collections::HashMap;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{MessageAttributeValue, MessageSystemAttributeName, QueueAttributeName};
use url::Url;

pub use error::QueueError;
pub use message::{DeadLetter, Message, QueueDepth, Refused};

use crate::aws::AwsSettings;
use address::{Address, is_fifo, name_of_arn};
use error::Request;

/// As many messages as SQS gives or takes with one request.
const BATCH: usize = 10;
/// As long as SQS waits for messages with one request.
const LONGEST_WAIT_S: u32 = 20;
/// The attribute of a message in the dead-letter queue that says why it is there.
const REASON_ATTRIBUTE: &str = "flowtrail.reason";
/// Longest reason, which counts against the size of a message.
const REASON_CHARS: usize = 1000;

/// A queue opened for receiving; cheap to clone, and to be used inside a Tokio runtime.
#[derive(Clone, Debug)]
pub struct Queue {
    client: Client,
    url: Url,
    name: String,
    region: String,
}

impl Queue {
    /// Opens a queue by its URL, its ARN or its name.
    ///
    /// The region is the one that URL or ARN names, else that of the settings. By its URL, SQS is asked nothing yet,
    /// and troubles show at the first request; by ARN or name it is asked for the URL, for which the caller needs
    /// `sqs:GetQueueUrl`. Without an endpoint in settings or environment (`AWS_ENDPOINT_URL_SQS`, `AWS_ENDPOINT_URL`),
    /// requests go to the host of the URL. Credentials are found as for a bucket, see [`s3_store`](crate::s3_store),
    /// and those that end are renewed by the provider they came from.
    ///
    /// # Errors
    ///
    /// [`QueueError::InvalidQueue`] for a text that is none of these, [`QueueError::Settings`], and those of a request.
    pub async fn open(url_or_name: &str, settings: &AwsSettings) -> Result<Self, QueueError> {
        let address = Address::read(url_or_name)?;
        let (client, region) = client::connect(&address, settings).await?;
        let url = match address.url {
            Some(url) => url,
            None => url_of(&client, &region, &address).await?,
        };
        Ok(Self {
            client,
            url,
            name: address.name,
            region,
        })
    }

    /// The queue's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The queue's URL.
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Receives up to `max` messages (ten at most), and waits up to `wait_s` seconds (20 at most) for the first.
    ///
    /// None is no error. A call that is dropped loses nothing: what SQS had handed out by then is visible again when
    /// its visibility ends. See "Amazon SQS short and long polling".
    ///
    /// # Errors
    ///
    /// Those of a request, `sqs:ReceiveMessage`.
    pub async fn receive(&self, max: u32, wait_s: u32) -> Result<Vec<Message>, QueueError> {
        let request = self.request("sqs:ReceiveMessage");
        let wait_s = wait_s.min(LONGEST_WAIT_S);
        let patient = aws_sdk_sqs::Config::builder().timeout_config(client::timeouts(wait_s));
        let received = self
            .client
            .receive_message()
            .queue_url(self.url())
            .max_number_of_messages(max.clamp(1, BATCH as u32) as i32)
            .wait_time_seconds(wait_s as i32)
            .message_system_attribute_names(MessageSystemAttributeName::ApproximateReceiveCount)
            .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp)
            .message_system_attribute_names(MessageSystemAttributeName::ApproximateFirstReceiveTimestamp)
            .customize()
            .config_override(patient)
            .send()
            .await
            .map_err(|error| request.error(&error))?;
        let messages = received.messages.unwrap_or_default().into_iter();
        messages.map(|message| message::read(message, &request)).collect()
    }

    /// Keeps messages from others for `seconds` more, from now; SQS allows twelve hours from the reception.
    ///
    /// Returns those for which this was refused. An error may come after some tens were done; it is safe to call again.
    ///
    /// # Errors
    ///
    /// Those of a request, `sqs:ChangeMessageVisibility`.
    pub async fn extend(&self, messages: &[Message], seconds: u32) -> Result<Vec<Refused>, QueueError> {
        let mut refused = Vec::new();
        for ten in messages.chunks(BATCH) {
            refused.extend(self.extend_ten(ten, seconds).await?);
        }
        Ok(refused)
    }

    /// Hands messages back: they can be received again at once.
    ///
    /// # Errors
    ///
    /// As [`Queue::extend`].
    pub async fn release(&self, messages: &[Message]) -> Result<Vec<Refused>, QueueError> {
        self.extend(messages, 0).await
    }

    /// Deletes messages.
    ///
    /// Returns those for which this was refused. An error may come after some tens were done; it is safe to call again,
    /// as deleting twice is no fault.
    ///
    /// # Errors
    ///
    /// Those of a request, `sqs:DeleteMessage`.
    pub async fn delete(&self, messages: &[Message]) -> Result<Vec<Refused>, QueueError> {
        let mut refused = Vec::new();
        for ten in messages.chunks(BATCH) {
            refused.extend(self.delete_ten(ten).await?);
        }
        Ok(refused)
    }

    /// How many messages there are.
    ///
    /// # Errors
    ///
    /// Those of a request, `sqs:GetQueueAttributes`.
    pub async fn depth(&self) -> Result<QueueDepth, QueueError> {
        let visible = QueueAttributeName::ApproximateNumberOfMessages;
        let in_flight = QueueAttributeName::ApproximateNumberOfMessagesNotVisible;
        let delayed = QueueAttributeName::ApproximateNumberOfMessagesDelayed;
        let names = [visible.clone(), in_flight.clone(), delayed.clone()];
        let attributes = self.attributes(names.into()).await?;
        let number = |name: &QueueAttributeName| {
            let number = attributes.get(name).and_then(|text| text.parse().ok());
            number.ok_or_else(|| self.request("sqs:GetQueueAttributes").incomplete(name.as_str()))
        };
        Ok(QueueDepth {
            visible: number(&visible)?,
            in_flight: number(&in_flight)?,
            delayed: number(&delayed)?,
        })
    }

    /// The dead-letter queue, if there is one: see "Using dead-letter queues in Amazon SQS".
    ///
    /// # Errors
    ///
    /// Those of a request, `sqs:GetQueueAttributes`.
    pub async fn dead_letter(&self) -> Result<Option<DeadLetter>, QueueError> {
        let attributes = self.attributes(vec![QueueAttributeName::RedrivePolicy]).await?;
        let Some(policy) = attributes
            .get(&QueueAttributeName::RedrivePolicy)
            .filter(|policy| !policy.is_empty())
        else {
            return Ok(None);
        };
        let dead_letter = message::dead_letter(policy).ok_or_else(|| {
            self.request("sqs:GetQueueAttributes")
                .incomplete("RedrivePolicy that can be read")
        })?;
        Ok(Some(dead_letter))
    }

    /// Copies a message into the dead-letter queue, with the reason as its attribute `flowtrail.reason`, and says
    /// whether there is such a queue. If so, the caller deletes the message then; one that dies between leaves a copy
    /// and the message, and the next receiver makes another copy.
    ///
    /// # Errors
    ///
    /// Those of requests, `sqs:GetQueueAttributes` and, on the dead-letter queue, `sqs:SendMessage`.
    pub async fn send_to_dead_letter(&self, message: &Message, reason: &str) -> Result<bool, QueueError> {
        let Some(dead_letter) = self.dead_letter().await? else {
            return Ok(false);
        };
        // AWS has both in one account and region, so that their URLs differ by the name.
        let joined = name_of_arn(&dead_letter.arn).and_then(|name| Some((name, self.url.join(name).ok()?)));
        let (name, url) = joined.ok_or_else(|| {
            self.request("sqs:GetQueueAttributes")
                .incomplete("dead-letter queue whose ARN can be read")
        })?;
        let request = Request {
            queue: name,
            ..self.request("sqs:SendMessage")
        };
        let attribute = MessageAttributeValue::builder()
            .data_type("String")
            .string_value(message::printable(reason, REASON_CHARS))
            .build()
            .map_err(|error| request.unsaid(&error))?;
        let mut send = self
            .client
            .send_message()
            .queue_url(url)
            .message_body(&message.body)
            .message_attributes(REASON_ATTRIBUTE, attribute);
        if is_fifo(name) {
            send = send.message_group_id(&message.id).message_deduplication_id(&message.id);
        }
        send.send().await.map_err(|error| request.error(&error))?;
        Ok(true)
    }

    async fn attributes(
        &self,
        names: Vec<QueueAttributeName>,
    ) -> Result<HashMap<QueueAttributeName, String>, QueueError> {
        let request = self.request("sqs:GetQueueAttributes");
        let answer = self
            .client
            .get_queue_attributes()
            .queue_url(self.url())
            .set_attribute_names(Some(names))
            .send()
            .await
            .map_err(|error| request.error(&error))?;
        Ok(answer.attributes.unwrap_or_default())
    }

    fn request(&self, action: &'static str) -> Request<'_> {
        Request {
            action,
            queue: &self.name,
            region: &self.region,
        }
    }
}

async fn url_of(client: &Client, region: &str, address: &Address) -> Result<Url, QueueError> {
    let request = Request {
        action: "sqs:GetQueueUrl",
        queue: &address.name,
        region,
    };
    let answer = client
        .get_queue_url()
        .queue_name(&address.name)
        .set_queue_owner_aws_account_id(address.account.clone())
        .send()
        .await
        .map_err(|error| request.error(&error))?;
    let url = answer.queue_url.and_then(|url| Url::parse(&url).ok());
    url.ok_or_else(|| request.incomplete("URL of the queue"))
}
