//! What can be said of the configuration without Terraform's provider, which it would have to fetch: that it is its
//! language, laid out as Terraform lays it out, and that all it refers to is there.

use std::path::PathBuf;
use std::process::Command;

use flowtrail_aws::Tool;
use tempfile::TempDir;

use crate::combinations::{all, setup};
use crate::programs;

/// Runs a program on the file of each combination of choices, which it must like.
fn each_passes(program: &PathBuf, arguments: &[&str]) {
    let folder = TempDir::new().unwrap();
    for (name, choices) in all() {
        let file = folder.path().join(format!("{name}.tf"));
        std::fs::write(&file, setup(&choices).render(Tool::Terraform)).unwrap();
        let ran = Command::new(program).args(arguments).arg(&file).output().unwrap();
        let found = String::from_utf8_lossy(&ran.stdout) + String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "{name}: {found}");
    }
}

#[test]
fn configurations_are_laid_out_as_terraform_does() {
    if let Some(terraform) = programs::find("terraform") {
        each_passes(&terraform, &["fmt", "-check", "-diff", "-no-color"]);
    }
}

#[test]
fn configurations_are_hcl() {
    if let Some(hcl2tojson) = programs::find("hcl2tojson") {
        each_passes(&hcl2tojson, &[]);
    }
}

#[test]
fn what_is_referred_to_is_there() {
    for (name, choices) in all() {
        let written = setup(&choices).render(Tool::Terraform);
        let words: Vec<&str> = written
            .split(|c: char| !c.is_ascii_alphanumeric() && !"._".contains(c))
            .collect();
        let declared = |address: &str| {
            let labels = match address.strip_prefix("var.") {
                Some(variable) => format!("\nvariable \"{variable}\" {{"),
                None => format!("\nresource \"{}\" {{", address.replace('.', "\" \"")),
            };
            written.contains(&labels)
        };
        // `aws_s3_bucket.bucket.id` is an attribute of `aws_s3_bucket.bucket`.
        let address = |word: &str| word.splitn(3, '.').take(2).collect::<Vec<_>>().join(".");
        let is_reference = |word: &&&str| word.contains('.') && (word.starts_with("aws_") || word.starts_with("var."));
        let references: Vec<String> = words.iter().filter(is_reference).map(|word| address(word)).collect();
        assert!(choices.is_bucket_there || !references.is_empty(), "{name}");
        for reference in references {
            assert!(declared(&reference), "{name}: nothing is {reference}");
        }
    }
}
