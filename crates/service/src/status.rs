//! The status, always true: whoever changes it tells every client.

use std::sync::{Mutex, PoisonError};

use sekisho_admin_api::Event;
use sekisho_admin_api::status::{HubState, State, Status};
use tokio::sync::broadcast;

use crate::clock;
use crate::journal::{self, Line};

/// The one place where the status stands.
pub struct Board {
    status: Mutex<Status>,
    events: broadcast::Sender<Event>,
    lines: broadcast::Sender<Line>,
}

impl Board {
    /// A board of a service that has just been started.
    pub fn new(server_name: String) -> Self {
        let status = Status {
            state: State::NotConfigured,
            warnings: Vec::new(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            server_name,
            listening: None,
            login_url: None,
            revision: None,
            synced: None,
            membership: None,
            hub: HubState::Unknown,
            users: 0,
            domains: Vec::new(),
            vault_page: sekisho_signin::vault_fingerprint(),
        };
        Self { status: Mutex::new(status), events: broadcast::channel(64).0, lines: broadcast::channel(64).0 }
    }

    /// The status.
    pub fn read(&self) -> Status {
        self.lock().clone()
    }

    /// Changes the status, tells so, and writes down what is new.
    pub fn change(&self, change: impl FnOnce(&mut Status)) {
        let mut status = self.lock();
        let before = status.clone();
        change(&mut status);
        // While it is held: the log has the changes in their order.
        for line in journal::changes(&before, &status, clock::now()) {
            line.write();
            // Nobody listening is fine, and nobody is waited for.
            let _ = self.lines.send(line);
        }
        drop(status);
        self.tell("status.changed");
    }

    /// Writes down what is no change of the status.
    pub(crate) fn say(&self, line: Line) {
        // While it is held: the log has all lines in their order.
        let _status = self.lock();
        line.write();
        // Nobody listening is fine, and nobody is waited for.
        let _ = self.lines.send(line);
    }

    /// Tells every client that something happened.
    pub fn tell(&self, event: &str) {
        // Nobody listening is fine.
        let _ = self.events.send(Event { event: event.to_owned() });
    }

    /// The events from now on.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// What is written to the log from now on. Whoever does not keep up misses the oldest lines.
    pub(crate) fn lines(&self) -> broadcast::Receiver<Line> {
        self.lines.subscribe()
    }

    /// A status is whole at every moment, even after a panic while it was held.
    fn lock(&self) -> std::sync::MutexGuard<'_, Status> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
