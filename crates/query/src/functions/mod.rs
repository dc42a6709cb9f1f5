//! What can SQL call that the engine does not bring along?
//!
//! Functions over what logs are made of: protocol numbers, addresses, TCP flags, sizes. They take columns, not rows,
//! and answer NULL for NULL and for what is no address or no number of the kind, so that one odd record never fails
//! a query.

mod address;
mod bytes;
mod ip;
mod memo;
mod protocol;
mod tcp_flags;
mod unary;

use std::sync::Arc;

use datafusion::logical_expr::ScalarUDF;

/// Every function, to be registered with the engine.
pub fn all() -> Vec<Arc<ScalarUDF>> {
    [
        ScalarUDF::from(protocol::protocol_name()),
        ScalarUDF::from(tcp_flags::tcp_flag_names()),
        ScalarUDF::from(bytes::human_bytes()),
        ScalarUDF::from(ip::ip_is_internal()),
        ScalarUDF::from(ip::IpIn::default()),
    ]
    .into_iter()
    .map(Arc::new)
    .collect()
}
