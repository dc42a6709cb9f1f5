//! `cfn-lint`, which knows the types of every property, finds nothing in a template.

use std::process::Command;

use flowtrail_aws::Tool;

use crate::combinations::{all, setup};
use crate::programs;

#[test]
fn templates_pass_cfn_lint() {
    let Some(cfn_lint) = programs::find("cfn-lint") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    for (name, choices) in all() {
        let file = folder.path().join(format!("{name}.yaml"));
        std::fs::write(&file, setup(&choices).render(Tool::CloudFormation)).unwrap();
        let linted = Command::new(&cfn_lint)
            .args(["--regions", &choices.region, "--"])
            .arg(&file)
            .output()
            .unwrap();
        let found = String::from_utf8_lossy(&linted.stdout).into_owned();
        assert!(linted.status.success() && found.is_empty(), "{name}: {found}");
    }
}
