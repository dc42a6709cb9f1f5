//! An owner that is not dead but stands still, and a process on another machine that cannot know.

use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use crate::count::check;
use crate::failpoints::{POINTS, Reach};
use crate::input::Input;
use crate::site::{Run, Site};

/// Another machine, which takes silence for death after a moment.
const ELSEWHERE: [(&str, &str); 2] = [
    ("FLOWTRAIL_TEST_HOST", "elsewhere"),
    ("FLOWTRAIL_TEST_SILENCE_MS", "150"),
];
/// A third.
const FAR_AWAY: (&str, &str) = ("FLOWTRAIL_TEST_HOST", "far away");

fn wait_for(what: &str, seen: impl Fn() -> bool) {
    let began = Instant::now();
    while !seen() {
        assert!(began.elapsed() < Duration::from_mins(1), "{what} did not come");
        sleep(Duration::from_millis(5));
    }
}

fn well(story: &str, runs: impl IntoIterator<Item = Run>) {
    for run in runs {
        let ended = run.wait();
        assert!(ended.is_well(), "{story}: {ended:?}");
    }
}

/// One stands still at `point`, another takes over and finishes, the first goes on.
fn stand_still(input: &Input, point: &str, hit: u32) {
    let story = format!("standing still at hit {hit} of {point}");
    let site = Site::in_folders(input);
    let sleeping = format!("{point}={hit}*off->1*sleep(1800)");
    let first = site.start_load(&[("FAILPOINTS", &sleeping)]);
    sleep(Duration::from_millis(250));
    let second = site.start_load(&ELSEWHERE);
    well(&story, [second, first]);
    check(&site, input, &story);
}

#[test]
fn an_owner_that_stands_still_at_any_step() {
    let input = Input::mixed();
    let cases: Vec<(&str, u32)> = POINTS
        .iter()
        .filter(|(_, reach)| !matches!(reach, Reach::Compaction | Reach::Recovery))
        .flat_map(|(point, _)| [(*point, 0), (*point, 1)])
        .collect();
    // They sleep most of the time.
    thread::scope(|scope| {
        for worker in 0..4 {
            let (cases, input) = (&cases, &input);
            scope.spawn(move || {
                for (point, hit) in cases.iter().skip(worker).step_by(4) {
                    stand_still(input, point, *hit);
                }
            });
        }
    });
}

#[test]
fn an_owner_that_is_stopped_by_a_signal() {
    let input = Input::mixed();
    for point in ["load.claimed", "load.staged", "load.decided"] {
        let site = Site::in_folders(&input);
        let intent = site.lake_folder().join("loads/0/000000000001.intent.json");
        let stopped = site.start_load(&[("FAILPOINTS", &format!("{point}=1*sleep(400)"))]);
        wait_for("the intent", || intent.exists());
        sleep(Duration::from_millis(250));
        stopped.signal("STOP");
        let second = site.start_load(&ELSEWHERE);
        well(point, [second]);
        stopped.signal("CONT");
        well(point, [stopped]);
        check(&site, &input, &format!("stopped at {point}"));
    }
}

/// The owner wakes after its batch was given up and cleaned away by one that then died, and puts its outcome anew; a
/// third process, which had looked at the history before all that, finds this outcome. It is void: no table has seen
/// the batch, so that nothing but the history keeps its files out.
#[test]
fn an_outcome_that_comes_too_late_is_void() {
    let input = Input::mixed();
    let mut site = Site::in_folders(&input);
    site.batch_objects = 100;
    let loads = site.lake_folder().join("loads/0");
    let (intent, outcome) = (
        loads.join("000000000001.intent.json"),
        loads.join("000000000001.outcome.json"),
    );
    // It sleeps before its outcome, and again behind it so that the outcome lies there a while.
    let owner = site.start_load(&[("FAILPOINTS", "load.staged=sleep(2500);load.decided=sleep(2500)")]);
    wait_for("the intent", || intent.exists());
    let late = site.start_load(&[("FAILPOINTS", "load.settling=1*sleep(3800)"), FAR_AWAY]);
    let [host, silence] = ELSEWHERE;
    let died = site.load(&[host, silence, ("FAILPOINTS", "load.before_claim=return(kill)")]);
    assert!(died.is_killed(), "{died:?}");
    assert!(
        !intent.exists() && !outcome.exists(),
        "the batch is not finished before its owner wakes"
    );
    wait_for("the void outcome", || outcome.exists());
    well("the others", [late, owner]);
    check(&site, &input, "a void outcome");
}
