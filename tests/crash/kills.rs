//! `kill -9` at random moments.

use std::thread::sleep;
use std::time::Duration;

use crate::count::finish_and_check;
use crate::input::Input;
use crate::site::Site;

const KILLS: u32 = 100;
const SEED: u64 = 0x5eed_0f10_77a1;
const LONGEST_MS: u64 = 700;

/// Xorshift: the same delays in every run.
struct Delays(u64);

impl Delays {
    fn next(&mut self) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        Duration::from_millis(self.0 % LONGEST_MS)
    }
}

#[test]
fn a_hundred_kills_at_random_moments() {
    let input = Input::many(36);
    let mut delays = Delays(SEED);
    let (mut kills, mut lakes) = (0, 0);
    while kills < KILLS {
        let site = Site::in_folders(&input);
        lakes += 1;
        loop {
            let mut run = site.start_load(&[]);
            sleep(delays.next());
            if let Some(ended) = run.ended() {
                assert!(ended.is_well(), "{ended:?}");
                break;
            }
            run.signal("KILL");
            if run.wait().is_killed() {
                kills += 1;
            }
        }
        finish_and_check(&site, &input, &format!("after {kills} kills, lake {lakes}"));
    }
    println!("{kills} kills hit a running load; {lakes} lakes were loaded to the end under them");
}
