//! The command line: everything that the console does, for terminals and scripts.

mod administrator;
mod agent;
mod arguments;
mod codes;
mod commands;
mod print;
mod secrets;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::Arguments;
use crate::print::Printer;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let printer = Printer::new(arguments.json);
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("sekisho: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(commands::run(arguments, printer));
    // A read of the standard input that nothing comes from is not waited for.
    runtime.shutdown_background();
    match outcome {
        Ok(code) => code,
        Err(fault) => {
            if printer.json {
                eprintln!("{}", serde_json::to_string_pretty(&fault).unwrap_or_default());
            } else {
                eprintln!("{}", printer.fault(&fault));
            }
            ExitCode::FAILURE
        }
    }
}
