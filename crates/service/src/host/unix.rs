//! In the foreground, under systemd or a terminal.

use std::process::ExitCode;

use sekisho_service::arguments::Arguments;
use tokio::signal;

use super::supervisor;

/// Runs the service.
#[allow(clippy::needless_pass_by_value, reason = "Windows keeps them")]
pub(crate) fn run(arguments: Arguments) -> ExitCode {
    super::log_to_standard_error();
    let ended = async {
        told_to_stop().await;
        supervisor::stopping();
    };
    if super::serve(&arguments, supervisor::ready, ended) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Waits for Ctrl-C, or for what systemd sends.
async fn told_to_stop() {
    let Ok(mut terminate) = signal::unix::signal(signal::unix::SignalKind::terminate()) else {
        let _ = signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
