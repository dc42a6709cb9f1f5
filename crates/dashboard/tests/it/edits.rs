//! Whatever somebody types, or sends to do harm, is read or told to be wrong: never a panic, and never slow.

use std::time::{Duration, Instant};

use flowtrail_dashboard::{Dashboard, MOST_BYTES, built_in};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::arbitrary::dashboard;

/// One edit of a text: something taken out, put in, or said twice.
#[derive(Clone, Debug)]
enum Edit {
    Remove(Index, Index),
    Insert(Index, String),
    Copy(Index, Index, Index),
    Cut(Index),
}

const PARTS: &[&str] = &[
    "\n",
    "  ",
    "\t",
    ":",
    ": ",
    "- ",
    "? ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "#",
    "&a ",
    "*a ",
    "!t ",
    "|",
    ">",
    "|+9",
    "'",
    "\"",
    "\\",
    "\\x",
    "%YAML 1.2\n",
    "---\n",
    "...\n",
    "~",
    "\u{0}",
    "\u{feff}",
    "\r",
    "\u{85}",
    "1e999",
    "-",
    "0x",
    "ネ",
    "\"\\ud800\"",
];

fn edit() -> impl Strategy<Value = Edit> {
    let at = any::<Index>;
    prop_oneof![
        (at(), at()).prop_map(|(from, to)| Edit::Remove(from, to)),
        (at(), vec(select(PARTS), 1..4)).prop_map(|(at, parts)| Edit::Insert(at, parts.concat())),
        (at(), at(), at()).prop_map(|(from, to, at)| Edit::Copy(from, to, at)),
        at().prop_map(Edit::Cut),
    ]
}

fn edited(text: &str, edits: &[Edit]) -> String {
    /// Edits are of some lines' length, so that what is left is still much like a dashboard.
    const LONGEST: usize = 60;
    let mut chars: Vec<char> = text.chars().collect();
    for edit in edits {
        if chars.is_empty() {
            break;
        }
        let part = |from: &Index, to: &Index, length: usize| {
            let from = from.index(length);
            from..(from + 1 + to.index(LONGEST)).min(length)
        };
        match edit {
            Edit::Remove(from, to) => drop(chars.drain(part(from, to, chars.len()))),
            Edit::Insert(at, text) => {
                let at = at.index(chars.len());
                chars.splice(at..at, text.chars());
            }
            Edit::Copy(from, to, at) => {
                let copied = chars[part(from, to, chars.len())].to_vec();
                let at = at.index(chars.len());
                chars.splice(at..at, copied);
            }
            Edit::Cut(at) => chars.truncate(at.index(chars.len())),
        }
    }
    chars.into_iter().collect()
}

/// What is read is what it says; what is wrong is named within the text.
fn look_at(
    text: &str,
    read: fn(&str) -> Result<Dashboard, flowtrail_dashboard::Mistakes>,
) -> Result<(), TestCaseError> {
    match read(text) {
        Ok(dashboard) => prop_assert_eq!(Dashboard::from_yaml(&dashboard.to_yaml()), Ok(dashboard)),
        Err(mistakes) => {
            let lines = text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']).count();
            for mistake in &mistakes {
                prop_assert!(mistake.place.line <= lines + 1, "{} of {}", mistake, lines);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn edited_yaml(dashboard in dashboard(), edits in vec(edit(), 1..6)) {
        look_at(&edited(&dashboard.to_yaml(), &edits), Dashboard::from_yaml)?;
    }

    #[test]
    fn edited_json(dashboard in dashboard(), edits in vec(edit(), 1..6)) {
        let json = serde_json::to_string_pretty(&dashboard).unwrap();
        look_at(&edited(&json, &edits), Dashboard::from_json)?;
    }

    #[test]
    fn anything_at_all(parts in vec(select(PARTS), 0..60)) {
        look_at(&parts.concat(), Dashboard::from_yaml)?;
        look_at(&parts.concat(), Dashboard::from_json)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn edited_built_in(which in any::<Index>(), edits in vec(edit(), 1..4)) {
        let built_in = &built_in()[which.index(built_in().len())];
        look_at(&edited(built_in.yaml, &edits), Dashboard::from_yaml)?;
    }
}

#[test]
fn large_texts_are_not_slow() {
    let parts = [
        "[",
        "{",
        "- ",
        "? ",
        "a:\n ",
        "[a, ",
        "{a: ",
        "&a ",
        "*a ",
        "!t ",
        "a: b\n",
        "- a\n",
        "'",
        "\"",
        "\"\\x",
        "#",
        "\n",
        " ",
        "\t",
        "a ",
        "a: ",
        ": ",
        "|\n",
        ">\n ",
        "%A b\n",
        "---\n",
        "...\n",
        "? a\n",
        ",",
        "a: [b, c]\n",
        "- - - a\n",
        "[a]: ",
        "\r",
        "{a, ",
    ];
    for part in parts {
        let text = part.repeat(MOST_BYTES / part.len());
        for read in [Dashboard::from_yaml, Dashboard::from_json] {
            let began = Instant::now();
            assert!(read(&text).is_err());
            let took = began.elapsed();
            assert!(took < Duration::from_secs(20), "{part:?} takes {took:?}");
            if took > Duration::from_secs(1) {
                eprintln!("{part:?} takes {took:?}");
            }
        }
    }
}
