//! `sekisho-bench`: measures the real programs from outside, prints a table, and writes the figures as JSON.
//!
//! `cargo xtask bench` builds everything for release and runs it; `--once` is the short round of `cargo xtask test`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a measurement that cannot go on has failed"
)]

#[cfg(target_os = "linux")]
mod bench;

/// The service's: what the bench validates itself, it validates as the service does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[cfg(target_os = "linux")]
fn main() {
    bench::run();
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("The bench reads /proc and drives the window of Linux.");
}
