//! URLs: their parts, and what may not stand in them.
//!
//! Source: Trino documentation, "URL functions"; Snowflake documentation, "`PARSE_URL`".

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, StringViewArray};
use arrow::datatypes::DataType;
use datafusion::common::{Result, exec_datafusion_err};
use url::{Url, form_urlencoded};

use super::arguments::texts;
use super::function::Function;
use super::text::text;

/// Every function of URLs.
pub fn all() -> Vec<Function> {
    fn part(columns: &[ArrayRef], part: impl Fn(&Url) -> Option<String>) -> Result<ArrayRef> {
        let texts = texts(&columns[0])?;
        let parts = texts.iter().map(|text| part(&Url::parse(text?).ok()?));
        Ok(Arc::new(parts.collect::<StringViewArray>()))
    }
    let of_url =
        |name, apply: fn(&[ArrayRef], &DataType) -> Result<ArrayRef>| Function::new(&[name], 1..=1, text, apply);
    vec![
        of_url("url_extract_host", |columns, _| {
            part(columns, |url| url.host_str().map(str::to_owned))
        }),
        of_url("url_extract_path", |columns, _| {
            part(columns, |url| Some(url.path().to_owned()))
        }),
        of_url("url_extract_protocol", |columns, _| {
            part(columns, |url| Some(url.scheme().to_owned()))
        }),
        of_url("url_extract_query", |columns, _| {
            part(columns, |url| Some(url.query().unwrap_or_default().to_owned()))
        }),
        of_url("url_extract_fragment", |columns, _| {
            part(columns, |url| Some(url.fragment().unwrap_or_default().to_owned()))
        }),
        Function::new(
            &["url_extract_port"],
            1..=1,
            |_| Ok(DataType::Int64),
            |columns, _| {
                let texts = texts(&columns[0])?;
                let port = |text| Url::parse(text).ok()?.port().map(i64::from);
                Ok(Arc::new(texts.iter().map(|text| port(text?)).collect::<Int64Array>()))
            },
        ),
        Function::new(&["url_extract_parameter"], 2..=2, text, |columns, _| {
            let (texts, names) = (texts(&columns[0])?, texts(&columns[1])?);
            let parameter = |(text, name): (Option<&str>, Option<&str>)| {
                let (url, name) = (Url::parse(text?).ok()?, name?);
                let found = url.query_pairs().find(|(key, _)| key == name);
                found.map(|(_, value)| value.into_owned())
            };
            Ok(Arc::new(
                texts.iter().zip(&names).map(parameter).collect::<StringViewArray>(),
            ))
        }),
        Function::new(&["url_encode"], 1..=1, text, |columns, _| {
            let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let texts = texts(&columns[0])?;
            Ok(Arc::new(
                texts.iter().map(|text| text.map(encode)).collect::<StringViewArray>(),
            ))
        }),
        Function::new(&["url_decode"], 1..=1, text, |columns, _| {
            let texts = texts(&columns[0])?;
            Ok(Arc::new(
                texts.iter().map(|text| text.map(decoded)).collect::<StringViewArray>(),
            ))
        }),
        Function::new(&["parse_url"], 1..=2, text, parsed),
    ]
}

/// `a%20b+c` as `a b c`.
fn decoded(text: &str) -> String {
    // A pair's value is decoded as the whole is to be, as long as no sign in it parts pairs.
    let plain = text.replace('&', "%26").replace('=', "%3D");
    let pair = form_urlencoded::parse(plain.as_bytes()).next();
    pair.map(|(text, _)| text.into_owned()).unwrap_or_default()
}

/// The parts of a URL as JSON text; with 1 behind it, what is no URL is said in JSON instead of failing.
fn parsed(columns: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let texts = texts(&columns[0])?;
    let is_permissive = columns.get(1).map(super::arguments::whole_numbers).transpose()?;
    let parsed = texts.iter().enumerate().map(|(row, text)| {
        let Some(text) = text else { return Ok(None) };
        match parts(text) {
            Some(parts) => Ok(Some(parts.to_string())),
            None if is_permissive.as_ref().is_some_and(|flags| flags.value(row) == 1) => Ok(Some(
                serde_json::json!({ "error": format!("`{text}` is no URL") }).to_string(),
            )),
            None => Err(exec_datafusion_err!(
                "`{text}` is no URL; parse_url(text, 1) gives an error as JSON instead"
            )),
        }
    });
    Ok(Arc::new(parsed.collect::<Result<StringViewArray>>()?))
}

fn parts(text: &str) -> Option<serde_json::Value> {
    let url = Url::parse(text).ok()?;
    let parameters: serde_json::Map<_, _> = url
        .query_pairs()
        .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
        .collect();
    Some(serde_json::json!({
        "fragment": url.fragment(),
        "host": url.host_str(),
        "parameters": url.query().map(|_| parameters),
        "path": url.path().strip_prefix('/').filter(|path| !path.is_empty()),
        "port": url.port().map(|port| port.to_string()),
        "query": url.query(),
        "scheme": url.scheme(),
    }))
}
