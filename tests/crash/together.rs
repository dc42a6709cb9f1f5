//! Several loaders over the same objects at once.

use std::thread::sleep;
use std::time::Duration;

use crate::count::{check, finish_and_check};
use crate::input::Input;
use crate::moto::Moto;
use crate::proxy::{Fault, Proxy};
use crate::site::{Run, Site};

fn run_together(site: &Site<'_>, loaders: usize) {
    let runs: Vec<Run> = (0..loaders).map(|_| site.start_load(&[])).collect();
    for run in runs {
        let ended = run.wait();
        assert!(ended.is_well(), "{loaders} loaders: {ended:?}");
    }
}

/// The others see that one is dead and go on, though nobody waited for it: it stays a zombie until they are done.
fn run_with_a_death(site: &Site<'_>, loaders: usize, after: Duration) {
    let mut runs: Vec<Run> = (0..loaders).map(|_| site.start_load(&[])).collect();
    sleep(after);
    let killed = runs.remove(0);
    killed.signal("KILL");
    for run in runs {
        let ended = run.wait();
        assert!(ended.is_well(), "{loaders} loaders, one killed: {ended:?}");
    }
    assert!(killed.wait().is_killed());
}

#[test]
fn several_loaders_in_a_folder() {
    let input = Input::many(15);
    for loaders in [2, 4, 2] {
        let mut site = Site::in_folders(&input);
        site.batch_objects = 1;
        run_together(&site, loaders);
        check(&site, &input, &format!("{loaders} loaders"));
    }
}

#[test]
fn several_loaders_in_a_folder_and_one_dies() {
    let input = Input::many(15);
    for (loaders, after_ms) in [(2, 150), (2, 400), (4, 300), (4, 700)] {
        let mut site = Site::in_folders(&input);
        site.batch_objects = 2;
        run_with_a_death(&site, loaders, Duration::from_millis(after_ms));
        check(
            &site,
            &input,
            &format!("{loaders} loaders, one killed after {after_ms} ms"),
        );
    }
}

/// Whatever step a loader sleeps at while another works, the two agree.
#[test]
fn a_loader_that_pauses_beside_another_on_the_same_machine() {
    let input = Input::mixed();
    for point in [
        "load.decided",
        "load.table_committed",
        "load.history_committed",
        "load.cleaned",
        "load.settling",
    ] {
        let site = Site::in_folders(&input);
        let slow = site.start_load(&[("FAILPOINTS", &format!("{point}=1*off->1*sleep(900)"))]);
        let quick = site.start_load(&[]);
        for run in [slow, quick] {
            let ended = run.wait();
            assert!(ended.is_well(), "{point}: {ended:?}");
        }
        check(&site, &input, &format!("pausing at {point}"));
    }
}

#[test]
fn several_loaders_on_s3() {
    let Some(moto) = Moto::start() else { return };
    let input = Input::many(8);
    for loaders in [2, 4] {
        // moto looks and then puts; only one put at a time makes its conditional puts what S3's are.
        let proxy = Proxy::start(moto.port, Fault::None, "", 0);
        let mut site = Site::on_s3(&moto, proxy.endpoint(), &input);
        site.batch_objects = 2;
        run_together(&site, loaders);
        check(&site, &input, &format!("{loaders} loaders on S3"));
        let site = Site::on_s3(&moto, proxy.endpoint(), &input);
        run_with_a_death(&site, loaders, Duration::from_millis(900));
        finish_and_check(&site, &input, &format!("{loaders} loaders on S3, one killed"));
    }
}
