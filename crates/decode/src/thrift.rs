//! Thrift's compact protocol, read only as far as it takes to see how large a description says that things are.
//!
//! <https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>

/// Structs within structs that a description of Parquet may have; its own have six.
const DEPTH_LIMIT: usize = 32;

/// Types as a field's header gives them.
mod kind {
    pub(super) const STOP: u8 = 0;
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

/// What stands in a place.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    Truth,
    Byte,
    /// A whole number of 16, 32 or 64 bits: they are written alike.
    Integer,
    Double,
    Binary,
    List(&'static Shape),
    /// Fields by their ids. One whose id is not among them may be of any shape.
    Struct(&'static [(i64, Shape)]),
}

/// The struct's bytes end before it does, or are not of the protocol or its shape, or promise more elements than there
/// are bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotWhole;

/// Walks the struct of `fields` that `bytes` begin with, and returns how many bytes it takes. `seen` is told of every
/// whole number in it: by the ids of the fields that lead to it, outermost first, and its value. Numbers in lists are
/// not told of.
///
/// A reader that takes a field for what it should be, whatever its header says, reads the same bytes as the same things:
/// shapes are checked. Nor does it loop for long: lists of truth values, which some readers take for no bytes at all,
/// are refused.
///
/// # Errors
/// [`NotWhole`]; then `seen` may have been told of a part.
pub(crate) fn walk(
    bytes: &[u8],
    fields: &'static [(i64, Shape)],
    seen: &mut dyn FnMut(&[i64], i64),
) -> Result<usize, NotWhole> {
    let mut walk = Walk {
        bytes,
        path: Vec::new(),
        lists: 0,
        seen,
    };
    walk.read_struct(fields)?;
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
    fn read_struct(&mut self, fields: &[(i64, Shape)]) -> Result<(), NotWhole> {
        self.check_depth()?;
        self.path.push(0);
        let mut id = 0;
        loop {
            let header = self.byte()?;
            let kind = header & 0x0f;
            if kind == kind::STOP {
                break;
            }
            id = match header >> 4 {
                0 => self.zigzag()?,
                delta => id + i64::from(delta),
            };
            if i16::try_from(id).is_err() {
                return Err(NotWhole);
            }
            if let Some(innermost) = self.path.last_mut() {
                *innermost = id;
            }
            let shape = fields.iter().find(|(known, _)| *known == id).map(|(_, shape)| *shape);
            match (kind, shape) {
                // The value stands in the header.
                (kind::TRUE | kind::FALSE, None | Some(Shape::Truth)) => {}
                (kind::TRUE | kind::FALSE, Some(_)) | (_, Some(Shape::Truth)) => return Err(NotWhole),
                (kind, shape) => self.value(kind, shape)?,
            }
        }
        self.path.pop();
        Ok(())
    }

    /// A value of a kind, which must be of `shape` where it has one to be of.
    fn value(&mut self, kind: u8, shape: Option<Shape>) -> Result<(), NotWhole> {
        match (kind, shape) {
            (kind::BYTE, None | Some(Shape::Byte)) => self.skip(1),
            (kind::I16..=kind::I64, None | Some(Shape::Integer)) => {
                let number = self.zigzag()?;
                if self.lists == 0 {
                    (self.seen)(&self.path, number);
                }
                Ok(())
            }
            (kind::DOUBLE, None | Some(Shape::Double)) => self.skip(8),
            (kind::UUID, None) => self.skip(16),
            (kind::BINARY, None | Some(Shape::Binary)) => {
                let length = self.varint()?;
                self.skip(length)
            }
            (kind::LIST, Some(Shape::List(element))) => self.list(Some(*element)),
            (kind::LIST | kind::SET, None) => self.list(None),
            (kind::MAP, None) => match self.varint()? {
                0 => Ok(()),
                count => {
                    let kinds = self.byte()?;
                    self.elements(count, &[kinds >> 4, kinds & 0x0f], None)
                }
            },
            (kind::STRUCT, None) => self.read_struct(&[]),
            (kind::STRUCT, Some(Shape::Struct(fields))) => self.read_struct(fields),
            _ => Err(NotWhole),
        }
    }

    fn list(&mut self, element: Option<Shape>) -> Result<(), NotWhole> {
        let header = self.byte()?;
        let count = match header >> 4 {
            15 => self.varint()?,
            count => u64::from(count),
        };
        self.elements(count, &[header & 0x0f], element)
    }

    /// `count` times a value of each of `kinds`. None takes less than a byte.
    fn elements(&mut self, count: u64, kinds: &[u8], shape: Option<Shape>) -> Result<(), NotWhole> {
        if count > self.bytes.len() as u64 {
            return Err(NotWhole);
        }
        self.check_depth()?;
        self.lists += 1;
        for _ in 0..count {
            for &kind in kinds {
                self.value(kind, shape)?;
            }
        }
        self.lists -= 1;
        Ok(())
    }

    fn check_depth(&self) -> Result<(), NotWhole> {
        let is_deep = self.path.len() + self.lists > DEPTH_LIMIT;
        if is_deep { Err(NotWhole) } else { Ok(()) }
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

    fn numbers(bytes: &[u8], fields: &'static [(i64, Shape)]) -> Result<(usize, Numbers), NotWhole> {
        let mut found = Vec::new();
        let length = walk(bytes, fields, &mut |path, number| found.push((path.to_vec(), number)))?;
        Ok((length, found))
    }

    #[test]
    fn numbers_are_told_by_their_path() {
        const FIELDS: &[(i64, Shape)] = &[
            (1, Shape::Integer),
            (2, Shape::Truth),
            (5, Shape::Struct(&[(1, Shape::Integer)])),
            (6, Shape::List(&Shape::Integer)),
            (7, Shape::Binary),
        ];

        // 1: 3; 2: true; 5: {1: -1, 20: 150}; 6: [1, 2]; 7: "ab"; end; then what does not belong to it.
        let bytes = [
            0x15, 6, 0x11, 0x3c, 0x15, 1, 0x05, 40, 0xac, 2, 0, 0x19, 0x25, 2, 4, 0x18, 2, b'a', b'b', 0, 99,
        ];
        let expected = vec![(vec![1], 3), (vec![5, 1], -1), (vec![5, 20], 150)];
        assert_eq!(numbers(&bytes, &[]), Ok((bytes.len() - 1, expected.clone())));
        assert_eq!(numbers(&bytes, FIELDS), Ok((bytes.len() - 1, expected)));
    }

    #[test]
    fn what_is_cut_off_or_promises_too_much_is_told() {
        let list_of_two_billion_structs = [0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 7, 0, 0];
        assert_eq!(numbers(&list_of_two_billion_structs, &[]), Err(NotWhole));
        assert_eq!(numbers(&[0x15], &[]), Err(NotWhole));
        assert_eq!(numbers(&[0x18, 3, b'a', 0], &[]), Err(NotWhole));
        assert_eq!(numbers(&[0x1f, 0, 0], &[]), Err(NotWhole), "no such type");
        assert_eq!(
            numbers(&[0x19, 0x21, 1, 1, 0], &[]),
            Err(NotWhole),
            "a list of truth values"
        );
        for deeper in [0x1c, 0x19] {
            assert_eq!(numbers(&vec![deeper; 100_000], &[]), Err(NotWhole));
        }
    }

    #[test]
    fn what_is_of_another_shape_is_told() {
        const FIELDS: &[(i64, Shape)] = &[(1, Shape::Integer), (2, Shape::List(&Shape::Binary)), (3, Shape::Truth)];
        assert!(numbers(&[0x16, 2, 0x19, 0x18, 1, b'a', 0x12, 0], FIELDS).is_ok());
        assert!(numbers(&[0x29, 0x00, 0], FIELDS).is_ok(), "an empty list is of nothing");
        for bytes in [
            &[0x18, 0, 0][..],
            &[0x11, 0],
            &[0x29, 0x15, 2, 0],
            &[0x28, 0, 0],
            &[0x35, 2, 0],
            &[0x2a, 0, 0],
        ] {
            assert_eq!(numbers(bytes, FIELDS), Err(NotWhole), "{bytes:x?}");
        }
    }
}
