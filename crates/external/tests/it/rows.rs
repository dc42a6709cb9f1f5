//! Lines of files as rows, with a regular expression as AWS's own statements have it.

use futures::StreamExt;

use crate::desk::{Desk, REGEX, gzip};

const COLUMNS: &str = "Version INT; Account STRING; InterfaceId STRING; SourceAddress STRING; DestinationAddress STRING; \
                       SourcePort INT; DestinationPort INT; Protocol INT; Packets INT; Bytes INT; StartTime INT; \
                       EndTime INT; Action STRING; LogStatus STRING";
const PATTERN: &str = r"^([^ ]+)\s+([0-9]+)\s+([^ ]+)\s+([^ ]+)\s+([^ ]+)\s+([^ ]+)\s+([^ ]+)\s+([^ ]+)\s+([^ ]+)\s+([^ ]+)\s+([0-9]+)\s+([0-9]+)\s+([^ ]+)\s+([^ ]+)$";
const HEADER: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n";

fn flows(lines: usize) -> String {
    let line = |n: usize| format!("2 123456789012 eni-1 10.0.0.{n} 10.0.1.1 {n} 443 6 1 40 1 2 REJECT OK\n");
    (0..lines).map(line).collect()
}

fn desk() -> Desk {
    Desk::new(COLUMNS, Some(REGEX), &[("input.regex", PATTERN)])
}

#[tokio::test]
async fn lines_are_rows() {
    let desk = desk();
    desk.put("a/one.log.gz", gzip(&format!("{HEADER}{}", flows(2))));
    desk.put("b/two.log", "2 1 eni-2 - - - - - - - 1 2 - NODATA\r\n");
    desk.put("_hidden/three.log", flows(1));
    desk.put("empty.log", "");
    desk.put("empty.log.gz", gzip(""));
    let answer = desk
        .ask("SELECT sourceaddress, sourceport, logstatus, version FROM t ORDER BY version, sourceaddress")
        .await
        .unwrap();
    assert_eq!(
        answer.rows,
        ["-||NODATA|2", "10.0.0.0|0|OK|2", "10.0.0.1|1|OK|2", "|||"],
        "the header does not match, and is a row of NULLs"
    );
    assert_eq!((answer.figures.files_read, answer.figures.partitions_total), (4, 0));
    assert!(answer.bytes_scanned > 100, "{}", answer.bytes_scanned);
    assert_eq!(desk.rows("SELECT count(*) FROM t").await, ["4"]);
}

#[tokio::test]
async fn header_and_footer_are_left_out() {
    let mut desk = desk();
    desk.put("one.log", format!("{HEADER}{}the end\n", flows(3)));
    desk.set(&[("skip.header.line.count", "1"), ("skip.footer.line.count", "1")]);
    assert_eq!(desk.rows("SELECT count(*), count(version) FROM t").await, ["3|3"]);
}

#[tokio::test]
async fn a_limit_ends_the_reading() {
    let desk = desk();
    for number in 0..40 {
        desk.put(&format!("{number}.log"), flows(20_000));
    }
    let all = desk.ask("SELECT count(*), sum(bytes) FROM t").await.unwrap();
    assert_eq!(all.rows, ["800000|32000000"]);
    let some = desk.ask("SELECT account, version FROM t LIMIT 3").await.unwrap();
    assert_eq!(some.rows, ["123456789012|2"; 3]);
    assert!(some.bytes_scanned < all.bytes_scanned / 2, "{}", some.bytes_scanned);
}

#[tokio::test]
async fn a_question_that_is_given_up_ends_the_reading() {
    let desk = desk();
    for number in 0..6 {
        desk.put(&format!("{number}.log"), flows(30_000));
    }
    let mut stream = desk.stream("SELECT account FROM t").await;
    let first = stream.next().await.unwrap().unwrap();
    assert_eq!(first.num_rows(), 8192);
    drop(stream);
    assert_eq!(desk.rows("SELECT account FROM t LIMIT 0").await, [""; 0]);
}

#[tokio::test]
async fn a_location_without_files_has_no_rows() {
    let mut desk = desk();
    assert_eq!(desk.rows("SELECT * FROM t").await, [""; 0]);
    desk.table.location = desk.place("not/there");
    assert_eq!(desk.rows("SELECT count(*) FROM t").await, ["0"]);
}

#[tokio::test]
async fn a_damaged_object_is_named() {
    let desk = desk();
    let whole = gzip(&flows(1000));
    desk.put("whole.log.gz", &whole);
    desk.put("broken.log.gz", &whole[..whole.len() - 6]);
    let error = desk.ask("SELECT count(*) FROM t").await.unwrap_err();
    assert!(error.contains("broken.log.gz: gzip data is damaged"), "{error}");
}

#[tokio::test]
async fn a_file_too_large_for_memory_is_read_where_it_lies() {
    let desk = Desk::new("line string", None, &[]);
    let line = format!("{}\n", "x".repeat(1 << 20));
    desk.put("large.txt", line.repeat(33));
    assert_eq!(
        desk.rows("SELECT count(*), max(length(line)) FROM t").await,
        ["33|1048576"]
    );
}
