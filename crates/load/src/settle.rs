//! Bringing a shard to rest: finishing, or giving up, what another process began.

use std::sync::Arc;
use std::time::Duration;

use arrow::datatypes::{DataType, Field};
use flowtrail_lake::definition::{find, history_table};
use flowtrail_lake::flag::flag;
use flowtrail_lake::intent::{Intent, Outcome, Put, Shard, TableOutcome};
use flowtrail_lake::{Change, Lake, LakeError, Snapshot, TableDefinition, Transaction, columns_from_json, failpoint};

use crate::owner::Watch;
use crate::{Progress, Stop};

const POLL: Duration = Duration::from_millis(200);

/// The history at the end of the last finished batch.
pub struct Settled {
    /// The number of that batch; 0 before the first.
    pub done: i64,
    /// `system.load_history` with it, and nothing after it.
    pub history: Snapshot,
}

/// Waits until no batch of the shard is under way, finishing or giving up what a dead process left. `None` when a stop
/// was asked while waiting.
pub async fn settle(
    lake: &Lake,
    shard: &Shard,
    run: &str,
    progress: &dyn Progress,
    stop: &Stop,
) -> Result<Option<Settled>, LakeError> {
    let mut watching: Option<(i64, Watch)> = None;
    loop {
        let settled = history(lake, shard).await?;
        let next = settled.done + 1;
        failpoint::hit("load.settling")?;
        if let Some(outcome) = shard.outcome(next).await? {
            progress.note(&format!("batch {next} was decided but not finished; finishing it"));
            roll_forward(lake, shard, next, &outcome).await?;
            continue;
        }
        let Some(intent) = shard.intent(next).await? else {
            return Ok(Some(settled));
        };
        let (watched, watch) = watching.get_or_insert_with(|| (next, Watch::new()));
        if *watched != next {
            (*watched, *watch) = (next, Watch::new());
        }
        if watch.is_gone(shard, next, &intent.owner).await? {
            give_up(lake, shard, run, &intent, progress).await?;
            continue;
        }
        if stop.is_asked() {
            return Ok(None);
        }
        tokio::time::sleep(POLL).await;
    }
}

/// The history as it stands and the last batch it has.
pub async fn history(lake: &Lake, shard: &Shard) -> Result<Settled, LakeError> {
    let table = lake.table(history_table());
    let history = table.open_or_create().await?;
    let done = table
        .transaction_version(&history, &shard.application())
        .await?
        .unwrap_or(0);
    Ok(Settled { done, history })
}

/// Puts an abandoned outcome for the batch of a process that is gone; if that process had decided after all, its
/// outcome stands and is finished.
async fn give_up(
    lake: &Lake,
    shard: &Shard,
    run: &str,
    intent: &Intent,
    progress: &dyn Progress,
) -> Result<(), LakeError> {
    progress.note(&format!(
        "batch {} of process {} was never decided, and that process is gone; its {} objects are loaded anew",
        intent.batch,
        intent.owner.process,
        intent.objects.len()
    ));
    let ours = Outcome::abandoned(run);
    let outcome = match shard.decide(intent.batch, &ours).await? {
        Put::Ours => ours,
        Put::Theirs(theirs) => theirs,
    };
    failpoint::hit("load.given_up")?;
    roll_forward(lake, shard, intent.batch, &outcome).await?;
    Ok(())
}

/// Commits what an outcome says, whatever of it is committed already, and takes the batch's files away. False when the
/// batch was finished before, and not by this outcome.
///
/// The history is read after the outcome was read or put: if it lacks the batch then, the batch's files were never
/// taken away, so that the outcome is the first and only one. Otherwise the outcome may be void, put anew by a process
/// that slept through the batch's end, and must not be committed.
pub async fn roll_forward(lake: &Lake, shard: &Shard, batch: i64, outcome: &Outcome) -> Result<bool, LakeError> {
    let settled = history(lake, shard).await?;
    if settled.done >= batch {
        shard.clean(batch).await?;
        return Ok(holds(&settled.history, outcome));
    }
    let step = Transaction {
        application: shard.application(),
        version: batch,
    };
    let history_name = history_table().qualified_name();
    let (history, tables): (Vec<_>, Vec<_>) = outcome.tables.iter().partition(|table| table.table == history_name);
    for table in tables {
        let (definition, columns) = concerned(table)?;
        let change = Change {
            add: table.files.clone(),
            columns,
            transaction: Some(step.clone()),
            ..Change::default()
        };
        lake.table(&definition).commit(&change).await?;
        failpoint::hit("load.table_committed")?;
        if !table.conflicts.is_empty() {
            flag(&lake.table(&definition), &table.conflicts).await?;
            failpoint::hit("load.flagged")?;
        }
    }
    let add = history.into_iter().flat_map(|table| table.files.clone()).collect();
    let change = Change {
        add,
        transaction: Some(step),
        ..Change::default()
    };
    lake.table(history_table()).commit(&change).await?;
    failpoint::hit("load.history_committed")?;
    shard.clean(batch).await?;
    failpoint::hit("load.cleaned")?;
    Ok(true)
}

/// The table that an outcome is of, and the columns it must have.
fn concerned(outcome: &TableOutcome) -> Result<(Arc<TableDefinition>, Vec<Field>), LakeError> {
    if let (Some(folder), Some(columns)) = (&outcome.folder, &outcome.columns) {
        let columns = Arc::new(columns_from_json(columns)?);
        let fields = columns.fields().iter().map(|field| field.as_ref().clone()).collect();
        let (schema, name) = outcome.table.rsplit_once('.').unwrap_or(("", &outcome.table));
        return Ok((
            Arc::new(TableDefinition::of_user(schema, name, folder, columns)),
            fields,
        ));
    }
    let built_in = outcome
        .table
        .split_once('.')
        .and_then(|(schema, name)| find(schema, name));
    let built_in = built_in.ok_or_else(|| LakeError::NoTable {
        name: outcome.table.clone(),
    })?;
    let text = |name: &String| Field::new(name, DataType::Utf8, true);
    Ok((Arc::clone(built_in), outcome.text_columns.iter().map(text).collect()))
}

/// True when the history's rows in `outcome` are in the history, as far as can be seen: once its files are merged they
/// are not told apart.
fn holds(history: &Snapshot, outcome: &Outcome) -> bool {
    let name = history_table().qualified_name();
    let mut staged = outcome
        .tables
        .iter()
        .filter(|table| table.table == name)
        .flat_map(|table| &table.files);
    staged.all(|staged| {
        history
            .files()
            .iter()
            .any(|file| file.path.as_ref().ends_with(&staged.path))
    })
}
