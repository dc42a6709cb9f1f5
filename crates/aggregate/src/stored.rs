//! Answers as bytes, for a disk.
//!
//! ```text
//!   head      what these bytes are, and of which program
//!   checksum  XXH3 of all that follows
//!   asked     what the answer is kept under
//!   files     its row groups: path, size, time, number
//!   keys      for each key its values, shard by shard
//!   hashes    where there are sketches, what tells whether hashes are those of today
//!   groups    part by part, records as they are in memory
//!   sketches  for each aggregate that has them the same of their words
//! ```
//!
//! Numbers take eight bytes, the lowest first; what has a length has it before. Bytes that are not exactly that, of this
//! very version, are no answer: it is worked out again.

use std::collections::HashSet;
use std::sync::Arc;

use object_store::path::Path;
use twox_hash::XxHash3_64;

use crate::answer::{Collected, Lasting};
use crate::cache::RowGroup;
use crate::kept::Known;
use crate::question::Question;

/// The number in it is raised when the layout, or what any state means, is changed.
const HEAD: &str = concat!("flowtrail answer 1 ", env!("CARGO_PKG_VERSION"), "\n");

/// An answer's bytes, of the records that lasted when `lasting` was taken. Values may have been numbered since then,
/// which harms nothing.
pub fn encode(asked: &str, of: &HashSet<RowGroup>, collected: &Collected, lasting: &Lasting) -> Vec<u8> {
    let mut body = Writer::default();
    body.bytes(asked.as_bytes());
    body.word(of.len() as u64);
    for row_group in of {
        row_group.write(&mut body);
    }
    collected.write(lasting, &mut body);
    let mut bytes = HEAD.as_bytes().to_vec();
    bytes.extend_from_slice(&XxHash3_64::oneshot(&body.0).to_le_bytes());
    bytes.extend_from_slice(&body.0);
    bytes
}

/// What [`encode`] made of an answer to `asked`, which is what `question` asks; `None` for any other bytes.
pub fn decode(bytes: &[u8], asked: &str, question: &Question) -> Option<Known> {
    let (checksum, body) = bytes.strip_prefix(HEAD.as_bytes())?.split_first_chunk()?;
    if XxHash3_64::oneshot(body) != u64::from_le_bytes(*checksum) {
        return None;
    }
    let mut body = Reader(body);
    if body.bytes()? != asked.as_bytes() {
        return None;
    }
    let of = (0..body.word()?)
        .map(|_| RowGroup::read(&mut body))
        .collect::<Option<HashSet<_>>>()?;
    let collected = Collected::read(question, &mut body)?;
    body.0.is_empty().then(|| Known {
        on_shelf: of.len(),
        of,
        collected: Arc::new(collected),
    })
}

/// The name under which the answer to `asked` is filed. Two may share it: the bytes say what they are of.
pub fn file_name(asked: &str) -> String {
    format!("{:016x}.answer", XxHash3_64::oneshot(asked.as_bytes()))
}

/// Bytes on their way out.
#[derive(Debug, Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// Writes a number.
    pub fn word(&mut self, word: u64) {
        self.0.extend_from_slice(&word.to_le_bytes());
    }

    /// Writes bytes and how many they are.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.word(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    /// Writes numbers and how many they are.
    pub fn numbers(&mut self, numbers: &[i64]) {
        self.word(numbers.len() as u64);
        self.0.reserve(size_of_val(numbers));
        for number in numbers {
            self.0.extend_from_slice(&number.to_le_bytes());
        }
    }
}

/// Bytes that are left to read; `None` from there on where they are too few.
#[derive(Debug)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Reads a number.
    pub fn word(&mut self) -> Option<u64> {
        let (word, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_le_bytes(*word))
    }

    /// Reads bytes.
    pub fn bytes(&mut self) -> Option<&'a [u8]> {
        let count = usize::try_from(self.word()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    /// Reads numbers.
    pub fn numbers(&mut self) -> Option<Vec<i64>> {
        let count = usize::try_from(self.word()?).ok()?;
        let (numbers, rest) = self.0.split_at_checked(count.checked_mul(size_of::<i64>())?)?;
        self.0 = rest;
        Some(
            numbers
                .as_chunks()
                .0
                .iter()
                .map(|number| i64::from_le_bytes(*number))
                .collect(),
        )
    }
}

impl RowGroup {
    fn write(&self, out: &mut Writer) {
        out.bytes(self.file.as_ref().as_bytes());
        out.word(self.version.0);
        out.word(self.version.1 as u64);
        out.word(self.number as u64);
    }

    fn read(bytes: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            file: Path::parse(str::from_utf8(bytes.bytes()?).ok()?).ok()?,
            version: (bytes.word()?, bytes.word()? as i64),
            number: usize::try_from(bytes.word()?).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use arrow::datatypes::{DataType, Field, Schema};
    use datafusion::execution::memory_pool::{MemoryConsumer, MemoryPool, UnboundedMemoryPool};
    use datafusion::physical_expr::PhysicalExpr;
    use datafusion::physical_expr::expressions::Column;

    use super::*;
    use crate::expression::Expression;
    use crate::partial::{Partial, Registers};
    use crate::question::{Aggregate, Function};
    use crate::sketch::{REGISTERS, WORDS};
    use crate::table::Term;

    /// How many distinct values of the only column there are, about.
    fn question() -> Question {
        let columns = Arc::new(Schema::new(vec![Field::new("value", DataType::Int64, true)]));
        let value: Arc<dyn PhysicalExpr> = Arc::new(Column::new("value", 0));
        Question {
            positions: vec![0],
            filters: Vec::new(),
            keys: Vec::new(),
            aggregates: vec![Aggregate {
                function: Function::ApproximateDistinct,
                argument: Some(Expression::new(&value, &columns).unwrap()),
                data_type: DataType::UInt64,
            }],
            columns,
        }
    }

    /// An answer with one word of registers, as bytes.
    fn written(question: &Question, place: usize, word: [u8; 8]) -> Vec<u8> {
        let collected = Collected::new(question);
        let partial = Partial {
            keys: Vec::new(),
            groups: 1,
            states: vec![1],
            sketches: vec![Registers {
                groups: vec![0],
                places: vec![place as u32],
                words: vec![i64::from_le_bytes(word)],
            }],
        };
        collected.add(&partial, Term::Lasting, 1).unwrap().unwrap();
        let pool: Arc<dyn MemoryPool> = Arc::new(UnboundedMemoryPool::default());
        collected
            .finish(true, MemoryConsumer::new("test").register(&pool))
            .unwrap();
        let mut out = Writer::default();
        collected.write(&collected.lasting(), &mut out);
        out.0
    }

    #[test]
    fn registers_that_no_hash_of_today_could_fill_are_none() {
        let question = question();
        let read = |bytes: &[u8]| Collected::read(&question, &mut Reader(bytes));
        let sound = written(&question, WORDS - 1, [51; 8]);
        assert_eq!(read(&sound).unwrap().lasting().len(), 2 * 256);
        assert!(read(&written(&question, WORDS, [51; 8])).is_none(), "of {REGISTERS}");
        assert!(read(&written(&question, 0, [0, 0, 52, 0, 0, 0, 0, 0])).is_none());
        let mut of_other_hashes = sound;
        of_other_hashes[0] ^= 1;
        assert!(read(&of_other_hashes).is_none());
    }
}
