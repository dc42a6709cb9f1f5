//! What can SQL call that the engine does not bring along?
//!
//! Functions over what logs are made of: protocol numbers, addresses, TCP flags, sizes. They take columns, not rows,
//! and answer NULL for NULL and for what is no address or no number of the kind, so that one odd record never fails
//! a query. And the functions of Athena and Snowflake, which do what they do there, also when they fail.

mod address;
mod arguments;
mod bytes;
mod function;
mod ip;
mod json;
mod list;
mod memo;
mod network;
mod protocol;
mod tcp_flags;
mod text;
mod time;

pub use arguments::texts;
pub use function::{Function, Known};
pub use time::Unit;

use std::sync::Arc;

use datafusion::logical_expr::ScalarUDF;

use crate::variant;

/// Every function, to be registered with the engine.
pub fn all() -> Vec<Arc<ScalarUDF>> {
    let of_logs = [
        ScalarUDF::from(protocol::protocol_name()),
        ScalarUDF::from(tcp_flags::tcp_flag_names()),
        ScalarUDF::from(bytes::human_bytes()),
        ScalarUDF::from(ip::ip_is_internal()),
        ScalarUDF::from(ip::IpIn::default()),
        list::contains(),
        list::element_at(),
    ];
    let families = [time::all(), json::all(), text::all(), network::all()];
    let of_variants = vec![variant::variant_object(), variant::variant_timestamp()];
    let others = families.into_iter().flatten().chain(of_variants).map(ScalarUDF::from);
    of_logs.into_iter().chain(others).map(Arc::new).collect()
}
