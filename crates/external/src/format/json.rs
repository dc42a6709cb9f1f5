//! JSON, an object a row: Hive's own `JsonSerDe`, `OpenX`'s, and CloudTrail's records.

use std::collections::HashMap;
use std::sync::Arc;

use flowtrail_catalog::ExternalTable;
use flowtrail_decode::json::{Document, NodeKind, Tape};

use super::{RowReader, WantedColumn, flag, names};
use crate::error::{ExternalError, wrong_property};
use crate::value::{FieldKeys, KeyRules};

/// How keys become columns, and what is done with a line that is no object.
#[derive(Clone, Debug)]
pub(crate) struct JsonFormat {
    /// The names of the columns.
    names: Arc<[String]>,
    rules: KeyRules,
    /// A malformed line is a row of NULLs.
    ignores_malformed: bool,
}

impl JsonFormat {
    pub(super) fn of(definition: &ExternalTable) -> Result<Self, ExternalError> {
        let mut mappings = HashMap::new();
        for (name, key) in definition.serde_properties.iter() {
            let Some(column) = name.get(..8).filter(|start| start.eq_ignore_ascii_case("mapping.")) else {
                continue;
            };
            let column = name[column.len()..].to_lowercase();
            if key.is_empty() {
                return Err(wrong_property(
                    name,
                    key,
                    "expected the key of JSON objects that the column has",
                ));
            }
            mappings.insert(column, key.to_owned());
        }
        Ok(Self {
            names: names(&definition.columns).into(),
            rules: KeyRules {
                is_exact: !flag(definition, "case.insensitive")?.unwrap_or(true),
                has_dots: flag(definition, "dots.in.keys")?.unwrap_or(false),
                mappings: Arc::new(mappings),
            },
            ignores_malformed: flag(definition, "ignore.malformed.json")?.unwrap_or(false),
        })
    }

    pub(super) fn of_cloudtrail(definition: &ExternalTable) -> Self {
        Self {
            names: names(&definition.columns).into(),
            rules: KeyRules::default(),
            ignores_malformed: false,
        }
    }

    pub(super) fn key_rules(&self) -> &KeyRules {
        &self.rules
    }

    pub(super) fn reader(&self) -> Box<dyn RowReader> {
        Box::new(JsonReader {
            format: self.clone(),
            keys: None,
            tape: Tape::default(),
            scratch: String::new(),
        })
    }
}

struct JsonReader {
    format: JsonFormat,
    /// The keys of the columns that are wanted.
    keys: Option<FieldKeys>,
    tape: Tape,
    scratch: String,
}

impl JsonReader {
    fn read(&mut self, record: &str, columns: &mut [WantedColumn]) -> Result<(), String> {
        self.tape.parse(record).map_err(|error| error.to_string())?;
        let document = Document::new(&self.tape, record);
        let root = document.value(0);
        if root.kind() != NodeKind::Object {
            return Err(format!(
                "it is {}, and a JSON object was expected",
                root.kind().described()
            ));
        }
        let (format, wanted) = (&self.format, &columns);
        let keys = self.keys.get_or_insert_with(|| {
            let name = |column: &WantedColumn| format.names.get(column.position).map_or("", String::as_str);
            FieldKeys::new(wanted.iter().map(name), &format.rules)
        });
        keys.find(root);
        for (column, slot) in columns.iter_mut().zip(keys.slots()) {
            match slot {
                Some(index) => column
                    .builder
                    .push_json(document.value(*index), document, &mut self.scratch),
                None => column.builder.push_null(),
            }
        }
        Ok(())
    }
}

impl RowReader for JsonReader {
    fn push(&mut self, record: &str, columns: &mut [WantedColumn]) -> Result<(), String> {
        match self.read(record, columns) {
            Err(_) if self.format.ignores_malformed => {
                for column in columns {
                    column.builder.push_null();
                }
                Ok(())
            }
            other => other,
        }
    }
}
