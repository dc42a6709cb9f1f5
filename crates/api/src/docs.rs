//! What the API is, for programs (`OpenAPI`) and for people.

use std::fmt::Write;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response};
use serde_json::Value;

use crate::pages::SAFETY;

/// The description, which is a diff where the API changes.
const OPENAPI: &str = include_str!("openapi.json");

/// `GET /api/openapi.json`
pub async fn openapi() -> Response<Body> {
    of_type("application/json", OPENAPI.to_owned())
}

/// `GET /api/docs`
pub async fn docs() -> Response<Body> {
    of_type("text/html; charset=utf-8", page())
}

fn of_type(content_type: &'static str, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    for (name, value) in SAFETY {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The description as one page, without a script.
fn page() -> String {
    let document: Value = serde_json::from_str(OPENAPI).unwrap_or_default();
    let mut page = String::from(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>\
         <meta name=color-scheme content='light dark'><title>Flowtrail: HTTP API</title><style>\
         body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}\
         code,pre{font:13px/1.5 ui-monospace,monospace}pre{overflow:auto;padding:.75rem;border:1px solid #8886;\
         border-radius:6px}h2{margin-top:2rem;font-size:1.1rem}b{display:inline-block;min-width:4.5rem}</style>\
         <h1>Flowtrail: HTTP API</h1>",
    );
    let text = |value: &Value| escaped(value.as_str().unwrap_or_default());
    // Writing to a String does not fail.
    let _ = write!(
        page,
        "<p>{} <a href=/api/openapi.json>OpenAPI</a></p>",
        text(&document["info"]["description"])
    );
    let base = text(&document["servers"][0]["url"]);
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        let operations = methods.as_object().into_iter().flatten();
        for (method, operation) in operations.filter(|(_, operation)| operation.is_object()) {
            let _ = write!(
                page,
                "<h2><b>{}</b> <code>{base}{}</code></h2><p>{}. {}</p>",
                method.to_uppercase(),
                escaped(path),
                text(&operation["summary"]),
                text(&operation["description"])
            );
            for (content_type, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
                let _ = write!(
                    page,
                    "<p>Body: <code>{}</code> {}</p>",
                    escaped(content_type),
                    schema_link(content)
                );
                if let Some(example) = content.get("example") {
                    let example = serde_json::to_string_pretty(example).unwrap_or_default();
                    let _ = write!(page, "<pre>{}</pre>", escaped(&example));
                }
            }
            for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
                let types = answer["content"].as_object().into_iter().flatten();
                let types: Vec<_> = types
                    .map(|(content_type, content)| {
                        format!("<code>{}</code> {}", escaped(content_type), schema_link(content))
                    })
                    .collect();
                let _ = write!(
                    page,
                    "<p><b>{status}</b> {} {}</p>",
                    text(&answer["description"]),
                    types.join(", ")
                );
            }
        }
    }
    page.push_str("<h1>Types</h1>");
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let shown = serde_json::to_string_pretty(schema).unwrap_or_default();
        let name = escaped(name);
        let _ = write!(page, "<h2 id={name}>{name}</h2><pre>{}</pre>", escaped(&shown));
    }
    page
}

/// A link to the type of a content, or of its items.
fn schema_link(content: &Value) -> String {
    let schema = &content["schema"];
    let reference = schema["$ref"].as_str().or_else(|| schema["items"]["$ref"].as_str());
    let name = reference.and_then(|reference| reference.rsplit('/').next());
    name.map_or(String::new(), |name| format!("<a href=#{0}>{0}</a>", escaped(name)))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('\'', "&#39;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_described_is_on_the_page() {
        let page = page();
        for part in ["runStatements", "openapi.json\">"] {
            assert!(!page.contains(part));
        }
        for part in [
            "/api/v1/statements",
            "<b>PUT</b> <code>/api/v1/dashboards/{name}</code>",
            "id=Problem",
            "href=#Event",
        ] {
            assert!(page.contains(part), "{part}");
        }
    }
}
