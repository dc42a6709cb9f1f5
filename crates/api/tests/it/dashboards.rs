//! Dashboards: read, changed, brought in, taken away.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::site::{Answer, Site, site};

const YAML: &str = "dashboard: mine\ntitle: Mine # and nobody's\ntiles:\n  - id: one\n    title: One\n    sql: SELECT 1 AS n\n    \
                    chart: number\n    at: {x: 0, y: 0, width: 3, height: 4}\n";

impl Site {
    async fn put(&self, name: &str, content_type: &str, precondition: (&str, &str), body: &str) -> Answer {
        let request = axum::http::Request::builder()
            .method(Method::PUT)
            .uri(format!("/api/v1/dashboards/{name}"))
            .header("host", "localhost")
            .header("content-type", content_type)
            .header(precondition.0, precondition.1);
        self.answer(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    async fn delete(&self, name: &str, version: &str) -> StatusCode {
        let request = Self::request(Method::DELETE, &format!("/api/v1/dashboards/{name}")).header("if-match", version);
        self.answer(request.body(Body::empty()).unwrap()).await.status
    }
}

#[tokio::test]
async fn those_built_in_are_there_from_the_start() {
    let site = site();
    let list = site.get("/api/v1/dashboards").await.json();
    let names: Vec<_> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["network", "cloudtrail", "security", "loads"]);
    let network = site.get("/api/v1/dashboards/network").await;
    assert_eq!(network.header("etag"), "\"0\"");
    let titles: Vec<_> = network.json()["tiles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tile| tile["title"].clone())
        .collect();
    let has_title = |title: &str| titles.iter().any(|one| one == title || one["en"] == title);
    for title in [
        "Reject Count",
        "Biggest talkers by source",
        "Biggest talkers by destination",
        "Biggest talkers by ENI",
    ] {
        assert!(has_title(title), "{title}: {titles:?}");
    }
}

#[tokio::test]
async fn who_changes_one_has_seen_what_is_there() {
    let site = site();
    let made = site.put("mine", "application/yaml", ("if-none-match", "*"), YAML).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    let version = made.header("etag").to_owned();
    let again = site.put("mine", "application/yaml", ("if-none-match", "*"), YAML).await;
    assert_eq!(again.status, StatusCode::PRECONDITION_FAILED);
    let unseen = site.put("mine", "application/yaml", ("x-none", "x"), YAML).await;
    assert_eq!(unseen.status, StatusCode::PRECONDITION_REQUIRED);

    let mut changed = made.json();
    changed["title"] = json!({"en": "Mine", "ja": "わたしの"});
    let first = site
        .put("mine", "application/json", ("if-match", &version), &changed.to_string())
        .await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text());
    let second = site
        .put("mine", "application/json", ("if-match", &version), &changed.to_string())
        .await;
    assert_eq!(second.status, StatusCode::PRECONDITION_FAILED);
    assert!(
        second.json()["title"]
            .as_str()
            .unwrap()
            .contains("changed by somebody else")
    );

    let request = Site::request(Method::GET, "/api/v1/dashboards/mine").header("accept", "application/yaml");
    let yaml = site.answer(request.body(Body::empty()).unwrap()).await;
    assert!(yaml.text().contains("わたしの"), "{}", yaml.text());
    assert_eq!(site.delete("mine", &version).await, StatusCode::PRECONDITION_FAILED);
    assert_eq!(site.delete("mine", first.header("etag")).await, StatusCode::NO_CONTENT);
    assert_eq!(site.get("/api/v1/dashboards/mine").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn yaml_stays_as_it_was_written() {
    let site = site();
    site.put("mine", "application/yaml", ("if-none-match", "*"), YAML).await;
    let request = Site::request(Method::GET, "/api/v1/dashboards/mine").header("accept", "application/yaml");
    assert_eq!(site.answer(request.body(Body::empty()).unwrap()).await.text(), YAML);
}

#[tokio::test]
async fn every_mistake_is_named_with_its_line() {
    let site = site();
    let wrong = YAML
        .replace("chart: number", "chart: pizza")
        .replace("width: 3", "width: 30");
    let answer = site
        .put("mine", "application/yaml", ("if-none-match", "*"), &wrong)
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let problem = answer.json();
    let lines: Vec<_> = problem["mistakes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["line"].clone())
        .collect();
    assert_eq!(lines, [7, 8], "{problem}");
    let other = site
        .put("other", "application/yaml", ("if-none-match", "*"), YAML)
        .await;
    assert!(other.json()["title"].as_str().unwrap().contains("calls itself `mine`"));
    assert_eq!(
        site.get("/api/v1/dashboards/netwrk").await.json()["hint"],
        "did you mean `network`?"
    );
}
