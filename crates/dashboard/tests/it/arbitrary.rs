//! Any dashboard there can be.

use flowtrail_dashboard::{
    Accent, Area, Chart, Compare, Dashboard, Direction, GRID_COLUMNS, Needs, Order, Range, Text, Tile, Unit,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// Any text of up to so many characters that is not blank: all that can be typed, and what a parser may trip over.
fn line(longest: usize) -> impl Strategy<Value = String> {
    let awkward = "[-#:,?!&*|>'\"%@` \t\\[\\]{}=~0-9a-c\u{85}\u{2028}\u{feff}\u{7f}\r\nネ😀]";
    let strategy = prop_oneof![
        proptest::string::string_regex(&format!("{awkward}{{1,20}}")).unwrap(),
        proptest::string::string_regex("[A-Z][a-z]{1,8}( [a-z]{1,8}){0,3}").unwrap(),
        vec(any::<char>(), 1..20).prop_map(String::from_iter),
        select(vec![
            "null", "yes", "1e3", "- a", "? a", "...", "---", "{}", "a: b", "a -", "a (-)", "=", "<<", "!x"
        ])
        .prop_map(str::to_owned),
    ];
    strategy.prop_filter("it is not blank", move |text| {
        !text.trim().is_empty() && text.chars().count() <= longest
    })
}

fn statement() -> impl Strategy<Value = String> {
    let blank = select(vec![
        "\n", "\n\n", "\n  ", "\n\t", "\n   \n", " \n", "\r\n", "\n# ", "\n--- ", "\n...",
    ]);
    (line(100), vec((blank, line(100)), 0..6)).prop_filter_map("it is not blank", |(first, rest)| {
        let rest: String = rest
            .into_iter()
            .flat_map(|(blank, line)| [blank.to_owned(), line])
            .collect();
        let sql = format!("{first}{rest}").trim().to_owned();
        (!sql.is_empty()).then_some(sql)
    })
}

fn text() -> impl Strategy<Value = Text> {
    (line(200), option::of(line(200))).prop_map(|(en, ja)| Text { en, ja })
}

fn area() -> impl Strategy<Value = Area> {
    (0..GRID_COLUMNS, 0..10_000_u32, 1..100_u32)
        .prop_flat_map(|(x, y, height)| (1..=GRID_COLUMNS - x).prop_map(move |width| Area { x, y, width, height }))
}

prop_compose! {
    fn looks()(
        accent in option::of(select(Accent::ALL)),
        order in option::of(select(Order::ALL)),
        direction in option::of(select(Direction::ALL)),
        unit in option::of(select(Unit::ALL)),
        compare in option::of(select(Compare::ALL)),
    ) -> (Option<Accent>, Option<Order>, Option<Direction>, Option<Unit>, Option<Compare>) {
        (accent, order, direction, unit, compare)
    }
}

prop_compose! {
    fn tile()(
        (title, description) in (text(), option::of(text())),
        sql in statement(),
        chart in select(Chart::ALL),
        (x, y, series) in (option::of(line(100)), vec(line(100), 0..3), option::of(line(100))),
        (accent, order, direction, unit, compare) in looks(),
        needs in option::of((line(100), vec(line(100), 1..3)).prop_map(|(table, fields)| Needs { table, fields })),
        at in area(),
    ) -> Tile {
        Tile {
            id: String::new(), title, description, sql, accent, chart, x, y, series, order, direction, unit, compare,
            needs, at,
        }
    }
}

prop_compose! {
    /// A dashboard.
    pub fn dashboard()(
        name in "[a-z0-9-]{1,64}",
        (title, description) in (text(), option::of(text())),
        range in option::of(select(Range::ALL)),
        refresh_s in option::of(1..86_400_u32),
        tiles in vec((tile(), "[a-zA-Z0-9_-]{1,8}"), 0..4),
    ) -> Dashboard {
        let tiles = tiles.into_iter().enumerate();
        let tiles = tiles.map(|(number, (tile, id))| Tile { id: format!("{number}{id}"), ..tile }).collect();
        Dashboard { name, title, description, range, refresh_s, tiles }
    }
}
