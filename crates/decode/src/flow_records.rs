//! Flow log records as they come, line by line, with headers among them.

use crate::flow_layout::{FlowLayout, known_tokens};
use crate::flow_rows::FlowRows;
use crate::{DecodeError, Decoded, Hint, Reject};

/// Takes lines of a flow log, finds out their layout, and gathers their records.
pub(crate) struct FlowRecords {
    hint: Hint,
    /// `None` until the first line.
    rows: Option<FlowRows>,
}

impl FlowRecords {
    pub(crate) fn new(hint: &Hint) -> Self {
        Self {
            hint: hint.clone(),
            rows: None,
        }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.rows.as_ref().is_some_and(FlowRows::is_full)
    }

    /// Takes the records at the start of `block`, whole lines, that are plainly of the layout at hand; gives how many
    /// bytes and lines that were. The rest is for [`Self::push`].
    pub(crate) fn push_block(&mut self, block: &[u8]) -> (usize, u64) {
        match self.rows.as_mut().filter(|rows| rows.layout().has_number()) {
            Some(rows) => rows.push_block(block),
            None => (0, 0),
        }
    }

    /// Takes a line. Where it changes the layout, what was gathered under the one before is handed out.
    pub(crate) fn push(&mut self, number: u64, line: &[u8]) -> Result<Option<Decoded>, DecodeError> {
        match std::str::from_utf8(line) {
            Ok(text) => self.push_text(number, text),
            Err(error) => {
                let reason = format!("not UTF-8 at byte {}", error.valid_up_to() + 1);
                self.push_reject(Reject::new(number, reason, line))?;
                Ok(None)
            }
        }
    }

    fn push_text(&mut self, number: u64, line: &str) -> Result<Option<Decoded>, DecodeError> {
        // A header among records fails as one, for it has a name where a number belongs: so only lines that fail are
        // looked at closely, as are all where no field is a number.
        let mut failed = None;
        if let Some(rows) = self.rows.as_mut().filter(|rows| rows.layout().has_number()) {
            match rows.push_line(line) {
                Ok(()) => return Ok(None),
                Err(reason) => failed = Some(reason),
            }
        }
        if let Some(layout) = self.header(number, line)? {
            let before = self.change_layout(layout)?;
            self.rows()?.push_header();
            return Ok(before);
        }
        let assumed = match &self.rows {
            None => Some(FlowLayout::without_header(line, &self.hint)?),
            Some(rows) => rows.layout().other_default(line, &self.hint),
        };
        let mut before = None;
        if let Some(layout) = assumed {
            before = self.change_layout(layout)?;
            failed = None;
        }
        let rows = self.rows()?;
        let reason = match failed {
            Some(reason) => Err(reason),
            None => rows.push_line(line),
        };
        if let Err(reason) = reason {
            rows.push_reject(Reject::new(number, reason, line.as_bytes()));
        }
        Ok(before)
    }

    /// The layout of a header line. Among records of several fields one name is too little: it may be what is left of a
    /// record, and taking it for a header would spoil all that follow.
    fn header(&self, number: u64, line: &str) -> Result<Option<FlowLayout>, DecodeError> {
        let one_is_enough = self.rows.as_ref().is_none_or(|rows| rows.layout().fields.len() == 1);
        if !one_is_enough && known_tokens(line) < 2 {
            return Ok(None);
        }
        FlowLayout::from_header(line, number, self.hint.kind)
    }

    /// Takes a record whose values are named, in any spelling of the names.
    pub(crate) fn push_named(
        &mut self,
        number: u64,
        values: &[(impl AsRef<str>, impl AsRef<str>)],
        record: &[u8],
    ) -> Result<Option<Decoded>, DecodeError> {
        let names = values.iter().map(|(name, _)| name.as_ref());
        let mut before = None;
        if !self
            .rows
            .as_ref()
            .is_some_and(|rows| rows.layout().is_named(names.clone()))
        {
            match FlowLayout::from_tokens(names, self.hint.kind) {
                Ok(layout) => before = self.change_layout(layout)?,
                Err(name) => {
                    let reason = format!("field `{name}` is there twice");
                    self.push_reject(Reject::new(number, reason, record))?;
                    return Ok(None);
                }
            }
        }
        let rows = self.rows()?;
        if let Err(reason) = rows.push_values(values.len(), |place| values[place].1.as_ref()) {
            rows.push_reject(Reject::new(number, reason, record));
        }
        Ok(before)
    }

    pub(crate) fn push_reject(&mut self, reject: Reject) -> Result<(), DecodeError> {
        self.rows()?.push_reject(reject);
        Ok(())
    }

    /// Hands out what was gathered, if anything.
    pub(crate) fn finish(&mut self) -> Result<Option<Decoded>, DecodeError> {
        self.rows
            .as_mut()
            .filter(|rows| !rows.is_empty())
            .map(FlowRows::finish)
            .transpose()
    }

    /// The rows, with a layout assumed where none is known yet.
    fn rows(&mut self) -> Result<&mut FlowRows, DecodeError> {
        let rows = match self.rows.take() {
            Some(rows) => rows,
            None => FlowRows::new(FlowLayout::without_header("", &self.hint)?),
        };
        Ok(self.rows.insert(rows))
    }

    fn change_layout(&mut self, layout: FlowLayout) -> Result<Option<Decoded>, DecodeError> {
        if self.rows.as_ref().is_some_and(|rows| *rows.layout() == layout) {
            return Ok(None);
        }
        let before = self.finish()?;
        self.rows = Some(FlowRows::new(layout));
        Ok(before)
    }
}
