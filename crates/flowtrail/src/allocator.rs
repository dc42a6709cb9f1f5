//! The memory allocator, and how long it keeps what is given back to it.

/// Loading and grouping make and drop large buffers on all cores all the time; the system's allocator gives each back to
/// the kernel and asks for it anew.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The number of the option `mi_option_purge_delay` in mimalloc 2 and 3, for which the bindings have no name.
const PURGE_DELAY: i32 = 15;
/// Memory nobody uses goes back to the kernel after this time. With the allocator's own 10 ms, pages are handed back and
/// cleared anew between one batch and the next: a fifth of the time of a load.
const PURGE_DELAY_MS: i64 = 2_000;

/// Sets the allocator up. What its own variable in the environment says goes before.
pub fn set_up() {
    keep_pages_small();
    set_purge_delay();
}

/// Asks the kernel for small pages. A huge one (2 MiB) is cleared as a whole when its first byte is touched: loads of flow
/// logs took a seventh more time and a fifth more memory with them, and questions were no faster.
#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
fn keep_pages_small() {
    // SAFETY: the call takes whole numbers and sets a flag of this process. Where the kernel refuses, only time is lost.
    unsafe {
        libc::prctl(libc::PR_SET_THP_DISABLE, 1, 0, 0, 0);
    }
}

#[cfg(not(target_os = "linux"))]
fn keep_pages_small() {}

#[allow(unsafe_code)]
fn set_purge_delay() {
    if std::env::var_os("MIMALLOC_PURGE_DELAY").is_some() {
        return;
    }
    // SAFETY: the function takes any option and value, and stores an integer; no other thread runs yet.
    unsafe {
        libmimalloc_sys::mi_option_set(PURGE_DELAY, PURGE_DELAY_MS);
    }
}
