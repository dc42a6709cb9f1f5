//! How the engine is set up, and why.

use std::path::PathBuf;
use std::sync::Arc;

use datafusion::error::Result;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::prelude::SessionConfig;
use flowtrail_aggregate::CacheLimits;
use flowtrail_source::AwsSettings;

/// Footers of this many bytes are kept between statements: a prompt or dashboard asks the same files again and again,
/// and the footer of a wide table's file is some 100 KiB.
const METADATA_CACHE_BYTES: usize = 256 << 20;

/// What may be chosen about an engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineSettings {
    /// Memory for sorting, grouping and joining, in bytes; what needs more goes to disk.
    pub memory_limit_bytes: usize,
    /// Streams a statement is worked on with; `None` for one a core.
    pub parallelism: Option<usize>,
    /// Where sorting and grouping put what does not fit in memory; `None` for the system's temporary folder.
    pub spill_folder: Option<PathBuf>,
    /// How raw files in S3 are reached.
    pub aws: AwsSettings,
    /// What is kept between statements: dashboards ask the same few questions of the same few columns again and again.
    pub caches: CacheLimits,
}

/// A share of the machine that statements may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Streams a statement is worked on with.
    pub threads: usize,
    /// Of how many equal parts of the engine's memory it has one.
    pub memory_parts: usize,
}

impl Default for EngineSettings {
    fn default() -> Self {
        Self {
            memory_limit_bytes: 512 << 20,
            parallelism: None,
            spill_folder: None,
            aws: AwsSettings::default(),
            caches: CacheLimits {
                column_bytes: 256 << 20,
                answer_bytes: 128 << 20,
                answer_folder: None,
            },
        }
    }
}

impl EngineSettings {
    /// What all statements share: memory, disk, caches.
    pub(crate) fn runtime(&self) -> Result<Arc<RuntimeEnv>> {
        let builder = RuntimeEnvBuilder::new()
            // Divides the memory evenly between the operators that can spill, so that none starves the others.
            .with_memory_pool(Arc::new(FairSpillPool::new(self.memory_limit_bytes)))
            .with_metadata_cache_limit(METADATA_CACHE_BYTES);
        match &self.spill_folder {
            Some(folder) => builder.with_temp_file_path(folder),
            None => builder,
        }
        .build_arc()
    }

    /// The memory that a share has, in bytes.
    pub(crate) fn memory_of(&self, share: Share) -> usize {
        self.memory_limit_bytes / share.memory_parts.max(1)
    }

    /// What a share's statements have: memory of their own, and the disk and caches of all.
    pub(crate) fn runtime_of(&self, share: Share, all: &RuntimeEnv) -> Arc<RuntimeEnv> {
        Arc::new(RuntimeEnv {
            memory_pool: Arc::new(FairSpillPool::new(self.memory_of(share))),
            ..all.clone()
        })
    }

    /// The settings a session starts with.
    pub(crate) fn session(&self) -> SessionConfig {
        let mut config = SessionConfig::new()
            .with_create_default_catalog_and_schema(false)
            .with_information_schema(true);
        if let Some(streams) = self.parallelism {
            config = config.with_target_partitions(streams);
        }
        let options = config.options_mut();
        // Errors can point at the word they are about.
        options.sql_parser.collect_spans = true;
        // As in Athena. `ORDER BY bytes DESC LIMIT 10` asks for the greatest, not for ten rows that do not say; and
        // files, whose rows without a time come first, are then read from their ends for the newest.
        options.sql_parser.default_null_ordering = "nulls_last".into();
        // What is the time is asked and answered in UTC; the zone of the reader is a matter of output.
        options.execution.time_zone = Some("UTC".into());
        let parquet = &mut options.execution.parquet;
        // Measured on ten million flow records: decoding whole pages and filtering afterwards takes half the time.
        parquet.pushdown_filters = false;
        parquet.enable_page_index = true;
        parquet.bloom_filter_on_read = true;
        config
    }
}
