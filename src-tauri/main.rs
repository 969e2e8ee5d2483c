//! The desktop console's program.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    match sekisho_console::run() {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sekisho-console: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}
