//! The service's program.

mod host;

use std::process::ExitCode;

use clap::Parser;
use sekisho_service::arguments::Arguments;

fn main() -> ExitCode {
    host::run(Arguments::parse())
}
