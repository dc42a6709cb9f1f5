//! The body of a delivery: `{"requestId":"…","timestamp":…,"records":[{"data":"<base64>"}]}`.
//!
//! Records go to their object while the document is read, one by one. A list of them would be larger than the
//! document: an empty record takes eleven bytes of it, and several times that in a list.

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::parts::Parts;
use crate::refusal::Refusal;

/// Reads a document, puts its records into `parts`, and gives its request id.
pub(crate) fn read(body: &[u8], parts: &mut Parts) -> Result<String, Refusal> {
    let mut refusal = None;
    let mut json = serde_json::Deserializer::from_slice(body);
    let document = DocumentReader {
        parts,
        refusal: &mut refusal,
    };
    let read = document.deserialize(&mut json).and_then(|id| json.end().map(|()| id));
    match (refusal, read) {
        (Some(refusal), _) => Err(refusal),
        (None, Ok(request_id)) => Ok(request_id),
        (None, Err(error)) => Err(Refusal::Document { why: error.to_string() }),
    }
}

struct DocumentReader<'p> {
    parts: &'p mut Parts,
    /// Why a record is not taken, which the reader of JSON cannot carry.
    refusal: &'p mut Option<Refusal>,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum Member {
    RequestId,
    Records,
    #[serde(other)]
    Other,
}

impl<'de> DeserializeSeed<'de> for DocumentReader<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for DocumentReader<'_> {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with requestId and records")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<String, A::Error> {
        let Self { parts, refusal } = self;
        let mut request_id = None;
        let mut has_records = false;
        while let Some(member) = map.next_key()? {
            match member {
                Member::RequestId if request_id.is_some() => return Err(A::Error::duplicate_field("requestId")),
                Member::RequestId => request_id = Some(map.next_value()?),
                Member::Records if has_records => return Err(A::Error::duplicate_field("records")),
                Member::Records => {
                    has_records = true;
                    map.next_value_seed(Records { parts, refusal })?;
                }
                Member::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if !has_records {
            return Err(A::Error::missing_field("records"));
        }
        request_id.ok_or_else(|| A::Error::missing_field("requestId"))
    }
}

struct Records<'p> {
    parts: &'p mut Parts,
    refusal: &'p mut Option<Refusal>,
}

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow)]
    data: Cow<'a, str>,
}

impl<'de> DeserializeSeed<'de> for Records<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Records<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut records: A) -> Result<(), A::Error> {
        let mut data = Vec::new();
        let mut number = 0;
        while let Some(record) = records.next_element::<Record<'de>>()? {
            number += 1;
            data.clear();
            let decoded = STANDARD.decode_vec(record.data.as_bytes(), &mut data);
            let taken = decoded
                .map_err(|error| format!("its data is not base64: {error}"))
                .and_then(|()| self.parts.push(&data));
            if let Err(why) = taken {
                *self.refusal = Some(Refusal::Record { number, why });
                return Err(A::Error::custom("a record is not taken"));
            }
        }
        Ok(())
    }
}
