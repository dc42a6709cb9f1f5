//! Which queue a text names, and where it is.
