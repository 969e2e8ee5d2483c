//! The service's program.

mod host;

use std::process::ExitCode;

use sekisho_service::arguments::Arguments;

/// Signing in is reading and writing small trees: a seventh of it was the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    host::run(Arguments::read())
}
