//! Blocks and values in Terraform's language, laid out as `terraform fmt` does.

use crate::document::Document;

/// A block: `resource "aws_sqs_queue" "queue" { … }`.
pub(super) struct Block {
    /// Everything before the brace.
    head: String,
    attributes: Vec<(String, Value)>,
    blocks: Vec<Block>,
}

/// What an attribute is set to.
pub(super) enum Value {
    /// Plain data.
    Plain(Document),
    /// Data as a text of JSON, as the provider takes policies.
    Json(Document),
    /// Words of the language, such as `aws_s3_bucket.bucket.id`.
    Words(String),
}

impl Block {
    /// A block of this kind with these labels.
    pub(super) fn new(kind: &str, labels: &[&str]) -> Self {
        let mut head = kind.to_owned();
        for label in labels {
            head += &format!(" {}", text(label));
        }
        Self {
            head,
            attributes: Vec::new(),
            blocks: Vec::new(),
        }
    }

    pub(super) fn set(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.attributes.push((name.to_owned(), value.into()));
        self
    }

    pub(super) fn set_words(self, name: &str, words: impl Into<String>) -> Self {
        self.set(name, Value::Words(words.into()))
    }

    pub(super) fn set_json(self, name: &str, document: impl Into<Document>) -> Self {
        self.set(name, Value::Json(document.into()))
    }

    pub(super) fn with(mut self, block: Self) -> Self {
        self.blocks.push(block);
        self
    }

    /// Names what must be there before, where that does not show from the attributes.
    pub(super) fn after(self, needed: &[&str]) -> Self {
        if needed.is_empty() {
            return self;
        }
        self.set_words("depends_on", format!("[{}]", needed.join(", ")))
    }

    /// The block's lines, `indent` spaces in.
    pub(super) fn write(&self, indent: usize) -> String {
        if self.attributes.is_empty() && self.blocks.is_empty() {
            return format!("{:indent$}{} {{}}\n", "", self.head);
        }
        let mut written = format!("{:indent$}{} {{\n", "", self.head);
        written += &attributes(&self.attributes, indent + 2);
        for (number, block) in self.blocks.iter().enumerate() {
            if number > 0 || !self.attributes.is_empty() {
                written.push('\n');
            }
            written += &block.write(indent + 2);
        }
        written + &format!("{:indent$}}}\n", "")
    }
}

impl<T: Into<Document>> From<T> for Value {
    fn from(value: T) -> Self {
        Self::Plain(value.into())
    }
}

/// Neighbours of one line each have their `=` below one another.
fn attributes(attributes: &[(String, Value)], indent: usize) -> String {
    let lines: Vec<(&str, String)> = attributes
        .iter()
        .map(|(name, value)| (name.as_str(), value.write(indent)))
        .collect();
    aligned(&lines, indent)
}

fn aligned(lines: &[(&str, String)], indent: usize) -> String {
    let is_long = |line: &(&str, String)| line.1.contains('\n');
    let mut written = String::new();
    for run in lines.chunk_by(|left, right| !is_long(left) && !is_long(right)) {
        let width = run.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        for (name, value) in run {
            written += &format!("{:indent$}{name:width$} = {value}\n", "");
        }
    }
    written
}

impl Value {
    fn write(&self, indent: usize) -> String {
        match self {
            Self::Plain(document) => plain(document, indent),
            Self::Json(document) => format!("jsonencode({})", plain(document, indent)),
            Self::Words(words) => words.clone(),
        }
    }
}

fn plain(document: &Document, indent: usize) -> String {
    match document {
        Document::Truth(truth) => truth.to_string(),
        Document::Number(number) => number.to_string(),
        Document::Text(value) => text(value),
        Document::List(items) if items.iter().all(|item| matches!(item, Document::Text(_))) => {
            let items: Vec<String> = items.iter().map(|item| plain(item, indent)).collect();
            format!("[{}]", items.join(", "))
        }
        Document::List(items) => {
            let inner = indent + 2;
            let items: String = items
                .iter()
                .map(|item| format!("{:inner$}{},\n", "", plain(item, inner)))
                .collect();
            format!("[\n{items}{:indent$}]", "")
        }
        Document::Object(members) => {
            let names: Vec<String> = members.iter().map(|(name, _)| key(name)).collect();
            let lines: Vec<(&str, String)> = names
                .iter()
                .zip(members)
                .map(|(name, (_, value))| (name.as_str(), plain(value, indent + 2)))
                .collect();
            format!("{{\n{}{:indent$}}}", aligned(&lines, indent + 2), "")
        }
    }
}

/// A name of an object's member; one with a colon, as IAM's have, is quoted.
fn key(name: &str) -> String {
    let is_word = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_word { name.to_owned() } else { text(name) }
}

/// A quoted text: as JSON has it, and `${` and `%{`, which would begin a template, doubled.
fn text(value: &str) -> String {
    Document::from(value).line().replace("${", "$${").replace("%{", "%%{")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::object;

    #[test]
    fn blocks_are_laid_out_as_terraform_does() {
        let block = Block::new("resource", &["aws_thing", "a"])
            .set("name", "x\"y")
            .set("format", "${srcaddr} %{x}")
            .set("size", 1)
            .set_json(
                "policy",
                object([("aws:x", true.into()), ("Y", vec![object([("Z", 1.into())])].into())]),
            )
            .set_words("bucket", "aws_s3_bucket.bucket.id")
            .with(Block::new("rule", &[]).set("on", true).with(Block::new("filter", &[])))
            .after(&["aws_thing.b"]);
        insta::assert_snapshot!(block.write(0), @r#"
        resource "aws_thing" "a" {
          name   = "x\"y"
          format = "$${srcaddr} %%{x}"
          size   = 1
          policy = jsonencode({
            "aws:x" = true
            Y = [
              {
                Z = 1
              },
            ]
          })
          bucket     = aws_s3_bucket.bucket.id
          depends_on = [aws_thing.b]

          rule {
            on = true

            filter {}
          }
        }
        "#);
    }
}
