//! A table of Parquet files in the forms that writers choose, and statements asked of it twice.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Array, Int32Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use datafusion::physical_plan::{ExecutionPlan, collect};
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use flowtrail_aggregate::{AggregateOnCodes, AggregateOnCodesExec, AnswerFolder, CacheLimits};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::schema::types::ColumnPath;

/// One record of the table.
#[derive(Clone, Debug)]
pub struct Record {
    pub few: Option<String>,
    pub many: Option<String>,
    pub small: Option<i32>,
    pub large: Option<i64>,
    /// Files are sorted by it, and it is never null.
    pub at: i64,
}

/// How a file is written.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// As Parquet writers do: dictionaries where they fit.
    Usual,
    /// Numbers as differences, in pages of the second version, a few rows each.
    Differences,
    /// Numbers plainly, in several row groups.
    Plain,
    /// Text without dictionaries, which is not known here.
    PlainText,
}

fn batch(records: &[Record]) -> RecordBatch {
    let text = |of: fn(&Record) -> Option<&str>| Arc::new(records.iter().map(of).collect::<StringArray>()) as ArrayRef;
    let at = records.iter().map(|record| record.at);
    RecordBatch::try_from_iter_with_nullable([
        ("few", text(|record| record.few.as_deref()), true),
        ("many", text(|record| record.many.as_deref()), true),
        (
            "small",
            Arc::new(records.iter().map(|record| record.small).collect::<Int32Array>()),
            true,
        ),
        (
            "large",
            Arc::new(records.iter().map(|record| record.large).collect::<Int64Array>()),
            true,
        ),
        ("at", Arc::new(at.clone().collect::<Int64Array>()), true),
        (
            "time",
            Arc::new(
                TimestampMicrosecondArray::from_iter_values(at.clone().map(|at| at * 60_000_000)).with_timezone("UTC"),
            ),
            true,
        ),
        (
            "date",
            Arc::new(Date32Array::from_iter_values(at.map(|at| (at / 100) as i32))),
            false,
        ),
    ])
    .unwrap()
}

fn properties(form: Form) -> WriterProperties {
    let usual = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default()));
    let numbers = ["small", "large", "at", "time", "date"];
    match form {
        Form::Usual => usual,
        Form::Differences => numbers.iter().fold(
            usual
                .set_writer_version(WriterVersion::PARQUET_2_0)
                .set_data_page_row_count_limit(50)
                .set_write_batch_size(10),
            |properties, name| {
                properties
                    .set_column_dictionary_enabled(ColumnPath::from(*name), false)
                    .set_column_encoding(ColumnPath::from(*name), Encoding::DELTA_BINARY_PACKED)
            },
        ),
        Form::Plain => numbers
            .iter()
            .fold(usual.set_max_row_group_row_count(Some(60)), |properties, name| {
                properties.set_column_dictionary_enabled(ColumnPath::from(*name), false)
            }),
        Form::PlainText => usual.set_dictionary_enabled(false),
    }
    .build()
}

/// Writes a file a form; each has its part of the records, sorted by `at`.
pub fn write(folder: &Path, records: &[Record], forms: &[Form]) {
    let part = records.len().div_ceil(forms.len()).max(1);
    for (number, (records, form)) in records.chunks(part).zip(forms).enumerate() {
        let mut records = records.to_vec();
        records.sort_by_key(|record| record.at);
        let batch = batch(&records);
        let file = std::fs::File::create(folder.join(format!("{number}.parquet"))).unwrap();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties(*form))).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
    }
}

/// An answer's rows as text, in order, and how it was come by.
#[derive(Debug)]
pub struct Answer {
    pub rows: Result<Vec<Vec<String>>, String>,
    /// How many operators on codes the plan has, and how many of them left the work to the engine's plan.
    pub on_codes: usize,
    pub declined: usize,
    /// Row groups that were known from statements before, and those that were looked at.
    pub known: usize,
    pub read: usize,
}

/// The table, once as the engine asks it and once on codes.
pub struct Table {
    plain: SessionContext,
    coded: SessionContext,
}

impl Table {
    pub async fn open(folder: &Path) -> Self {
        Self::with_memory(folder, 1 << 30).await
    }

    pub async fn with_memory(folder: &Path, bytes: usize) -> Self {
        Self::set_up(folder, bytes, false, None).await
    }

    /// The table, as a process opens it that keeps its answers in the folder `answers`.
    pub async fn with_answers_in(answers: &Path, folder: &Path) -> Self {
        let answers = AnswerFolder {
            path: answers.to_owned(),
            limit_bytes: 1 << 20,
        };
        Self::set_up(folder, 1 << 30, false, Some(answers)).await
    }

    /// The table, whose scans filter rows themselves.
    pub async fn with_filters_in_scans(folder: &Path) -> Self {
        Self::set_up(folder, 1 << 30, true, None).await
    }

    async fn set_up(folder: &Path, bytes: usize, filters_in_scans: bool, answer_folder: Option<AnswerFolder>) -> Self {
        let context = async |rules| {
            let runtime = RuntimeEnvBuilder::new()
                .with_memory_pool(Arc::new(FairSpillPool::new(bytes)))
                .build_arc()
                .unwrap();
            let mut config = SessionConfig::new().with_target_partitions(3).with_batch_size(64);
            config.options_mut().execution.parquet.pushdown_filters = filters_in_scans;
            let state = SessionStateBuilder::new()
                .with_default_features()
                .with_config(config)
                .with_runtime_env(runtime)
                .with_physical_optimizer_rules(rules)
                .build();
            let context = SessionContext::new_with_state(state);
            register(&context, folder).await;
            context
        };
        let rules = PhysicalOptimizer::new().rules;
        let mut with_ours = rules.clone();
        let limits = CacheLimits {
            column_bytes: 1 << 20,
            answer_bytes: 1 << 20,
            answer_folder,
        };
        let before = rules
            .iter()
            .position(|rule| rule.name() == "EnsureRequirements")
            .unwrap();
        with_ours.insert(before, Arc::new(AggregateOnCodes::new(limits)));
        Self {
            plain: context(rules).await,
            coded: context(with_ours).await,
        }
    }

    /// The table as its folder is now, with what was kept of statements before.
    pub async fn with_new_files(self, folder: &Path) -> Self {
        for context in [&self.plain, &self.coded] {
            context.deregister_table("t").unwrap();
            register(context, folder).await;
        }
        self
    }

    pub async fn plain(&self, sql: &str) -> Answer {
        ask(&self.plain, sql).await
    }

    pub async fn coded(&self, sql: &str) -> Answer {
        ask(&self.coded, sql).await
    }

    /// Asks both ways and compares; gives the answer on codes.
    pub async fn same(&self, sql: &str) -> Answer {
        let (plain, coded) = (self.plain(sql).await, self.coded(sql).await);
        assert_eq!(plain.on_codes, 0);
        assert_eq!(coded.rows, plain.rows, "{sql}");
        coded
    }
}

async fn register(context: &SessionContext, folder: &Path) {
    let path = folder.to_str().unwrap();
    context
        .register_parquet("t", path, ParquetReadOptions::default())
        .await
        .unwrap();
}

async fn ask(context: &SessionContext, sql: &str) -> Answer {
    let frame = match context.sql(sql).await {
        Ok(frame) => frame,
        Err(error) => panic!("{sql}: {error}"),
    };
    let task = Arc::new(frame.task_ctx());
    let plan = frame.create_physical_plan().await.unwrap();
    let rows = match collect(Arc::clone(&plan), task).await {
        Ok(batches) => {
            let mut rows: Vec<Vec<String>> = batches.iter().flat_map(text).collect();
            rows.sort();
            Ok(rows)
        }
        Err(error) => Err(error.strip_backtrace()),
    };
    let mut answer = Answer {
        rows,
        on_codes: 0,
        declined: 0,
        known: 0,
        read: 0,
    };
    look_for_operators(&plan, &mut answer);
    answer
}

fn look_for_operators(plan: &Arc<dyn ExecutionPlan>, answer: &mut Answer) {
    if plan.downcast_ref::<AggregateOnCodesExec>().is_some() {
        answer.on_codes += 1;
        let metrics = plan.metrics().unwrap();
        let metric = |name| metrics.sum_by_name(name).map_or(0, |count| count.as_usize());
        answer.declined += metric("declined");
        answer.known += metric("row_groups_known");
        answer.read += metric("row_groups_read");
    }
    plan.children()
        .into_iter()
        .for_each(|child| look_for_operators(child, answer));
}

fn text(batch: &RecordBatch) -> Vec<Vec<String>> {
    let options = FormatOptions::new().with_null("null");
    let columns: Vec<_> = batch
        .columns()
        .iter()
        .map(|column| ArrayFormatter::try_new(column.as_ref(), &options).unwrap())
        .collect();
    (0..batch.num_rows())
        .map(|row| columns.iter().map(|column| column.value(row).to_string()).collect())
        .collect()
}
