//! Counting to the last record.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::input::Input;
use crate::site::Site;

const QUESTIONS: &str = "
    SELECT 'flow' AS what, _object AS object, count(*) AS n FROM logs.vpc_flow GROUP BY _object;
    SELECT 'text' AS what, '' AS object, count(*) AS n, count(DISTINCT bytes) AS differing
        FROM logs.vpc_flow WHERE _object LIKE '%.log%';
    SELECT 'trail' AS what, _object AS object, count(*) AS n FROM logs.cloudtrail GROUP BY _object;
    SELECT 'events' AS what, '' AS object, count(*) AS n, count(DISTINCT eventid) AS differing FROM logs.cloudtrail;
    SELECT 'flagged' AS what, '' AS object, count(*) AS n, count(DISTINCT eventid) AS differing
        FROM logs.cloudtrail WHERE _id_conflict;
    SELECT 'quarantine' AS what, object_uri AS object, count(*) AS n, count(DISTINCT line) AS differing
        FROM system.quarantine GROUP BY object_uri;
    SELECT 'history' AS what, object_uri AS object, table_name, status, lines, rows, headers, rejected, duplicates
        FROM system.load_history";

/// Loads what is left, and asserts that every record is there once, that the history says so, that nothing lies about,
/// and that a further load loads nothing.
pub fn finish_and_check(site: &Site<'_>, input: &Input, story: &str) {
    let ended = site.load(&[]);
    assert!(ended.is_well(), "{story}: {ended:?}");
    check(site, input, story);
}

/// The same, where everything has been loaded.
pub fn check(site: &Site<'_>, input: &Input, story: &str) {
    let again = site.load(&[]);
    assert!(again.is_well(), "{story}: {again:?}");
    let summary: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(summary["loaded"], 0, "{story}: a further load loads nothing");
    assert_eq!(summary["already_loaded"], input.files.len(), "{story}");
    assert_eq!(site.leftovers(), Vec::<String>::new(), "{story}: intents and outcomes");

    let answers = site.ask(QUESTIONS);
    let flows = by_object(&answers, "flow");
    assert_eq!(flows, input.flows, "{story}: flow records by object");
    let total = one(&answers, "text");
    assert_eq!(total["n"], total["differing"], "{story}: flow records twice");
    assert_eq!(
        by_object(&answers, "quarantine"),
        input.rejects,
        "{story}: rejects by object"
    );
    let total = one(&answers, "events");
    assert_eq!(
        (number(&total["n"]), number(&total["differing"])),
        (input.distinct_events + input.conflicts, input.distinct_events),
        "{story}: events"
    );
    let flagged = one(&answers, "flagged");
    assert_eq!(
        (number(&flagged["n"]), number(&flagged["differing"])),
        (2 * input.conflicts, input.conflicts),
        "{story}: events of one id and several contents are flagged, all of them"
    );
    check_history(&answers, input, story);
}

/// One row an object, which adds up and agrees with the tables.
fn check_history(answers: &[Value], input: &Input, story: &str) {
    let trail = by_object(answers, "trail");
    let mut objects = Vec::new();
    for row in answers.iter().filter(|row| row["what"] == "history") {
        let object = name(row);
        let story = format!("{story}: history of {object}: {row}");
        let (rows, rejected, duplicates) = (
            number(&row["rows"]),
            number(&row["rejected"]),
            number(&row["duplicates"]),
        );
        assert_eq!(
            number(&row["lines"]),
            rows + rejected + duplicates + number(&row["headers"]),
            "{story}"
        );
        let rejects = input.rejects.get(&object).copied().unwrap_or(0);
        assert_eq!(rejected, rejects, "{story}");
        assert_eq!(
            row["status"],
            if rejects > 0 { "loaded_with_rejects" } else { "loaded" },
            "{story}"
        );
        if let Some(events) = input.events.get(&object) {
            assert_eq!(row["table_name"], "logs.cloudtrail", "{story}");
            assert_eq!(rows + duplicates, *events, "{story}");
            assert_eq!(rows, trail.get(&object).copied().unwrap_or(0), "{story}");
        } else {
            assert_eq!(row["table_name"], "logs.vpc_flow", "{story}");
            assert_eq!((rows, duplicates), (input.flows[&object], 0), "{story}");
        }
        objects.push(object);
    }
    objects.sort();
    assert_eq!(
        objects,
        input.files.keys().cloned().collect::<Vec<_>>(),
        "{story}: one row an object"
    );
}

fn by_object(answers: &[Value], what: &str) -> BTreeMap<String, u64> {
    answers
        .iter()
        .filter(|row| row["what"] == what)
        .map(|row| (name(row), number(&row["n"])))
        .collect()
}

fn one<'a>(answers: &'a [Value], what: &str) -> &'a Value {
    answers.iter().find(|row| row["what"] == what).unwrap()
}

/// The object's name without its place.
fn name(row: &Value) -> String {
    row["object"].as_str().unwrap().rsplit_once('/').unwrap().1.to_owned()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no count"))
}
