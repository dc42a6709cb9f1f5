//! `COPY INTO` dies at every step, and each file is in the table once; whoever comes next finishes what was decided.

use std::fs;
use std::path::Path;

use crate::lake::{Lake, points};

const FILES: usize = 5;
const ROWS: usize = 40;

/// A lake with a table and a stage of files, none of them copied.
fn lake() -> Lake {
    let lake = Lake::new();
    let files = lake.path("files");
    fs::create_dir(&files).unwrap();
    for file in 0..FILES {
        let rows = (0..ROWS).map(|row| format!("{{\"n\": {}, \"odd name\": \"x\"}}\n", file * ROWS + row));
        fs::write(Path::new(&files).join(format!("{file}.json")), rows.collect::<String>()).unwrap();
    }
    lake.must(&format!(
        "CREATE TABLE t (v VARIANT); CREATE STAGE s url = '{files}' FILE_FORMAT = (TYPE = JSON)"
    ));
    lake
}

/// Copies what is left, and counts.
fn finish_and_check(lake: &Lake, told: &str) {
    lake.must("COPY INTO t FROM @s");
    let count = "SELECT count(*), count(DISTINCT v:n), count(v:\"odd name\") FROM t";
    let all = FILES * ROWS;
    assert!(
        lake.must(count).ends_with(&format!("\n{all},{all},{all}\n")),
        "{told}: {}",
        lake.must(count)
    );
    let history =
        "SELECT count(*), sum(rows) FROM system.load_history WHERE table_name = 'public.t' AND status = 'loaded'";
    assert!(
        lake.must(history).ends_with(&format!("\n{FILES},{all}\n")),
        "{told}: {}",
        lake.must(history)
    );
    assert!(lake.must("COPY INTO t FROM @s").contains("0 files processed"), "{told}");
}

#[test]
fn a_copy_that_dies_is_finished_by_the_next() {
    for point in points() {
        let lake = lake();
        let ended = lake.run("COPY INTO t FROM @s", &format!("{point}=return(kill)"));
        assert!(!ended.status.success(), "{point}: {ended:?}");
        finish_and_check(&lake, point);
    }
}

#[test]
fn a_copy_that_fails_is_finished_by_the_next() {
    for point in points() {
        let lake = lake();
        lake.run("COPY INTO t FROM @s", &format!("{point}=return"));
        finish_and_check(&lake, point);
    }
}

#[test]
fn a_copy_that_makes_its_rows_is_finished_by_one_that_does_not() {
    for point in [
        "load.staged",
        "load.decided",
        "load.table_committed",
        "load.history_committed",
    ] {
        let lake = lake();
        let ended = lake.run(
            "COPY INTO t (v) FROM (SELECT f.$1 FROM @s f)",
            &format!("{point}=return(kill)"),
        );
        assert!(!ended.status.success(), "{point}: {ended:?}");
        finish_and_check(&lake, point);
    }
}

#[test]
fn a_load_of_logs_finishes_a_copy_that_was_decided() {
    for point in ["load.decided", "load.table_committed", "load.history_committed"] {
        let lake = lake();
        let ended = lake.run("COPY INTO t FROM @s", &format!("{point}=return(kill)"));
        assert!(!ended.status.success(), "{point}: {ended:?}");
        let log = lake.path("flow.log");
        fs::write(
            &log,
            "2 123456789012 eni-1 10.0.0.1 10.0.0.2 1 2 6 3 4 1793491200 1793491260 ACCEPT OK\n",
        )
        .unwrap();
        let load = lake.command(&["load", &log], "");
        assert!(load.status.success(), "{point}: {load:?}");
        assert!(
            lake.must("COPY INTO t FROM @s").contains("0 files processed"),
            "{point}"
        );
        finish_and_check(&lake, point);
        // The same file again into the table of logs is known, and into a table of its own it is new.
        assert!(lake.must("SELECT count(*) FROM logs.vpc_flow").ends_with("\n1\n"));
    }
}
