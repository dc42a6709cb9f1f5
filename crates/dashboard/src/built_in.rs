//! The dashboards that every lake has.

use std::sync::LazyLock;

use crate::Dashboard;

/// Their texts, in the order in which people find them.
const TEXTS: [&str; 4] = [
    include_str!("built_in/network.yaml"),
    include_str!("built_in/cloudtrail.yaml"),
    include_str!("built_in/security.yaml"),
    include_str!("built_in/loads.yaml"),
];

/// A dashboard that every lake has.
#[derive(Clone, Debug)]
pub struct BuiltIn {
    /// Its text.
    pub yaml: &'static str,
    /// What it says.
    pub dashboard: Dashboard,
}

// A test reads each of them; none can be missing in a program that was tested.
static BUILT_IN: LazyLock<Vec<BuiltIn>> = LazyLock::new(|| {
    let read = |yaml| {
        let dashboard = Dashboard::from_yaml(yaml).ok()?;
        Some(BuiltIn { yaml, dashboard })
    };
    TEXTS.into_iter().filter_map(read).collect()
});

/// Those dashboards, in the order in which people find them.
pub fn built_in() -> &'static [BuiltIn] {
    &BUILT_IN
}

/// The one of that name.
pub(crate) fn find(name: &str) -> Option<&'static BuiltIn> {
    built_in().iter().find(|built_in| built_in.dashboard.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_can_be_read() {
        for text in TEXTS {
            if let Err(mistakes) = Dashboard::from_yaml(text) {
                panic!("{}\n{mistakes}", text.lines().next().unwrap_or_default());
            }
        }
        let names: Vec<_> = built_in().iter().map(|one| one.dashboard.name.as_str()).collect();
        assert_eq!(names, ["network", "cloudtrail", "security", "loads"]);
    }
}
