//! Options as Snowflake writes them: `NAME = value`, `NAME = ('a', 'b')`, `NAME = (INNER = value …)`.

use flowtrail_catalog::Properties;
use flowtrail_query::QueryError;

use crate::cursor::{Cursor, Read};

/// Options of one statement, each of which must be asked for.
#[derive(Debug, Default)]
pub struct Settings(Vec<Setting>);

#[derive(Debug)]
struct Setting {
    /// In small letters.
    name: String,
    value: Value,
    /// What to say when nobody asks for it.
    unknown: QueryError,
}

#[derive(Debug)]
enum Value {
    One(String),
    Many(Vec<String>),
    Inner(Settings),
}

impl Settings {
    /// Reads options, as long as there are some.
    pub fn read(cursor: &mut Cursor<'_>) -> Read<Self> {
        let mut settings = Vec::new();
        loop {
            let mut ahead = cursor.clone();
            let Ok(name) = ahead.name() else { break };
            if !ahead.takes_symbol('=') {
                break;
            }
            let unknown = cursor.error(&format!("the option {} is not known here", name.to_uppercase()));
            let value = Value::read(&mut ahead)?;
            settings.push(Setting { name, value, unknown });
            *cursor = ahead;
            cursor.takes_symbol(',');
        }
        Ok(Self(settings))
    }

    fn take(&mut self, name: &str) -> Option<Setting> {
        let at = self.0.iter().position(|setting| setting.name == name)?;
        Some(self.0.remove(at))
    }

    /// The one value of an option.
    pub fn text(&mut self, name: &str) -> Option<String> {
        match self.take(name)?.value {
            Value::One(value) => Some(value),
            Value::Many(values) => values.into_iter().next(),
            Value::Inner(_) => None,
        }
    }

    /// An option of TRUE or FALSE.
    pub fn flag(&mut self, name: &str) -> Read<Option<bool>> {
        let Some(setting) = self.take(name) else {
            return Ok(None);
        };
        match &setting.value {
            Value::One(value) if value.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Value::One(value) if value.eq_ignore_ascii_case("false") => Ok(Some(false)),
            _ => Err(setting.wrong("TRUE or FALSE")),
        }
    }

    /// An option that is a whole number.
    pub fn number(&mut self, name: &str) -> Read<Option<u64>> {
        let Some(setting) = self.take(name) else {
            return Ok(None);
        };
        match &setting.value {
            Value::One(value) if value.eq_ignore_ascii_case("null") => Ok(None),
            Value::One(value) => value.parse().map(Some).map_err(|_| setting.wrong("a whole number")),
            _ => Err(setting.wrong("a whole number")),
        }
    }

    /// The values of an option that takes several.
    pub fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        match self.take(name)?.value {
            Value::One(value) => Some(vec![value]),
            Value::Many(values) => Some(values),
            Value::Inner(_) => None,
        }
    }

    /// The options inside of an option.
    pub fn inner(&mut self, name: &str) -> Read<Option<Settings>> {
        match self.take(name) {
            None => Ok(None),
            Some(Setting {
                value: Value::Inner(inner),
                ..
            }) => Ok(Some(inner)),
            Some(setting) => Err(setting.wrong("options in brackets")),
        }
    }

    /// Options that are kept and need not be understood.
    pub fn keep(&mut self, names: &[&str]) -> Properties {
        let kept = names.iter().filter_map(|name| Some((*name, self.text(name)?)));
        kept.collect()
    }

    /// All of them, as they were written.
    pub fn into_properties(self) -> Properties {
        let text = |value: Value| match value {
            Value::One(value) => Some(value),
            Value::Many(values) => Some(values.join(",")),
            Value::Inner(_) => None,
        };
        self.0
            .into_iter()
            .filter_map(|setting| Some((setting.name, text(setting.value)?)))
            .collect()
    }

    /// That nothing is left which nobody asked for.
    pub fn end(self) -> Read<()> {
        self.0.into_iter().next().map_or(Ok(()), |setting| Err(setting.unknown))
    }
}

impl Setting {
    fn wrong(self, expected: &str) -> QueryError {
        match self.unknown {
            QueryError::Syntax { place, .. } => QueryError::Syntax {
                message: format!("{} is {expected}", self.name.to_uppercase()),
                place,
            },
            other => other,
        }
    }
}

impl Value {
    fn read(cursor: &mut Cursor<'_>) -> Read<Self> {
        if !cursor.takes_symbol('(') {
            return cursor.value().map(Self::One);
        }
        let inner = Settings::read(cursor)?;
        if !inner.0.is_empty() {
            cursor.expect_symbol(')')?;
            return Ok(Self::Inner(inner));
        }
        let mut values = Vec::new();
        while !cursor.takes_symbol(')') {
            values.push(cursor.value()?);
            if !cursor.takes_symbol(',') && !cursor.is_symbol(')') {
                return Err(cursor.expected("`,` or `)`"));
            }
        }
        Ok(Self::Many(values))
    }
}
