//! What definitions of pipes come to.

use std::path::Path;
use std::sync::Arc;

use flowtrail_pipe::{Feed, PipePlan, Planned};
use flowtrail_session::PipePlans;

use crate::place::site;

async fn planned(plans: &PipePlans) -> Vec<(String, String)> {
    let mut told: Vec<_> = plans.now().await.unwrap().into_iter().map(told).collect();
    told.sort();
    told
}

fn told(planned: Planned) -> (String, String) {
    match planned {
        Planned::Pipe(plan) => (plan.name, plan.feed.queue().unwrap_or(plan.feed.name()).to_owned()),
        Planned::Not { name, error } => (name, error.unwrap_or_else(|| "paused".to_owned())),
    }
}

async fn plan(plans: &PipePlans, name: &str) -> PipePlan {
    let planned = plans.now().await.unwrap();
    let plan = planned.into_iter().find_map(|planned| match planned {
        Planned::Pipe(plan) if plan.name == name => Some(*plan),
        _ => None,
    });
    plan.unwrap()
}

#[tokio::test]
async fn each_pipe_is_told_by_what_it_has() {
    let site = site();
    let folder = tempfile::tempdir().unwrap();
    let in_folder = folder.path().display();
    for statement in [
        "CREATE STAGE bucket URL = 's3://logs/flow/'",
        &format!("CREATE STAGE folder URL = '{in_folder}'"),
        "CREATE PIPE queued AUTO_INGEST = TRUE NOTIFICATION_CHANNEL = 'new-logs' AS COPY INTO logs.vpc_flow FROM @bucket",
        "CREATE PIPE listed AUTO_INGEST = TRUE AS COPY INTO logs.vpc_flow FROM @bucket",
        "CREATE PIPE watched AUTO_INGEST = TRUE AS COPY INTO logs.vpc_flow FROM @folder",
        "CREATE PIPE halted AUTO_INGEST = TRUE AS COPY INTO logs.vpc_flow FROM @folder",
        "ALTER PIPE halted SET PIPE_EXECUTION_PAUSED = TRUE",
        "CREATE PIPE by_hand AS COPY INTO logs.vpc_flow FROM @bucket",
        "CREATE STAGE gone URL = 's3://logs/gone/'",
        "CREATE PIPE broken AUTO_INGEST = TRUE AS COPY INTO logs.vpc_flow FROM @gone",
        "DROP STAGE gone",
    ] {
        site.run(statement).await;
    }
    let pairs = |listed: &str| {
        [
            ("public.broken", "no stage `gone`"),
            ("public.halted", "paused"),
            ("public.listed", listed),
            ("public.queued", "new-logs"),
            ("public.watched", "folder"),
        ]
        .map(|(name, what)| (name.to_owned(), what.to_owned()))
    };
    assert_eq!(planned(&PipePlans::new(&site.session, None)).await, pairs("listing"));
    let with_queue = PipePlans::new(&site.session, Some("of-all".to_owned()));
    assert_eq!(planned(&with_queue).await, pairs("of-all"));
}

#[tokio::test]
async fn a_plan_is_made_anew_when_what_it_hangs_on_changes() {
    let site = site();
    let folder = tempfile::tempdir().unwrap();
    let in_folder = folder.path().canonicalize().unwrap();
    for statement in [
        &format!("CREATE STAGE s URL = '{}'", in_folder.display()),
        "CREATE TABLE t (a VARCHAR, b NUMBER)",
        "CREATE PIPE p AUTO_INGEST = TRUE AS COPY INTO t FROM (SELECT upper($1), $2 FROM @s) PATTERN = '.*[.]csv' \
         FILE_FORMAT = (TYPE = CSV)",
    ] {
        site.run(statement).await;
    }
    let plans = PipePlans::new(&site.session, None);
    let first = plan(&plans, "public.p").await;
    assert!(matches!(&first.feed, Feed::Folder(folder) if *folder == in_folder));
    let uri = |name: &str| format!("file://{}", Path::new(&in_folder).join(name).display());
    assert!((first.admits)(&uri("a.csv")) && (first.admits)(&uri("below/a.csv")));
    assert!(!(first.admits)(&uri("a.txt")) && !(first.admits)("file:///elsewhere/a.csv"));

    let again = plan(&plans, "public.p").await;
    assert_eq!(again.definition, first.definition);
    assert!(Arc::ptr_eq(&again.source, &first.source), "opened once");
    site.run("CREATE OR REPLACE PIPE p AUTO_INGEST = TRUE AS COPY INTO t FROM @s FILE_FORMAT = (TYPE = CSV)")
        .await;
    let changed = plan(&plans, "public.p").await;
    assert_ne!(changed.definition, first.definition);
    assert!((changed.admits)(&uri("a.txt")));
}

#[tokio::test]
async fn a_pipe_of_what_is_not_there_is_refused() {
    let site = site();
    let error = site
        .error("CREATE PIPE p AUTO_INGEST = TRUE AS COPY INTO logs.vpc_flow FROM @nobody")
        .await;
    assert!(error.starts_with("no stage `nobody`"), "{error}");
    let error = site
        .error("CREATE PIPE p AS COPY INTO logs.vpc_flow FROM @s ON_ERROR = ABORT_STATEMENT")
        .await;
    assert!(error.contains("its ON_ERROR is CONTINUE or SKIP_FILE"), "{error}");
}
