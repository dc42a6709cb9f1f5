//! Links: what they let see, and what not.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use crate::site::{Answer, Site, of_kind, site};

const DASHBOARD: &str = r#"{"dashboard":"mine","title":"Mine","tiles":[{"id":"one","title":"One",
    "sql":"SELECT count(*) AS n FROM logs.vpc_flow","chart":"number","at":{"x":0,"y":0,"width":3,"height":4}},
    {"id":"wrong","title":"Wrong","sql":"SELECT secret FROM logs.vpc_flow","chart":"number",
    "at":{"x":3,"y":0,"width":3,"height":4}}]}"#;

impl Site {
    async fn link(&self, request: &Value) -> Value {
        let put = Self::request(Method::PUT, "/api/v1/dashboards/mine").header("if-none-match", "*");
        self.answer(put.body(Body::from(DASHBOARD)).unwrap()).await;
        let made = self.post("/api/v1/dashboards/mine/links", request).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
        made.json()
    }

    /// What somebody elsewhere is answered.
    async fn elsewhere(&self, method: Method, path: &str, password: Option<&str>, body: &str) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "flowtrail.example");
        let request = match password {
            Some(password) => request.header("x-link-password", password),
            None => request,
        };
        self.answer(request.body(Body::from(body.to_owned())).unwrap()).await
    }
}

#[tokio::test]
async fn a_link_shows_its_dashboards_tiles_and_nothing_else() {
    let site = site();
    let link = site.link(&json!({"label": "for the board"})).await;
    let token = link["token"].as_str().unwrap();
    assert_eq!(link["path"], format!("/shared/{token}"));
    let base = format!("/api/v1/shared/{token}");
    let seen = site.elsewhere(Method::GET, &base, None, "").await.json();
    assert_eq!(
        (&seen["title"], &seen["tiles"][0]["sql"]),
        (&json!("Mine"), &json!("")),
        "no statement is told"
    );
    let tile = format!("{base}/tiles/one");
    let answer = site
        .elsewhere(Method::POST, &tile, None, r#"{"scope":{"from":0,"to":100}}"#)
        .await;
    let events: Vec<Value> = answer
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(of_kind(&events, "rows")[0]["rows"], json!([[0]]));
    for body in [
        r#"{"sql":"SELECT 1"}"#,
        r#"{"scope":{"filter":"srcaddr = 10.0.0.1"}}"#,
        r#"{"scope":{"accounts":["1"]}}"#,
    ] {
        let refused = site.elsewhere(Method::POST, &tile, None, body).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{body}");
    }
    let other = site
        .elsewhere(Method::POST, &format!("{base}/tiles/two"), None, "{}")
        .await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    for path in [
        "/api/v1/statements",
        "/api/v1/dashboards/mine",
        "/api/v1/dashboards/mine/links",
        "/",
    ] {
        assert_eq!(
            site.elsewhere(Method::GET, path, None, "").await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_link_ends_when_it_is_revoked_and_when_its_dashboard_goes() {
    let site = site();
    let (one, two) = (site.link(&json!({})).await, site.link(&json!({})).await);
    let see = async |link: &Value| {
        let path = format!("/api/v1/shared/{}", link["token"].as_str().unwrap());
        site.elsewhere(Method::GET, &path, None, "").await.status
    };
    assert_eq!((see(&one).await, see(&two).await), (StatusCode::OK, StatusCode::OK));
    assert_eq!(
        site.get("/api/v1/dashboards/mine/links")
            .await
            .json()
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let revoke = Site::request(
        Method::DELETE,
        &format!("/api/v1/links/{}", one["id"].as_str().unwrap()),
    );
    assert_eq!(
        site.answer(revoke.body(Body::empty()).unwrap()).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        (see(&one).await, see(&two).await),
        (StatusCode::NOT_FOUND, StatusCode::OK)
    );
    let version = site.get("/api/v1/dashboards/mine").await.header("etag").to_owned();
    let delete = Site::request(Method::DELETE, "/api/v1/dashboards/mine").header("if-match", version);
    site.answer(delete.body(Body::empty()).unwrap()).await;
    assert_eq!(see(&two).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn passwords_are_not_guessed() {
    let site = site();
    let link = site
        .link(&json!({"password": "開け ゴマ", "expires_at": "2099-01-01T00:00:00Z"}))
        .await;
    let path = format!("/api/v1/shared/{}", link["token"].as_str().unwrap());
    let see = async |password| site.elsewhere(Method::GET, &path, password, "").await.status;
    assert_eq!(see(None).await, StatusCode::UNAUTHORIZED);
    assert_eq!(
        see(Some("%E9%96%8B%E3%81%91%20%E3%82%B4%E3%83%9E")).await,
        StatusCode::OK
    );
    for _ in 0..10 {
        assert_eq!(see(Some("guess")).await, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(
        see(Some("%E9%96%8B%E3%81%91%20%E3%82%B4%E3%83%9E")).await,
        StatusCode::TOO_MANY_REQUESTS
    );
}

#[tokio::test]
async fn links_that_make_no_sense_are_refused() {
    let site = site();
    let refused = async |name: &str, body: Value| {
        site.post(&format!("/api/v1/dashboards/{name}/links"), &body)
            .await
            .status
    };
    assert_eq!(
        refused("network", json!({"expires_at": "2001-01-01T00:00:00Z"})).await,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        refused("network", json!({"label": "x".repeat(201)})).await,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        refused("network", json!({"pasword": "x"})).await,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(refused("nothing", json!({})).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_shared_page_may_stand_in_a_frame() {
    let site = site();
    let page = site.elsewhere(Method::GET, "/shared/whatever", None, "").await;
    assert!(page.header("content-security-policy").contains("frame-ancestors *"));
    assert!(
        site.get("/sql")
            .await
            .header("content-security-policy")
            .contains("frame-ancestors 'none'")
    );
    let others = Site {
        router: site.api.router_for_others(),
        ..site
    };
    for (path, status) in [
        ("/shared/whatever", StatusCode::OK),
        ("/icon.svg", StatusCode::OK),
        ("/", StatusCode::NOT_FOUND),
        ("/sql", StatusCode::NOT_FOUND),
        ("/api/v1/catalog", StatusCode::NOT_FOUND),
        ("/api/v1/statements", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(
            others.elsewhere(Method::GET, path, None, "").await.status,
            status,
            "{path}"
        );
    }
}
