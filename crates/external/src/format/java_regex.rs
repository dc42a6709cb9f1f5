//! Java's regular expressions, as this program's engines have them.
//!
//! Most is spelled alike. What differs: `\d`, `\s` and `\w` are of ASCII alone; any character that is no letter can be
//! escaped; `\Q…\E`, `\h`, `\Z`, POSIX classes; and quantifiers that hold on to what they took (`*+`).

use std::fmt::Write;

/// An expression, and what it needs.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Translated {
    pub(super) pattern: String,
    /// It looks ahead or behind, refers back to a group, or does not give back what it took.
    pub(super) is_fancy: bool,
}

/// What `\s` stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WhiteSpace {
    /// Any white space of ASCII.
    Any,
    /// A blank, for text that has no other.
    Blank,
}

impl WhiteSpace {
    const fn characters(self) -> &'static str {
        match self {
            // Not a blank as it is, which means nothing where an expression may have comments.
            Self::Any => r"\x20\t\n\x0B\f\r",
            Self::Blank => r"\x20",
        }
    }
}

/// Translates an expression. What is wrong with it stays wrong.
pub(super) fn translate(pattern: &str, white_space: WhiteSpace) -> Translated {
    let mut translator = Translator {
        rest: pattern,
        out: String::with_capacity(pattern.len() + 16),
        is_fancy: false,
        class_depth: 0,
        white_space,
    };
    translator.run();
    Translated {
        pattern: translator.out,
        is_fancy: translator.is_fancy,
    }
}

struct Translator<'a> {
    rest: &'a str,
    out: String,
    is_fancy: bool,
    class_depth: usize,
    white_space: WhiteSpace,
}

impl Translator<'_> {
    fn run(&mut self) {
        while let Some(character) = self.take() {
            match character {
                '\\' => self.escape(),
                '[' => {
                    self.class_depth += 1;
                    self.out.push('[');
                }
                ']' => {
                    self.class_depth = self.class_depth.saturating_sub(1);
                    self.out.push(']');
                }
                // These mean something in classes here, and nothing there.
                '~' if self.class_depth > 0 => self.out.push_str(r"\~"),
                '(' if self.class_depth == 0 => {
                    let begins = ["?=", "?!", "?<=", "?<!", "?>"];
                    self.is_fancy |= begins.iter().any(|begin| self.rest.starts_with(begin));
                    self.out.push('(');
                }
                '*' | '+' | '?' | '}' if self.class_depth == 0 => {
                    self.is_fancy |= self.rest.starts_with('+');
                    self.out.push(character);
                    // What follows a quantifier belongs to it.
                    if let Some(kind) = self.rest.chars().next().filter(|kind| matches!(kind, '+' | '?')) {
                        self.take();
                        self.out.push(kind);
                    }
                }
                other => self.out.push(other),
            }
        }
    }

    fn take(&mut self) -> Option<char> {
        let first = self.rest.chars().next()?;
        self.rest = &self.rest[first.len_utf8()..];
        Some(first)
    }

    fn escape(&mut self) {
        let Some(escaped) = self.take() else {
            self.out.push('\\');
            return;
        };
        match escaped {
            'd' => self.class("0-9", false),
            'D' => self.class("0-9", true),
            's' => self.class(self.white_space.characters(), false),
            'S' => self.class(self.white_space.characters(), true),
            'w' => self.class("a-zA-Z_0-9", false),
            'W' => self.class("a-zA-Z_0-9", true),
            'h' => self.class(r" \t\x{A0}", false),
            'Z' => self.out.push_str(r"\z"),
            'e' => self.out.push_str(r"\x1B"),
            'R' => self.out.push_str(r"(?:\r\n|[\n\x0B\f\r])"),
            '0' => self.octal(),
            'Q' => self.quoted(),
            'p' | 'P' => self.property(escaped),
            '1'..='9' | 'k' => {
                self.is_fancy = true;
                self.out.push('\\');
                self.out.push(escaped);
            }
            letter if letter.is_ascii_alphanumeric() => {
                self.out.push('\\');
                self.out.push(letter);
            }
            other => self.literal(other),
        }
    }

    /// A set of characters, or all others.
    fn class(&mut self, characters: &str, is_negated: bool) {
        if self.class_depth > 0 && !is_negated {
            self.out.push_str(characters);
            return;
        }
        if characters == r"\x20" && !is_negated {
            self.out.push_str(r"\x20");
            return;
        }
        self.out.push('[');
        if is_negated {
            self.out.push('^');
        }
        self.out.push_str(characters);
        self.out.push(']');
    }

    /// A character that stands for itself.
    fn literal(&mut self, character: char) {
        if character.is_ascii_punctuation() && !matches!(character, '<' | '>') {
            self.out.push('\\');
        }
        self.out.push(character);
    }

    /// `\0`, and one to three digits.
    fn octal(&mut self) {
        let digits = self
            .rest
            .bytes()
            .take(3)
            .take_while(|byte| matches!(byte, b'0'..=b'7'))
            .count();
        let (octal, rest) = self.rest.split_at(digits);
        let code = u32::from_str_radix(octal, 8).unwrap_or_default();
        self.rest = rest;
        // Writing into a text cannot fail.
        let _ = write!(self.out, r"\x{{{code:X}}}");
    }

    /// What stands between `\Q` and `\E`, as it is.
    fn quoted(&mut self) {
        let (quoted, rest) = self.rest.split_once(r"\E").unwrap_or((self.rest, ""));
        self.rest = rest;
        for character in quoted.chars() {
            self.literal(character);
        }
    }

    /// `\p{Alpha}` and its kin are of ASCII alone; other names are Unicode's.
    fn property(&mut self, letter: char) {
        let named = self.rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        let posix = named.and_then(|(name, rest)| Some((posix_class(name)?, rest)));
        let Some((characters, rest)) = posix else {
            self.out.push('\\');
            self.out.push(letter);
            return;
        };
        self.rest = rest;
        self.class(characters, letter == 'P');
    }
}

fn posix_class(name: &str) -> Option<&'static str> {
    Some(match name {
        "Lower" => "a-z",
        "Upper" => "A-Z",
        "ASCII" => r"\x00-\x7F",
        "Alpha" => "a-zA-Z",
        "Digit" => "0-9",
        "Alnum" => "a-zA-Z0-9",
        "Punct" => r"!-/:-@\[-`{-\~",
        "Graph" => r"!-\~",
        "Print" => r"\x20-\~",
        "Blank" => r" \t",
        "Cntrl" => r"\x00-\x1F\x7F",
        "XDigit" => "0-9a-fA-F",
        "Space" => r" \t\n\x0B\f\r",
        _ => return None,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_differs_is_translated() {
        for (java, here) in [
            (r"\d+\s", r"[0-9]+[\x20\t\n\x0B\f\r]"),
            (r"[\d.]\D", r"[0-9.][^0-9]"),
            (r"[^\s]", r"[^\x20\t\n\x0B\f\r]"),
            (r#"\"\<\-\/\ \_"#, r#"\"<\-\/ \_"#),
            (r"\Qa.b\E.", r"a\.b."),
            (r"\p{Alpha}\P{Digit}\pL", r"[a-zA-Z][^0-9]\pL"),
            (r"\011\Z", r"\x{9}\z"),
            (r"(?<name>a)(?:b)", r"(?<name>a)(?:b)"),
            (r"a+?b", r"a+?b"),
        ] {
            let translated = translate(java, WhiteSpace::Any);
            assert_eq!(
                (translated.pattern.as_str(), translated.is_fancy),
                (here, false),
                "{java}"
            );
            regex::Regex::new(here).unwrap();
        }
        for fancy in [r"(?!#)a", r"(?<=a)b", r"a*+", r"a{2}+", r"(a)\1", r"(?>a)"] {
            assert!(translate(fancy, WhiteSpace::Any).is_fancy, "{fancy}");
        }
        assert_eq!(translate(r"\s[\s]\S", WhiteSpace::Blank).pattern, r"\x20[\x20][^\x20]");
    }

    proptest! {
        #[test]
        fn any_text_is_translated(pattern in r".{0,30}") {
            translate(&pattern, WhiteSpace::Any);
        }
    }
}
