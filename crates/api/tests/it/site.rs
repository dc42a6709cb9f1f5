//! An API over a lake of its own.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use flowtrail_api::Api;
use flowtrail_lake::Lake;
use flowtrail_query::{Engine, EngineSettings};
use flowtrail_session::{Grant, Session};
use flowtrail_source::AwsSettings;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

/// The API; its lake goes when this does.
pub struct Site {
    pub router: Router,
    pub api: Api,
    pub _folder: tempfile::TempDir,
}

/// An answer.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

pub fn site() -> Site {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open_folder(folder.path().join("lake")).unwrap();
    let engine = Engine::new(lake, EngineSettings::default()).unwrap();
    let session = Session::new(engine, AwsSettings::default());
    let api = Api::new(session, Grant::default()).unwrap();
    Site {
        router: api.router(),
        api,
        _folder: folder,
    }
}

impl Site {
    pub fn request(method: Method, path: &str) -> axum::http::request::Builder {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost:8420");
        request.header("content-type", "application/json")
    }

    pub async fn answer(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: body.collect().await.unwrap().to_bytes().to_vec(),
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.answer(Self::request(Method::GET, path).body(Body::empty()).unwrap())
            .await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        let request = Self::request(Method::POST, path).body(Body::from(body.to_string()));
        self.answer(request.unwrap()).await
    }

    /// The events of statements.
    pub async fn events(&self, body: &Value) -> Vec<Value> {
        let answer = self.post("/api/v1/statements", body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer
            .text()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// The events of one kind.
pub fn of_kind<'a>(events: &'a [Value], kind: &str) -> Vec<&'a Value> {
    events.iter().filter(|event| event["event"] == kind).collect()
}
