//! Statements: events, files, cancelling, what goes wrong.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::site::{Site, of_kind, site};

const ENDLESS: &str = "SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b \
                       WHERE a.value * b.value % 7 = 3";

#[tokio::test]
async fn several_statements_are_told_one_after_another() {
    let site = site();
    let sql = "CREATE SCHEMA s;\nUSE SCHEMA s;\n\n  SELECT 1 AS n, 'a' AS t, NULL AS z, DATE '2026-11-20' AS d, true AS b, \
               9007199254740993 AS large, from_unixtime(0) AS at, ARRAY[1, 2] AS list, CAST(1.50 AS DECIMAL(38, 2)) AS exact";
    let events = site.events(&json!({"sql": sql})).await;
    let starts: Vec<_> = of_kind(&events, "statement")
        .iter()
        .map(|event| event["line"].clone())
        .collect();
    assert_eq!(starts, [1, 2, 4]);
    let columns = of_kind(&events, "columns")[2]["columns"].as_array().unwrap().clone();
    let kinds: Vec<_> = columns.iter().map(|column| column["kind"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "number", "text", "other", "date", "boolean", "number", "time", "other", "number"
        ]
    );
    let rows = of_kind(&events, "rows").last().unwrap()["rows"].clone();
    assert_eq!(
        rows,
        json!([[
            1,
            "a",
            null,
            "2026-11-20",
            true,
            "9007199254740993",
            "1970-01-01T00:00:00Z",
            [1, 2],
            "1.50"
        ]])
    );
    let session = events.last().unwrap();
    assert_eq!(
        (session["event"].as_str(), session["schema"].as_str()),
        (Some("session"), Some("s"))
    );
    // Another request stands where every request does.
    let events = site.events(&json!({"sql": "SELECT 1"})).await;
    assert_eq!(events.last().unwrap()["schema"], "public");
}

#[tokio::test]
async fn many_rows_come_in_pieces_and_are_cut_where_asked() {
    let site = site();
    let sql = "SELECT value FROM generate_series(1, 5000)";
    let rows = |events: &[Value]| -> usize {
        let pieces = of_kind(events, "rows");
        assert!(
            pieces
                .iter()
                .all(|piece| piece["rows"].as_array().unwrap().len() <= 1000)
        );
        pieces.iter().map(|piece| piece["rows"].as_array().unwrap().len()).sum()
    };
    let events = site.events(&json!({"sql": sql})).await;
    assert_eq!(
        (rows(&events), &of_kind(&events, "end")[0]["is_cut"]),
        (5000, &json!(false))
    );
    let events = site.events(&json!({"sql": sql, "max_rows": 1234})).await;
    assert_eq!(
        (rows(&events), &of_kind(&events, "end")[0]["is_cut"]),
        (1234, &json!(true))
    );
    let events = site.events(&json!({"sql": sql, "max_rows": 5000})).await;
    assert_eq!(
        (rows(&events), &of_kind(&events, "end")[0]["is_cut"]),
        (5000, &json!(false))
    );
}

#[tokio::test]
async fn an_error_has_its_place_in_the_whole_text() {
    let site = site();
    let events = site
        .events(&json!({"sql": "SELECT 1;\nSELECT 2; SELECT\n  srcadr FROM logs.flow; SELECT 3"}))
        .await;
    assert_eq!(of_kind(&events, "end").len(), 2);
    let problem = &of_kind(&events, "error")[0]["problem"];
    assert_eq!(problem["place"], json!({"line": 3, "column": 3}));
    assert_eq!(problem["title"], "no column `srcadr`");
    assert_eq!(problem["hint"], "did you mean `srcaddr`?");
    assert_eq!(
        problem["detail"],
        "line 3, column 3: no column `srcadr`\n    srcadr FROM logs.flow; SELECT 3\n    ^"
    );
    let failed = site.get("/api/v1/statements").await.json();
    assert_eq!(failed[0]["state"], "failed");
}

#[tokio::test]
async fn requests_that_make_no_sense_are_refused() {
    let site = site();
    for (body, detail) in [
        (json!({"sql": " ; -- nothing"}), "there is no statement"),
        (json!({"sql": "SELECT 1", "accent": "french"}), "french"),
        (json!({"sql": "SELECT 1", "warehouse": "w"}), "no warehouse `w`"),
        (
            json!({"sql": "SELECT 1", "scope": {"filter": "a = "}}),
            "the filter, column 4",
        ),
        (json!({"query": "SELECT 1"}), "unknown field `query`"),
    ] {
        let answer = site.post("/api/v1/statements", &body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problem = answer.json();
        assert!(problem["detail"].as_str().unwrap().contains(detail), "{problem}");
    }
    let large = json!({"sql": "x".repeat(3 << 20)});
    let answer = site.post("/api/v1/statements", &large).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn files_are_what_is_accepted() {
    let site = site();
    let file = async |accept: &str, sql: &str| {
        let request = Site::request(Method::POST, "/api/v1/statements").header("accept", accept);
        site.answer(request.body(Body::from(json!({ "sql": sql }).to_string())).unwrap())
            .await
    };
    let formula = "SELECT '=1+1' AS f, 'ü' AS u";
    let csv = file("text/csv", formula).await;
    assert_eq!(csv.text(), "\u{feff}f,u\n'=1+1,ü\n");
    assert!(csv.header("content-disposition").contains("answer.csv"));
    assert_eq!(
        file("application/json", formula).await.json(),
        json!([{"f": "=1+1", "u": "ü"}])
    );
    let xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    assert!(file(xlsx, formula).await.body.starts_with(b"PK"));
    assert!(
        file("application/vnd.apache.parquet", formula)
            .await
            .body
            .starts_with(b"PAR1")
    );
    let arrow = file(
        "application/vnd.apache.arrow.stream",
        "SELECT value FROM generate_series(1, 10000)",
    )
    .await;
    let batches = arrow::ipc::reader::StreamReader::try_new(arrow.body.as_slice(), None).unwrap();
    assert_eq!(batches.map(|batch| batch.unwrap().num_rows()).sum::<usize>(), 10_000);
    let failed = file("text/csv", "SELECT nope").await;
    assert_eq!(
        (failed.status, failed.json()["place"]["column"].clone()),
        (StatusCode::BAD_REQUEST, json!(8))
    );
    let two = file("text/csv", "SELECT 1; SELECT 2").await;
    assert!(
        two.json()["detail"]
            .as_str()
            .unwrap()
            .contains("2 statements cannot go to one file")
    );
}

#[tokio::test]
async fn a_statement_is_cancelled_by_its_id() {
    let site = site();
    let request = Site::request(Method::POST, "/api/v1/statements");
    let request = request
        .body(Body::from(json!({"sql": ENDLESS, "id": "mine"}).to_string()))
        .unwrap();
    let response = site.router.clone().oneshot(request).await.unwrap();
    let state = async || site.get("/api/v1/statements").await.json()[0]["state"].clone();
    assert_eq!(state().await, "running");
    let again = site
        .post("/api/v1/statements", &json!({"sql": "SELECT 1", "id": "mine"}))
        .await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let cancel = async |id: &str| {
        let path = format!("/api/v1/statements/{id}");
        site.answer(Site::request(Method::DELETE, &path).body(Body::empty()).unwrap())
            .await
            .status
    };
    assert_eq!(cancel("other").await, StatusCode::NOT_FOUND);
    assert_eq!(cancel("mine").await, StatusCode::NO_CONTENT);
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert!(String::from_utf8_lossy(&body).contains("\"event\":\"cancelled\""));
    assert_eq!(state().await, "cancelled");
}

#[tokio::test]
async fn who_goes_away_takes_the_statement_along() {
    let site = site();
    let request = Site::request(Method::POST, "/api/v1/statements");
    let request = request.body(Body::from(json!({ "sql": ENDLESS }).to_string())).unwrap();
    drop(site.router.clone().oneshot(request).await.unwrap());
    for _ in 0..100 {
        if site.get("/api/v1/statements").await.json()[0]["state"] == "cancelled" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it still runs");
}

#[tokio::test]
async fn a_server_that_stops_ends_what_runs() {
    let site = site();
    let request = Site::request(Method::POST, "/api/v1/statements");
    let request = request.body(Body::from(json!({ "sql": ENDLESS }).to_string())).unwrap();
    let response = site.router.clone().oneshot(request).await.unwrap();
    site.api.cancel_all();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert!(String::from_utf8_lossy(&body).contains("cancelled"));
}

#[tokio::test]
async fn the_catalog_has_what_can_be_named() {
    let site = site();
    site.events(&json!({"sql": "CREATE VIEW v AS SELECT 1 AS one; CREATE WAREHOUSE w"}))
        .await;
    let catalog = site.get("/api/v1/catalog").await.json();
    let relation = |name: &str| {
        let relations = catalog["relations"].as_array().unwrap();
        relations
            .iter()
            .find(|relation| relation["name"] == name)
            .unwrap_or_else(|| panic!("{name}"))
            .clone()
    };
    assert_eq!(
        relation("public.v")["columns"],
        json!([{"name": "one", "type": "Int64", "kind": "number"}])
    );
    assert_eq!(relation("public.v")["kind"], "view");
    assert_eq!(relation("logs.vpc_flow")["schema"], "logs");
    assert_eq!(catalog["warehouses"], json!(["w"]));
    assert!(catalog["functions"].as_array().unwrap().contains(&json!("ip_in")));
}

#[tokio::test]
async fn nothing_out_of_reach_is_touched() {
    let site = site();
    let events = site.events(&json!({"sql": "CREATE STAGE st url = '/etc'"})).await;
    let problem = &of_kind(&events, "error")[0]["problem"];
    assert!(
        problem["detail"].as_str().unwrap().contains("`/etc` is no place"),
        "{problem}"
    );
    assert!(
        problem["hint"].as_str().unwrap().contains("--allow-location"),
        "{problem}"
    );
}
