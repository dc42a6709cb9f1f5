//! Where does one statement end and the next begin?
//!
//! A scanner of SQL's outermost layer: quotes, comments, words. It serves whoever must cut a text into statements
//! before a parser sees one: the prompt, `flowtrail sql -f FILE`, a client's simple query. It accepts what the
//! accents have in common: `'text'` with doubled quotes, `E'text'` with backslashes, `"name"`, `` `name` ``,
//! `$tag$text$tag$`, `-- comment` and `/* comment */`, which may nest. A backslash in a plain `'text'` is a character
//! like any other.

/// One statement of a text, without its semicolon and without the comments around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement<'a> {
    /// The statement as it was written.
    pub text: &'a str,
    /// Where it starts, in bytes of the whole text.
    pub offset: usize,
}

/// Cuts a text into its statements; those of nothing but blanks and comments are left out.
///
/// ```
/// use flowtrail_query::statements::split;
///
/// let statements = split("select ';' ; -- the second\n select $$;$$");
/// assert_eq!(statements[0].text, "select ';'");
/// assert_eq!((statements[1].text, statements[1].offset), ("select $$;$$", 28));
/// ```
pub fn split(sql: &str) -> Vec<Statement<'_>> {
    let mut statements = Vec::new();
    let mut current: Option<(usize, usize)> = None;
    for token in tokens(sql) {
        match token.kind {
            TokenKind::Space | TokenKind::Comment => {}
            TokenKind::Semicolon => statements.extend(current.take()),
            _ => {
                let start = current.map_or(token.offset, |(start, _)| start);
                current = Some((start, token.offset + token.text.len()));
            }
        }
    }
    statements.extend(current);
    statements
        .into_iter()
        .map(|(start, end)| Statement {
            text: &sql[start..end],
            offset: start,
        })
        .collect()
}

/// Whether a text ends outside every quote and comment, with a semicolon after its last statement: whether a prompt
/// may run it. A text without any statement is complete.
///
/// ```
/// use flowtrail_query::statements::is_complete;
///
/// assert!(is_complete("select 1; -- done"));
/// assert!(!is_complete("select 'one;"));
/// ```
pub fn is_complete(sql: &str) -> bool {
    let mut ended = true;
    for token in tokens(sql) {
        if !token.is_closed {
            return false;
        }
        match token.kind {
            TokenKind::Space | TokenKind::Comment => {}
            kind => ended = kind == TokenKind::Semicolon,
        }
    }
    ended
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Blanks and line ends.
    Space,
    /// `-- …` or `/* … */`.
    Comment,
    /// A text in quotes or between dollar signs.
    Text,
    /// A name in double quotes or backticks.
    QuotedName,
    /// A keyword or a name.
    Word,
    /// Digits and what follows them: `42`, `1.5e9`.
    Number,
    /// The end of a statement.
    Semicolon,
    /// Any other character.
    Symbol,
}

/// A piece of a text; the pieces one after another are the whole text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// What it is.
    pub kind: TokenKind,
    /// The piece itself, quotes included.
    pub text: &'a str,
    /// Where it starts, in bytes of the whole text.
    pub offset: usize,
    /// Whether a quote or comment has its end; true for everything else.
    pub is_closed: bool,
}

/// The tokens of a text; never fails, whatever the text is.
pub fn tokens(sql: &str) -> impl Iterator<Item = Token<'_>> {
    let mut offset = 0;
    std::iter::from_fn(move || {
        let rest = &sql[offset..];
        let first = rest.chars().next()?;
        let (kind, end) = measure(rest, first);
        let length = end.unwrap_or(rest.len());
        let token = Token {
            kind,
            text: &rest[..length],
            offset,
            is_closed: end.is_some(),
        };
        offset += length;
        Some(token)
    })
}

/// The kind of the token a text starts with and its length; no length when it has no end.
fn measure(rest: &str, first: char) -> (TokenKind, Option<usize>) {
    match first {
        ';' => (TokenKind::Semicolon, Some(1)),
        '\'' => (TokenKind::Text, quoted_length(rest, b'\'')),
        '"' => (TokenKind::QuotedName, quoted_length(rest, b'"')),
        '`' => (TokenKind::QuotedName, quoted_length(rest, b'`')),
        'e' | 'E' if rest[1..].starts_with('\'') => (TokenKind::Text, escaped_length(rest)),
        '-' if rest.starts_with("--") => (TokenKind::Comment, Some(rest.find('\n').unwrap_or(rest.len()))),
        '/' if rest.starts_with("/*") => (TokenKind::Comment, comment_length(rest)),
        '$' => dollar(rest),
        space if space.is_whitespace() => (TokenKind::Space, Some(length_while(rest, char::is_whitespace))),
        digit if digit.is_ascii_digit() => (TokenKind::Number, Some(length_while(rest, is_number_part))),
        letter if is_name_start(letter) => (TokenKind::Word, Some(length_while(rest, is_name_part))),
        other => (TokenKind::Symbol, Some(other.len_utf8())),
    }
}

/// A doubled quote does not end a quoted text.
fn quoted_length(rest: &str, quote: u8) -> Option<usize> {
    let bytes = rest.as_bytes();
    let mut position = 1;
    loop {
        position += bytes[position..].iter().position(|byte| *byte == quote)? + 1;
        if bytes.get(position) != Some(&quote) {
            return Some(position);
        }
        position += 1;
    }
}

/// `E'…'`, in which a backslash takes the next character with it.
fn escaped_length(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let mut position = 2;
    while let Some(byte) = bytes.get(position) {
        match byte {
            b'\\' => position += 2,
            b'\'' if bytes.get(position + 1) == Some(&b'\'') => position += 2,
            b'\'' => return Some(position + 1),
            _ => position += 1,
        }
    }
    None
}

fn comment_length(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let mut depth = 0_usize;
    let mut position = 0;
    while position + 1 < bytes.len() {
        match &bytes[position..position + 2] {
            b"/*" => depth += 1,
            b"*/" => depth -= 1,
            _ => {
                position += 1;
                continue;
            }
        }
        position += 2;
        if depth == 0 {
            return Some(position);
        }
    }
    None
}

/// `$$…$$`, `$tag$…$tag$`, or a mere dollar sign (`$1`, `${version}`).
fn dollar(rest: &str) -> (TokenKind, Option<usize>) {
    let tag = length_while(&rest[1..], |part| part == '_' || part.is_alphanumeric());
    let is_quote = rest[1 + tag..].starts_with('$') && !rest[1..].starts_with(|digit: char| digit.is_ascii_digit());
    if !is_quote {
        return (TokenKind::Symbol, Some(1));
    }
    let delimiter = &rest[..tag + 2];
    let body = &rest[delimiter.len()..];
    (
        TokenKind::Text,
        body.find(delimiter).map(|end| end + 2 * delimiter.len()),
    )
}

fn length_while(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|character| !belongs(character)).unwrap_or(text.len())
}

fn is_name_start(character: char) -> bool {
    character == '_' || character.is_alphabetic()
}

/// A `$` inside a name never opens a dollar quote.
fn is_name_part(character: char) -> bool {
    character == '_' || character == '$' || character.is_alphanumeric()
}

fn is_number_part(character: char) -> bool {
    character == '.' || character == '_' || character.is_ascii_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(sql: &str) -> Vec<&str> {
        split(sql).into_iter().map(|statement| statement.text).collect()
    }

    #[test]
    fn a_semicolon_ends_a_statement_outside_quotes_only() {
        assert_eq!(texts("select 1; select 2;"), ["select 1", "select 2"]);
        assert_eq!(
            texts("select ';''; ' ; select \"a;\"\"b\" ;select `x;y`"),
            ["select ';''; '", "select \"a;\"\"b\"", "select `x;y`",]
        );
        assert_eq!(texts("select 'C:\\'; select 2"), ["select 'C:\\'", "select 2"]);
        assert_eq!(
            texts("select E'it\\'s; ' ; select e'\\\\'; x"),
            ["select E'it\\'s; '", "select e'\\\\'", "x"]
        );
    }

    #[test]
    fn dollar_quotes_end_at_their_own_tag() {
        assert_eq!(texts("as $$ a; b $$; select 1"), ["as $$ a; b $$", "select 1"]);
        assert_eq!(texts("as $f$ a; $$ ; $g$; $f$; c"), ["as $f$ a; $$ ; $g$; $f$", "c"]);
        assert_eq!(texts("select $1; select $2"), ["select $1", "select $2"]);
        assert_eq!(texts("select a$b$; c$b$; d"), ["select a$b$", "c$b$", "d"]);
        assert_eq!(
            texts("select '${version}', ${account-id}; x"),
            ["select '${version}', ${account-id}", "x"]
        );
    }

    #[test]
    fn comments_hide_semicolons_and_are_no_statements() {
        assert_eq!(texts("-- a; b\nselect 1 -- c;\n, 2; /* d; */"), ["select 1 -- c;\n, 2"]);
        assert_eq!(texts("/* a /* b; */ c; */ select 1"), ["select 1"]);
        assert_eq!(texts(" ;; -- nothing\n ; "), [""; 0]);
        assert_eq!(
            texts("select 4 - -1; select '--'; x"),
            ["select 4 - -1", "select '--'", "x"]
        );
    }

    #[test]
    fn offsets_point_into_the_whole_text() {
        let sql = "  -- é\n select '東';\n\n select 2";
        for statement in split(sql) {
            assert!(sql[statement.offset..].starts_with(statement.text));
        }
        assert_eq!(
            split(sql).iter().map(|statement| statement.offset).collect::<Vec<_>>(),
            [9, 25]
        );
    }

    #[test]
    fn a_text_is_complete_at_its_last_semicolon() {
        for complete in [
            "",
            "  \n",
            "-- a note",
            "select 1;",
            "select 1; -- a",
            "select ';';\n/* b */",
            "$$ ' $$;",
        ] {
            assert!(is_complete(complete), "{complete}");
        }
        for open in [
            "select 1",
            "select ';",
            "select \"a;",
            "$$;",
            "$a$ ; $$ ;",
            "/* ;",
            "select 1; select",
            "E'\\';",
        ] {
            assert!(!is_complete(open), "{open}");
        }
    }

    #[test]
    fn tokens_are_the_whole_text() {
        let sql = "SELECT a.\"b\", 1.5e9, 'x' || $$y$$ -- z\nFROM t /* … */ WHERE é >= $1; 'open";
        assert_eq!(tokens(sql).map(|token| token.text).collect::<String>(), sql);
        let last = tokens(sql).last();
        assert_eq!(
            last.map(|token| (token.kind, token.is_closed)),
            Some((TokenKind::Text, false))
        );
    }
}
