//! Times: Athena's functions and Snowflake's.
//!
//! A time is a `TIMESTAMP`, with a zone where it is an instant and without one where it is what a clock shows, a `DATE`
//! or a text that spells one. Functions of both products have one meaning each; where two names are alike and the meaning
//! is not (`date_diff` and `datediff`), both are here. Source: Trino documentation, "Date and time functions"; Snowflake
//! documentation, "Date & time functions".

mod duration;
mod joda;
mod made;
mod moment;
mod mysql;
mod oracle;
mod parts;
mod pattern;
mod reckoning;
mod text;
mod unit;
mod unix;
mod zones;

use super::function::Function;

pub use unit::Unit;

/// Every function of times.
pub fn all() -> Vec<Function> {
    let mut all = unix::all();
    all.extend(text::all());
    all.extend(reckoning::all());
    all.extend(parts::all());
    all.extend(zones::all());
    all.extend(made::all());
    all.push(duration::parse_duration());
    all
}
