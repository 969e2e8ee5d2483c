//! How the system runs the service: where it logs, and who tells it to stop.

#[cfg(unix)]
mod log;
#[cfg(unix)]
mod supervisor;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::future::poll_fn;
use std::io::IsTerminal;
use std::task::Poll;

use sekisho_service::arguments::Arguments;
use sekisho_service::lifecycle::Service;
use tracing_subscriber::EnvFilter;

#[cfg(unix)]
pub(crate) use unix::run;
#[cfg(windows)]
pub(crate) use windows::run;

/// Serves until told to stop; whether it could start. `started` is called when what was saved is served, or the status
/// says why it is not. When this returns, everything has ended.
fn serve(arguments: &Arguments, started: impl FnOnce(), told_to_stop: impl Future<Output = ()>) -> bool {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "no threads");
            return false;
        }
    };
    runtime.block_on(async {
        let mut stop = std::pin::pin!(told_to_stop);
        // It listens for that before anybody can know that the service is there.
        if poll_fn(|context| Poll::Ready(stop.as_mut().poll(context).is_ready())).await {
            return true;
        }
        match Service::start(arguments).await {
            Ok(mut service) => {
                tokio::select! {
                    () = service.settled() => {
                        started();
                        stop.await;
                    }
                    () = &mut stop => {}
                }
                service.stop().await;
                true
            }
            Err(fault) => {
                tracing::error!(%fault, "not started");
                false
            }
        }
    })
}

fn filter() -> EnvFilter {
    EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into())
}

/// Logs where a terminal, or what started the service, sees it.
fn log_to_standard_error() {
    let log = tracing_subscriber::fmt().with_env_filter(filter()).with_writer(std::io::stderr);
    let log = log.with_ansi(std::io::stderr().is_terminal());
    #[cfg(unix)]
    if std::env::var_os("JOURNAL_STREAM").is_some() {
        log.event_format(log::ForJournal(tracing_subscriber::fmt::format())).init();
        return;
    }
    log.init();
}
