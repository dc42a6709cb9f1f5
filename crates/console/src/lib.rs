//! The console's pages, as they were built from `web/`.
//!
//! **Invariant:** a leaf: it knows nothing of what the pages ask, so that a changed page links little anew.

use std::borrow::Cow;

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$OUT_DIR/pages/"]
struct Pages;

/// A file of the console.
#[derive(Clone, Debug)]
pub struct Page {
    /// What is in it.
    pub bytes: Cow<'static, [u8]>,
    /// Its type: `text/html; charset=utf-8`.
    pub content_type: &'static str,
    /// What tells it from every other content.
    pub hash: [u8; 32],
    /// Whether its name changes with its content, so that it may be kept for ever.
    pub is_immutable: bool,
}

/// The file at a path without its first slash.
///
/// ```
/// let page = flowtrail_console::page("index.html").ok_or("no index.html")?;
/// assert_eq!(page.content_type, "text/html; charset=utf-8");
/// assert!(flowtrail_console::page("../Cargo.toml").is_none());
/// # Ok::<(), &str>(())
/// ```
pub fn page(path: &str) -> Option<Page> {
    let file = Pages::get(path)?;
    Some(Page {
        bytes: file.data,
        content_type: content_type(path),
        hash: file.metadata.sha256_hash(),
        is_immutable: path.starts_with("assets/"),
    })
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" => "application/json",
        "png" => "image/png",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}
