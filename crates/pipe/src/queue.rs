//! Pipes whose objects a queue of S3's events tells of. Several may share a queue, as a bucket has one.
//!
//! Messages are gathered for a moment, their objects looked up and loaded, and only then deleted. While that goes on
//! their visibility is extended. One whose object could not be had is left to come again.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use flowtrail_lake::history::QuarantineRow;
use flowtrail_load::{LoadError, refuse};
use flowtrail_source::{Message, Object, Queue, QueueError, SourceError};
use futures::{StreamExt, stream};
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::{Instrument, info_span};

use crate::backoff::Backoff;
use crate::feed::RunningPipe;
use crate::route::{self, ToldObject};

/// As long as one request waits for a first message; a pipe ends within this time.
const WAIT_S: u32 = 5;
/// Messages are gathered for so long after the first…
const GATHER: Duration = Duration::from_millis(1500);
/// …or up to so many.
const MOST_MESSAGES: usize = 1000;
/// As many as SQS gives with one request.
const AT_ONCE: u32 = 10;
/// How long messages are kept from others at a time. While they are worked on, that is extended when a third has passed.
const VISIBILITY_S: u32 = 120;
/// Messages are held for so long where what they tell of cannot be loaded for a reason that may pass. Not for ever: what
/// other pipes have in the queue waits behind them.
const HOLD: Duration = Duration::from_mins(5);
/// Objects looked up at once.
const LOOKUPS: usize = 16;
/// An object that is not there may come yet; after so many receptions of its message it is taken for gone.
const RECEPTIONS_UNTIL_GONE: u32 = 3;
/// A message whose object could not be had comes again after so many seconds, and longer with each time…
const AGAIN_S: u32 = 5;
/// …up to so many.
const AGAIN_AT_MOST_S: u32 = 300;
/// How often the queue is asked how many messages it has.
const DEPTH: Duration = Duration::from_secs(15);

/// Loads what a queue tells of until its pipes are to end.
pub async fn run(name: &str, pipes: Vec<RunningPipe>) {
    let Some(first) = pipes.first().cloned() else { return };
    let mut backoff = Backoff::default();
    let queue = loop {
        match Queue::open(name, &first.plan.aws).await {
            Ok(queue) => break queue,
            Err(error) => {
                failing(&pipes, &error);
                if !first.ending.sleep(backoff.failed()).await {
                    return;
                }
            }
        }
    };
    let feed = QueueFeed { queue, pipes };
    let mut depth_at = Instant::now();
    while !first.ending.is_asked() {
        let messages = match feed.gather().await {
            Ok(messages) => messages,
            Err(error) => {
                failing(&feed.pipes, &error);
                first.ending.sleep(backoff.failed()).await;
                continue;
            }
        };
        backoff.worked();
        if depth_at <= Instant::now() {
            feed.measure().await;
            depth_at = Instant::now() + DEPTH;
        }
        if first.ending.is_asked() {
            feed.hand_back(&messages).await;
        } else if messages.is_empty() {
            feed.pipes.iter().for_each(|pipe| pipe.meter.works());
        } else {
            let span = info_span!(
                "queue.batch",
                otel.kind = "consumer",
                messaging.system = "aws_sqs",
                messaging.operation.type = "process",
                messaging.destination.name = feed.queue.name(),
                messaging.batch.message_count = messages.len() as i64,
            );
            feed.work(messages).instrument(span).await;
        }
    }
}

fn failing(pipes: &[RunningPipe], error: &QueueError) {
    tracing::warn!(%error, "the queue cannot be received from, and is tried again");
    for pipe in pipes {
        pipe.meter.failing(error);
    }
}

struct QueueFeed {
    queue: Queue,
    pipes: Vec<RunningPipe>,
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// All it told of is done.
    Done,
    /// It is to come again.
    Again,
}

impl QueueFeed {
    async fn gather(&self) -> Result<Vec<Message>, QueueError> {
        let mut messages = self.queue.receive(AT_ONCE, WAIT_S).await?;
        let until = Instant::now() + GATHER;
        while !messages.is_empty() && messages.len() < MOST_MESSAGES && Instant::now() < until {
            match self.queue.receive(AT_ONCE, 1).await {
                Ok(more) if more.is_empty() => break,
                Ok(more) => messages.extend(more),
                // Those that are here can be worked on.
                Err(error) => {
                    tracing::debug!(%error, "no more messages for now");
                    break;
                }
            }
        }
        Ok(messages)
    }

    async fn measure(&self) {
        match self.queue.depth().await {
            Ok(depth) => self.pipes.iter().for_each(|pipe| pipe.meter.depth(depth)),
            Err(error) => tracing::debug!(%error, "the queue's depth is not known"),
        }
    }

    async fn hand_back(&self, messages: &[Message]) {
        if let Err(error) = self.queue.release(messages).await {
            tracing::info!(%error, "messages could not be handed back; they come again when their visibility ends");
        }
    }

    /// Loads what messages tell of, and deletes those that are done with.
    async fn work(&self, messages: Vec<Message>) {
        let keeping = Keeping::start(&self.queue, &messages);
        let told = route::read(&messages);
        let mut fates = vec![Fate::Done; messages.len()];
        for (number, why) in &told.bad {
            fates[*number] = self.refuse(&messages[*number], &why.to_string()).await;
        }
        for pipe in &self.pipes {
            let wanted: Vec<&ToldObject> = told
                .objects
                .iter()
                .filter(|told| (pipe.plan.admits)(&told.uri()))
                .collect();
            self.load(pipe, wanted, &messages, &mut fates).await;
        }
        keeping.end().await;
        self.settle(messages, &fates).await;
    }

    /// Loads objects for a pipe; messages of those that could not be loaded come again.
    ///
    /// What may pass, as when S3 or the lake is not well, is waited for with the messages in hand: each reception
    /// counts, and after some a queue gives a message to its dead-letter queue, however good it is.
    async fn load(&self, pipe: &RunningPipe, wanted: Vec<&ToldObject>, messages: &[Message], fates: &mut [Fate]) {
        let until = Instant::now() + HOLD;
        let mut backoff = Backoff::default();
        let mut left = self.attempt(pipe, &wanted, messages, fates).await;
        while !left.is_empty() && Instant::now() < until && pipe.ending.sleep(backoff.failed()).await {
            left = self.attempt(pipe, &left, messages, fates).await;
        }
        for told in left {
            come_again(told, fates);
        }
    }

    /// Tries once. Gives what is worth another attempt; of all else the fate is decided.
    async fn attempt<'a>(
        &self,
        pipe: &RunningPipe,
        wanted: &[&'a ToldObject],
        messages: &[Message],
        fates: &mut [Fate],
    ) -> Vec<&'a ToldObject> {
        let (mut there, mut objects, mut left) = (Vec::new(), Vec::new(), Vec::new());
        for (told, looked_up) in wanted.iter().zip(look_up(pipe, wanted).await) {
            let receptions = told.messages.iter().map(|number| messages[*number].receive_count).max();
            match looked_up {
                Ok(Some(object)) => {
                    there.push(*told);
                    objects.push(object);
                }
                Ok(None) if receptions >= Some(RECEPTIONS_UNTIL_GONE) => {
                    tracing::warn!(
                        pipe = pipe.plan.name,
                        object = told.uri(),
                        "not there; its events are forgotten"
                    );
                    pipe.meter.gone(&told.uri());
                }
                Ok(None) => come_again(told, fates),
                Err(error) => {
                    tracing::warn!(pipe = pipe.plan.name, object = told.uri(), %error, "cannot be looked up");
                    pipe.meter.failing(&error);
                    if error.is_retryable() {
                        left.push(*told);
                    } else {
                        come_again(told, fates);
                    }
                }
            }
        }
        if objects.is_empty() {
            return left;
        }
        match pipe.intake.load(&pipe.plan, objects, &pipe.meter, &pipe.ending).await {
            Ok(taken) => {
                let postponed: HashSet<String> = taken.left.into_iter().map(|object| object.uri).collect();
                left.extend(there.into_iter().filter(|told| postponed.contains(&told.uri())));
            }
            Err(error) => {
                tracing::warn!(pipe = pipe.plan.name, %error, "the batch could not be loaded; it is tried again");
                pipe.meter.failing(&error);
                match error {
                    LoadError::Lake(_) | LoadError::Source(_) => left.extend(there),
                    _ => there.into_iter().for_each(|told| come_again(told, fates)),
                }
            }
        }
        left
    }

    /// Puts a message that cannot be read where somebody can look at it.
    async fn refuse(&self, message: &Message, why: &str) -> Fate {
        let Some(pipe) = self.pipes.first() else {
            return Fate::Again;
        };
        tracing::warn!(queue = self.queue.name(), message = message.id, why, "no event of S3");
        let outcome = match self.queue.send_to_dead_letter(message, why).await {
            Ok(true) => Ok(()),
            Ok(false) => quarantine(pipe, &self.queue, message, why).await,
            Err(error) => Err(error.to_string()),
        };
        match outcome {
            Ok(()) => {
                pipe.meter.bad_message(&message.id, &why);
                Fate::Done
            }
            Err(error) => {
                tracing::warn!(
                    message = message.id,
                    error,
                    "the message could not be put away; it comes again"
                );
                Fate::Again
            }
        }
    }

    /// Deletes what is done, and has the rest come again: later with each time, but soon where the pipe ends.
    async fn settle(&self, messages: Vec<Message>, fates: &[Fate]) {
        let mut done = Vec::new();
        let mut again = Vec::new();
        for (message, fate) in messages.into_iter().zip(fates) {
            match fate {
                Fate::Done => done.push(message),
                Fate::Again => again.push(message),
            }
        }
        match self.queue.delete(&done).await {
            Ok(refused) => {
                for refused in refused {
                    tracing::info!(%refused, "a message was not deleted; it comes again, and its objects are known");
                }
            }
            Err(error) => tracing::warn!(%error, "messages were not deleted; they come again, and are known"),
        }
        if self.pipes.iter().any(|pipe| pipe.ending.is_asked()) {
            return self.hand_back(&again).await;
        }
        again.sort_by_key(|message| again_s(message.receive_count));
        for same in again.chunk_by(|one, other| again_s(one.receive_count) == again_s(other.receive_count)) {
            let wait_s = again_s(same[0].receive_count);
            if let Err(error) = self.queue.extend(same, wait_s).await {
                tracing::debug!(%error, "messages come again when their visibility ends");
            }
        }
    }
}

/// Has the messages that tell of an object come again.
fn come_again(told: &ToldObject, fates: &mut [Fate]) {
    told.messages.iter().for_each(|number| fates[*number] = Fate::Again);
}

/// When a message comes again that was received so often.
fn again_s(receive_count: u32) -> u32 {
    seconds("FLOWTRAIL_TEST_AGAIN_S", AGAIN_S)
        .saturating_mul(1 << receive_count.saturating_sub(1).min(10))
        .min(AGAIN_AT_MOST_S)
}

/// The `usual` time, unless a test that has no time for it says another.
fn seconds(variable: &str, usual: u32) -> u32 {
    let said = || std::env::var(variable).ok()?.parse().ok();
    let said = if cfg!(feature = "failpoints") { said() } else { None };
    said.unwrap_or(usual)
}

/// The objects as they are now, in the order they are told of.
async fn look_up(pipe: &RunningPipe, wanted: &[&ToldObject]) -> Vec<Result<Option<Object>, SourceError>> {
    let keys: Vec<_> = wanted
        .iter()
        .map(|told| (told.bucket.clone(), told.key.clone()))
        .collect();
    let plan = &pipe.plan;
    let look_up = |(bucket, key): (String, String)| {
        let plan = Arc::clone(plan);
        async move { plan.source.object(&bucket, &key).await }
    };
    stream::iter(keys).map(look_up).buffered(LOOKUPS).collect().await
}

async fn quarantine(pipe: &RunningPipe, queue: &Queue, message: &Message, why: &str) -> Result<(), String> {
    let row = QuarantineRow {
        object_uri: format!("sqs:{}/{}", queue.name(), message.id).into(),
        table_name: "".into(),
        line: 0,
        reason: why.to_owned(),
        record: message.body.clone(),
    };
    let refused = refuse(pipe.intake.lake(), row, &pipe.plan.name, &pipe.ending.stop()).await;
    match refused {
        Ok(true) => Ok(()),
        Ok(false) => Err("the pipe ends".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Keeps messages from others until it ends.
struct Keeping {
    ending: DropGuard,
    task: JoinHandle<()>,
}

impl Keeping {
    fn start(queue: &Queue, messages: &[Message]) -> Self {
        let ending = CancellationToken::new();
        let kept = keep(queue.clone(), messages.to_vec(), ending.clone());
        Self {
            ending: ending.drop_guard(),
            task: tokio::spawn(kept),
        }
    }

    /// Waits for a request that is under way: were it to land later, it would undo what is said of messages after this.
    async fn end(self) {
        drop(self.ending);
        let _ = self.task.await;
    }
}

async fn keep(queue: Queue, messages: Vec<Message>, ending: CancellationToken) {
    let visibility_s = seconds("FLOWTRAIL_TEST_VISIBILITY_S", VISIBILITY_S);
    while !ending.is_cancelled() {
        if let Err(error) = queue.extend(&messages, visibility_s).await {
            tracing::info!(%error, "the visibility of messages could not be extended; others may work on them too");
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(visibility_s.into()) / 3) => {}
            () = ending.cancelled() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_again_later_and_later() {
        let waits: Vec<u32> = [0, 1, 2, 3, 8, 40].map(again_s).into();
        assert_eq!(waits, [5, 5, 10, 20, 300, 300]);
    }
}
