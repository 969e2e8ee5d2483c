//! What is being served: the face, the port, the certificates. Each is changed as a whole while connections go on.

mod warnings;

use std::net::SocketAddr;
use std::sync::{Arc, PoisonError};

use sekisho_admin_api::status::{State, Status};
use sekisho_fault::{Fault, Result};
use sekisho_keys::ids::Hash;
use sekisho_signin::{Condition, Face, Pulse, Trial};
use tokio::sync::{Mutex, oneshot};
use tokio::task::JoinHandle;

use crate::certificates::{Certificates, Named};
use crate::configuration::{Ends, Ready};
use crate::listener::{self, Bounds};
use crate::status::Board;
use crate::{clock, codes};
use warnings::Warnings;

/// An open port.
struct Port {
    address: SocketAddr,
    local: SocketAddr,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

/// What is being served.
pub struct Runtime {
    face: Arc<Face>,
    board: Arc<Board>,
    certificates: Arc<Certificates>,
    port: Mutex<Option<Port>>,
    warnings: Warnings,
    /// When what is served ends.
    ends: std::sync::Mutex<Ends>,
}

impl Runtime {
    /// Nothing is served yet.
    pub fn new(face: Arc<Face>, board: Arc<Board>) -> Self {
        Self {
            face,
            board,
            certificates: Arc::default(),
            port: Mutex::new(None),
            warnings: Warnings::default(),
            ends: std::sync::Mutex::default(),
        }
    }

    /// Serves a configuration, instead of the one before, of a connection that may be deleted. When the new port cannot be opened, the old one goes on.
    ///
    /// Codes: `ADDRESS_NOT_HERE`, `PORT_IN_USE`, `BIND`, `TLS`.
    pub async fn serve(&self, ready: Ready, revision: Option<u64>, deleted: Option<Fault>) -> Result<()> {
        let certificates = Named::of(&ready.host, &ready.tls, &ready.others)?;
        let local = self.listen(ready.address).await?;
        self.certificates.serve(&certificates);
        self.change_ends(|ends| *ends = ready.ends);
        self.face.apply(Some(Arc::new(ready.applied)));
        self.change(|status| {
            let running = State::Running { since: clock::now() };
            status.state = deleted.map_or(running, |reason| State::Detached { reason });
            status.listening = Some(local.to_string());
            status.login_url = Some(ready.login_url);
            status.revision = revision;
        });
        self.warn("configuration", ready.warnings);
        Ok(())
    }

    /// Puts a draft on trial beside what is served; opens its port when none is open.
    ///
    /// Codes: as [`Runtime::serve`], `BUSY` of the sign-in.
    pub async fn try_draft(&self, ready: Ready, draft: String) -> Result<Arc<Trial>> {
        let certificates = Named::of(&ready.host, &ready.tls, &ready.others)?;
        let serving = self.board.read().state.serves();
        if !serving {
            let local = self.listen(ready.address).await?;
            self.change(|status| {
                status.state = State::Trial;
                status.listening = Some(local.to_string());
            });
        }
        self.certificates.try_for(&certificates);
        let trial = Arc::new(Trial::new(ready.applied, draft)?);
        self.face.try_draft(Some(trial.clone()));
        Ok(trial)
    }

    /// Ends a trial.
    pub fn end_trial(&self) {
        self.face.try_draft(None);
        self.certificates.end_trial();
    }

    /// Serves nothing any more, for a reason.
    pub async fn stop(&self, state: State) {
        self.face.apply(None);
        self.change_ends(|ends| *ends = Ends::default());
        self.end_trial();
        if let Some(port) = self.port.lock().await.take() {
            close(port).await;
        }
        self.change(|status| {
            status.state = state;
            status.listening = None;
            status.login_url = None;
        });
    }

    /// The certificate that is served, DER.
    pub fn leaf(&self) -> Option<Vec<u8>> {
        self.certificates.leaf()
    }

    /// Its SHA-256.
    pub fn certificate(&self) -> Option<Hash> {
        self.leaf().map(|der| Hash::of(&der))
    }

    /// When what is served ends.
    pub fn ends(&self) -> Ends {
        *self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is known of it.
    pub fn change_ends(&self, change: impl FnOnce(&mut Ends)) {
        // The ends are whole at every moment.
        change(&mut self.ends.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Replaces the warnings of a source.
    pub fn warn(&self, source: &'static str, faults: Vec<Fault>) {
        self.warnings.replace(source, faults, |all| self.change(|status| status.warnings = all));
    }

    /// Changes the status and what `/ping` tells.
    pub fn change(&self, change: impl FnOnce(&mut Status)) {
        self.board.change(|status| {
            change(status);
            self.pulse(status);
        });
    }

    /// What `/ping` tells from now on.
    fn pulse(&self, status: &Status) {
        let configuration = match status.state {
            State::NotConfigured => Condition::NotConfigured,
            State::Trial => Condition::Trial,
            State::Starting => Condition::Starting,
            State::Running { .. } if status.warnings.iter().any(|one| one.code == codes::DRAINED) => {
                Condition::Draining
            }
            State::Running { .. } => Condition::Running,
            State::Stopped { .. } => Condition::Stopped,
            State::Failed { .. } => Condition::Failed,
            State::Detached { .. } => Condition::Detached,
        };
        let sync_revision = status.revision.and_then(|revision| i64::try_from(revision).ok()).unwrap_or(0);
        self.face.pulse(Pulse { configuration, sync_revision, sync: status.synced });
    }

    /// Says which addresses are balancers or proxies by what is served, then as now.
    pub fn is_proxy(&self) -> listener::IsProxy {
        let face = self.face.clone();
        Arc::new(move |address| face.is_proxy(address))
    }

    /// The new port first, then the old one goes: nobody is turned away in between.
    async fn listen(&self, address: SocketAddr) -> Result<SocketAddr, Fault> {
        let mut held = self.port.lock().await;
        if let Some(port) = held.as_ref().filter(|port| port.address == address) {
            return Ok(port.local);
        }
        let socket = match listener::bind(address).await {
            Ok(socket) => socket,
            // From one address of a port to all of them, or back: both cannot be open at once.
            Err(fault) if fault.code == crate::codes::PORT_IN_USE => match held.take() {
                Some(before) if before.address.port() == address.port() => {
                    let back = before.address;
                    close(before).await;
                    match listener::bind(address).await {
                        Ok(socket) => socket,
                        Err(fault) => {
                            match listener::bind(back).await {
                                Ok(socket) => *held = Some(self.open(back, socket)),
                                // Nothing is open any more: the status must not say otherwise.
                                Err(_) => self.change(|status| {
                                    status.state = State::Stopped { reason: fault.clone() };
                                    status.listening = None;
                                }),
                            }
                            return Err(fault);
                        }
                    }
                }
                before => {
                    *held = before;
                    return Err(fault);
                }
            },
            Err(fault) => return Err(fault),
        };
        let port = self.open(address, socket);
        let local = port.local;
        if let Some(before) = held.replace(port) {
            tokio::spawn(close(before));
        }
        Ok(local)
    }

    fn open(&self, address: SocketAddr, socket: tokio::net::TcpListener) -> Port {
        let local = socket.local_addr().unwrap_or(address);
        let (stop, stopped) = oneshot::channel();
        let router = sekisho_signin::router(self.face.clone());
        let bounds = (Bounds::default(), self.is_proxy());
        let serving = listener::serve(socket, self.certificates.acceptor(), router, bounds, stopped);
        Port { address, local, stop, served: tokio::spawn(serving) }
    }
}

async fn close(port: Port) {
    let _ = port.stop.send(());
    let _ = port.served.await;
}
