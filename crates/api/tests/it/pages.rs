//! Pages, and who is kept out.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};

use crate::site::{Site, site};

#[tokio::test]
async fn paths_of_the_console_are_its_page() {
    let site = site();
    let index = site.get("/").await;
    assert_eq!(index.header("content-type"), "text/html; charset=utf-8");
    let policy = index.header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'") && policy.contains("script-src 'self';"),
        "{policy}"
    );
    for path in ["/dashboards/network", "/explore", "/sql"] {
        assert_eq!(site.get(path).await.body, index.body, "{path}");
    }
    let request = Site::request(Method::GET, "/").header("if-none-match", index.header("etag"));
    let again = site.answer(request.body(Body::empty()).unwrap()).await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    for path in ["/nothing.js", "/api/v1/nothing", "/api/nothing", "/..%2fCargo.toml"] {
        assert_eq!(site.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let posted = site
        .answer(Site::request(Method::POST, "/sql").body(Body::empty()).unwrap())
        .await;
    assert_eq!(posted.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn pages_of_others_are_kept_out() {
    let site = site();
    let asked = async |path: &str, headers: &[(&str, &str)]| {
        let request = headers
            .iter()
            .fold(Request::builder().uri(path), |request, (name, value)| {
                request.header(*name, *value)
            });
        site.answer(request.body(Body::empty()).unwrap()).await.status
    };
    let local = ("host", "localhost:8420");
    assert_eq!(asked("/api/v1/status", &[local]).await, StatusCode::OK);
    assert_eq!(
        asked("/api/v1/status", &[("host", "evil.example")]).await,
        StatusCode::FORBIDDEN
    );
    assert_eq!(asked("/", &[("host", "evil.example")]).await, StatusCode::FORBIDDEN);
    assert_eq!(
        asked("/api/v1/status", &[local, ("origin", "http://evil.example")]).await,
        StatusCode::FORBIDDEN
    );
    let cross_site = ("sec-fetch-site", "cross-site");
    assert_eq!(
        asked("/api/v1/status", &[local, cross_site]).await,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        asked("/dashboards/network", &[local, cross_site]).await,
        StatusCode::OK,
        "a link is followed"
    );
}

#[tokio::test]
async fn what_is_described_is_there() {
    let site = site();
    let description = site.get("/api/openapi.json").await.json();
    let mut described = 0;
    for (path, methods) in description["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys().filter(|key| *key != "parameters") {
            let path = path
                .replace("{name}", "network")
                .replace("{id}", "none")
                .replace("{token}", "none");
            let path = format!("/api/v1{path}");
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let request = Site::request(method.clone(), &path).body(Body::from("{}"));
            let answer = site.answer(request.unwrap()).await;
            let is_there =
                answer.status != StatusCode::METHOD_NOT_ALLOWED && !answer.text().contains("nothing is here");
            assert!(is_there, "{method} {path}: {}", answer.status);
            described += 1;
        }
    }
    assert_eq!(described, 15);
    assert!(site.get("/api/docs").await.text().contains("<h1>Types</h1>"));
}
