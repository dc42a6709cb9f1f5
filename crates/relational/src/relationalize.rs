//! The story of a run.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Datum, Int64Array, RecordBatch, Scalar, StringArray, UInt32Array};
use arrow::compute::{cast, take};
use arrow::datatypes::{DataType, Field, Schema};
use flowtrail_catalog::{Catalog, ObjectName};
use flowtrail_decode::{LogKind, json_columns};
use flowtrail_lake::definition::{DAY, log_table};
use flowtrail_lake::intent::TableOutcome;
use flowtrail_lake::stage::{Part, StagedFile, discard, stage};
use flowtrail_lake::{AddedFile, Lake, Snapshot, Table, TableDefinition, columns_to_json};
use flowtrail_load::{Progress, Step, Stop};
use futures::TryStreamExt;

use crate::RelationalError;
use crate::flatten::{JsonText, ListNumbers, flatten};
use crate::new_rows::{NewRows, VERSION};
use crate::rows::OTHER;
use crate::tables::FlatTables;

/// Rows are staged when they take this much memory.
const FLUSH_BYTES: usize = 96 << 20;

/// Brings the rows of a table into flat tables.
#[derive(Clone, Debug)]
pub struct Relationalize {
    /// The lake of both.
    pub lake: Lake,
    /// Where the target's tables are defined.
    pub catalog: Catalog,
    /// What is made flat: a table of logs, or one that a user made.
    pub source: Arc<TableDefinition>,
    /// What the source is called, by which the target knows it again.
    pub source_name: String,
    /// The table for its rows; those of lists are called so with the list's path behind.
    pub target: ObjectName,
    /// Columns a table gets at most; what finds none then is in `_other`, as JSON.
    pub most_columns: usize,
}

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flattened {
    /// Every table of the target, the one that was named first.
    pub tables: Vec<FlattenedTable>,
}

/// What a table of the target got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlattenedTable {
    /// Its name.
    pub name: ObjectName,
    /// New rows.
    pub rows: u64,
    /// Columns it had not before.
    pub new_columns: u64,
}

impl Relationalize {
    /// Makes flat what came into the source since the last run, each row once, whatever dies when: the rows of all
    /// tables are one batch, which is there as a whole or not at all. `None` when a stop was asked before it began.
    ///
    /// # Errors
    /// Nothing was added then, unless the batch was decided; whoever runs next ends it.
    pub async fn run(&self, progress: &dyn Progress, stop: &Stop) -> Result<Option<Flattened>, RelationalError> {
        loop {
            if !Step::settle(&self.lake, &self.shard(), progress, stop).await? {
                return Ok(None);
            }
            // A batch leaves a commit in the history, also one that turns out to be empty.
            if self.find().await?.is_none() {
                return Ok(Some(self.nothing()));
            }
            let Some(claimed) = Step::begin(&self.lake, &self.shard(), progress, stop).await? else {
                return Ok(None);
            };
            // Nobody else writes the target now.
            let mut run = Run::default();
            let flattened = match self.stage_new_rows(&mut run, claimed.batch()).await {
                Ok(Some((tables, flattened))) => claimed.finish(tables).await?.then_some(flattened),
                Ok(None) => {
                    claimed.give_up().await;
                    Some(self.nothing())
                }
                Err(error) => {
                    claimed.give_up().await;
                    run.discard().await;
                    return Err(error);
                }
            };
            if let Some(flattened) = flattened {
                return Ok(Some(flattened));
            }
            progress.note("this process was so slow that another took its batch over; going on behind that");
        }
    }

    fn nothing(&self) -> Flattened {
        Flattened {
            tables: vec![FlattenedTable {
                name: self.target.clone(),
                rows: 0,
                new_columns: 0,
            }],
        }
    }

    /// Batches of one target follow one another.
    fn shard(&self) -> String {
        let ObjectName { database, schema, name } = &self.target;
        let safe = |letter: char| if letter.is_alphanumeric() { letter } else { '_' };
        let readable: String = format!("{database}-{schema}-{name}").chars().map(safe).collect();
        format!("relationalize-{readable}-{:08x}", checksum(&[database, schema, name]))
    }

    /// Looks what is new; `None` where nothing is.
    async fn find(&self) -> Result<Option<Found>, RelationalError> {
        let source = self.lake.table(&self.source);
        let Some(source_now) = source.snapshot().await? else {
            return Ok(None);
        };
        let columns = self.columns(source_now.schema())?;
        let tables = FlatTables::open(
            &self.lake,
            &self.catalog,
            &self.target,
            &self.source_name,
            &self.source.folder,
            columns,
            self.most_columns,
        )
        .await?;
        let target = self.lake.table(&tables.tables[0].definition());
        let target_now = target.snapshot().await?;
        let new = NewRows::find(
            self.kind().is_some(),
            (&source, &source_now),
            (&target, target_now.as_ref()),
        )
        .await?;
        Ok((!new.files.is_empty()).then_some(Found {
            source,
            source_now,
            tables,
            new,
        }))
    }

    /// Stages what is new; `None` where nothing is.
    async fn stage_new_rows(
        &self,
        run: &mut Run,
        batch: i64,
    ) -> Result<Option<(Vec<TableOutcome>, Flattened)>, RelationalError> {
        let Some(found) = self.find().await? else {
            return Ok(None);
        };
        let Found {
            source,
            source_now,
            mut tables,
            new,
        } = found;
        tables.clear_leftovers(&self.lake, &self.catalog).await?;
        let json = self.json_text();
        let mut numbers = ListNumbers::of(batch);
        let names: Vec<&str> = source_now
            .schema()
            .fields()
            .iter()
            .map(|field| field.name().as_str())
            .collect();
        for file in &new.files {
            let mut batches = file.read_columns(&source, &names).await?;
            while let Some(batch) = batches.try_next().await? {
                let batch = new.of(&self.with_place(&batch, file, &source_now)?)?;
                if batch.num_rows() == 0 {
                    continue;
                }
                for (table, rows) in flatten(&mut tables, &mut numbers, &json, &batch)? {
                    run.hold(table, rows);
                }
                if run.held_bytes >= FLUSH_BYTES {
                    run.flush(&self.lake, &tables).await?;
                }
            }
        }
        run.flush(&self.lake, &tables).await?;
        if run.files.is_empty() {
            return Ok(None);
        }
        tables.define(&self.catalog).await?;
        Ok(Some((run.outcomes(&tables)?, run.flattened(&tables))))
    }

    /// The kind of log that the source holds; `None` for a table that somebody made.
    fn kind(&self) -> Option<LogKind> {
        let is_of = |kind: &LogKind| log_table(*kind).folder == self.source.folder;
        LogKind::ALL.into_iter().find(is_of)
    }

    fn json_text(&self) -> JsonText {
        let paths = |kind| JsonText::In(json_columns(kind).into_iter().collect());
        self.kind().map_or(JsonText::Anywhere, paths)
    }

    /// Rows with what is true of all of them: their day, or the version of the source that they were read from.
    fn with_place(
        &self,
        batch: &RecordBatch,
        file: &AddedFile,
        source: &Snapshot,
    ) -> Result<RecordBatch, RelationalError> {
        let (name, value): (_, Box<dyn Datum>) = match (&file.day, self.kind()) {
            (Some(day), Some(_)) => {
                let day = cast(&StringArray::from_iter_values([day]), &DataType::Date32)?;
                (DAY, Box::new(Scalar::new(day)))
            }
            (None, Some(_)) => return Ok(batch.clone()),
            (_, None) => {
                let version = i64::try_from(source.version()).unwrap_or(i64::MAX);
                (VERSION, Box::new(Int64Array::new_scalar(version)))
            }
        };
        let values = take(value.get().0, &UInt32Array::from(vec![0; batch.num_rows()]), None)?;
        let field = Arc::new(Field::new(name, values.data_type().clone(), true));
        let fields: Vec<_> = batch.schema_ref().fields().iter().cloned().chain([field]).collect();
        let columns = batch.columns().iter().cloned().chain([values]).collect();
        Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
    }

    /// The columns of the target that are there from the start.
    fn columns(&self, source: &Schema) -> Result<Schema, RelationalError> {
        for reserved in [OTHER, VERSION] {
            if source.column_with_name(reserved).is_some() {
                return Err(RelationalError::Reserved {
                    source_table: self.source_name.clone(),
                    column: reserved.to_owned(),
                });
            }
        }
        let flat = |field: &&Arc<Field>| !field.data_type().is_nested();
        let mut fields: Vec<Field> = source
            .fields()
            .iter()
            .filter(flat)
            .map(|field| field.as_ref().clone().with_name(field.name().to_lowercase()))
            .collect();
        let json = self.json_text();
        if let JsonText::In(paths) = &json {
            fields.retain(|field| !paths.contains(field.name()));
        }
        if self.kind().is_none() {
            fields.push(Field::new(VERSION, DataType::Int64, true));
        }
        fields.push(Field::new(OTHER, DataType::Utf8, true));
        Ok(Schema::new(fields))
    }
}

/// What tells names apart that are spelled alike once they are safe for a path (FNV-1a).
fn checksum(parts: &[&str]) -> u32 {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
    bytes.fold(0x811c_9dc5, |sum, byte| {
        (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// What is new, and where it goes.
struct Found {
    source: Table,
    source_now: Snapshot,
    tables: FlatTables,
    new: NewRows,
}

/// What a run holds and has staged, by the numbers of tables.
#[derive(Default)]
struct Run {
    held: BTreeMap<usize, Vec<Part>>,
    held_bytes: usize,
    files: BTreeMap<usize, (Table, Vec<StagedFile>)>,
}

impl Run {
    fn hold(&mut self, table: usize, batch: RecordBatch) {
        self.held_bytes += batch.get_array_memory_size();
        self.held.entry(table).or_default().push(Part {
            batch,
            object: None,
            fallback_day: None,
        });
    }

    async fn flush(&mut self, lake: &Lake, tables: &FlatTables) -> Result<(), RelationalError> {
        for (number, parts) in std::mem::take(&mut self.held) {
            let table = lake.table(&tables.tables[number].definition());
            let staged = stage(&table, parts).await?;
            let (_, files) = self.files.entry(number).or_insert_with(|| (table, Vec::new()));
            files.extend(staged);
        }
        self.held_bytes = 0;
        Ok(())
    }

    async fn discard(self) {
        for (table, files) in self.files.into_values() {
            discard(&table, &files).await;
        }
    }

    fn outcomes(&self, tables: &FlatTables) -> Result<Vec<TableOutcome>, RelationalError> {
        let outcome = |(number, (_, files)): (&usize, &(Table, Vec<StagedFile>))| {
            let table = &tables.tables[*number];
            Ok(TableOutcome {
                table: table.name.in_schema(),
                files: files.clone(),
                folder: Some(table.stored.path.clone()),
                columns: Some(columns_to_json(&table.schema())?),
                ..TableOutcome::default()
            })
        };
        self.files.iter().map(outcome).collect()
    }

    fn flattened(&self, tables: &FlatTables) -> Flattened {
        let table = |(number, table): (usize, &crate::tables::FlatTable)| {
            let files = self
                .files
                .get(&number)
                .map(|(_, files)| files.as_slice())
                .unwrap_or_default();
            FlattenedTable {
                name: table.name.clone(),
                rows: files.iter().map(|file| file.rows).sum(),
                new_columns: table.new_columns() as u64,
            }
        };
        Flattened {
            tables: tables.tables.iter().enumerate().map(table).collect(),
        }
    }
}
