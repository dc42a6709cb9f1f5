//! A question asked again costs what is new, and its answer is that of the files there are now.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::sleep;

use crate::table::{Form, Record, Table, write};

/// A file of one day's records, a value of `at` a minute; `written` tells files apart.
fn add(folder: &Path, day: i64, written: &str) {
    let records: Vec<Record> = (0..300)
        .map(|number| Record {
            few: Some(format!("f{}", number % 3)),
            many: Some(format!("m{}-{day}", number % 40)),
            small: Some((number % 7) as i32),
            large: Some(number * day),
            at: day * 1000 + number,
        })
        .collect();
    let of_day = tempfile::tempdir().unwrap();
    write(of_day.path(), &records, &[Form::Usual]);
    fs::rename(
        of_day.path().join("0.parquet"),
        folder.join(format!("{day}-{written}.parquet")),
    )
    .unwrap();
}

const TILES: [&str; 5] = [
    "SELECT few, sum(large), count(*), min(at), max(at), avg(small) FROM t WHERE at >= 2150 GROUP BY few",
    "SELECT many, sum(large) AS s FROM t WHERE few = 'f1' AND at >= 2150 AND at < 90000 GROUP BY many ORDER BY s, many LIMIT 9",
    "SELECT count(*), sum(large) FROM t WHERE at >= 2150",
    "SELECT few, approx_distinct(many), sum(large), approx_distinct(at) FROM t WHERE at >= 2150 GROUP BY few",
    "SELECT approx_distinct(large) FROM t WHERE at >= 2150",
];

#[tokio::test]
async fn only_new_files_and_those_at_the_edge_are_read() {
    let folder = tempfile::tempdir().unwrap();
    for day in 1..=6 {
        add(folder.path(), day, "a");
    }
    let table = Table::open(folder.path()).await;
    for tile in TILES {
        let first = table.same(tile).await;
        // Day 1 is before the range, day 2 is cut through, four are whole.
        assert_eq!((first.known, first.read), (0, 5), "{tile}");
        let again = table.same(tile).await;
        assert_eq!((again.known, again.read), (4, 1), "{tile}");
    }
    add(folder.path(), 7, "a");
    let table = table.with_new_files(folder.path()).await;
    for tile in TILES {
        let grown = table.same(tile).await;
        assert_eq!((grown.known, grown.read), (4, 2), "{tile}");
        let again = table.same(tile).await;
        assert_eq!((again.known, again.read), (5, 1), "{tile}");
    }
}

#[tokio::test]
async fn a_file_that_is_gone_counts_no_more() {
    let folder = tempfile::tempdir().unwrap();
    for day in 2..=5 {
        add(folder.path(), day, "a");
    }
    let table = Table::open(folder.path()).await;
    for tile in TILES {
        table.same(tile).await;
    }
    // As compaction does: another file in place of one.
    fs::remove_file(folder.path().join("4-a.parquet")).unwrap();
    add(folder.path(), 4, "b");
    let table = table.with_new_files(folder.path()).await;
    for tile in TILES {
        assert_eq!(table.same(tile).await.known, 0, "{tile}");
        assert_eq!(table.same(tile).await.known, 3, "{tile}");
    }
    fs::remove_file(folder.path().join("5-a.parquet")).unwrap();
    let table = table.with_new_files(folder.path()).await;
    for tile in TILES {
        table.same(tile).await;
    }
}

#[tokio::test]
async fn another_question_is_another_answer() {
    let folder = tempfile::tempdir().unwrap();
    for day in 1..=3 {
        add(folder.path(), day, "a");
    }
    let table = Table::open(folder.path()).await;
    for statement in [
        "SELECT few, sum(large) FROM t GROUP BY few",
        "SELECT few, sum(at) FROM t GROUP BY few",
        "SELECT few, max(large) FROM t GROUP BY few",
        "SELECT few, approx_distinct(large) FROM t GROUP BY few",
        "SELECT few, approx_distinct(at) FROM t GROUP BY few",
        "SELECT many, sum(large) FROM t GROUP BY many",
        "SELECT few, sum(large) FROM t WHERE small = 1 GROUP BY few",
        "SELECT few, sum(large) FROM t WHERE small = 2 GROUP BY few",
        "SELECT few, sum(large) FROM t WHERE small = 2 OR few = 'f1' GROUP BY few",
        "SELECT upper(few), sum(large) FROM t GROUP BY 1",
        "SELECT lower(few), sum(large) FROM t GROUP BY 1",
    ] {
        assert_eq!(table.same(statement).await.known, 0, "{statement}");
    }
    // The two halves ask the same thing at once.
    let both = "SELECT a.few, a.s, b.s FROM (SELECT few, sum(small) AS s FROM t GROUP BY few) a \
                JOIN (SELECT few, sum(small) AS s FROM t GROUP BY few) b ON a.few = b.few";
    for _ in 0..3 {
        assert_eq!(table.same(both).await.on_codes, 2);
    }
}

#[tokio::test]
async fn an_answer_too_large_to_keep_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    for day in 1..=40 {
        add(folder.path(), day, "a");
    }
    let table = Table::open(folder.path()).await;
    for _ in 0..2 {
        assert_eq!(
            table
                .same("SELECT at, many, sum(large) FROM t GROUP BY at, many")
                .await
                .known,
            0
        );
    }
}

#[tokio::test]
async fn sketches_of_many_files_take_the_room_of_one() {
    let folder = tempfile::tempdir().unwrap();
    for day in 1..=40 {
        add(folder.path(), day, "a");
    }
    let table = Table::open(folder.path()).await;
    let distinct = "SELECT approx_distinct(large), approx_distinct(at), approx_distinct(many) FROM t";
    for known in [0, 40] {
        assert_eq!(table.same(distinct).await.known, known);
    }
}

/// The files of answers, once there are `count`.
async fn written(answers: &Path, count: usize) -> Vec<PathBuf> {
    loop {
        let files: Vec<PathBuf> = fs::read_dir(answers)
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().unwrap() == "answer")
            .collect();
        if files.len() >= count {
            return files;
        }
        sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn another_process_goes_on_where_one_ended() {
    let (folder, answers) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for day in 1..=6 {
        add(folder.path(), day, "a");
    }
    let table = Table::with_answers_in(answers.path(), folder.path()).await;
    for tile in TILES {
        table.same(tile).await;
    }
    written(answers.path(), TILES.len()).await;
    add(folder.path(), 7, "a");
    let table = Table::with_answers_in(answers.path(), folder.path()).await;
    for tile in TILES {
        let grown = table.same(tile).await;
        assert_eq!((grown.known, grown.read), (4, 2), "{tile}");
        let again = table.same(tile).await;
        assert_eq!((again.known, again.read), (5, 1), "{tile}");
    }
    // As compaction does: another file in place of one.
    fs::remove_file(folder.path().join("4-a.parquet")).unwrap();
    add(folder.path(), 4, "b");
    let table = Table::with_answers_in(answers.path(), folder.path()).await;
    for tile in TILES {
        assert_eq!(table.same(tile).await.known, 0, "{tile}");
    }
}

#[tokio::test]
async fn a_damaged_answer_is_worked_out_again() {
    let folder = tempfile::tempdir().unwrap();
    for day in 1..=4 {
        add(folder.path(), day, "a");
    }
    for (tile, places) in [(TILES[0], 100), (TILES[3], 20)] {
        damage(folder.path(), tile, places).await;
    }
}

/// Cuts and changes the answer to `tile` at so many places, about.
async fn damage(folder: &Path, tile: &str, places: usize) {
    let answers = tempfile::tempdir().unwrap();
    let known = async || {
        let table = Table::with_answers_in(answers.path(), folder).await;
        table.same(tile).await.known
    };
    assert_eq!(known().await, 0);
    let [file] = &written(answers.path(), 1).await[..] else {
        panic!("one answer was asked for")
    };
    let sound = fs::read(file).unwrap();
    let step = (sound.len() / places).max(61) | 1;
    let cut = (0..sound.len()).step_by(step).map(|length| sound[..length].to_vec());
    let changed = (0..sound.len()).step_by(step).map(|place| {
        let mut bytes = sound.clone();
        bytes[place] ^= 0x20;
        bytes
    });
    let longer = [sound.as_slice(), b"x"].concat();
    for bytes in cut.chain(changed).chain([longer]) {
        fs::write(file, &bytes).unwrap();
        assert_eq!(known().await, 0);
        // The answer was written again.
        while fs::read(file).unwrap() == bytes {
            sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(known().await, 2);
    }
}
