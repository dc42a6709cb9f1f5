//! CloudWatch Logs subscription documents: log events in an envelope.
//!
//! Source: "Real-time processing of log data with subscriptions" (Amazon CloudWatch Logs user guide). Firehose puts
//! documents one behind another, with nothing between them.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt;
use std::io::Read;

use crate::cloudtrail::EventBuilder;
use crate::flow_layout::{default_format_kind, tokens};
use crate::flow_records::FlowRecords;
use crate::flow_rows::NO_VALUE;
use crate::json_split::ValueReader;
use crate::{DecodeError, Decoded, Hint, Reject};

const DATA_MESSAGE: &str = "DATA_MESSAGE";
const CONTROL_MESSAGE: &str = "CONTROL_MESSAGE";

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    #[serde(borrow)]
    message_type: Cow<'a, str>,
    #[serde(borrow, default)]
    log_events: Vec<&'a RawValue>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogEvent<'a> {
    #[serde(borrow)]
    message: Cow<'a, str>,
    #[serde(borrow, default)]
    extracted_fields: ExtractedFields<'a>,
}

/// Names and values that CloudWatch took out of a message; empty where there are none, or where they are nested.
#[derive(Default)]
struct ExtractedFields<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

/// Decodes documents part by part.
pub(crate) struct Envelopes {
    documents: ValueReader,
    events: LogEvents,
    /// Parts ready to be handed out.
    ready: VecDeque<Decoded>,
    ended: bool,
}

impl Envelopes {
    pub(crate) fn new(reader: impl Read + Send + 'static, hint: &Hint) -> Self {
        Self {
            documents: ValueReader::new(Box::new(reader), &[]),
            events: LogEvents::new(hint),
            ready: VecDeque::new(),
            ended: false,
        }
    }

    fn next_part(&mut self) -> Result<Option<Decoded>, DecodeError> {
        while self.ready.is_empty() && !self.ended {
            match self.documents.next_value()? {
                Some(document) if document.is_too_long => return Err(self.events.damaged("it is longer than 16 MiB")),
                Some(document) => self.events.push_document(document.bytes, &mut self.ready)?,
                None => {
                    self.events.finish(&mut self.ready)?;
                    self.ended = true;
                }
            }
        }
        Ok(self.ready.pop_front())
    }
}

impl Iterator for Envelopes {
    type Item = Result<Decoded, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_part().transpose()
    }
}

/// The log events of an object: flow log records and CloudTrail events, in any mixture.
struct LogEvents {
    hint: Hint,
    flow: FlowRecords,
    cloudtrail: EventBuilder,
    /// Log events so far.
    number: u64,
}

impl LogEvents {
    fn new(hint: &Hint) -> Self {
        Self {
            hint: hint.clone(),
            flow: FlowRecords::new(hint),
            cloudtrail: EventBuilder::new(),
            number: 0,
        }
    }

    fn push_document(&mut self, document: &[u8], ready: &mut VecDeque<Decoded>) -> Result<(), DecodeError> {
        let envelope: Envelope<'_> =
            serde_json::from_slice(document).map_err(|error| self.damaged(&error.to_string()))?;
        match envelope.message_type.as_ref() {
            // What CloudWatch sends to see whether the destination answers.
            CONTROL_MESSAGE => return Ok(()),
            DATA_MESSAGE => {}
            other => return Err(self.damaged(&format!("its messageType `{other}` is not {DATA_MESSAGE}"))),
        }
        for event in envelope.log_events {
            self.number += 1;
            self.push_event(event.get(), ready)?;
            if self.flow.is_full() {
                ready.extend(self.flow.finish()?);
            }
            if self.cloudtrail.is_full() {
                ready.push_back(self.cloudtrail.finish()?);
            }
        }
        Ok(())
    }

    fn push_event(&mut self, event: &str, ready: &mut VecDeque<Decoded>) -> Result<(), DecodeError> {
        let parsed: LogEvent<'_> = match serde_json::from_str(event) {
            Ok(parsed) => parsed,
            Err(error) => {
                let reason = format!("no log event with a message: {error}");
                return self
                    .flow
                    .push_reject(Reject::new(self.number, reason, event.as_bytes()));
            }
        };
        let message = parsed.message.trim_ascii();
        let values = parsed.extracted_fields.0;
        if message.starts_with('{') {
            self.cloudtrail.push(self.number, message.as_bytes());
        } else if values.is_empty() || self.has_expected_shape(message) {
            ready.extend(self.flow.push(self.number, message.as_bytes())?);
        } else {
            ready.extend(self.flow.push_named(self.number, &values, message.as_bytes())?);
        }
        Ok(())
    }

    /// Whether a message can be read without being told the names of its values.
    fn has_expected_shape(&self, message: &str) -> bool {
        match &self.hint.flow_format {
            Some(names) => tokens(message).count() == names.len(),
            None => default_format_kind(message).is_some(),
        }
    }

    fn finish(&mut self, ready: &mut VecDeque<Decoded>) -> Result<(), DecodeError> {
        ready.extend(self.flow.finish()?);
        if !self.cloudtrail.is_empty() {
            ready.push_back(self.cloudtrail.finish()?);
        }
        Ok(())
    }

    fn damaged(&self, why: &str) -> DecodeError {
        let why = format!("no CloudWatch Logs document: {why}; fetch or write the object again");
        DecodeError::Document {
            event: self.number + 1,
            why,
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for ExtractedFields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_option(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = ExtractedFields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of names and values")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(ExtractedFields::default())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::with_capacity(map.size_hint().unwrap_or(16));
        let mut is_flat = true;
        while let Some((CowText(name), FieldValue(value))) = map.next_entry()? {
            is_flat &= value.is_some();
            fields.push((name, value.unwrap_or_default()));
        }
        Ok(ExtractedFields(if is_flat { fields } else { Vec::new() }))
    }
}

/// Text that is borrowed where it has no escapes.
#[derive(serde::Deserialize)]
struct CowText<'a>(#[serde(borrow)] Cow<'a, str>);

/// A value as a flow log's text would have it; `None` for what such text cannot hold.
struct FieldValue<'a>(Option<Cow<'a, str>>);

impl<'de: 'a, 'a> Deserialize<'de> for FieldValue<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = FieldValue<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(FieldValue(Some(Cow::Borrowed(text))))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(FieldValue(Some(Cow::Owned(text.to_owned()))))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(FieldValue(Some(Cow::Owned(number.to_string()))))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(FieldValue(Some(Cow::Owned(number.to_string()))))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(FieldValue(Some(Cow::Owned(number.to_string()))))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(FieldValue(Some(Cow::Owned(value.to_string()))))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(FieldValue(Some(Cow::Borrowed(NO_VALUE))))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(FieldValue(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(FieldValue(None))
    }
}
