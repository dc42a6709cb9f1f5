//! Each mistake is named, and where it is.

use flowtrail_dashboard::{Dashboard, MOST_BYTES, Mistakes};

fn told(read: Result<Dashboard, Mistakes>) -> String {
    read.unwrap_err().to_string()
}

fn of_yaml(text: &str) -> String {
    told(Dashboard::from_yaml(text))
}

#[test]
fn all_at_once() {
    insta::assert_snapshot!(of_yaml(r"
dashboard: My Dashboard
titel: Mine
title: {en: Mine, fr: Le mien}
range: 25h
refresh_s: 0
colour: green
tiles:
  - id: a
    title: 404
    sql: |

    chart: bars
    y: bytes
    at: {x: 8, y: 0, width: 6, height: 8}
  - id: a
    title: ''
    sql: select 1
    chart: heatmap
    order: [value]
    compare: previos
    needs: {table: logs.vpc_flow, fields: []}
    at: {x: 12, y: -1, width: 0, heigth: 8}
  - select 1
  - id: a b
    chart: table
    chart: line
    x: true
    at:
"), @r"
2:12: dashboard is 1 to 64 small letters, digits and hyphens, not `My Dashboard`
3:1: a dashboard has no key `titel`; did you mean `title`?
4:19: title has no key `fr`; there are en, ja
5:8: range is one of 15m, 1h, 6h, 24h, 7d, 30d, 90d, not `25h`; did you mean `24h`?
6:12: refresh_s is a whole number from 1 to 86400, not 0
7:1: a dashboard has no key `colour`; there are dashboard, title, description, range, refresh_s, tiles
10:12: title is a text, or {en: …, ja: …}, not a number; put it in quotes
13:5: sql is empty
13:12: chart is one of bar, column, stacked_bar, stacked_column, line, area, pie, heat_map, sankey, graph, number, table, not `bars`; did you mean `bar`?
14:8: y is a list, not a text
15:9: the tile ends at column 14 of a grid of 12: make x or width less
16:9: the id `a` has another tile already, in line 9
17:12: title is empty
19:12: chart is one of bar, column, stacked_bar, stacked_column, line, area, pie, heat_map, sankey, graph, number, table, not `heatmap`; did you mean `heat_map`?
20:12: order is a text, not a list
21:14: compare is one of previous, not `previos`; did you mean `previous`?
22:43: fields is empty; a tile that needs none has no `needs`
23:9: at lacks `height`
23:13: x is a whole number from 0 to 11, not 12
23:20: y is a whole number from 0 to 9999, not -1
23:31: width is a whole number from 1 to 12, not 0
23:34: at has no key `heigth`; did you mean `height`?
24:5: a tile is keys with values (id, title, description, sql, accent, chart, x, y, series, order, direction, unit, compare, needs, at), not a text
25:5: a tile lacks `sql`
25:5: a tile lacks `title`
25:9: id is 1 to 64 letters without accents, digits, hyphens and underscores, not `a b`
27:5: the key `chart` is in line 26 already
28:8: x is a text, not true or false; put it in quotes
29:7: at has no value
");
}

#[test]
fn the_json_form_has_the_same() {
    insta::assert_snapshot!(told(Dashboard::from_json(r#"{
  "dashboard": "mine", "title": 5,
  "tiles": [
    {"id": "a", "titel": "A", "sql": null, "chart": "Bar", "y": [1, "n"], "at": {"x": 0.5, "y": 0, "width": 6, "height": 1e3}},
    {"id": "a", "id": "b"}
  ]
}"#)), @r"
2:33: title is a text, or {en: …, ja: …}, not a number; put it in quotes
4:5: a tile lacks `title`
4:17: a tile has no key `titel`; did you mean `title`?
4:38: sql has no value
4:53: chart is one of bar, column, stacked_bar, stacked_column, line, area, pie, heat_map, sankey, graph, number, table, not `Bar`; did you mean `bar`?
4:66: y is a text, not a number; put it in quotes
4:87: x is a whole number from 0 to 11
4:122: height is a whole number from 1 to 10000
5:5: a tile lacks `at`
5:5: a tile lacks `chart`
5:5: a tile lacks `sql`
5:5: a tile lacks `title`
5:12: the id `a` has another tile already, in line 4
5:17: the key `id` is in line 5 already
");
}

#[test]
fn what_is_no_dashboard() {
    insta::assert_snapshot!(of_yaml(""), @"1:1: there is no dashboard in here");
    insta::assert_snapshot!(of_yaml("# nothing\n"), @"1:1: there is no dashboard in here");
    insta::assert_snapshot!(of_yaml("select 1"), @"1:1: a dashboard is keys with values (dashboard, title, description, range, refresh_s, tiles), not a text");
    insta::assert_snapshot!(of_yaml("- a\n- b\n"), @"1:1: a dashboard is keys with values (dashboard, title, description, range, refresh_s, tiles), not a list");
    insta::assert_snapshot!(of_yaml("dashboard: x\n\ttitle: y\n"), @"1:12: this is not YAML: while scanning a plain scalar, found a tab");
    insta::assert_snapshot!(of_yaml("dashboard: 'x\n"), @"1:12: this is not YAML: while scanning a quoted scalar, found unexpected end of stream");
    insta::assert_snapshot!(of_yaml("dashboard: x\ntitle: a\ntiles: []\n---\ndashboard: y\n"), @"4:1: a second document begins here; a file holds one dashboard");
    insta::assert_snapshot!(told(Dashboard::from_json("")), @"1:1: this is not JSON: EOF while parsing a value");
    insta::assert_snapshot!(told(Dashboard::from_json("[1,\n 2,]")), @"2:4: this is not JSON: expected value");
}

#[test]
fn anchors_and_aliases_are_refused() {
    insta::assert_snapshot!(
        of_yaml("dashboard: x\ntitle: &t A\ndescription: *t\ntiles: !!seq []\n<<: {a: b}\n"),
        @r"
        2:8: anchors (`&name`) are not read; take it out
        3:14: aliases (`*name`) are not read; write what is meant
        4:8: tags (`!name`) are not read; take it out
        5:1: a dashboard has no key `<<`; there are dashboard, title, description, range, refresh_s, tiles
        "
    );
}

#[test]
fn what_is_too_large() {
    let large = format!("dashboard: x\ntitle: a\ntiles: []\n#{}", "x".repeat(MOST_BYTES));
    insta::assert_snapshot!(of_yaml(&large), @"1:1: the definition has 262177 bytes; 262144 are taken at most");
    let tile = |id: usize| {
        format!("  - {{id: t{id}, title: T, sql: select 1, chart: table, at: {{x: 0, y: 0, width: 1, height: 1}}}}\n")
    };
    let dashboard = |tiles| {
        let tiles: String = (0..tiles).map(tile).collect();
        format!("dashboard: x\ntitle: a\ntiles:\n{tiles}")
    };
    assert_eq!(Dashboard::from_yaml(&dashboard(100)).unwrap().tiles.len(), 100);
    insta::assert_snapshot!(of_yaml(&dashboard(101)), @"104:5: 101 tiles; a dashboard has 100 at most");
    let named = |name: &str, title: &str| format!("dashboard: {name}\ntitle: {title}\ntiles: []\n");
    assert!(Dashboard::from_yaml(&named(&"x".repeat(64), &"ネ".repeat(200))).is_ok());
    insta::assert_snapshot!(of_yaml(&named(&"x".repeat(10_000), &"ネ".repeat(201))), @r"
    1:12: dashboard is 1 to 64 small letters, digits and hyphens, not `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…`
    2:8: title has 201 characters; 200 are taken at most
    ");
    let many = format!("dashboard: x\ntitle: a\ntiles:\n{}", "  - 1\n".repeat(5_000));
    let mistakes = Dashboard::from_yaml(&many).unwrap_err();
    assert_eq!(mistakes.len(), 101);
    assert_eq!(mistakes.iter().last().unwrap().message, "and 4901 more mistakes");
}
