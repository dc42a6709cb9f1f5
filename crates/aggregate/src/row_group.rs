//! Answers a question for one row group.

use datafusion::common::Result;

use crate::column::{BATCH_ROWS, Chosen, Column, Page, Pages, Reader};
use crate::expression::Expression;
use crate::filter::{Filter, Verdict};
use crate::keys::Key;
use crate::local::Groups;
use crate::partial::{KeyColumn, Partial};
use crate::question::{Aggregate, Question};
use crate::sketch::Sketch;
use crate::totals::Totals;

/// What became of a row group.
#[derive(Debug)]
pub enum Outcome {
    /// Its groups.
    Answered(Partial),
    /// No row counts.
    Empty,
    /// It cannot be answered here.
    Declined,
    /// A sum left 64 bits.
    Overflow,
}

/// Gives the column of a number of the question; `None` when it has a form that is not known here.
pub type Columns<'a> = dyn FnMut(usize) -> Result<Option<Column>> + 'a;

/// Answers `question` over the `rows` rows of a row group. `filters` are the conditions that are not settled yet. Columns
/// that only settled conditions look at are not asked for, and the others not before a row counts.
pub fn aggregate(
    question: &Question,
    filters: &[&Expression],
    column: &mut Columns<'_>,
    rows: usize,
) -> Result<Outcome> {
    let mut columns: Vec<Option<Column>> = vec![None; question.columns.fields().len()];
    let is_filtered = |number: usize| filters.iter().any(|filter| filter.columns.contains(&number));
    for number in (0..columns.len()).filter(|number| is_filtered(*number)) {
        let Some(column) = column(number)? else {
            return Ok(Outcome::Declined);
        };
        columns[number] = Some(column);
    }
    let Some(filters) = Filters::prepare(filters, &columns)? else {
        return Ok(Outcome::Empty);
    };
    let Some(begin) = filters.first_batch(&columns, rows)? else {
        return Ok(Outcome::Empty);
    };
    for (number, held) in columns.iter_mut().enumerate() {
        if held.is_none() && question.is_needed(number) {
            let Some(column) = column(number)? else {
                return Ok(Outcome::Declined);
            };
            *held = Some(column);
        }
    }
    let mut keys = Vec::with_capacity(question.keys.len());
    for key in &question.keys {
        keys.push(Key::prepare(key, &columns)?);
    }
    let Some(mut groups) = Groups::new(keys.iter().map(Key::count).collect(), rows) else {
        return Ok(Outcome::Declined);
    };
    let mut totals = Totals::prepare(&question.aggregates, &columns)?;
    let most_groups = groups.most(keys.first().map_or(0, Key::count));
    let counted = question.aggregates.iter().filter_map(Aggregate::sketched);
    let mut sketches = counted
        .map(|values| Sketch::prepare(values, most_groups, &columns))
        .collect::<Result<Vec<_>>>()?;
    let mut readers = readers(&columns, begin, |number| {
        filters.look_at(number) || question.is_needed(number)
    });
    let mut at = begin;
    while at < rows {
        let batch = BATCH_ROWS.min(rows - at);
        at += batch;
        let pages: Vec<Option<Page<'_>>> = take(&mut readers, batch);
        let chosen = filters.choose(batch, &pages, &columns)?;
        let chosen = Chosen::of_rows(batch, chosen.as_deref());
        if chosen.len() == 0 {
            continue;
        }
        let mut codes = Vec::with_capacity(keys.len());
        for key in &mut keys {
            codes.push(key.codes(chosen, &pages, &columns)?);
        }
        let assigned = groups.assign(codes, chosen.len());
        let count = groups.count(keys.first().map_or(0, Key::seen));
        totals.add(&assigned, count, chosen, &pages, &columns)?;
        for sketch in &mut sketches {
            sketch.add(&assigned, chosen, &pages, &columns)?;
        }
    }
    let Some((used, states)) = totals.finish() else {
        return Ok(Outcome::Overflow);
    };
    let codes = groups.codes(&used);
    let keys = keys.into_iter().zip(codes).map(|(key, codes)| {
        Ok(KeyColumn {
            values: key.values()?,
            codes,
        })
    });
    Ok(Outcome::Answered(Partial {
        keys: keys.collect::<Result<_>>()?,
        groups: used.len(),
        states,
        sketches: sketches
            .into_iter()
            .map(|sketch| sketch.finish(&used))
            .collect::<Result<_>>()?,
    }))
}

/// The conditions that a row group's rows are looked at for.
struct Filters<'a>(Vec<(Filter, &'a Expression)>);

impl<'a> Filters<'a> {
    /// `None` when one of them holds for no row.
    fn prepare(filters: &[&'a Expression], columns: &[Option<Column>]) -> Result<Option<Self>> {
        let mut open = Vec::with_capacity(filters.len());
        for filter in filters {
            match Filter::prepare(filter, columns)? {
                (Verdict::Always, _) => {}
                (Verdict::Never, _) => return Ok(None),
                (Verdict::Unknown, prepared) => open.push((prepared, *filter)),
            }
        }
        // Conditions on codes are one look into a table, so they come first.
        open.sort_by_key(|(filter, _)| matches!(filter, Filter::Plain(_)));
        Ok(Some(Self(open)))
    }

    fn look_at(&self, column: usize) -> bool {
        self.0.iter().any(|(_, filter)| filter.columns.contains(&column))
    }

    /// Where the first batch begins in which a row counts.
    fn first_batch(&self, columns: &[Option<Column>], rows: usize) -> Result<Option<usize>> {
        if self.0.is_empty() {
            return Ok(Some(0).filter(|_| rows > 0));
        }
        let mut readers = readers(columns, 0, |number| self.look_at(number));
        for at in (0..rows).step_by(BATCH_ROWS) {
            let batch = BATCH_ROWS.min(rows - at);
            let pages = take(&mut readers, batch);
            if self.choose(batch, &pages, columns)?.is_none_or(|rows| !rows.is_empty()) {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    /// The rows that all hold for; `None` when there is no condition.
    fn choose(&self, rows: usize, pages: &Pages<'_>, columns: &[Option<Column>]) -> Result<Option<Vec<u32>>> {
        let mut chosen = None;
        for (filter, _) in &self.0 {
            chosen = Some(filter.choose(rows, pages, columns, chosen)?);
        }
        Ok(chosen)
    }
}

/// Readers at row `begin` for those columns that are used.
fn readers(columns: &[Option<Column>], begin: usize, is_used: impl Fn(usize) -> bool) -> Vec<Option<Reader>> {
    let reader = |(number, column): (usize, &Option<Column>)| {
        column
            .as_ref()
            .filter(|_| is_used(number))
            .map(|column| Reader::new(column.clone(), begin))
    };
    columns.iter().enumerate().map(reader).collect()
}

fn take(readers: &mut [Option<Reader>], rows: usize) -> Vec<Option<Page<'_>>> {
    readers
        .iter_mut()
        .map(|reader| reader.as_mut().map(|reader| reader.take(rows)))
        .collect()
}
