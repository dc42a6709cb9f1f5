//! Progress of long work: a bar on a terminal, a line now and then elsewhere.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use flowtrail_load::Progress;
use flowtrail_query::output::{readable_bytes, readable_count};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use parking_lot::Mutex;

/// How often a line is printed where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Progress of a load, on standard error.
pub struct LoadProgress {
    bar: ProgressBar,
    is_terminal: bool,
    is_quiet: bool,
    planned_objects: AtomicU64,
    objects: AtomicU64,
    bytes: AtomicU64,
    records: AtomicU64,
    started: Instant,
    last_line: Mutex<Instant>,
}

impl LoadProgress {
    /// Progress that shows nothing when `is_quiet`.
    pub fn new(is_quiet: bool) -> Self {
        let is_terminal = std::io::stderr().is_terminal();
        let bar = ProgressBar::no_length();
        bar.set_draw_target(if is_terminal && !is_quiet {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        });
        let template = "loading {bar:24} {percent}% of {total_bytes}  {msg}  {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        let now = Instant::now();
        Self {
            bar,
            is_terminal,
            is_quiet,
            planned_objects: AtomicU64::new(0),
            objects: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            records: AtomicU64::new(0),
            started: now,
            last_line: Mutex::new(now),
        }
    }

    /// Takes the bar off the terminal.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn state(&self) -> String {
        let (objects, planned) = (
            self.objects.load(Ordering::Relaxed),
            self.planned_objects.load(Ordering::Relaxed),
        );
        let records = self.records.load(Ordering::Relaxed);
        let rate = records as f64 / self.started.elapsed().as_secs_f64().max(0.001);
        format!(
            "{} of {} objects, {} records, {}/s",
            readable_count(objects),
            readable_count(planned),
            readable_count(records),
            readable_count(rate as u64)
        )
    }

    fn line_now_and_then(&self) {
        if self.is_terminal || self.is_quiet {
            return;
        }
        let mut last = self.last_line.lock();
        if last.elapsed() >= LINE_EVERY {
            *last = Instant::now();
            eprintln!(
                "loading: {}, {}",
                self.state(),
                readable_bytes(self.bytes.load(Ordering::Relaxed))
            );
        }
    }
}

impl Progress for LoadProgress {
    fn planned(&self, objects: u64, bytes: u64) {
        self.planned_objects.store(objects, Ordering::Relaxed);
        self.bar.set_length(bytes.max(1));
    }

    fn object_done(&self, bytes: u64, records: u64) {
        self.objects.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.records.fetch_add(records, Ordering::Relaxed);
        self.bar.inc(bytes);
        if self.is_terminal {
            self.bar.set_message(self.state());
        }
        self.line_now_and_then();
    }

    fn note(&self, text: &str) {
        if !self.is_quiet {
            self.bar.suspend(|| eprintln!("note: {text}"));
        }
    }
}
