//! What is asked, and how it is to be understood.

use axum::http::StatusCode;
use chrono_tz::Tz;
use flowtrail_query::{Accent, Bucketing, FilterLine, Granularity, Period, Restriction, Scope};
use flowtrail_session::{Grant, Session};
use serde::Deserialize;

use crate::Problem;

/// Rows that a tile shows at most.
const TILE_ROWS: u64 = 10_000;
/// Longer ids are nobody's.
const LONGEST_ID: usize = 64;

/// The body of `POST /statements`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementRequest {
    /// One statement or several.
    pub sql: String,
    /// What the client calls it, to cancel it by.
    pub id: Option<String>,
    /// Rows that are wanted of each statement.
    pub max_rows: Option<u64>,
    accent: Option<String>,
    database: Option<String>,
    schema: Option<String>,
    warehouse: Option<String>,
    scope: Option<RequestedScope>,
    /// Whether who asks must not learn what is asked, nor what is wrong with it.
    #[serde(skip)]
    pub is_hidden: bool,
}

/// What may be seen of the tables, whatever the statement says.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestedScope {
    from: Option<i64>,
    to: Option<i64>,
    granularity: Option<Granularity>,
    time_zone: Option<String>,
    #[serde(default)]
    accounts: Vec<String>,
    #[serde(default)]
    regions: Vec<String>,
    #[serde(default)]
    vpcs: Vec<String>,
    filter: Option<String>,
}

/// The body of `POST /shared/{token}/tiles/{id}`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TileRequest {
    scope: TileScope,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TileScope {
    from: Option<i64>,
    to: Option<i64>,
    granularity: Option<Granularity>,
    time_zone: Option<String>,
}

impl StatementRequest {
    /// Reads a body.
    pub fn read(body: &[u8]) -> Result<Self, Problem> {
        let request: Self = serde_json::from_slice(body).map_err(|error| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                format!("the request is not as it should be: {error}"),
                None,
            )
        })?;
        match &request.id {
            Some(id) if !is_id(id) => {
                let message = format!("an id is up to {LONGEST_ID} letters a-z, digits and hyphens");
                Err(Problem::new(StatusCode::BAD_REQUEST, message, None))
            }
            _ => Ok(request),
        }
    }

    /// The statement of a tile; of a scope, the body of somebody who only has a link says the time and no more.
    pub fn of_tile(body: &[u8], sql: String, accent: Option<String>) -> Result<Self, Problem> {
        let TileRequest { scope } = serde_json::from_slice(body)
            .map_err(|error| bad_request(format!("the request is not as it should be: {error}")))?;
        Ok(Self {
            sql,
            id: None,
            max_rows: Some(TILE_ROWS),
            accent,
            database: None,
            schema: None,
            warehouse: None,
            is_hidden: true,
            scope: Some(RequestedScope {
                from: scope.from,
                to: scope.to,
                granularity: scope.granularity,
                time_zone: scope.time_zone,
                ..RequestedScope::default()
            }),
        })
    }

    /// Whether a scope was sent.
    pub fn has_scope(&self) -> bool {
        self.scope.is_some()
    }

    /// The session that its statements run in.
    pub async fn session(&self, of: &Session, allowed: &Grant) -> Result<Session, Problem> {
        let restriction = match &self.scope {
            Some(scope) => scope.restriction()?,
            None => Restriction::default(),
        };
        let session = of.through_port(restriction, allowed).await?;
        let engine = session.engine();
        let accent = match &self.accent {
            Some(accent) => accent.parse::<Accent>().map_err(bad_request)?,
            None => engine.scope().accent,
        };
        let scope = engine.scope();
        engine.set_scope(Scope {
            database: self.database.clone().unwrap_or(scope.database),
            schema: self.schema.clone().unwrap_or(scope.schema),
            accent,
        });
        if let Some(warehouse) = &self.warehouse {
            session.use_warehouse(warehouse).await.map_err(Problem::from)?;
        }
        Ok(session)
    }
}

impl RequestedScope {
    fn restriction(&self) -> Result<Restriction, Problem> {
        let period = match (self.from, self.to) {
            (Some(from_s), Some(to_s)) if from_s <= to_s => Some(Period { from_s, to_s }),
            (None, None) => None,
            _ => {
                return Err(bad_request(
                    "a period has `from` and `to`, in seconds since 1970, in this order",
                ));
            }
        };
        let time_zone = match &self.time_zone {
            Some(name) => name
                .parse::<Tz>()
                .map_err(|_| bad_request(format!("no time zone `{name}`")))?,
            None => Tz::UTC,
        };
        let filter = match &self.filter {
            Some(line) => FilterLine::parse(line)?,
            None => None,
        };
        Ok(Restriction {
            period,
            accounts: self.accounts.clone(),
            regions: self.regions.clone(),
            vpcs: self.vpcs.clone(),
            filter,
            bucketing: Bucketing {
                granularity: self.granularity.unwrap_or(Granularity::Hour),
                time_zone,
            },
        })
    }
}

fn bad_request(message: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, message, None)
}

fn is_id(id: &str) -> bool {
    let is_known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(is_known)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn problem(body: &str) -> String {
        let read = StatementRequest::read(body.as_bytes());
        let scope = |request: StatementRequest| request.scope.unwrap().restriction().unwrap_err();
        read.map_or_else(|problem| problem, scope).detail.clone()
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert!(problem("{").contains("EOF while parsing"));
        assert!(problem(r#"{"sql":"", "sqll":""}"#).contains("unknown field `sqll`"));
        assert!(problem(r#"{"sql":"", "id":"A b"}"#).contains("up to 64 letters"));
        assert!(problem(r#"{"sql":"", "scope":{"from":2,"to":1}}"#).contains("`from` and `to`"));
        assert!(problem(r#"{"sql":"", "scope":{"from":2}}"#).contains("`from` and `to`"));
        assert!(problem(r#"{"sql":"", "scope":{"time_zone":"Mars"}}"#).contains("no time zone `Mars`"));
        assert!(problem(r#"{"sql":"", "scope":{"granularity":"decade"}}"#).contains("unknown variant `decade`"));
        assert!(problem(r#"{"sql":"", "scope":{"filter":"a ="}}"#).contains("expected a value"));
    }

    #[test]
    fn a_scope_is_a_restriction() {
        let body = r#"{"sql":"", "scope":{"from":1,"to":2,"regions":["r"],"filter":" ","time_zone":"Asia/Tokyo"}}"#;
        let request = StatementRequest::read(body.as_bytes()).unwrap();
        let restriction = request.scope.unwrap().restriction().unwrap();
        assert_eq!(restriction.period, Some(Period { from_s: 1, to_s: 2 }));
        assert_eq!(restriction.filter, None);
        assert_eq!(restriction.bucketing.time_zone, Tz::Asia__Tokyo);
        assert_eq!(restriction.bucketing.granularity, Granularity::Hour);
    }
}
