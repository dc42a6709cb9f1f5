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
    use std::collections::HashSet;

    use super::*;
    use crate::{GRID_COLUMNS, Tile};

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
    #[test]
    fn each_tile_has_its_place_and_is_in_both_languages() {
        for BuiltIn { dashboard, .. } in built_in() {
            let titles = dashboard.tiles.iter().map(|tile| &tile.title);
            // Four titles are those of Snowflake's guide, in any language.
            let untranslated = titles.filter(|title| title.ja.is_none()).count();
            assert_eq!(untranslated, if dashboard.name == "network" { 4 } else { 0 });
            let mut taken = HashSet::new();
            for Tile { id, at, .. } in &dashboard.tiles {
                for cell in (at.x..at.x + at.width).flat_map(|x| (at.y..at.y + at.height).map(move |y| (x, y))) {
                    assert!(taken.insert(cell), "{}: {id} stands on another tile", dashboard.name);
                }
            }
            let rows = taken.iter().map(|(_, y)| y + 1).max().unwrap_or_default();
            assert_eq!(
                taken.len(),
                (rows * GRID_COLUMNS) as usize,
                "{} has gaps",
                dashboard.name
            );
        }
    }

    #[test]
    fn fields_that_a_log_may_lack_are_said() {
        let missing = [
            "flow_direction",
            "region",
            "az_id",
            "vpc_id",
            "subnet_id",
            "traffic_path",
            "pkt_src_aws_service",
        ];
        for tile in built_in().iter().flat_map(|built_in| &built_in.dashboard.tiles) {
            let asks_flows = tile.sql.contains("logs.flow");
            for field in missing
                .into_iter()
                .filter(|field| asks_flows && tile.sql.contains(&format!("{field} is not null")))
            {
                let needs = tile.needs.as_ref().map_or(&[][..], |needs| &needs.fields);
                assert!(needs.iter().any(|needed| needed == field), "{} lacks {field}", tile.id);
            }
        }
    }
}
