//! The three files set up the same things.

use std::collections::BTreeSet;

use flowtrail_aws::Tool;

use crate::combinations::{all, setup};

/// The ARNs and the names of statements in a file, whatever quotes stand around them.
fn facts(text: &str) -> BTreeSet<String> {
    let is_between = |c: char| c.is_whitespace() || "\"'\\,[]{}".contains(c);
    let words: Vec<&str> = text.split(is_between).filter(|word| !word.is_empty()).collect();
    let arns = words.iter().filter(|word| word.starts_with("arn:"));
    let names = words
        .windows(3)
        .filter(|words| words[0].starts_with("Sid"))
        .map(|words| {
            if matches!(words[1], ":" | "=") {
                &words[2]
            } else {
                &words[1]
            }
        });
    arns.chain(names).map(|word| (*word).to_owned()).collect()
}

#[test]
fn every_tool_is_told_of_the_same_arns_and_statements() {
    for (name, choices) in all() {
        let setup = setup(&choices);
        let template = facts(&setup.render(Tool::CloudFormation));
        assert!(
            template.iter().any(|fact| fact == "TlsOnly") || choices.is_bucket_there,
            "{name}: {template:?}"
        );
        assert_eq!(facts(&setup.render(Tool::Terraform)), template, "{name}");
        assert_eq!(facts(&setup.render(Tool::Cli)), template, "{name}");
    }
}
