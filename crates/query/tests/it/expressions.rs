//! Expressions by themselves: what they give, and how they fail.

use crate::lake;

/// Each expression gives what stands beside it, as text.
pub async fn give(cases: &[(&str, &str)]) {
    let lake = lake::empty();
    for (expression, expected) in cases {
        let answer = lake
            .ask(&format!("SELECT CAST({expression} AS VARCHAR) AS answer"))
            .await;
        assert!(
            answer.contains(&format!("| {expected} ")),
            "{expression} gave\n{answer}\nfor {expected}"
        );
    }
}

/// Each expression fails with what stands beside it.
pub async fn fail(cases: &[(&str, &str)]) {
    let lake = lake::empty();
    for (expression, expected) in cases {
        let error = lake
            .ask_with_figures(&format!("SELECT {expression}"))
            .await
            .unwrap_err();
        assert!(error.to_string().contains(expected), "{expression}: {error}");
    }
}
