//! The service's program.

use std::process::ExitCode;

use clap::Parser;
use sekisho_service::arguments::Arguments;
use sekisho_service::lifecycle::Service;
use sekisho_service::supervisor;
use tokio::signal;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "no threads");
            return ExitCode::FAILURE;
        }
    };
    runtime.block_on(async {
        match Service::start(&arguments).await {
            Ok(mut service) => {
                let mut stop = std::pin::pin!(told_to_stop());
                tokio::select! {
                    () = service.settled() => {
                        supervisor::ready();
                        stop.await;
                    }
                    () = &mut stop => {}
                }
                supervisor::stopping();
                service.stop().await;
                ExitCode::SUCCESS
            }
            Err(fault) => {
                tracing::error!(%fault, "not started");
                ExitCode::FAILURE
            }
        }
    })
}

/// Waits for Ctrl-C, or for what systemd sends.
#[cfg(unix)]
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

#[cfg(not(unix))]
async fn told_to_stop() {
    let _ = signal::ctrl_c().await;
}
