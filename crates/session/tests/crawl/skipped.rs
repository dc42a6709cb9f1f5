//! What is not understood is said.

use crate::desk::{Desk, gzip};

#[tokio::test]
async fn reasons_are_given() {
    let desk = Desk::new().await;
    desk.put("good/a.json", "{\"a\":1}\n");
    desk.put("image/a.png", b"\x89PNG\r\n\x1a\n\0\0");
    desk.put("mixed/a.json", "{\"a\":1}\n");
    desk.put("mixed/b.csv", "a,b\n1,2\n");
    desk.put("empty/a.json", "");
    desk.put("cut/a.gz", &gzip("{\"a\":1}\n")[..12]);
    desk.put("flows/1.log", "version srcaddr dstaddr\n2 a b\n");
    desk.put("flows/2.log", "version dstaddr srcaddr\n2 a b\n");
    desk.put("prose/readme.txt", "All is well.\nAnd that, friends, is that.\n");
    desk.put("short.parquet", "PAR1");
    let told = desk.crawl("").await;
    assert_eq!(told[0], "public.good|created|json|1||1|");
    let reasons = told[1..].join("\n");
    for (place, reason) in [
        ("image/a.png", "it is neither text nor Parquet"),
        ("mixed/a.json", "its objects are not of one format"),
        ("empty/", "there is no row in its objects"),
        ("cut/a.gz", "gzip data is damaged"),
        ("flows/1.log", "its objects have other fields"),
        ("prose/readme.txt", "it is text in lines"),
        ("short.parquet", "it begins as a Parquet file and does not end as one"),
    ] {
        let is_told = |line: &&str| line.contains(place) && line.contains(reason) && line.contains("skipped");
        assert!(reasons.lines().any(|line| is_told(&line)), "{place}: {reasons}");
    }
    assert_eq!(told.len(), 8, "{reasons}");
}

#[tokio::test]
async fn an_object_that_is_not_understood_among_others() {
    let desk = Desk::new().await;
    desk.put("t/a.json", "{\"a\":1}\n");
    desk.put("t/b.json", "{\"a\":2}\nnonsense\n{\"a\":3}\n");
    desk.put("t/c.json", b"\0\0");
    let told = desk.crawl("").await;
    assert_eq!(
        told[0],
        "public.t|created|json|1||3|1 lines of those looked at are no JSON objects, and are rows of NULLs; 1 of the \
         objects looked at are not understood, and are read all the same"
    );
    assert!(told[1].contains("t/c.json: it is neither text"), "{told:?}");
}

#[tokio::test]
async fn folders_in_folders() {
    let desk = Desk::new().await;
    // The same below: one table.
    desk.put("same/a.json", "{\"a\":1}\n");
    desk.put("same/deep/b.json", "{\"a\":2}\n");
    // Something else below: the inner one is a table, the outer one would read both.
    desk.put("other/a.csv", "a,b\n1,2\n");
    desk.put("other/inner/b.json", "{\"a\":2}\n");
    let told = desk.crawl("").await;
    assert_eq!(
        told[..2],
        ["public.inner|created|json|1||1|", "public.same|created|json|1||2|"]
    );
    assert!(
        told[2].contains("other/a.csv: other layouts are in the folders below"),
        "{told:?}"
    );
    assert_eq!(desk.rows("SELECT sum(a) FROM same").await, ["3"]);
}

#[tokio::test]
async fn many_folders_are_one_table() {
    let desk = Desk::new().await;
    for number in 0..501 {
        desk.put(&format!("runs/{number}-x/a.json"), format!("{{\"a\":{number}}}\n"));
    }
    assert_eq!(desk.crawl("").await, ["public.runs|created|json|1||501|"]);
    assert_eq!(desk.rows("SELECT count(*) FROM runs").await, ["501"]);
}
