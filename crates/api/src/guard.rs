//! Who may ask: a page of ours or a program on this machine, and no page of somebody else's.
//!
//! There are no accounts yet, so the port is on loopback. That alone does not keep other people's pages out: a browser
//! sends their requests to loopback as well, and a name of theirs can be made to mean 127.0.0.1. So a request must name
//! this machine as its host, must not come from a page of another origin, and says what its body is in a way that a
//! page can only with leave, which nobody here gives.

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, HOST, ORIGIN};
use axum::http::{HeaderMap, Method, Response, StatusCode};
use axum::middleware::Next;
use axum::response::IntoResponse;

use crate::Problem;

/// What a body may be said to be; a form of a foreign page is none of these.
const BODIES: [&str; 2] = ["application/json", "application/yaml"];

/// Lets a request through that names this machine as its host, or says why not.
pub async fn only_this_machine(request: Request, next: Next) -> Response<Body> {
    let host = text(request.headers(), HOST.as_str()).unwrap_or_default();
    if is_loopback(host) {
        return next.run(request).await;
    }
    let message = "this server answers requests that name it as localhost, 127.0.0.1 or [::1]";
    forbidden(message).into_response()
}

/// Lets a request of the API through that no page of somebody else's sends, or says why not.
pub async fn guard(request: Request, next: Next) -> Response<Body> {
    match checked(request.method(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

fn checked(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    let host = text(headers, HOST.as_str()).unwrap_or_default();
    if text(headers, "sec-fetch-site").is_some_and(|site| site == "cross-site") {
        return Err(forbidden("a page of another site asks; only pages of this server may"));
    }
    let of_origin = |origin: &str| origin.split_once("://").map(|(_, rest)| rest == host);
    if text(headers, ORIGIN.as_str()).is_some_and(|origin| of_origin(origin) != Some(true)) {
        return Err(forbidden(
            "a page of another origin asks; only pages of this server may",
        ));
    }
    let has_body = matches!(*method, Method::POST | Method::PUT | Method::PATCH);
    let content_type = text(headers, CONTENT_TYPE.as_str()).unwrap_or_default();
    let content_type = content_type.split(';').next().unwrap_or_default().trim();
    if has_body && !BODIES.iter().any(|known| content_type.eq_ignore_ascii_case(known)) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!("a body of type `{content_type}`"),
            Some("send it with the header Content-Type: application/json"),
        ));
    }
    Ok(())
}

fn forbidden(message: &str) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, message, None)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Whether a host with or without a port is this machine.
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.trim_start_matches('[').trim_end_matches(']');
    let is_address = || {
        address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
    };
    name.eq_ignore_ascii_case("localhost") || is_address()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn asked(method: &Method, headers: &[(&'static str, &str)]) -> Result<(), u16> {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap()));
        checked(method, &headers.collect()).map_err(|problem| problem.status)
    }

    #[test]
    fn only_this_machine_is_named() {
        for host in [
            "localhost:8420",
            "127.0.0.1:8420",
            "[::1]:8420",
            "LOCALHOST",
            "127.0.0.1",
            "[::1]",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            "evil.example:8420",
            "localhost.evil.example",
            "10.0.0.1:8420",
            "127.0.0.1.evil.example",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn other_peoples_pages_are_kept_out() {
        let host = ("host", "localhost:8420");
        let from = |origin| asked(&Method::GET, &[host, ("origin", origin)]);
        assert_eq!(from("http://localhost:8420"), Ok(()));
        for origin in [
            "http://evil.example",
            "http://localhost:8421",
            "null",
            "http://localhost",
        ] {
            assert_eq!(from(origin), Err(403), "{origin}");
        }
        assert_eq!(asked(&Method::GET, &[host, ("sec-fetch-site", "cross-site")]), Err(403));
        assert_eq!(asked(&Method::GET, &[host, ("sec-fetch-site", "none")]), Ok(()));
    }

    #[test]
    fn a_form_is_no_request() {
        let host = ("host", "localhost");
        for form in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "",
        ] {
            assert_eq!(
                asked(&Method::POST, &[host, ("content-type", form)]),
                Err(415),
                "{form}"
            );
        }
        let json = ("content-type", "application/json; charset=utf-8");
        assert_eq!(asked(&Method::POST, &[host, json]), Ok(()));
        assert_eq!(
            asked(&Method::PUT, &[host, ("content-type", "application/yaml")]),
            Ok(())
        );
        assert_eq!(asked(&Method::DELETE, &[host]), Ok(()));
    }
}
