//! What the beginning of a text tells, for whoever does not load it but describes it.

use arrow::datatypes::Field;

use crate::flow_layout::{FlowLayout, default_format_kind, is_timestamp, known_tokens, tokens};
use crate::sniff::{Content, sniff, without_mark};
use crate::{Hint, LogKind};

/// A log that Flowtrail knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Looked {
    /// Records of a flow log, a line each.
    FlowText(FlowTextFields),
    /// Documents of a CloudWatch Logs subscription.
    Envelope,
    /// CloudTrail's events, in whatever form.
    CloudTrail,
    /// A CloudTrail digest: signatures, no events.
    Digest,
}

/// The fields of flow log text, in the order they stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowTextFields {
    /// The kind of flow log.
    pub kind: LogKind,
    /// Names and types of the columns.
    pub fields: Vec<Field>,
    /// Whether the first line names them.
    pub has_header: bool,
}

/// Tells by the beginning of a text which log it is; `None` where it is none, or where its records have something
/// before their fields.
///
/// ```
/// use flowtrail_decode::{Looked, look};
///
/// let Some(Looked::FlowText(flow)) = look(b"version srcaddr next-hop\n2 10.0.0.1 x\n") else {
///     unreachable!("it has a header of flow logs");
/// };
/// let names: Vec<_> = flow.fields.iter().map(|field| field.name().as_str()).collect();
/// assert_eq!(names, ["version", "srcaddr", "next_hop"]);
/// assert_eq!(look(b"a,b\n1,2\n"), None);
/// ```
pub fn look(begin: &[u8]) -> Option<Looked> {
    match sniff(begin, &Hint::default()).ok()? {
        Content::FlowText => flow_text(begin).map(Looked::FlowText),
        Content::Envelope => Some(Looked::Envelope),
        Content::CloudTrail => Some(Looked::CloudTrail),
        Content::Digest => Some(Looked::Digest),
    }
}

fn flow_text(begin: &[u8]) -> Option<FlowTextFields> {
    let mut lines = without_mark(begin).split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
    let first = std::str::from_utf8(lines.find(|line| !line.is_empty())?).ok()?;
    let layout = if known_tokens(first) >= 2 {
        FlowLayout::from_header(first, 1, None).ok()??
    } else if default_format_kind(first).is_some() && !tokens(first).next().is_some_and(is_timestamp) {
        FlowLayout::without_header(first, &Hint::default()).ok()?
    } else {
        return None;
    };
    let field = |field: &crate::flow_layout::LayoutField| Field::new(&field.name, field.field_type.data_type(), true);
    Some(FlowTextFields {
        kind: layout.kind,
        fields: layout.fields.iter().map(field).collect(),
        has_header: !layout.headerless,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(text: &str) -> Option<(Vec<String>, bool)> {
        match look(text.as_bytes())? {
            Looked::FlowText(flow) => {
                let names = flow.fields.iter().map(|field| field.name().clone()).collect();
                Some((names, flow.has_header))
            }
            _ => None,
        }
    }

    #[test]
    fn fields_stand_as_in_the_text() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            flow("\u{feff}dstaddr ${srcaddr} version\n"),
            Some((names(&["dstaddr", "srcaddr", "version"]), true))
        );
        let (found, has_header) = flow("2 1 eni-1 - - - - - - - 1 2 - NODATA\n").unwrap_or_default();
        assert_eq!((found.len(), has_header), (14, false));
        assert_eq!(found.last().map(String::as_str), Some("log_status"));
        // A time before the record is a field that no header names.
        assert_eq!(
            flow("2026-11-01T12:00:00.000Z 2 1 eni-1 - - - - - - - 1 2 - NODATA\n"),
            None
        );
        assert_eq!(flow("hello world\n"), None);
    }

    #[test]
    fn documents_are_told() {
        assert_eq!(look(b"{\"messageType\":\"DATA_MESSAGE\"}"), Some(Looked::Envelope));
        assert_eq!(look(b"{\"Records\":[]}"), Some(Looked::CloudTrail));
        assert_eq!(
            look(b"{\"awsAccountId\":\"1\",\"digestStartTime\":\"x\"}"),
            Some(Looked::Digest)
        );
    }
}
