//! Which rows count?

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray};
use arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::Operator;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::{BinaryExpr, Column as ColumnExpression, Literal};
use parquet::file::statistics::Statistics;

use crate::column::{Chosen, Column, Pages, coded, codes};
use crate::expression::Expression;
use crate::rowwise::Rowwise;

/// What is known of a condition before a row is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds for every row.
    Always,
    /// It holds for no row.
    Never,
    /// It has to be looked at.
    Unknown,
}

/// A condition, as it is looked at in one row group.
#[derive(Debug)]
pub enum Filter {
    /// For each value of the column (by its number among all columns), whether it holds.
    Table(usize, Vec<u8>),
    /// Worked out row by row.
    Plain(Rowwise),
}

/// Judges a comparison of a number with a constant by the column's least and greatest value in a row group.
pub fn by_statistics(filter: &Expression, statistics: Option<&Statistics>) -> Verdict {
    let Some((operator, constant)) = comparison(filter) else {
        return Verdict::Unknown;
    };
    let Some((least, greatest)) = statistics.and_then(ends) else {
        return Verdict::Unknown;
    };
    let (always, never) = match operator {
        Operator::Lt => (greatest < constant, least >= constant),
        Operator::LtEq => (greatest <= constant, least > constant),
        Operator::Gt => (least > constant, greatest <= constant),
        Operator::GtEq => (least >= constant, greatest < constant),
        Operator::Eq => (
            least == constant && greatest == constant,
            least > constant || greatest < constant,
        ),
        Operator::NotEq => (
            least > constant || greatest < constant,
            least == constant && greatest == constant,
        ),
        _ => (false, false),
    };
    let has_no_null = statistics.and_then(Statistics::null_count_opt) == Some(0);
    match (always && has_no_null, never) {
        (true, _) => Verdict::Always,
        (_, true) => Verdict::Never,
        _ => Verdict::Unknown,
    }
}

fn ends(statistics: &Statistics) -> Option<(i64, i64)> {
    match statistics {
        Statistics::Int32(ends) => Some((i64::from(*ends.min_opt()?), i64::from(*ends.max_opt()?))),
        Statistics::Int64(ends) => Some((*ends.min_opt()?, *ends.max_opt()?)),
        _ => None,
    }
}

/// `column operator constant`, when the filter is that and the constant a number stored as the column is.
fn comparison(filter: &Expression) -> Option<(Operator, i64)> {
    let comparison = filter.inner().downcast_ref::<BinaryExpr>()?;
    let column = |side: &Arc<dyn PhysicalExpr>| side.downcast_ref::<ColumnExpression>().is_some();
    let constant = |side: &Arc<dyn PhysicalExpr>| match side.downcast_ref::<Literal>()?.value() {
        ScalarValue::Int32(Some(number)) | ScalarValue::Date32(Some(number)) => Some(i64::from(*number)),
        ScalarValue::Int64(Some(number)) | ScalarValue::TimestampMicrosecond(Some(number), _) => Some(*number),
        _ => None,
    };
    if column(comparison.left()) {
        return Some((*comparison.op(), constant(comparison.right())?));
    }
    if column(comparison.right()) {
        return Some((comparison.op().swap()?, constant(comparison.left())?));
    }
    None
}

/// The text that a column must be, when the filter asks for one.
pub fn wanted_text(filter: &Expression) -> Option<&str> {
    let comparison = filter.inner().downcast_ref::<BinaryExpr>()?;
    if *comparison.op() != Operator::Eq {
        return None;
    }
    let sides = [
        (comparison.left(), comparison.right()),
        (comparison.right(), comparison.left()),
    ];
    sides.into_iter().find_map(|(column, text)| {
        column.downcast_ref::<ColumnExpression>()?;
        text.downcast_ref::<Literal>()?.value().try_as_str().flatten()
    })
}

impl Filter {
    /// Prepares a condition for a row group; with a column of codes it is worked out for the distinct values only.
    pub fn prepare(filter: &Expression, columns: &[Option<Column>]) -> Result<(Verdict, Self)> {
        let Some((number, values)) = coded(filter, columns) else {
            return Ok((Verdict::Unknown, Self::Plain(Rowwise::prepare(filter, columns)?)));
        };
        let holds = filter.evaluate(vec![values.clone()], values.len())?;
        let table: Vec<u8> = holds_of(&holds)?
            .iter()
            .map(|holds| u8::from(holds == Some(true)))
            .collect();
        let verdict = match table.iter().map(|holds| usize::from(*holds)).sum() {
            0 => Verdict::Never,
            all if all == table.len() => Verdict::Always,
            _ => Verdict::Unknown,
        };
        Ok((verdict, Self::Table(number, table)))
    }

    /// Takes the rows for which it does not hold out of `chosen`; `None` stands for all rows.
    pub fn choose(
        &self,
        rows: usize,
        pages: &Pages<'_>,
        columns: &[Option<Column>],
        chosen: Option<Vec<u32>>,
    ) -> Result<Vec<u32>> {
        match self {
            Self::Table(number, table) => {
                let codes = codes(pages, *number)?;
                Ok(keep(rows, chosen, |row| table[codes[row] as usize]))
            }
            Self::Plain(filter) => {
                let holds = filter.evaluate(Chosen::All(rows), pages, columns)?;
                let holds = holds_of(&holds)?;
                let all_set = holds.null_count() == 0;
                let bits = holds.values();
                Ok(keep(rows, chosen, |row| {
                    u8::from(bits.value(row) && (all_set || holds.is_valid(row)))
                }))
            }
        }
    }
}

fn holds_of(holds: &ArrayRef) -> Result<&BooleanArray> {
    match (holds.data_type(), holds.as_boolean_opt()) {
        (DataType::Boolean, Some(holds)) => Ok(holds),
        (other, _) => exec_err!("a condition is {other}, not true or false"),
    }
}

/// The rows of `chosen` for which `holds` gives 1. There is no branch in the loop, which the logs would often mislead.
fn keep(rows: usize, chosen: Option<Vec<u32>>, holds: impl Fn(usize) -> u8) -> Vec<u32> {
    let mut kept = 0;
    let mut positions = if let Some(mut positions) = chosen {
        for at in 0..positions.len() {
            let row = positions[at];
            positions[kept] = row;
            kept += usize::from(holds(row as usize));
        }
        positions
    } else {
        let mut positions = vec![0; rows];
        for row in 0..rows {
            positions[kept] = row as u32;
            kept += usize::from(holds(row));
        }
        positions
    };
    positions.truncate(kept);
    positions
}
