//! The interactive prompt: reads statements and commands from a terminal, with history, completion, colours and
//! input of several lines. It runs nothing itself.

mod completer;
mod highlighter;
mod validator;

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use flowtrail_query::Vocabulary;
use flowtrail_query::statements::split;
use parking_lot::RwLock;
use reedline::{
    ColumnarMenu, DefaultHinter, EditCommand, Emacs, FileBackedHistory, KeyCode, KeyModifiers, MenuBuilder, Prompt,
    PromptEditMode, PromptHistorySearch, PromptHistorySearchStatus, Reedline, ReedlineEvent, ReedlineMenu, Signal,
    default_emacs_keybindings,
};

use completer::SqlCompleter;
use highlighter::SqlHighlighter;
use validator::StatementValidator;

/// Statements the history keeps.
const HISTORY_ENTRIES: usize = 10_000;

const MENU: &str = "completion";

/// The vocabulary of the line being edited, shared with completer and highlighter.
type SharedVocabulary = Arc<RwLock<Vocabulary>>;

/// What the user entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input<'a> {
    /// One SQL statement, without its semicolon.
    Statement(&'a str),
    /// A command: `\d logs.vpc_flow` is `d` with the argument `logs.vpc_flow`; `exit` and `quit` are `q`, `help`
    /// is `?`.
    Command {
        /// The word after the backslash, in the case it was typed in.
        name: &'a str,
        /// What follows, without the blanks around it and without a semicolon at the end.
        argument: &'a str,
    },
}

/// Whether to go on after an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// Ask for the next input.
    Continue,
    /// Leave the prompt.
    Quit,
}

/// Why the prompt ended before the user left it.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// The terminal could not be read or set up.
    #[error("cannot read from the terminal: {source}")]
    Terminal {
        /// What the system said.
        source: io::Error,
    },
}

/// Reads inputs from the terminal and hands each to `run`, until that says [`Control::Quit`] or the user presses
/// Ctrl-D. Ctrl-C drops the line being edited.
///
/// The vocabulary is asked for before each input, so that a table just made is completed. The caller sees to it that
/// standard input is a terminal.
///
/// # Errors
/// [`PromptError::Terminal`]. A history that cannot be read or written is only logged.
pub fn read_statements(
    vocabulary: &dyn Fn() -> Vocabulary,
    run: &mut dyn FnMut(Input<'_>) -> Control,
) -> Result<(), PromptError> {
    let shared = SharedVocabulary::default();
    let mut editor = editor(&shared);
    loop {
        *shared.write() = vocabulary();
        let signal = editor
            .read_line(&SqlPrompt)
            .map_err(|source| PromptError::Terminal { source })?;
        let control = match signal {
            Signal::Success(text) => run_text(&text, run),
            Signal::CtrlD => Control::Quit,
            _ => Control::Continue,
        };
        if control == Control::Quit {
            return Ok(());
        }
    }
}

fn run_text(text: &str, run: &mut dyn FnMut(Input<'_>) -> Control) -> Control {
    if let Some(command) = command(text) {
        return run(command);
    }
    for statement in split(text) {
        if run(Input::Statement(statement.text)) == Control::Quit {
            return Control::Quit;
        }
    }
    Control::Continue
}

/// The command a text is, if it is one.
fn command(text: &str) -> Option<Input<'_>> {
    let text = text.trim().trim_end_matches(';').trim_end();
    if let Some(command) = text.strip_prefix('\\') {
        let (name, argument) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
        return Some(Input::Command {
            name,
            argument: argument.trim(),
        });
    }
    let name = match text.to_ascii_lowercase().as_str() {
        "exit" | "quit" => "q",
        "help" => "?",
        _ => return None,
    };
    Some(Input::Command { name, argument: "" })
}

fn editor(vocabulary: &SharedVocabulary) -> Reedline {
    let mut keys = default_emacs_keybindings();
    let complete = vec![ReedlineEvent::Menu(MENU.to_owned()), ReedlineEvent::MenuNext];
    keys.add_binding(KeyModifiers::NONE, KeyCode::Tab, ReedlineEvent::UntilFound(complete));
    keys.add_binding(KeyModifiers::SHIFT, KeyCode::BackTab, ReedlineEvent::MenuPrevious);
    let new_line = ReedlineEvent::Edit(vec![EditCommand::InsertNewline]);
    keys.add_binding(KeyModifiers::ALT, KeyCode::Enter, new_line);

    let menu = ColumnarMenu::default().with_name(MENU);
    let colours = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let editor = Reedline::create()
        .with_edit_mode(Box::new(Emacs::new(keys)))
        .with_menu(ReedlineMenu::EngineCompleter(Box::new(menu)))
        .with_completer(Box::new(SqlCompleter::new(Arc::clone(vocabulary))))
        .with_highlighter(Box::new(SqlHighlighter::new(Arc::clone(vocabulary))))
        .with_validator(Box::new(StatementValidator))
        .with_hinter(Box::new(
            DefaultHinter::default().with_style(reedline::Color::DarkGray.normal()),
        ))
        .with_quick_completions(true)
        .with_partial_completions(true)
        .with_ansi_colors(colours)
        .use_bracketed_paste(true);
    match history() {
        Some(history) => editor.with_history(Box::new(history)),
        None => editor,
    }
}

/// The history of the user's data directory; none when there is no such place or it cannot be used.
fn history() -> Option<FileBackedHistory> {
    let path = dirs::data_dir()?.join("flowtrail").join("history");
    let opened = create_private(&path)
        .and_then(|()| FileBackedHistory::with_file(HISTORY_ENTRIES, path.clone()).map_err(io::Error::other));
    match opened {
        Ok(history) => Some(history),
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "the prompt's history is not kept");
            None
        }
    }
}

/// Statements name people and addresses, so the file is the user's alone from the start.
fn create_private(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path.parent().map_or_else(PathBuf::new, Path::to_owned))?;
    let mut file = std::fs::File::options();
    file.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    file.open(path).map(drop)
}

struct SqlPrompt;

impl Prompt for SqlPrompt {
    fn render_prompt_left(&self) -> Cow<'_, str> {
        "flowtrail".into()
    }

    fn render_prompt_right(&self) -> Cow<'_, str> {
        "".into()
    }

    fn render_prompt_indicator(&self, _mode: PromptEditMode) -> Cow<'_, str> {
        "> ".into()
    }

    fn render_prompt_multiline_indicator(&self) -> Cow<'_, str> {
        "      ...> ".into()
    }

    fn render_prompt_history_search_indicator(&self, search: PromptHistorySearch) -> Cow<'_, str> {
        let failing = match search.status {
            PromptHistorySearchStatus::Passing => "",
            PromptHistorySearchStatus::Failing => "failing ",
        };
        format!(" ({failing}search: {}) ", search.term).into()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn commands_are_told_from_statements() {
        let parsed = |text| match command(text) {
            Some(Input::Command { name, argument }) => Some((name, argument)),
            _ => None,
        };
        assert_eq!(parsed("\\d logs.vpc_flow;\n"), Some(("d", "logs.vpc_flow")));
        assert_eq!(parsed("  \\d  "), Some(("d", "")));
        assert_eq!(parsed("\\?"), Some(("?", "")));
        assert_eq!(parsed("QUIT;"), Some(("q", "")));
        assert_eq!(parsed("help"), Some(("?", "")));
        assert_eq!(parsed("select '\\d';"), None);
    }

    #[test]
    fn the_statements_of_a_text_run_one_by_one_until_one_quits() {
        let mut ran = Vec::new();
        let control = run_text("select 1; select 2; -- end\nselect 3;", &mut |input| {
            ran.push(format!("{input:?}"));
            if ran.len() == 2 {
                Control::Quit
            } else {
                Control::Continue
            }
        });
        assert_eq!(control, Control::Quit);
        assert_eq!(ran, ["Statement(\"select 1\")", "Statement(\"select 2\")"]);
    }

    #[cfg(unix)]
    #[test]
    fn the_history_is_the_users_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("flowtrail/history");
        create_private(&path).unwrap();
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
