//! Definitions come, change and go; several writers never lose one another's.

use flowtrail_catalog::{Catalog, CatalogError, Defined, Definition, Kind, ObjectName, View};
use flowtrail_lake::Lake;

fn view(sql: &str) -> Definition {
    Definition::View(View {
        sql: sql.into(),
        columns: Vec::new(),
        database: "flowtrail".into(),
        schema: "public".into(),
        accent: String::new(),
        comment: None,
    })
}

fn name(name: &str) -> ObjectName {
    ObjectName::new("flowtrail", "public", name)
}

fn lake() -> (tempfile::TempDir, Lake) {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open_folder(folder.path().join("lake")).unwrap();
    (folder, lake)
}

async fn found(catalog: &Catalog, of: &str) -> Option<Defined> {
    let definitions = catalog.definitions().await.unwrap();
    definitions
        .get(Kind::Relation, &name(of))
        .map(|defined| Defined::clone(defined))
}

#[tokio::test]
async fn a_definition_lives_until_it_is_dropped() {
    let (_folder, lake) = lake();
    let catalog = Catalog::new(&lake);
    assert!(found(&catalog, "組織名.x y").await.is_none());
    catalog.put(&name("組織名.x y"), view("SELECT 1"), None).await.unwrap();
    let other = Catalog::new(&lake);
    let first = found(&other, "組織名.x y").await.unwrap();
    assert_eq!(first.definition, view("SELECT 1"));
    let again = catalog.put(&name("組織名.x y"), view("SELECT 2"), None).await;
    assert!(matches!(again, Err(CatalogError::Exists { noun: "view", .. })));
    catalog
        .put(&name("組織名.x y"), view("SELECT 2"), Some(&first))
        .await
        .unwrap();
    let second = found(&other, "組織名.x y").await.unwrap();
    assert_eq!(
        (&second.definition, second.created_at),
        (&view("SELECT 2"), first.created_at)
    );
    other.drop(&second).await.unwrap();
    assert!(found(&catalog, "組織名.x y").await.is_none());
    catalog.put(&name("組織名.x y"), view("SELECT 3"), None).await.unwrap();
    assert_eq!(found(&other, "組織名.x y").await.unwrap().definition, view("SELECT 3"));
}

#[tokio::test]
async fn a_change_of_what_was_changed_meanwhile_is_refused() {
    let (_folder, lake) = lake();
    let (ours, theirs) = (Catalog::new(&lake), Catalog::new(&lake));
    ours.put(&name("v"), view("SELECT 1"), None).await.unwrap();
    let seen = found(&ours, "v").await.unwrap();
    theirs.put(&name("v"), view("SELECT 2"), Some(&seen)).await.unwrap();
    let changed = ours.put(&name("v"), view("SELECT 3"), Some(&seen)).await;
    assert!(matches!(changed, Err(CatalogError::Overtaken { .. })));
    assert!(matches!(ours.drop(&seen).await, Err(CatalogError::Overtaken { .. })));
    assert_eq!(found(&ours, "v").await.unwrap().definition, view("SELECT 2"));
}

#[tokio::test]
async fn of_many_that_define_one_name_one_wins() {
    let (_folder, lake) = lake();
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let catalog = Catalog::new(&lake);
            tokio::spawn(async move {
                catalog
                    .put(&name("v"), view(&format!("SELECT {number}")), None)
                    .await
                    .is_ok()
            })
        })
        .collect();
    let mut winners = Vec::new();
    for (number, task) in tasks.into_iter().enumerate() {
        if task.await.unwrap() {
            winners.push(number);
        }
    }
    assert_eq!(winners.len(), 1);
    let there = found(&Catalog::new(&lake), "v").await.unwrap().definition;
    assert_eq!(there, view(&format!("SELECT {}", winners[0])));
}

/// It looked when form 1 was there; forms 2 to 4 came, and 1 to 3 went, before it writes form 2.
#[tokio::test]
async fn a_writer_that_slept_is_told() {
    let (_folder, lake) = lake();
    let catalog = Catalog::new(&lake);
    catalog.put(&name("v"), view("SELECT 1"), None).await.unwrap();
    let sleeper = found(&catalog, "v").await.unwrap();
    for sql in ["SELECT 2", "SELECT 3", "SELECT 4"] {
        let seen = found(&catalog, "v").await.unwrap();
        catalog.put(&name("v"), view(sql), Some(&seen)).await.unwrap();
    }
    assert!(matches!(
        catalog.drop(&sleeper).await,
        Err(CatalogError::Overtaken { .. })
    ));
    assert_eq!(found(&catalog, "v").await.unwrap().definition, view("SELECT 4"));
}

#[tokio::test]
async fn a_form_of_the_future_is_refused_by_name() {
    let (folder, lake) = lake();
    let catalog = Catalog::new(&lake);
    catalog.put(&name("v"), view("SELECT 1"), None).await.unwrap();
    let file = folder
        .path()
        .join("lake/catalog/table/flowtrail.public.v/0000000001.json");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("\"format\": 1", "\"format\": 2")).unwrap();
    let error = Catalog::new(&lake).definitions().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the definition in `catalog/table/flowtrail.public.v/0000000001.json` cannot be read: it is of format 2, this \
         program knows 1"
    );
}

#[tokio::test]
async fn a_name_too_long_for_a_file_is_refused() {
    let (_folder, lake) = lake();
    let long = Catalog::new(&lake)
        .put(&name(&"x".repeat(300)), view("SELECT 1"), None)
        .await;
    assert!(matches!(long, Err(CatalogError::NameTooLong { .. })));
}
