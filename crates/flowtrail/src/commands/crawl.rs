//! `flowtrail crawl`: the statement `CRAWL`, from the command line.

use super::{Context, Outcome};
use crate::arguments::{CrawlArguments, SqlArguments};

/// Runs `flowtrail crawl`.
pub async fn run(context: &Context, arguments: &CrawlArguments) -> Outcome {
    super::sql::run(context, SqlArguments::of(statement(arguments))).await
}

fn statement(arguments: &CrawlArguments) -> String {
    let mut statement = format!("CRAWL '{}'", arguments.place.replace('\'', "''"));
    if let Some(schema) = &arguments.into {
        statement.extend([" INTO ", schema]);
    }
    if let Some(prefix) = &arguments.name {
        statement.extend([" NAME ", prefix]);
    }
    if arguments.dry_run {
        statement.push_str(" DRY RUN");
    }
    statement
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_in_a_place_stay_in_it() {
        let arguments = CrawlArguments {
            place: "it's".to_owned(),
            into: Some("raw".to_owned()),
            name: None,
            dry_run: true,
        };
        assert_eq!(statement(&arguments), "CRAWL 'it''s' INTO raw DRY RUN");
    }
}
