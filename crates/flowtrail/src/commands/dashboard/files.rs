//! Dashboards in files, all of which are right, or none is of use.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use flowtrail_dashboard::{Dashboard, MOST_BYTES, Mistake};
use serde_json::json;

use crate::failure::Failure;
use crate::stdout;

/// A dashboard and the file it is in.
pub struct DashboardFile {
    /// The file, as it was named.
    pub path: String,
    /// What it says.
    pub dashboard: Dashboard,
    /// Its text; of JSON, the YAML that says the same.
    pub yaml: String,
}

/// What is wrong in a file.
pub struct FileMistake {
    path: String,
    /// `None` where the file as a whole is wrong.
    mistake: Option<Mistake>,
    message: String,
}

/// Reads all files, or says everything that is wrong in any.
pub fn read(paths: &[PathBuf]) -> Result<Result<Vec<DashboardFile>, Vec<FileMistake>>, Failure> {
    let mut files: Vec<DashboardFile> = Vec::new();
    let mut mistakes = Vec::new();
    let mut first_of: HashMap<String, String> = HashMap::new();
    for path in paths {
        let text = text_of(path)?;
        let name = path.display().to_string();
        let is_json = path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        let read = if is_json {
            Dashboard::from_json
        } else {
            Dashboard::from_yaml
        };
        match read(&text) {
            Ok(dashboard) => {
                if let Some(first) = first_of.insert(dashboard.name.clone(), name.clone()) {
                    mistakes.push(FileMistake {
                        path: name.clone(),
                        mistake: None,
                        message: format!("the dashboard `{}` is in {first} already", dashboard.name),
                    });
                }
                let yaml = if is_json { dashboard.to_yaml() } else { text };
                files.push(DashboardFile {
                    path: name,
                    dashboard,
                    yaml,
                });
            }
            Err(found) => mistakes.extend(found.iter().map(|mistake| FileMistake {
                path: name.clone(),
                message: mistake.message.clone(),
                mistake: Some(mistake.clone()),
            })),
        }
    }
    Ok(if mistakes.is_empty() { Ok(files) } else { Err(mistakes) })
}

/// Says what is wrong, and what was therefore not done.
pub fn tell(mistakes: &[FileMistake], json: bool, therefore: &str) -> Result<(), Failure> {
    let noun = if mistakes.len() == 1 { "mistake" } else { "mistakes" };
    let sum = format!("{} {noun}; {therefore}", mistakes.len());
    if json {
        let of = |found: &FileMistake| {
            let place = found.mistake.as_ref().map(|mistake| mistake.place);
            json!({
                "file": found.path,
                "line": place.map(|place| place.line),
                "column": place.map(|place| place.column),
                "message": found.message,
            })
        };
        let all: Vec<_> = mistakes.iter().map(of).collect();
        return Ok(stdout::print_line(
            json!({"error": sum, "hint": null, "mistakes": all}),
        )?);
    }
    for FileMistake { path, mistake, message } in mistakes {
        match mistake {
            Some(mistake) => eprintln!("error: {path}:{mistake}"),
            None => eprintln!("error: {path}: {message}"),
        }
    }
    eprintln!("{sum}");
    Ok(())
}

/// A file's text, and no more of it than it takes to see that it is too long.
fn text_of(path: &Path) -> Result<String, Failure> {
    let cannot = |error: io::Error| Failure::new(format!("cannot read {}: {error}", path.display()), None);
    let mut bytes = Vec::new();
    let most = MOST_BYTES as u64 + 1;
    let read = if path == Path::new("-") {
        io::stdin().lock().take(most).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes))
    };
    read.map_err(cannot)?;
    if bytes.len() > MOST_BYTES {
        let message = format!(
            "{} is longer than {MOST_BYTES} bytes; a dashboard is not",
            path.display()
        );
        return Err(Failure::new(message, None));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::new(format!("{} is not UTF-8 text: see its byte {at}", path.display()), None)
    })
}
