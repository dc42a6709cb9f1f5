//! The console's pages.

use std::fmt::Write;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderName, IF_NONE_MATCH};
use axum::http::{HeaderValue, Method, Response, StatusCode};
use axum::response::IntoResponse;
use flowtrail_console::{Page, page};

use crate::Problem;

/// What a browser is to keep pages from: anything of another host, and scripts that are not files of ours. Log fields
/// are written by whoever sent the traffic, so this holds even where a page should ever take one for markup. Charts and
/// the editor set styles on what they draw.
pub const SAFETY: [(HeaderName, &str); 4] = [
    (
        HeaderName::from_static("content-security-policy"),
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
         font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
    ),
    (HeaderName::from_static("x-content-type-options"), "nosniff"),
    (HeaderName::from_static("referrer-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Answers what is no request of the API: a file of the console, or its page for a path that the page knows.
pub async fn pages(request: Request) -> Response<Body> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "pages are only read", None);
        let mut response = problem.into_response();
        response
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let path = request.uri().path().trim_start_matches('/');
    let found = match path {
        "" => page("index.html"),
        _ => page(path).or_else(|| is_page(path).then(|| page("index.html")).flatten()),
    };
    let Some(found) = found else {
        return Problem::new(StatusCode::NOT_FOUND, "nothing is here", None).into_response();
    };
    let seen = request.headers().get(IF_NONE_MATCH);
    answer(found, seen)
}

/// Answers whoever has a link to one dashboard: its page, which any other page may show in a frame, and files.
pub async fn shared_pages(request: Request) -> Response<Body> {
    let path = request.uri().path();
    if !path.starts_with("/shared/") && !path.starts_with("/assets/") && is_page(path.trim_start_matches('/')) {
        return Problem::new(StatusCode::NOT_FOUND, "nothing is here", None).into_response();
    }
    let mut response = pages(request).await;
    if let Some(policy) = response.headers_mut().get_mut("content-security-policy")
        && let Ok(framed) = SAFETY[0]
            .1
            .replace("frame-ancestors 'none'", "frame-ancestors *")
            .parse()
    {
        *policy = framed;
    }
    response
}

/// Files have a dot in their name, what the page shows has none.
fn is_page(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    !last.contains('.') && path != "api" && !path.starts_with("api/")
}

fn answer(page: Page, seen: Option<&HeaderValue>) -> Response<Body> {
    let mut etag = String::from("\"");
    for byte in &page.hash[..16] {
        // Writing to a String does not fail.
        let _ = write!(etag, "{byte:02x}");
    }
    etag.push('"');
    let mut response = if seen.is_some_and(|seen| seen.as_bytes() == etag.as_bytes()) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Response::new(Body::from(page.bytes))
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(page.content_type));
    let keep = if page.is_immutable {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(keep));
    if let Ok(etag) = etag.parse() {
        headers.insert(ETAG, etag);
    }
    for (name, value) in SAFETY {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_no_dot_and_are_not_of_the_api() {
        for path in ["explore", "dashboards/network", "sql"] {
            assert!(is_page(path), "{path}");
        }
        for path in ["assets/x.js", "favicon.ico", "api/v2/x", "api"] {
            assert!(!is_page(path), "{path}");
        }
    }
}
