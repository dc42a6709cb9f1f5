//! Reading statements that are no questions: a place in their words.

use flowtrail_query::statements::{Token, TokenKind, tokens};
use flowtrail_query::{Place, QueryError};

/// A place in a statement's words; blanks and comments are not seen.
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    sql: &'a str,
    tokens: Vec<Token<'a>>,
    at: usize,
}

/// A query in a statement.
#[derive(Clone, Debug)]
pub struct Query {
    statement: String,
    offset: usize,
    end: usize,
}

impl Query {
    /// The query as it was written.
    pub fn text(&self) -> &str {
        self.statement[self.offset..self.end]
            .trim()
            .trim_end_matches(';')
            .trim_end()
    }

    /// An error of the query, with its place in the whole statement.
    pub fn placed(&self, error: QueryError) -> QueryError {
        error.within(&self.statement, self.offset)
    }
}

/// What a reader of words gives.
pub type Read<T> = Result<T, QueryError>;

impl<'a> Cursor<'a> {
    /// The start of a statement.
    pub fn new(sql: &'a str) -> Self {
        let is_seen =
            |token: &Token<'_>| !matches!(token.kind, TokenKind::Space | TokenKind::Comment | TokenKind::Semicolon);
        Self {
            sql,
            tokens: tokens(sql).filter(is_seen).collect(),
            at: 0,
        }
    }

    /// Whether these words, in any case, are next.
    pub fn is(&self, words: &[&str]) -> bool {
        let next = self.tokens.get(self.at..).unwrap_or_default();
        next.len() >= words.len()
            && next
                .iter()
                .zip(words)
                .all(|(token, word)| token.kind == TokenKind::Word && token.text.eq_ignore_ascii_case(word))
    }

    /// Goes past these words, if they are next.
    pub fn takes(&mut self, words: &[&str]) -> bool {
        let is_there = self.is(words);
        if is_there {
            self.at += words.len();
        }
        is_there
    }

    /// Goes past the first of these words that is next.
    pub fn takes_one_of(&mut self, words: &[&'static str]) -> Option<&'static str> {
        words.iter().copied().find(|word| self.takes(&[word]))
    }

    /// Goes past these words, which must be next.
    pub fn expect(&mut self, words: &[&str]) -> Read<()> {
        if self.takes(words) {
            return Ok(());
        }
        Err(self.expected(&words.join(" ")))
    }

    /// Goes past a character such as `(`, if it is next.
    pub fn takes_symbol(&mut self, symbol: char) -> bool {
        let is_there = self.is_symbol(symbol);
        self.at += usize::from(is_there);
        is_there
    }

    /// Whether a character such as `(` is next.
    pub fn is_symbol(&self, symbol: char) -> bool {
        self.peek()
            .is_some_and(|token| token.kind == TokenKind::Symbol && token.text.starts_with(symbol))
    }

    /// Goes past a character, which must be next.
    pub fn expect_symbol(&mut self, symbol: char) -> Read<()> {
        if self.takes_symbol(symbol) {
            return Ok(());
        }
        Err(self.expected(&format!("`{symbol}`")))
    }

    /// `IF NOT EXISTS`
    pub fn if_not_exists(&mut self) -> bool {
        self.takes(&["IF", "NOT", "EXISTS"])
    }

    /// `IF EXISTS`
    pub fn if_exists(&mut self) -> bool {
        self.takes(&["IF", "EXISTS"])
    }

    /// A name: in small letters, or as it stands in quotes.
    pub fn name(&mut self) -> Read<String> {
        let Some(token) = self.peek() else {
            return Err(self.expected("a name"));
        };
        let name = match token.kind {
            TokenKind::Word => token.text.to_lowercase(),
            TokenKind::QuotedName => unquoted(token.text),
            _ => return Err(self.expected("a name")),
        };
        self.at += 1;
        Ok(name)
    }

    /// A name of up to three parts: `database.schema.name`.
    pub fn names(&mut self) -> Read<Vec<String>> {
        let mut names = vec![self.name()?];
        while self.takes_symbol('.') {
            names.push(self.name()?);
        }
        Ok(names)
    }

    /// A text in quotes of any kind, without them.
    pub fn text(&mut self) -> Read<String> {
        let Some(text) = self.peek().and_then(text_of) else {
            return Err(self.expected("a text in quotes"));
        };
        self.at += 1;
        Ok(text)
    }

    /// The value of an option: a text, a word or a number.
    pub fn value(&mut self) -> Read<String> {
        let sign = if self.takes_symbol('-') { "-" } else { "" };
        let Some(token) = self.peek() else {
            return Err(self.expected("a value"));
        };
        let value = match token.kind {
            TokenKind::Word | TokenKind::Number => token.text.to_owned(),
            _ => text_of(token).ok_or_else(|| self.expected("a value"))?,
        };
        self.at += 1;
        Ok(format!("{sign}{value}"))
    }

    /// The text from here to the closing bracket of the one that was opened last, and past that bracket.
    pub fn bracketed(&mut self) -> Read<&'a str> {
        let (start, mut depth) = (self.offset(), 0_usize);
        while let Some(token) = self.peek() {
            let end = token.offset;
            match (token.kind, token.text) {
                (TokenKind::Symbol, "(") => depth += 1,
                (TokenKind::Symbol, ")") if depth == 0 => {
                    self.at += 1;
                    return Ok(self.sql[start..end].trim());
                }
                (TokenKind::Symbol, ")") => depth -= 1,
                _ => {}
            }
            self.at += 1;
        }
        Err(self.expected("`)`"))
    }

    /// The text of a type: to the next comma, bracket that closes, or one of `words`, outside of its own brackets.
    pub fn type_text(&mut self, words: &[&str]) -> Read<&'a str> {
        let (start, mut depth, mut end) = (self.offset(), 0_usize, self.offset());
        while let Some(token) = self.peek() {
            match token.text {
                "<" | "(" => depth += 1,
                ")" | "," if depth == 0 => break,
                ">" | ")" => depth = depth.saturating_sub(1),
                _ if depth == 0 && words.iter().any(|word| self.is(&[word])) => break,
                _ => {}
            }
            end = token.offset + token.text.len();
            self.at += 1;
        }
        if end == start {
            return Err(self.expected("a type"));
        }
        Ok(&self.sql[start..end])
    }

    /// A path as it follows the name of a stage: all that comes up to a blank, a bracket or a semicolon.
    pub fn path(&mut self) -> String {
        let Some(before) = self.at.checked_sub(1).and_then(|at| self.tokens.get(at)) else {
            return String::new();
        };
        let start = before.offset + before.text.len();
        let ends = |character: char| character.is_whitespace() || matches!(character, '(' | ')' | ';' | ',');
        let end = self.sql[start..]
            .find(ends)
            .map_or(self.sql.len(), |length| start + length);
        // What is a comment elsewhere (`/*`, `--`) is none in a path, so what comes behind it is read anew.
        let behind = tokens(&self.sql[end..]).filter(is_seen).map(|token| Token {
            offset: token.offset + end,
            ..token
        });
        self.tokens.truncate(self.at);
        self.tokens.extend(behind);
        self.sql[start..end].to_owned()
    }

    /// All that comes, and the end.
    pub fn rest(&mut self) -> &'a str {
        let rest = self.sql[self.offset()..].trim().trim_end_matches(';').trim_end();
        self.at = self.tokens.len();
        rest
    }

    /// The query that all is that comes, and the end.
    pub fn query(&mut self) -> Query {
        let query = Query {
            statement: self.sql.to_owned(),
            offset: self.offset(),
            end: self.sql.len(),
        };
        self.at = self.tokens.len();
        query
    }

    /// Like [`Self::bracketed`], of a query.
    pub fn bracketed_query(&mut self) -> Read<Query> {
        let offset = self.offset();
        self.bracketed()?;
        // The bracket itself is behind it, and is the last that was read.
        let end = self.tokens[self.at - 1].offset;
        Ok(Query {
            statement: self.sql.to_owned(),
            offset,
            end,
        })
    }

    /// What comes up to a word outside of brackets, which must be there.
    pub fn query_before(&mut self, word: &str) -> Read<Query> {
        let (offset, mut depth) = (self.offset(), 0_usize);
        while let Some(token) = self.peek() {
            match token.text {
                "(" => depth += 1,
                ")" if depth == 0 => break,
                ")" => depth -= 1,
                _ if depth == 0 && self.is(&[word]) => {
                    return Ok(Query {
                        statement: self.sql.to_owned(),
                        offset,
                        end: token.offset,
                    });
                }
                _ => {}
            }
            self.at += 1;
        }
        Err(self.expected(word))
    }

    /// The end of the statement, which must be here.
    pub fn end(&self) -> Read<()> {
        if self.is_end() {
            return Ok(());
        }
        Err(self.expected("the end of the statement"))
    }

    /// Whether the statement ends here.
    pub fn is_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// The next piece of the statement.
    pub fn peek(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.at)
    }

    /// Goes past one piece.
    pub fn skip(&mut self) {
        self.at += 1;
    }

    /// An error that says what was expected here, and what stands here.
    pub fn expected(&self, what: &str) -> QueryError {
        let found = match self.peek() {
            None => "the end of the statement".to_owned(),
            Some(token) if !token.is_closed => {
                return self.error(if token.kind == TokenKind::Comment {
                    "a comment has no end"
                } else {
                    "a text in quotes has no closing quote"
                });
            }
            Some(token) => token.text.chars().take(40).collect(),
        };
        self.error(&format!("expected {what}, found {found}"))
    }

    /// An error at this place.
    pub fn error(&self, message: &str) -> QueryError {
        QueryError::Syntax {
            message: message.to_owned(),
            place: Place::at(self.sql, self.offset()),
        }
    }

    /// The error of an unclosed quote, wherever it is in the statement.
    pub fn check_closed(&self) -> Read<()> {
        match self.tokens.iter().position(|token| !token.is_closed) {
            Some(at) => Err(Self { at, ..self.clone() }.expected("its end")),
            None => Ok(()),
        }
    }

    fn offset(&self) -> usize {
        match (self.peek(), self.tokens.last()) {
            (Some(token), _) => token.offset,
            (None, Some(last)) => last.offset + last.text.len(),
            (None, None) => 0,
        }
    }
}

/// Whether a token counts; a comment without its end is told as an error.
fn is_seen(token: &Token<'_>) -> bool {
    let is_space = matches!(token.kind, TokenKind::Space | TokenKind::Comment | TokenKind::Semicolon);
    !is_space || !token.is_closed
}

fn text_of(token: &Token<'_>) -> Option<String> {
    let is_text = matches!(token.kind, TokenKind::Text | TokenKind::QuotedName) && token.is_closed;
    is_text.then(|| unquoted(token.text))
}

/// What stands between quotes; a doubled quote is one.
fn unquoted(token: &str) -> String {
    if let Some(behind) = token.strip_prefix('$') {
        let tag = behind.find('$').map_or(1, |end| end + 2);
        return token[tag..token.len() - tag].to_owned();
    }
    let token = token.strip_prefix(['e', 'E']).unwrap_or(token);
    let Some(quote) = token.chars().next().filter(|first| matches!(first, '\'' | '"' | '`')) else {
        return token.to_owned();
    };
    let inner = token[1..].strip_suffix(quote).unwrap_or(&token[1..]);
    inner.replace(&format!("{quote}{quote}"), &quote.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn words_names_and_texts() {
        let mut cursor = Cursor::new("create -- it\n View `A b`.C ('it''s', $$x;$$, $t$y$t$) -5 rest of it;");
        assert!(cursor.takes(&["CREATE", "VIEW"]));
        assert_eq!(cursor.names().unwrap(), ["A b", "c"]);
        cursor.expect_symbol('(').unwrap();
        assert_eq!(cursor.text().unwrap(), "it's");
        cursor.expect_symbol(',').unwrap();
        assert_eq!(cursor.text().unwrap(), "x;");
        cursor.expect_symbol(',').unwrap();
        assert_eq!(cursor.text().unwrap(), "y");
        cursor.expect_symbol(')').unwrap();
        assert_eq!(cursor.value().unwrap(), "-5");
        assert_eq!(cursor.rest(), "rest of it");
        cursor.end().unwrap();
    }

    #[test]
    fn an_error_has_its_place() {
        let mut cursor = Cursor::new("DROP VIEW\n  IF 1");
        assert!(cursor.takes(&["DROP", "VIEW", "IF"]));
        let error = cursor.expect(&["EXISTS"]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 2, column 6: expected EXISTS, found 1\n    IF 1\n       ^"
        );
        assert_eq!(
            Cursor::new("LIST 'x").check_closed().unwrap_err().to_string(),
            "line 1, column 6: a text in quotes has no closing quote\n  LIST 'x\n       ^"
        );
    }

    #[test]
    fn a_type_ends_where_its_brackets_do() {
        let mut cursor = Cursor::new("struct<a:decimal(1,2),b:map<string,int>> COMMENT 'x'");
        assert_eq!(
            cursor.type_text(&["COMMENT"]).unwrap(),
            "struct<a:decimal(1,2),b:map<string,int>>"
        );
        assert!(cursor.is(&["COMMENT"]));
    }
}
