//! What Terraform itself says of the configuration, without the provider, which it would have to fetch: that it is its
//! language, laid out as it lays it out.

use std::process::Command;

use flowtrail_aws::Tool;

use crate::combinations::{all, setup};
use crate::programs;

#[test]
fn configurations_are_terraforms_language() {
    let Some(terraform) = programs::find("terraform") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    for (name, choices) in all() {
        let file = folder.path().join(format!("{name}.tf"));
        std::fs::write(&file, setup(&choices).render(Tool::Terraform)).unwrap();
        let formatted = Command::new(&terraform)
            .args(["fmt", "-check", "-diff", "-no-color"])
            .arg(&file)
            .output()
            .unwrap();
        let found =
            String::from_utf8_lossy(&formatted.stdout).into_owned() + &String::from_utf8_lossy(&formatted.stderr);
        assert!(formatted.status.success(), "{name}: {found}");
    }
}
