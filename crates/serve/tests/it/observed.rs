//! What can be seen of the server.

use crate::client::{Request, get, say};
use crate::deliveries::FLOW;
use crate::running::{aside, options, start, start_over};

#[tokio::test]
async fn routes_are_what_they_are() {
    let running = start(options()).await;
    let address = running.address;
    aside(move || {
        assert_eq!(get(address, "/healthz").json()["status"], "alive");
        assert_eq!(get(address, "/readyz").json()["status"], "ready");
        for path in ["/", "/firehose/a/b", "/healthz/x"] {
            let answer = get(address, path);
            assert_eq!(answer.status, 404);
            assert!(answer.json()["error"].as_str().unwrap().contains("POST /firehose"));
        }
        let answer = get(address, "/firehose");
        assert_eq!(answer.status, 405);
        assert!(answer.head.contains("allow: post"), "{answer:?}");
        let answer = say(
            address,
            "DELETE /metrics HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n",
        );
        assert_eq!((answer.status, answer.json()["error"].is_string()), (405, true));
    })
    .await;
}

#[tokio::test]
async fn what_is_in_the_way_is_said() {
    let running = start_over(options(), |store| store, &["the lake is read-only", "no pipe runs"]).await;
    let address = running.address;
    let answer = aside(move || get(address, "/readyz")).await;
    assert_eq!(answer.status, 503);
    let expected = serde_json::json!({"status": "not ready", "reasons": ["the lake is read-only", "no pipe runs"]});
    assert_eq!(answer.json(), expected);
}

#[tokio::test]
async fn metrics_count_what_was_done() {
    let running = start(options()).await;
    let address = running.address;
    let metrics = aside(move || {
        Request::firehose("id-1", &[FLOW.as_bytes(), b"x"])
            .to("/firehose/vpc_flow")
            .send(address);
        Request::firehose("id-2", &[])
            .without("X-Amz-Firehose-Access-Key")
            .send(address);
        get(address, "/no-such-thing");
        get(address, "/metrics")
    })
    .await;
    assert!(
        metrics.head.contains("content-type: application/openmetrics-text"),
        "{metrics:?}"
    );
    for line in [
        r#"flowtrail_http_requests_total{route="/firehose/{kind}",status="200"} 1"#,
        r#"flowtrail_http_requests_total{route="/firehose",status="401"} 1"#,
        r#"flowtrail_http_requests_total{route="other",status="404"} 1"#,
        r#"flowtrail_http_request_seconds_count{route="/firehose/{kind}"} 1"#,
        "flowtrail_http_requests_in_work 1",
        r#"flowtrail_firehose_records_total{kind="vpc_flow"} 2"#,
        &format!(
            r#"flowtrail_firehose_data_bytes_total{{kind="vpc_flow"}} {}"#,
            FLOW.len() + 1
        ),
        r#"flowtrail_firehose_deliveries_total{kind="vpc_flow",stored="new"} 1"#,
        "# EOF",
    ] {
        assert!(
            metrics.body.lines().any(|found| found == line),
            "{line}\n{}",
            metrics.body
        );
    }
}
