//! `flowtrail dashboard`: dashboards as files, and in the lake.

mod files;

use std::path::PathBuf;
use std::process::ExitCode;

use comfy_table::CellAlignment;
use flowtrail_catalog::Catalog;
use flowtrail_dashboard::{BUILT_IN_VERSION, Dashboards, Expected, StoreError, Summary};
use serde_json::json;

use super::tables::{grid, print_json};
use super::{Context, Outcome};
use crate::arguments::DashboardCommand;
use crate::failure::Failure;
use crate::stdout;
use files::DashboardFile;

/// Runs `flowtrail dashboard`.
pub async fn run(context: &Context, command: &DashboardCommand) -> Outcome {
    match command {
        DashboardCommand::Apply { files } => apply(context, files).await,
        DashboardCommand::List => list(context).await,
        DashboardCommand::Show { name } => show(context, name).await,
        DashboardCommand::Delete { name } => delete(context, name).await,
        DashboardCommand::Check { files } => check(context, files),
    }
}

async fn dashboards(context: &Context) -> Result<Dashboards, Failure> {
    Ok(Dashboards::new(Catalog::new(&context.lake().await?)))
}

async fn apply(context: &Context, paths: &[PathBuf]) -> Outcome {
    let files = match files::read(paths)? {
        Ok(files) => files,
        Err(mistakes) => {
            files::tell(&mistakes, context.json, "nothing was applied")?;
            return Ok(ExitCode::FAILURE);
        }
    };
    let dashboards = dashboards(context).await?;
    let mut told = Vec::new();
    for file in &files {
        let (action, version) = put(&dashboards, file).await?;
        let name = &file.dashboard.name;
        if context.json {
            told.push(json!({"file": file.path, "dashboard": name, "action": action, "version": version}));
        } else {
            stdout::print_line(format_args!("{name}: {action}"))?;
        }
    }
    if context.json {
        print_json(&told)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Keeps a file's dashboard; says what that did, and its version.
async fn put(dashboards: &Dashboards, file: &DashboardFile) -> Result<(&'static str, u64), Failure> {
    let (action, expected) = match dashboards.get(&file.dashboard.name).await {
        Ok(there) if there.yaml == file.yaml => return Ok(("unchanged", there.version)),
        Ok(there) => ("changed", Expected::Version(there.version)),
        Err(StoreError::Damaged { version, .. }) => ("changed", Expected::Version(version)),
        Err(StoreError::Missing { .. }) => ("created", Expected::Nothing),
        Err(error) => return Err(error.into()),
    };
    Ok((action, dashboards.put(&file.yaml, expected).await?))
}

async fn list(context: &Context) -> Outcome {
    let list = dashboards(context).await?.list().await?;
    if context.json {
        let rows: Vec<_> = list.iter().map(as_json).collect();
        print_json(&rows)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut grid = grid(&["dashboard", "title", "tiles", "kind"]);
    for summary in list {
        let kind = kind(&summary);
        let Summary {
            name,
            title,
            tile_count,
            ..
        } = summary;
        grid.add_row([name, title.en, tile_count.to_string(), kind]);
    }
    if let Some(column) = grid.column_mut(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    stdout::print_line(grid)?;
    Ok(ExitCode::SUCCESS)
}

fn as_json(summary: &Summary) -> serde_json::Value {
    json!({
        "name": summary.name,
        "title": summary.title,
        "tile_count": summary.tile_count,
        "version": summary.version,
        "is_built_in": summary.is_built_in,
        "mistakes": summary.mistakes,
    })
}

fn kind(summary: &Summary) -> String {
    let kind = match (summary.is_built_in, summary.version) {
        (true, BUILT_IN_VERSION) => "built in",
        (true, _) => "built in, changed",
        (false, _) => "own",
    };
    match &summary.mistakes {
        Some(_) => format!("{kind}, cannot be read"),
        None => kind.to_owned(),
    }
}

async fn show(context: &Context, name: &str) -> Outcome {
    let stored = dashboards(context).await?.get(name).await?;
    if context.json {
        print_json(&stored.dashboard)?;
    } else {
        stdout::print(stored.yaml)?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn delete(context: &Context, name: &str) -> Outcome {
    let dashboards = dashboards(context).await?;
    // Also one that cannot be read can go, so its version comes from the list.
    let listed = dashboards.list().await?.into_iter().find(|one| one.name == name);
    let Some(listed) = listed else {
        // Says that there is none, and which was perhaps meant.
        dashboards.get(name).await?;
        return Err(Failure::new(format!("no dashboard `{name}`"), None));
    };
    dashboards.delete(name, listed.version).await?;
    if context.json {
        print_json(&json!({"dashboard": name, "is_built_in": listed.is_built_in}))?;
    } else if listed.is_built_in {
        stdout::print_line(format_args!("{name}: as it was built in"))?;
    } else {
        stdout::print_line(format_args!("{name}: deleted"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn check(context: &Context, paths: &[PathBuf]) -> Outcome {
    let files = match files::read(paths)? {
        Ok(files) => files,
        Err(mistakes) => {
            files::tell(&mistakes, context.json, "no file was changed")?;
            return Ok(ExitCode::FAILURE);
        }
    };
    if context.json {
        let told: Vec<_> = files
            .iter()
            .map(|file| json!({"file": file.path, "dashboard": file.dashboard.name, "tile_count": file.dashboard.tiles.len()}))
            .collect();
        print_json(&told)?;
        return Ok(ExitCode::SUCCESS);
    }
    for file in &files {
        let tiles = file.dashboard.tiles.len();
        let noun = if tiles == 1 { "tile" } else { "tiles" };
        stdout::print_line(format_args!("{}: {}, {tiles} {noun}", file.path, file.dashboard.name))?;
    }
    Ok(ExitCode::SUCCESS)
}
