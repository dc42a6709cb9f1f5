//! Thrift's compact protocol, read only as far as it takes to see how large a description says that things are.
//!
//! <https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>

/// Structs within structs that a description of Parquet may have; its own have six.
const DEPTH_LIMIT: usize = 32;

/// Types as a field's header gives them.
mod kind {
    pub(super) const TRUE: u8 = 1;
    pub(super) const FALSE: u8 = 2;
    pub(super) const BYTE: u8 = 3;
    pub(super) const I16: u8 = 4;
    pub(super) const I64: u8 = 6;
    pub(super) const DOUBLE: u8 = 7;
    pub(super) const BINARY: u8 = 8;
    pub(super) const LIST: u8 = 9;
    pub(super) const SET: u8 = 10;
    pub(super) const MAP: u8 = 11;
    pub(super) const STRUCT: u8 = 12;
    pub(super) const UUID: u8 = 13;
}

/// A struct's bytes end before it does, or are not of the protocol, or promise more elements than there are bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotWhole;

/// Walks the struct that `bytes` begin with, and returns how many bytes it takes. `seen` is told of every whole number
/// in it: by the ids of the fields that lead to it, outermost first, and its value. Numbers in lists are not told of.
///
/// # Errors
/// [`NotWhole`]; then `seen` may have been told of a part.
pub(crate) fn walk(bytes: &[u8], seen: &mut dyn FnMut(&[i64], i64)) -> Result<usize, NotWhole> {
    let mut walk = Walk {
        bytes,
        path: Vec::new(),
        lists: 0,
        seen,
    };
    walk.read_struct()?;
    Ok(bytes.len() - walk.bytes.len())
}

/// A number of seven bits a byte, lowest first; and how many bytes it takes.
pub(crate) fn varint(bytes: &[u8]) -> Result<(u64, usize), NotWhole> {
    let mut number = 0;
    for (place, byte) in bytes.iter().enumerate().take(10) {
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Ok((number, place + 1));
        }
    }
    Err(NotWhole)
}

struct Walk<'b, 's> {
    /// What is left.
    bytes: &'b [u8],
    path: Vec<i64>,
    /// Lists, sets and maps around.
    lists: usize,
    seen: &'s mut dyn FnMut(&[i64], i64),
}

impl Walk<'_, '_> {
    fn read_struct(&mut self) -> Result<(), NotWhole> {
        if self.path.len() + self.lists > DEPTH_LIMIT {
            return Err(NotWhole);
        }
        self.path.push(0);
        let mut id = 0;
        loop {
            let header = self.byte()?;
            if header == 0 {
                break;
            }
            id = match header >> 4 {
                0 => self.zigzag()?,
                delta => id + i64::from(delta),
            };
            if let Some(innermost) = self.path.last_mut() {
                *innermost = id;
            }
            match header & 0x0f {
                // The value stands in the header.
                kind::TRUE | kind::FALSE => {}
                kind => self.value(kind)?,
            }
        }
        self.path.pop();
        Ok(())
    }

    fn value(&mut self, kind: u8) -> Result<(), NotWhole> {
        match kind {
            kind::TRUE | kind::FALSE | kind::BYTE => self.skip(1),
            kind::I16..=kind::I64 => {
                let number = self.zigzag()?;
                if self.lists == 0 {
                    (self.seen)(&self.path, number);
                }
                Ok(())
            }
            kind::DOUBLE => self.skip(8),
            kind::UUID => self.skip(16),
            kind::BINARY => {
                let length = self.varint()?;
                self.skip(length)
            }
            kind::LIST | kind::SET => {
                let header = self.byte()?;
                let count = match header >> 4 {
                    15 => self.varint()?,
                    count => u64::from(count),
                };
                self.elements(count, &[header & 0x0f])
            }
            kind::MAP => match self.varint()? {
                0 => Ok(()),
                count => {
                    let kinds = self.byte()?;
                    self.elements(count, &[kinds >> 4, kinds & 0x0f])
                }
            },
            kind::STRUCT => self.read_struct(),
            _ => Err(NotWhole),
        }
    }

    /// `count` times a value of each of `kinds`. None takes less than a byte.
    fn elements(&mut self, count: u64, kinds: &[u8]) -> Result<(), NotWhole> {
        if count > self.bytes.len() as u64 || self.path.len() + self.lists > DEPTH_LIMIT {
            return Err(NotWhole);
        }
        self.lists += 1;
        for _ in 0..count {
            for &kind in kinds {
                self.value(kind)?;
            }
        }
        self.lists -= 1;
        Ok(())
    }

    fn byte(&mut self) -> Result<u8, NotWhole> {
        let (&first, rest) = self.bytes.split_first().ok_or(NotWhole)?;
        self.bytes = rest;
        Ok(first)
    }

    fn varint(&mut self) -> Result<u64, NotWhole> {
        let (number, length) = varint(self.bytes)?;
        self.bytes = &self.bytes[length..];
        Ok(number)
    }

    fn zigzag(&mut self) -> Result<i64, NotWhole> {
        let number = self.varint()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    fn skip(&mut self, length: u64) -> Result<(), NotWhole> {
        let length = usize::try_from(length).map_err(|_| NotWhole)?;
        self.bytes = self.bytes.get(length..).ok_or(NotWhole)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Numbers = Vec<(Vec<i64>, i64)>;

    fn numbers(bytes: &[u8]) -> Result<(usize, Numbers), NotWhole> {
        let mut found = Vec::new();
        let length = walk(bytes, &mut |path, number| found.push((path.to_vec(), number)))?;
        Ok((length, found))
    }

    #[test]
    fn numbers_are_told_by_their_path() {
        // 1: 3; 2: true; 5: {1: -1, 20: 150}; 6: [1, 2]; 7: "ab"; end; then what does not belong to it.
        let bytes = [
            0x15, 6, 0x11, 0x3c, 0x15, 1, 0x05, 40, 0xac, 2, 0, 0x19, 0x25, 2, 4, 0x18, 2, b'a', b'b', 0, 99,
        ];
        let expected = vec![(vec![1], 3), (vec![5, 1], -1), (vec![5, 20], 150)];
        assert_eq!(numbers(&bytes), Ok((bytes.len() - 1, expected)));
    }

    #[test]
    fn what_is_cut_off_or_promises_too_much_is_told() {
        let list_of_two_billion_structs = [0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 7, 0, 0];
        assert_eq!(numbers(&list_of_two_billion_structs), Err(NotWhole));
        assert_eq!(numbers(&[0x15]), Err(NotWhole));
        assert_eq!(numbers(&[0x18, 3, b'a', 0]), Err(NotWhole));
        assert_eq!(numbers(&[0x1f, 0, 0]), Err(NotWhole), "no such type");
        assert_eq!(
            numbers(&vec![0x1c; 100_000]),
            Err(NotWhole),
            "a struct in a struct without end"
        );
        assert_eq!(
            numbers(&vec![0x19; 100_000]),
            Err(NotWhole),
            "a list in a list without end"
        );
    }
}
