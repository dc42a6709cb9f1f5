//! What was worked out for a text, kept while a batch is gone through.

use arrow::array::{Array, StringViewArray};

/// Slots of the memo; a power of two. Logs of a few minutes name about as many addresses.
const SLOTS: usize = 1024;

/// Gives `answer` of each text of a column, working it out once for texts that come again.
///
/// Texts are told apart by their views: two equal views of one array are the same text, and those that Parquet's
/// dictionary pages give have one view a dictionary entry.
pub fn each<T: Copy>(texts: &StringViewArray, answer: impl Fn(&str) -> Option<T>) -> impl Iterator<Item = Option<T>> {
    let mut slots: Vec<Option<(u128, Option<T>)>> = vec![None; SLOTS];
    let views = texts.views();
    (0..texts.len()).map(move |row| {
        if texts.is_null(row) {
            return None;
        }
        let view = views[row];
        let slot = &mut slots[slot_of(view)];
        match slot {
            Some((seen, known)) if *seen == view => *known,
            _ => slot.insert((view, answer(texts.value(row)))).1,
        }
    })
}

fn slot_of(view: u128) -> usize {
    const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
    let folded = (view as u64) ^ ((view >> 64) as u64).rotate_left(32);
    (folded.wrapping_mul(MIX) >> 32) as usize % SLOTS
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_text_that_comes_again_is_not_worked_out_again() {
        let calls = Cell::new(0);
        let texts = StringViewArray::from(vec![
            Some("10.0.0.1"),
            None,
            Some("10.0.0.1"),
            Some(""),
            Some("10.0.0.1"),
        ]);
        let lengths: Vec<_> = each(&texts, |text| {
            calls.set(calls.get() + 1);
            Some(text.len())
        })
        .collect();
        assert_eq!(lengths, [Some(8), None, Some(8), Some(0), Some(8)]);
        assert_eq!(calls.get(), 2);
    }

    #[test]
    fn texts_that_share_a_slot_keep_their_answers() {
        let texts: StringViewArray = (0..5 * SLOTS)
            .map(|number| Some(format!("a text longer than a view {number}")))
            .collect();
        let answers: Vec<_> = each(&texts, |text| text.rsplit(' ').next()?.parse::<usize>().ok()).collect();
        assert!(
            answers
                .iter()
                .enumerate()
                .all(|(number, answer)| *answer == Some(number))
        );
    }
}
