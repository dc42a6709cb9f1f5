//! Places where a test makes the program fail or die.
//!
//! Without the feature `failpoints` these are nothing. With it, `FAILPOINTS="name=return(kill)"` ends the process there
//! at once, as `kill -9` would, and `name=return` makes the step fail.

use crate::LakeError;

/// Fails, or ends the process, where a test asked for it.
///
/// # Errors
/// [`LakeError::Failpoint`], only under a test.
pub fn hit(name: &'static str) -> Result<(), LakeError> {
    fail::fail_point!(name, |how| {
        if how.as_deref() == Some("kill") {
            std::process::abort();
        }
        Err(LakeError::Failpoint(name))
    });
    let _ = name;
    Ok(())
}
