//! Puts that landed and were answered with an error, or not at all, are not repeated.

use crate::count::check;
use crate::input::Input;
use crate::moto::Moto;
use crate::proxy::{Fault, Proxy};
use crate::site::Site;

#[test]
fn what_landed_is_not_repeated() {
    let Some(moto) = Moto::start() else { return };
    let input = Input::mixed();
    for fault in [Fault::Answer500, Fault::Drop] {
        for (key, times) in [("_delta_log/", 5), (".intent.json", 2), (".outcome.json", 2)] {
            let story = format!("{fault:?} to puts of {key}");
            let proxy = Proxy::start(moto.port, fault, key, times);
            let site = Site::on_s3(&moto, proxy.endpoint(), &input);
            let ended = site.load(&[]);
            assert!(ended.is_well(), "{story}: {ended:?}");
            assert_eq!(proxy.faults(), times, "{story}");
            check(&site, &input, &story);
        }
    }
}
