//! The records of a delivery, put together to objects that decoders can read.

use std::collections::BTreeMap;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use object_store::PutPayloadMut;

use crate::inbox::Part;
use crate::record::{GZIP_MAGIC, Judged, Shape, judge};

/// Content is gathered in blocks of this size, so that growing copies nothing.
const BLOCK_BYTES: usize = 256 << 10;

/// The most objects of a delivery that hold one record.
const MOST_ALONE: usize = 64;

/// The most text that compressed records of a delivery hold together: about 60 times the most that can come.
const MOST_INFLATED_BYTES: u64 = 4 << 30;

/// Takes a delivery's records one by one.
pub(crate) struct Parts {
    together: BTreeMap<(Shape, bool), PutPayloadMut>,
    alone: Vec<Part>,
    /// Text of the compressed record that was looked at last.
    text: Vec<u8>,
    /// Text of those before it.
    inflated_bytes: u64,
    /// A gzip member that holds a line's end, to stand between two that do not end in one.
    line_end_member: Vec<u8>,
    pub records: u64,
    pub data_bytes: u64,
}

impl Parts {
    pub(crate) fn new() -> Self {
        Self {
            together: BTreeMap::new(),
            alone: Vec::new(),
            text: Vec::new(),
            inflated_bytes: 0,
            line_end_member: gzip(b"\n"),
            records: 0,
            data_bytes: 0,
        }
    }

    /// Takes the next record.
    ///
    /// # Errors
    /// There are too many that cannot stand beside others, or they hold too much; the text says so.
    pub(crate) fn push(&mut self, data: &[u8]) -> Result<(), String> {
        self.records += 1;
        self.data_bytes += data.len() as u64;
        self.inflated_bytes += self.text.len() as u64;
        self.text.clear();
        if self.inflated_bytes > MOST_INFLATED_BYTES {
            return Err(
                "the records before it hold more than 4 GiB of text; lower the buffer size of the stream".into(),
            );
        }
        let is_gzip = data.starts_with(GZIP_MAGIC);
        let (shape, text) = match judge(data, &mut self.text) {
            Judged::Nothing => return Ok(()),
            Judged::Alone => return self.push_alone(data, is_gzip),
            Judged::Beside(shape, text) => (shape, text),
        };
        let content = self.together.entry((shape, is_gzip)).or_insert_with(block);
        content.extend_from_slice(if is_gzip { data } else { &text });
        match (text.ends_with(b"\n"), is_gzip) {
            (true, _) => {}
            (false, true) => content.extend_from_slice(&self.line_end_member),
            (false, false) => content.extend_from_slice(b"\n"),
        }
        Ok(())
    }

    fn push_alone(&mut self, data: &[u8], is_gzip: bool) -> Result<(), String> {
        if self.alone.len() == MOST_ALONE {
            return Err(format!(
                "it is damaged or larger than 16 MiB, as {MOST_ALONE} before it are; look at what writes to the stream"
            ));
        }
        let mut content = block();
        content.extend_from_slice(data);
        self.alone.push(Part {
            name: format!("record-{}{}", self.records, if is_gzip { ".gz" } else { "" }),
            content: content.freeze(),
        });
        Ok(())
    }

    /// The objects, always the same for the same records.
    pub(crate) fn finish(self) -> Vec<Part> {
        let together = self.together.into_iter().map(|((shape, is_gzip), content)| Part {
            name: format!("{}{}", name(shape), if is_gzip { ".gz" } else { "" }),
            content: content.freeze(),
        });
        together.chain(self.alone).collect()
    }
}

/// Frozen: a delivery that is sent again must find its objects.
const fn name(shape: Shape) -> &'static str {
    match shape {
        Shape::CloudWatch => "cloudwatch.json",
        Shape::CloudTrail => "cloudtrail.json",
        Shape::CloudTrailArrays => "cloudtrail-arrays.json",
        Shape::Digests => "cloudtrail-digests.json",
        Shape::FlowLines => "flow.log",
        Shape::HeadedFlowLines => "flow-headed.log",
        Shape::StampedFlowLines => "flow-stamped.log",
        Shape::OtherLines => "other.log",
    }
}

fn block() -> PutPayloadMut {
    PutPayloadMut::new().with_block_size(BLOCK_BYTES)
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory does not fail.
    let _ = encoder.write_all(text);
    encoder.finish().unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
