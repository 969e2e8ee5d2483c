//! In the foreground, or as a Windows service.

use std::fs::{self, File, OpenOptions};
use std::io::Result;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use sekisho_service::arguments::Arguments;
use sekisho_service::journal::{self, Line};
use sekisho_service::places;
use sekisho_windows::event_log::{self, Kind};
use tokio::sync::Notify;
use tracing::Level;
use windows_service::service::{
    ServiceControl, ServiceControlAccept, ServiceExitCode, ServiceState, ServiceStatus, ServiceType,
};
use windows_service::service_control_handler::{self, ServiceControlHandlerResult, ServiceStatusHandle};
use windows_service::service_dispatcher;

/// The service's name; its virtual account follows from it, and clients know that account by its number. Its events have it
/// as their source.
const NAME: &str = "sekishod";
/// How long starting or stopping may take without a further sign.
const PATIENCE: Duration = Duration::from_secs(30);
/// The log above this size gives way to a fresh one at the next start.
const LOG_SIZE: u64 = 8 * 1024 * 1024;

/// The service control manager calls `entry` with nothing of ours.
static ARGUMENTS: OnceLock<Arguments> = OnceLock::new();

/// Runs the service.
pub(crate) fn run(arguments: Arguments) -> ExitCode {
    let ran = if arguments.service { under_the_manager(arguments) } else { in_the_foreground(&arguments) };
    if ran { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn in_the_foreground(arguments: &Arguments) -> bool {
    super::log_to_standard_error();
    super::serve(arguments, || {}, async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

fn under_the_manager(arguments: Arguments) -> bool {
    let _ = ARGUMENTS.set(arguments);
    let dispatched = service_dispatcher::start(NAME, entry);
    if let Err(error) = &dispatched {
        eprintln!("sekishod: --service is for the service control manager: {error}");
    }
    dispatched.is_ok()
}

extern "system" fn entry(_count: u32, _arguments: *mut *mut u16) {
    if let Some(arguments) = ARGUMENTS.get() {
        managed(arguments);
    }
}

/// From the first status to the last. Whatever is to be cleaned up is, before "stopped" is told: the manager may end the
/// process right after it.
fn managed(arguments: &Arguments) {
    let stop = Arc::new(Notify::new());
    let told = stop.clone();
    let handler = move |control| match control {
        ServiceControl::Stop | ServiceControl::Shutdown => {
            told.notify_one();
            ServiceControlHandlerResult::NoError
        }
        ServiceControl::Interrogate => ServiceControlHandlerResult::NoError,
        _ => ServiceControlHandlerResult::NotImplemented,
    };
    let Ok(manager) = service_control_handler::register(NAME, handler) else { return };
    tell(manager, ServiceState::StartPending, true);
    let logs = log_to_file(&arguments.data).is_ok();
    journal::write_besides(report);
    let served = logs
        && super::serve(arguments, || tell(manager, ServiceState::Running, true), async {
            stop.notified().await;
            tell(manager, ServiceState::StopPending, true);
        });
    tell(manager, ServiceState::Stopped, served);
}

fn tell(manager: ServiceStatusHandle, state: ServiceState, well: bool) {
    let accepted = ServiceControlAccept::STOP | ServiceControlAccept::SHUTDOWN;
    let pending = matches!(state, ServiceState::StartPending | ServiceState::StopPending);
    let status = ServiceStatus {
        service_type: ServiceType::OWN_PROCESS,
        current_state: state,
        controls_accepted: if state == ServiceState::Running { accepted } else { ServiceControlAccept::empty() },
        exit_code: if well { ServiceExitCode::Win32(0) } else { ServiceExitCode::ServiceSpecific(1) },
        checkpoint: u32::from(pending),
        wait_hint: if pending { PATIENCE } else { Duration::ZERO },
        process_id: None,
    };
    if let Err(error) = manager.set_service_status(status) {
        tracing::error!(%error, "the service control manager was not told");
    }
}

/// A service has no terminal: it logs into its data folder.
fn log_to_file(data: &Path) -> Result<()> {
    places::make_folder(data)?;
    let log = open_log(&data.join("sekishod.log"))?;
    tracing_subscriber::fmt().with_env_filter(super::filter()).with_ansi(false).with_writer(Mutex::new(log)).init();
    Ok(())
}

/// What changes in the status is an event, too: for whoever looks at the event log of many machines, and at none of their files.
fn report(line: &Line) {
    let kind = match line.level {
        Level::ERROR => Kind::Error,
        Level::WARN => Kind::Warning,
        _ => Kind::Information,
    };
    if let Err(error) = event_log::report(NAME, kind, line.event.id(), &line.to_string()) {
        tracing::warn!(%error, "the event log does not take it");
    }
}

fn open_log(path: &Path) -> Result<File> {
    if fs::metadata(path).is_ok_and(|log| log.len() > LOG_SIZE) {
        fs::rename(path, path.with_extension("before.log"))?;
    }
    OpenOptions::new().create(true).append(true).open(path)
}
