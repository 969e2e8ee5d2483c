//! From start to stop.

use std::sync::Arc;

use sekisho_admin_api::activity::Kind;
use sekisho_admin_api::status::State;
use sekisho_fault::Result;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::activity::ActivityLog;
use crate::arguments::Arguments;
use crate::clock::{self, SystemClock};
use crate::secret::file_fault;
use crate::status::Board;
use crate::users::LocalUsers;
use crate::{admin_server, configuration, listener, secret};

/// A running service.
pub struct Service {
    board: Arc<Board>,
    activity: ActivityLog,
    serving: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
    admin: JoinHandle<()>,
}

impl Service {
    /// Starts the service: first the admin API, so that whatever is wrong afterwards can be seen in the console.
    ///
    /// Codes: `FILE`, `DATABASE`; everything else becomes the status.
    pub async fn start(arguments: &Arguments) -> Result<Self> {
        std::fs::create_dir_all(&arguments.data).map_err(|error| file_fault(&arguments.data, &error))?;
        let secret = secret::read_or_make(&arguments.data)?;
        let board = Arc::new(Board::new(host_name()));
        let activity = ActivityLog::open(&arguments.data, &secret, board.clone()).await?;
        let admin = admin_server::start(&arguments.admin_socket, board.clone(), activity.clone())?;
        let mut service = Self { board, activity, serving: None, admin };
        if let Some(path) = &arguments.configuration {
            service.board.change(|status| status.state = State::Starting);
            match service.serve(path, arguments, &secret).await {
                Ok(()) => service.activity.note(Kind::Started, None),
                Err(reason) => {
                    tracing::error!(%reason, "not serving");
                    service.activity.note(Kind::Stopped, Some(reason.clone()));
                    service.board.change(|status| status.state = State::Stopped { reason });
                }
            }
        }
        Ok(service)
    }

    async fn serve(
        &mut self,
        path: &std::path::Path,
        arguments: &Arguments,
        secret: &sekisho_keys::derive::Secret,
    ) -> Result<()> {
        let ready = configuration::read(path, secret, clock::now())?;
        let users = Arc::new(LocalUsers::open(&arguments.data, secret).await?);
        let tls = listener::tls(&ready.tls)?;
        let socket = listener::bind(ready.address).await?;
        let address = socket.local_addr().unwrap_or(ready.address);
        let router =
            sekisho_signin::router(ready.applied, users, Arc::new(self.activity.clone()), Arc::new(SystemClock));
        let (stop, stopped) = oneshot::channel();
        self.serving = Some((stop, tokio::spawn(listener::serve(socket, tls, router, stopped))));
        self.board.change(|status| {
            status.state = State::Running { since: clock::now() };
            status.listening = Some(address.to_string());
            status.login_url = Some(ready.login_url);
            status.warnings = ready.warnings;
        });
        tracing::info!(%address, "serving");
        Ok(())
    }

    /// Stops: no new connection, running requests end, the socket goes away.
    pub async fn stop(self) {
        if let Some((stop, served)) = self.serving {
            let _ = stop.send(());
            let _ = served.await;
        }
        self.admin.abort();
        let _ = self.admin.await;
    }
}

/// This machine's name, as the operating system has it.
fn host_name() -> String {
    let file = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = file.or_else(|| std::env::var("COMPUTERNAME").ok()).unwrap_or_default();
    if name.trim().is_empty() { "localhost".to_owned() } else { name.trim().to_owned() }
}
