//! One column of one row group, read as the codes and numbers it is stored as.

mod decoded;
mod delta;
mod dictionary;
mod hybrid;
mod object;
mod page;
mod unpack;
mod validity;
mod varint;

pub use decoded::{Decoded, Rows};
pub use object::ChunkBytes;
pub use validity::Validity;
