//! What can SQL call that the engine does not bring along?
//!
//! Functions over what logs are made of: protocol numbers, addresses, TCP flags, sizes. They take columns, not rows,
//! and answer NULL for NULL and for what is no address or no number of the kind, so that one odd record never fails
//! a query. And the functions of Athena and Snowflake, which do what they do there, also when they fail.

mod address;
mod arguments;
mod by_type;
mod bytes;
mod format;
mod function;
mod hash;
mod ip;
mod json;
mod lambda;
mod list;
mod memo;
mod nested;
mod network;
mod number;
mod parse_ip;
mod protocol;
mod regular;
mod replacement;
mod slice;
mod tcp_flags;
mod text;
mod time;
mod type_name;
mod url;

pub use address::is_block;
pub use arguments::texts;
pub use function::{Function, Known};
pub use json::json_object;
pub use protocol::protocol_number;
pub use time::Unit;

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::ScalarUDF;
use datafusion::logical_expr::registry::FunctionRegistry;

use crate::variant;

/// Makes every function known to a session.
pub fn register(session: &mut SessionState) -> Result<()> {
    for function in all() {
        session.register_udf(function)?;
    }
    for function in lambda::all() {
        session.register_higher_order_function(function)?;
    }
    Ok(())
}

/// Every function of columns.
fn all() -> Vec<Arc<ScalarUDF>> {
    let of_logs = [
        ScalarUDF::from(protocol::protocol_name()),
        ScalarUDF::from(tcp_flags::tcp_flag_names()),
        ScalarUDF::from(bytes::human_bytes()),
        ScalarUDF::from(ip::ip_is_internal()),
        ScalarUDF::from(format::format()),
        ScalarUDF::from(hash::hash()),
        ScalarUDF::from(nested::split_to_map()),
        ScalarUDF::from(type_name::type_of()),
        ScalarUDF::from(ip::IpIn::default()),
    ];
    let families = [
        time::all(),
        json::all(),
        text::all(),
        regular::all(),
        url::all(),
        number::all(),
        slice::all(),
        network::all(),
        nested::all(),
        parse_ip::all(),
        vec![variant::variant_object(), variant::variant_timestamp()],
    ];
    let others = families.into_iter().flatten().map(ScalarUDF::from);
    of_logs
        .into_iter()
        .chain(list::all())
        .chain(others)
        .map(Arc::new)
        .collect()
}
