//! What can be named: for completion, and for pages that offer tables and fields.

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use flowtrail_catalog::Kind;
use serde_json::{Value, json};

use crate::answer::json_answer;
use crate::columns::column;
use crate::{Api, Problem};

/// `GET /catalog`
pub async fn catalog(State(api): State<Api>) -> Result<Response<Body>, Problem> {
    let engine = api.session.engine();
    let relations = engine.relations().await.map_err(Problem::from)?;
    let relations: Vec<Value> = relations
        .iter()
        .map(|relation| {
            json!({
                "name": relation.name.to_string(),
                "database": relation.name.database,
                "schema": relation.name.schema,
                "kind": relation.kind,
                "columns": relation.columns.fields().iter().map(|field| column(field)).collect::<Vec<_>>(),
            })
        })
        .collect();
    let vocabulary = engine.words();
    let names = engine.names().await.map_err(Problem::from)?;
    let defined_as = |kind, before: &str| -> Vec<String> {
        let defined = names.definitions.of_kind(kind);
        defined
            .map(|defined| format!("{before}{}", defined.name.name))
            .collect()
    };
    Ok(json_answer(&json!({
        "relations": relations,
        "functions": vocabulary.functions,
        "keywords": vocabulary.keywords,
        "stages": defined_as(Kind::Stage, "@"),
        "databases": names.databases(),
        "warehouses": defined_as(Kind::Warehouse, ""),
    })))
}

/// `GET /status`
pub async fn status(State(api): State<Api>) -> Response<Body> {
    json_answer(&json!({
        "version": env!("CARGO_PKG_VERSION"),
        "lake": api.session.engine().lake().to_string(),
    }))
}
