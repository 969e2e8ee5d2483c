//! What other servers have seen, carried here by another way than the hub's: over ssh, or by the
//! browsers that sign in. One that has seen something else than the hub
//! shows here stops what comes from the hub, until an administrator has looked; one that has seen more is remembered until
//! the hub shows that here, too (R8).

mod carried;
mod compare;
mod fork;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sekisho_keys::ids::ServerId;
use sekisho_keys::witness::Report;

pub use carried::{Carried, still_counts};
pub use compare::{Standing, compare};
pub use fork::Fork;

/// The reports of servers that have seen more than the hub has shown here.
#[derive(Default)]
pub struct Ahead(Mutex<BTreeMap<ServerId, Report>>);

impl Ahead {
    /// Remembers a report instead of the same server's before.
    pub fn remember(&self, report: Report) {
        self.lock().insert(report.server, report);
    }

    /// Forgets a server's report.
    pub fn forget(&self, server: ServerId) {
        self.lock().remove(&server);
    }

    /// The reports.
    pub fn reports(&self) -> Vec<Report> {
        self.lock().values().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<ServerId, Report>> {
        // Reports are put in and taken out whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
