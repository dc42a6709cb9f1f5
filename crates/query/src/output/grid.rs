//! Draws a grid of texts.

use comfy_table::{CellAlignment, ContentArrangement, Table};

use super::fit::{Wish, fitted_widths};
use super::printable::{cut, printable, width};

/// comfy-table's preset: a line below the heading, none between rows.
const LINES: &str = "││──├─┼┤│    ┬┴┌┐└┘";

/// A column of a grid.
pub(super) struct GridColumn {
    /// The name as the terminal may show it.
    pub(super) heading: String,
    /// Whether it is set to the right and never cut, as numbers are.
    pub(super) is_numeric: bool,
    /// Whether its cells may be cut to fit.
    pub(super) may_be_cut: bool,
}

impl GridColumn {
    pub(super) fn new(name: &str, is_numeric: bool, may_be_cut: bool) -> Self {
        Self {
            heading: printable(name).into_owned(),
            is_numeric,
            may_be_cut,
        }
    }
}

/// A grid and the headings of the columns there was no room for.
pub(super) struct Grid<'a> {
    pub(super) text: String,
    pub(super) left_out: Vec<&'a str>,
}

/// Draws rows of printable cells, as wide as needed and no wider than the limit.
pub(super) fn draw<'a>(columns: &'a [GridColumn], rows: &[Vec<String>], limit: Option<usize>) -> Grid<'a> {
    let wishes = columns.iter().enumerate().map(|(position, column)| Wish {
        cells: rows.iter().map(|row| width(&row[position])).max().unwrap_or(0),
        heading: width(&column.heading),
        may_be_cut: column.may_be_cut,
    });
    let widths = fitted_widths(&wishes.collect::<Vec<_>>(), limit);

    let mut table = Table::new();
    table
        .load_preset(LINES)
        .set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(
        columns
            .iter()
            .zip(&widths)
            .map(|(column, columns)| cut(&column.heading, *columns)),
    );
    table.add_rows(
        rows.iter()
            .map(|row| row.iter().zip(&widths).map(|(cell, columns)| cut(cell, *columns))),
    );
    for (column, drawn) in columns.iter().zip(table.column_iter_mut()) {
        let alignment = if column.is_numeric {
            CellAlignment::Right
        } else {
            CellAlignment::Left
        };
        drawn.set_cell_alignment(alignment);
    }
    Grid {
        text: format!("{table}\n"),
        left_out: columns[widths.len()..]
            .iter()
            .map(|column| column.heading.as_str())
            .collect(),
    }
}

/// Draws each row as a block of lines, a column a line; for rows too wide for a grid.
pub(super) fn draw_expanded(columns: &[GridColumn], rows: &[Vec<String>], limit: Option<usize>) -> String {
    let heading_width = columns.iter().map(|column| width(&column.heading)).max().unwrap_or(0);
    let cell_limit = limit.map_or(usize::MAX, |limit| limit.saturating_sub(heading_width + 3).max(1));
    let mut text = String::new();
    for (number, row) in (1..).zip(rows) {
        let title = format!("─[ {number} ]");
        text.push_str(&title);
        text.extend(std::iter::repeat_n(
            '─',
            (heading_width + 2).saturating_sub(width(&title)),
        ));
        text.push('\n');
        for (column, cell) in columns.iter().zip(row) {
            text.push_str(&column.heading);
            text.extend(std::iter::repeat_n(' ', heading_width - width(&column.heading)));
            text.push_str(" │ ");
            text.push_str(&cut(cell, cell_limit));
            text.push('\n');
        }
    }
    text
}
