//! Dashboards in a lake: those built in below those that were put there.

use flowtrail_catalog::Catalog;
use flowtrail_dashboard::{BUILT_IN_VERSION, Dashboards, Expected, StoreError};
use flowtrail_lake::Lake;

fn lake() -> (tempfile::TempDir, Lake) {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open_folder(folder.path().join("lake")).unwrap();
    (folder, lake)
}

fn dashboards(lake: &Lake) -> Dashboards {
    Dashboards::new(Catalog::new(lake))
}

fn yaml(name: &str, title: &str) -> String {
    format!("# kept\ndashboard: {name}\ntitle: {title}\ntiles: []\n")
}

async fn names(dashboards: &Dashboards) -> Vec<(String, u64, bool)> {
    let list = dashboards.list().await.unwrap();
    list.into_iter()
        .map(|summary| (summary.name, summary.version, summary.is_built_in))
        .collect()
}

#[tokio::test]
async fn one_lives_until_it_is_deleted() {
    let (_folder, lake) = lake();
    let (ours, theirs) = (dashboards(&lake), dashboards(&lake));
    assert!(matches!(ours.get("mine").await, Err(StoreError::Missing { .. })));
    let first = ours.put(&yaml("mine", "One"), Expected::Nothing).await.unwrap();
    let there = theirs.get("mine").await.unwrap();
    assert_eq!((there.version, there.is_built_in), (first, false));
    assert_eq!(
        (there.dashboard.title.en.as_str(), there.yaml),
        ("One", yaml("mine", "One"))
    );
    let second = theirs
        .put(&yaml("mine", "Two"), Expected::Version(first))
        .await
        .unwrap();
    assert!(second > first);
    assert_eq!(names(&ours).await[4..], [("mine".to_owned(), second, false)]);
    ours.delete("mine", second).await.unwrap();
    assert!(matches!(theirs.get("mine").await, Err(StoreError::Missing { .. })));
    let third = ours.put(&yaml("mine", "One"), Expected::Nothing).await.unwrap();
    assert!(third > second);
}

#[tokio::test]
async fn whoever_is_overtaken_is_told() {
    let (_folder, lake) = lake();
    let (ours, theirs) = (dashboards(&lake), dashboards(&lake));
    let first = ours.put(&yaml("mine", "One"), Expected::Nothing).await.unwrap();
    theirs
        .put(&yaml("mine", "Two"), Expected::Version(first))
        .await
        .unwrap();
    let overtaken = ours.put(&yaml("mine", "Three"), Expected::Version(first)).await;
    assert!(matches!(overtaken, Err(StoreError::Overtaken { .. })));
    assert!(matches!(
        ours.delete("mine", first).await,
        Err(StoreError::Overtaken { .. })
    ));
    let again = ours.put(&yaml("mine", "Three"), Expected::Nothing).await;
    assert!(matches!(again, Err(StoreError::Exists { .. })));
    let other = ours.put(&yaml("other", "x"), Expected::Version(3)).await;
    assert!(matches!(other, Err(StoreError::Missing { .. })));
    assert_eq!(ours.get("mine").await.unwrap().dashboard.title.en, "Two");
}

#[tokio::test]
async fn of_many_that_change_one_version_one_wins() {
    let (_folder, lake) = lake();
    for expected in [Expected::Nothing, Expected::Version(1)] {
        let tasks: Vec<_> = (0..8)
            .map(|number| {
                let dashboards = dashboards(&lake);
                tokio::spawn(async move { dashboards.put(&yaml("mine", &format!("T{number}")), expected).await })
            })
            .collect();
        let mut won = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(_) => won += 1,
                Err(StoreError::Exists { .. } | StoreError::Overtaken { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!(won, 1);
    }
}

#[tokio::test]
async fn what_is_built_in_can_be_changed_and_comes_back() {
    let (_folder, lake) = lake();
    let dashboards = dashboards(&lake);
    let first = dashboards.get("network").await.unwrap();
    assert_eq!((first.version, first.is_built_in), (BUILT_IN_VERSION, true));
    assert!(matches!(
        dashboards.delete("network", BUILT_IN_VERSION).await,
        Err(StoreError::BuiltIn { .. })
    ));
    let again = dashboards.put(&yaml("network", "Mine"), Expected::Nothing).await;
    assert!(matches!(again, Err(StoreError::Exists { .. })));
    let version = dashboards
        .put(&yaml("network", "Mine"), Expected::Version(BUILT_IN_VERSION))
        .await
        .unwrap();
    assert_eq!(names(&dashboards).await[0], ("network".to_owned(), version, true));
    let overtaken = dashboards
        .put(&yaml("network", "Late"), Expected::Version(BUILT_IN_VERSION))
        .await;
    assert!(matches!(overtaken, Err(StoreError::Overtaken { .. })));
    dashboards.delete("network", version).await.unwrap();
    assert_eq!(dashboards.get("network").await.unwrap(), first);
}

#[tokio::test]
async fn a_wrong_text_is_not_kept() {
    let (_folder, lake) = lake();
    let dashboards = dashboards(&lake);
    let wrong = dashboards.put("dashboard: mine\n", Expected::Nothing).await;
    assert!(matches!(wrong, Err(StoreError::Mistakes(mistakes)) if mistakes.len() == 2));
    assert_eq!(names(&dashboards).await.len(), 4);
}

#[tokio::test]
async fn a_missing_one_is_named_with_a_like_one() {
    let (_folder, lake) = lake();
    let dashboards = dashboards(&lake);
    let missing = dashboards.get("netwrok").await.unwrap_err();
    assert_eq!(missing.hint().unwrap(), "did you mean `network`?");
    for name in ["", "../pipe/x", "a/b", "UPPER", &"x".repeat(10_000)] {
        assert!(matches!(dashboards.get(name).await, Err(StoreError::Missing { .. })));
    }
}

#[tokio::test]
async fn one_that_cannot_be_read_hides_no_other() {
    let (folder, lake) = lake();
    let dashboards = dashboards(&lake);
    dashboards.put(&yaml("mine", "One"), Expected::Nothing).await.unwrap();
    let file = folder.path().join("lake/catalog/dashboard/mine/0000000001.json");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("tiles: []", "tiles: []\\nlayers: 2")).unwrap();
    let dashboards = self::dashboards(&lake);
    let list = dashboards.list().await.unwrap();
    assert_eq!(list.len(), 5);
    assert_eq!(
        (list[4].title.en.as_str(), list[4].mistakes.as_ref().unwrap().len()),
        ("mine", 1)
    );
    assert!(matches!(dashboards.get("mine").await, Err(StoreError::Damaged { .. })));
    let version = dashboards
        .put(&yaml("mine", "Two"), Expected::Version(list[4].version))
        .await
        .unwrap();
    assert_eq!(dashboards.get("mine").await.unwrap().version, version);
}
