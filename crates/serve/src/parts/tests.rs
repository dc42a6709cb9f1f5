use flowtrail_decode::{Hint, Input, Limits, LogKind, Opened, open};
use proptest::prelude::*;

use super::*;

const FLOW: &str = "2 123456789012 eni-1 10.0.0.1 10.0.0.2 443 49152 6 10 840 1700000000 1700000060 ACCEPT OK";
const TRANSIT: &str = "6 TransitGateway 123456789012 tgw-1 tgw-attach-1 123456789012 123456789012 vpc-1 vpc-2 subnet-1 \
                       subnet-2 eni-1 eni-2 use1-az1 use1-az2 tgw-attach-2 10.0.0.1 10.0.0.2 443 49152 6 10 840 \
                       1700000000 1700000060 OK IPv4 0 0 0 0 2 us-east-1 ingress - -";

/// Rows of VPC flow logs, of Transit Gateway flow logs and of CloudTrail.
type Rows = [u64; 3];

fn envelope(message: &str) -> String {
    let message = serde_json::Value::from(message);
    format!(r#"{{"messageType":"DATA_MESSAGE","logEvents":[{{"id":"1","timestamp":1,"message":{message}}}]}}"#)
}

fn event(id: u8) -> String {
    format!(
        r#"{{"eventVersion":"1.08","eventTime":"2026-11-20T00:00:00Z","eventSource":"s3.amazonaws.com","eventName":"x","eventID":"{id}"}}"#
    )
}

/// Records of every kind, and how many rows each is by itself.
fn pool() -> Vec<(Vec<u8>, Rows)> {
    let plain = |text: &str, rows: Rows| (text.as_bytes().to_vec(), rows);
    let packed = |text: &str, rows: Rows| (gzip(text.as_bytes()), rows);
    let (one, two) = (event(1), event(2));
    let cut = gzip(envelope(FLOW).as_bytes());
    vec![
        packed(&envelope(FLOW), [1, 0, 0]),
        packed(&(envelope(TRANSIT) + "\n"), [0, 1, 0]),
        packed(&envelope(&one), [0, 0, 1]),
        plain(&envelope(FLOW), [1, 0, 0]),
        plain(&format!("{{\n{}", &envelope(FLOW)[1..]), [1, 0, 0]),
        plain(FLOW, [1, 0, 0]),
        plain(&format!("{FLOW}\r\n{FLOW}\n"), [2, 0, 0]),
        packed(FLOW, [1, 0, 0]),
        plain(TRANSIT, [0, 1, 0]),
        plain(&format!("2026-11-01T12:00:00.000Z {FLOW}"), [1, 0, 0]),
        plain("dstaddr srcaddr bytes\n10.0.0.2 10.0.0.1 7", [1, 0, 0]),
        packed("srcaddr bytes\n10.0.0.1 7", [1, 0, 0]),
        plain(&format!("{FLOW}\nsrcaddr bytes\n10.0.0.1 7"), [2, 0, 0]),
        plain(&format!(r#"{{"message":"{FLOW}"}}"#), [1, 0, 0]),
        plain(&one, [0, 0, 1]),
        plain(&format!("{one}\n{two}"), [0, 0, 2]),
        plain(&format!("{one}{two}"), [0, 0, 2]),
        plain(&format!("{{\"Records\":[\n{one},\n{two}\n]}}\n"), [0, 0, 2]),
        packed(&format!("{{\"Records\":[{one}]}}"), [0, 0, 1]),
        packed(&format!("{{\"Records\":[\n{one}\n]}}"), [0, 0, 1]),
        plain(&format!("[{one},{two}]"), [0, 0, 2]),
        plain(&one.replace(',', ",\n"), [0, 0, 1]),
        packed(r#"{"messageType":"CONTROL_MESSAGE","logEvents":[]}"#, [0; 3]),
        plain(r#"{"digestStartTime":"x","logFiles":[]}"#, [0; 3]),
        (cut[..cut.len() - 5].to_vec(), [0; 3]),
        plain(r#"{"Records": 7}"#, [0; 3]),
        plain(&envelope(FLOW)[..40], [0; 3]),
        plain(&one[..40], [0; 3]),
        plain("hello world", [0; 3]),
        plain("", [0; 3]),
    ]
}

fn parts(records: &[&[u8]]) -> Vec<Part> {
    let mut parts = Parts::new();
    for record in records {
        parts.push(record).unwrap();
    }
    parts.finish()
}

fn content(part: &Part) -> Vec<u8> {
    part.content.iter().flat_map(|bytes| bytes.to_vec()).collect()
}

/// The rows of an object up to its end or to the damage that ends it.
fn rows(object: Vec<u8>) -> Rows {
    let mut rows = [0; 3];
    let Ok(Opened::Records(decoder)) = open(Input::Bytes(object.into()), &Hint::default(), &Limits::default()) else {
        return rows;
    };
    for decoded in decoder.map_while(Result::ok) {
        let kind = LogKind::ALL.iter().position(|&kind| kind == decoded.kind).unwrap();
        rows[kind] += decoded.counts.rows;
    }
    rows
}

fn all_rows(parts: &[Part]) -> Rows {
    let rows = parts.iter().map(|part| rows(content(part)));
    rows.fold([0; 3], |sum, rows| std::array::from_fn(|kind| sum[kind] + rows[kind]))
}

#[test]
fn each_record_by_itself_is_the_rows_it_holds() {
    for (record, expected) in pool() {
        assert_eq!(all_rows(&parts(&[&record])), expected, "{}", record.escape_ascii());
    }
}

#[test]
fn what_firehose_delivers_is_one_object() {
    let envelopes: Vec<_> = (0..500).map(|_| gzip(envelope(FLOW).as_bytes())).collect();
    let records: Vec<&[u8]> = envelopes.iter().map(Vec::as_slice).collect();
    let made = parts(&records);
    assert_eq!(
        made.iter().map(|part| part.name.as_str()).collect::<Vec<_>>(),
        ["cloudwatch.json.gz"]
    );
    assert_eq!(all_rows(&made), [500, 0, 0]);
    let lines = parts(&[FLOW.as_bytes(); 500]);
    assert_eq!(
        lines.iter().map(|part| part.name.as_str()).collect::<Vec<_>>(),
        ["flow.log"]
    );
    assert_eq!(content(&lines[0]), format!("{FLOW}\n").repeat(500).into_bytes());
}

#[test]
fn too_many_damaged_ones_are_refused() {
    let cut = &gzip(FLOW.as_bytes())[..20];
    let mut parts = Parts::new();
    for _ in 0..MOST_ALONE {
        parts.push(cut).unwrap();
    }
    assert!(parts.push(cut).unwrap_err().contains("as 64 before it are"));
}

#[test]
fn records_that_hold_too_much_are_refused() {
    let blanks = gzip(&vec![b' '; 16 << 20]);
    let mut parts = Parts::new();
    parts.inflated_bytes = MOST_INFLATED_BYTES - (20 << 20);
    parts.push(&blanks).unwrap();
    parts.push(&blanks).unwrap();
    assert!(parts.push(b"x").unwrap_err().contains("more than 4 GiB"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever stands beside whatever, in whichever order: no record costs another one its rows.
    #[test]
    fn together_they_are_the_sum_of_what_each_is(order in prop::collection::vec(0..pool().len(), 0..24)) {
        let pool = pool();
        let records: Vec<&[u8]> = order.iter().map(|&at| pool[at].0.as_slice()).collect();
        let expected: Rows = std::array::from_fn(|kind| order.iter().map(|&at| pool[at].1[kind]).sum());
        let made = parts(&records);
        prop_assert_eq!(all_rows(&made), expected);
        // Sent again, it is the same.
        let again = parts(&records);
        let listed = |parts: &[Part]| parts.iter().map(|part| (part.name.clone(), content(part))).collect::<Vec<_>>();
        prop_assert_eq!(listed(&made), listed(&again));
    }
}
