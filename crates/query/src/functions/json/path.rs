//! Paths into JSON: `$.a.b[0]`, `$["a b"]`, and Snowflake's `a.b[0]`.

use super::value::Value;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Member(String),
    Element(usize),
}

/// The way from a value to one inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path(Vec<Step>);

impl Path {
    /// Reads a path; the error says where it makes no sense.
    pub fn parse(text: &str) -> Result<Self, String> {
        let unknown = |rest: &str| {
            let at = text[..text.len() - rest.len()].chars().count() + 1;
            format!(
                "the path `{text}` makes no sense at character {at}; one is written `$.userIdentity.type` or `$.items[0]`"
            )
        };
        let mut steps = Vec::new();
        let mut rest = text.trim();
        rest = match rest.strip_prefix('$') {
            Some(rest) => rest,
            // Snowflake's paths begin with the first name.
            None if !rest.starts_with(['[', '.']) && !rest.is_empty() => {
                let (step, behind) = name(rest).ok_or_else(|| unknown(rest))?;
                steps.push(step);
                behind
            }
            None => rest,
        };
        while !rest.is_empty() {
            let step = match rest.strip_prefix('.') {
                Some(behind) => name(behind),
                None => rest.strip_prefix('[').and_then(bracketed),
            };
            let (step, behind) = step.ok_or_else(|| unknown(rest))?;
            steps.push(step);
            rest = behind;
        }
        Ok(Self(steps))
    }

    /// Where the path leads from `value`; a name that is not there in its own letters is found in others: the engine's own
    /// records have small ones only.
    pub fn follow_in_any_case<'a>(&self, value: Value<'a>) -> Option<Value<'a>> {
        self.0.iter().try_fold(value, |value, step| match step {
            Step::Member(key) => value.member(key).or_else(|| value.member_in_any_case(key)),
            Step::Element(at) => value.elements()?.nth(*at),
        })
    }

    /// Where the path leads from `value`.
    pub fn follow<'a>(&self, value: Value<'a>) -> Option<Value<'a>> {
        self.0.iter().try_fold(value, |value, step| match step {
            Step::Member(key) => value.member(key),
            Step::Element(at) => value.elements()?.nth(*at),
        })
    }
}

/// A name up to the next dot or bracket, or in double quotes.
fn name(text: &str) -> Option<(Step, &str)> {
    if let Some(quoted) = text.strip_prefix('"') {
        let (name, behind) = quoted.split_once('"')?;
        return Some((Step::Member(name.to_owned()), behind));
    }
    let end = text.find(['.', '[', ']', '*', '"']).unwrap_or(text.len());
    (end > 0).then(|| (Step::Member(text[..end].to_owned()), &text[end..]))
}

/// `0]`, `"a b"]` or `'a b']`.
fn bracketed(text: &str) -> Option<(Step, &str)> {
    for quote in ['"', '\''] {
        if let Some(quoted) = text.strip_prefix(quote) {
            let (name, behind) = quoted.split_once(quote)?;
            return Some((Step::Member(name.to_owned()), behind.strip_prefix(']')?));
        }
    }
    let (position, behind) = text.split_once(']')?;
    Some((Step::Element(position.parse().ok()?), behind))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn paths_lead_to_values() {
        let value = Value::of(r#"{"a":{"b c":[10,{"d":"x"}]},"e.f":1}"#).unwrap();
        for (path, expected) in [
            ("$", Some(value.text())),
            ("$.a[\"b c\"][0]", Some("10")),
            ("$['a'].\"b c\"[1].d", Some("\"x\"")),
            ("a[\"b c\"][1]", Some(r#"{"d":"x"}"#)),
            ("$[\"e.f\"]", Some("1")),
            ("$.a.b", None),
            ("$.a[0]", None),
            ("$.a[\"b c\"][9]", None),
        ] {
            assert_eq!(
                Path::parse(path).unwrap().follow(value).map(Value::text),
                expected,
                "{path}"
            );
        }
        for (path, at) in [("$.", 2), ("$.a[x]", 4), ("$.a.*", 4), ("$..a", 2)] {
            let error = Path::parse(path).unwrap_err();
            assert!(error.contains(&format!("at character {at};")), "{path}: {error}");
        }
    }
}
