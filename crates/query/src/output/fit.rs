//! How wide the columns of a table may be.

/// A text column is never cut to less.
const LEAST_TEXT_COLUMNS: usize = 8;

/// Columns of the terminal one more column of a grid takes besides its text: a line and two spaces.
const COLUMN_FRAME: usize = 3;

/// What a column of a table asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    /// Width of the widest cell.
    pub(super) cells: usize,
    /// Width of the heading.
    pub(super) heading: usize,
    /// Whether its cells may be cut: text may, a number cut is another number.
    pub(super) may_be_cut: bool,
}

impl Wish {
    fn full(self) -> usize {
        self.cells.max(self.heading)
    }

    fn least(self) -> usize {
        if self.may_be_cut {
            self.full().min(LEAST_TEXT_COLUMNS)
        } else {
            self.cells.max(1)
        }
    }

    fn within(self, cap: usize) -> usize {
        self.full().min(cap).max(self.least())
    }
}

/// The widths of the first columns, as many as fit; all of them at full width when the width is not limited.
///
/// The widest columns give first: all that are wider than a common cap are cut to it.
pub(super) fn fitted_widths(wishes: &[Wish], limit: Option<usize>) -> Vec<usize> {
    let Some(limit) = limit else {
        return wishes.iter().map(|wish| wish.full()).collect();
    };
    let shown = &wishes[..fitting_columns(wishes, limit)];
    let room = limit.saturating_sub(shown.len() * COLUMN_FRAME + 1);
    let total = |cap: usize| shown.iter().map(|wish| wish.within(cap)).sum::<usize>();
    let widest = shown.iter().map(|wish| wish.full()).max().unwrap_or(0);
    // The caps that fit come before those that do not.
    let (mut fits, mut too_wide) = (0, widest + 1);
    while too_wide - fits > 1 {
        let middle = usize::midpoint(fits, too_wide);
        if total(middle) <= room {
            fits = middle;
        } else {
            too_wide = middle;
        }
    }
    shown.iter().map(|wish| wish.within(fits)).collect()
}

/// How many columns fit side by side at their least; one at least.
fn fitting_columns(wishes: &[Wish], limit: usize) -> usize {
    let mut taken = 1;
    for (position, wish) in wishes.iter().enumerate() {
        taken += wish.least() + COLUMN_FRAME;
        if taken > limit {
            return position.max(1);
        }
    }
    wishes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn text(cells: usize) -> Wish {
        Wish {
            cells,
            heading: 4,
            may_be_cut: true,
        }
    }

    const fn number(cells: usize, heading: usize) -> Wish {
        Wish {
            cells,
            heading,
            may_be_cut: false,
        }
    }

    #[test]
    fn what_fits_is_left_alone() {
        assert_eq!(fitted_widths(&[text(20), number(5, 12)], None), [20, 12]);
        assert_eq!(fitted_widths(&[text(20), number(5, 12)], Some(39)), [20, 12]);
    }

    #[test]
    fn the_widest_text_gives_first_and_numbers_never() {
        assert_eq!(
            fitted_widths(&[text(100), text(12), number(15, 5)], Some(80)),
            [43, 12, 15]
        );
        assert_eq!(
            fitted_widths(&[text(100), text(90), number(15, 30)], Some(60)),
            [16, 16, 16]
        );
    }

    #[test]
    fn columns_that_do_not_fit_at_their_least_are_left_out() {
        assert_eq!(fitted_widths(&[text(30); 10], Some(40)), [10, 10, 10]);
        assert_eq!(fitted_widths(&[number(30, 3); 2], Some(10)), [30]);
    }
}
