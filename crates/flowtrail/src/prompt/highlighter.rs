//! Colours of the line being edited.

use flowtrail_query::statements::{TokenKind, tokens};
use reedline::{Color, Highlighter, StyledText};

use super::SharedVocabulary;

/// Keywords, functions, texts, numbers and comments each in their colour.
pub(super) struct SqlHighlighter {
    vocabulary: SharedVocabulary,
}

impl SqlHighlighter {
    pub(super) fn new(vocabulary: SharedVocabulary) -> Self {
        Self { vocabulary }
    }
}

impl Highlighter for SqlHighlighter {
    fn highlight(&self, line: &str, _cursor: usize) -> StyledText {
        let mut styled = StyledText::new();
        if super::command(line).is_some() {
            styled.push((Color::Magenta.normal(), line.to_owned()));
            return styled;
        }
        let vocabulary = self.vocabulary.read();
        for token in tokens(line) {
            let style = match token.kind {
                TokenKind::Comment => Color::DarkGray.normal(),
                TokenKind::Text => Color::Green.normal(),
                TokenKind::Number => Color::Cyan.normal(),
                TokenKind::Word if vocabulary.is_keyword(token.text) => Color::Blue.bold(),
                TokenKind::Word if vocabulary.is_function(token.text) => Color::Yellow.normal(),
                _ => Color::Default.normal(),
            };
            styled.push((style, token.text.to_owned()));
        }
        styled
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parking_lot::RwLock;

    use super::*;
    use crate::prompt::Vocabulary;

    #[test]
    fn every_character_stays_and_keywords_stand_out() {
        let vocabulary = Vocabulary {
            functions: vec!["count".to_owned()],
            ..Vocabulary::default()
        };
        let highlighter = SqlHighlighter::new(Arc::new(RwLock::new(vocabulary)));
        let line = "Select count(*) -- é";
        let styled = highlighter.highlight(line, 0);
        assert_eq!(
            styled.buffer.iter().map(|(_, text)| text.as_str()).collect::<String>(),
            line
        );
        assert_eq!(styled.buffer[0], (Color::Blue.bold(), "Select".to_owned()));
        assert_eq!(styled.buffer[2], (Color::Yellow.normal(), "count".to_owned()));
    }
}
