//! The contradiction that was found, kept over restarts.

use std::sync::{Mutex, MutexGuard, PoisonError};

use sekisho_fault::{Fault, Result};
use sekisho_keys::ids::ServerId;
use serde::{Deserialize, Serialize};

use crate::codes;
use crate::enrolment::Member;
use crate::store::SealedFile;

/// Stands for who has seen something else, where that is not known any more.
const UNKNOWN: &str = "?";

/// Who has seen something else, and of what.
#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    server: String,
    what: String,
}

/// Whether another server has seen something else of the hub.
pub struct Fork {
    file: SealedFile,
    kept: Mutex<Option<Kept>>,
    /// When an administrator has looked for the last time, in a file of its own: earlier versions read the other.
    looked: SealedFile,
}

impl Fork {
    /// As it was kept in the first of these files. One that cannot be read said that somebody has seen something else. In the
    /// second is when somebody has looked.
    pub fn open(file: SealedFile, looked: SealedFile) -> Self {
        let kept = file.read().unwrap_or_else(|fault| {
            tracing::error!(%fault, "who has seen something else is damaged: nothing is taken from the hub");
            Some(Kept { server: UNKNOWN.to_owned(), what: UNKNOWN.to_owned() })
        });
        Self { file, kept: Mutex::new(kept), looked }
    }

    /// From now on nothing is taken from the hub.
    ///
    /// Codes: `FILE`, and those of the seal.
    pub fn found(&self, server: ServerId, what: &str) -> Result<()> {
        let kept = Kept { server: server.to_string(), what: what.to_owned() };
        self.file.write(&kept)?;
        *self.kept() = Some(kept);
        Ok(())
    }

    /// An administrator has looked, at this time (seconds since 1970).
    pub fn over(&self, now: i64) {
        // Where it is not kept, old words stop everything once more, and somebody looks once more.
        if let Err(fault) = self.looked.write(&now) {
            tracing::warn!(%fault, "when an administrator has looked");
        }
        self.file.remove();
        *self.kept() = None;
    }

    /// When an administrator has looked for the last time: what was said before counts no more, where it comes late.
    pub fn looked(&self) -> Option<i64> {
        self.looked.read().ok().flatten()
    }

    /// Why nothing is taken from the hub now. The word of a server that was retired since does not count any more.
    pub fn reason(&self, member: &Member) -> Option<Fault> {
        let kept = self.kept().clone()?;
        let forked = |server: String| Fault::new(codes::FORKED).with("server", server).with("what", kept.what.as_str());
        let Ok(server) = kept.server.parse::<ServerId>() else { return Some(forked(kept.server.clone())) };
        member.organisation().server(member.place.connection, server).ok()?;
        Some(forked(member.server_name(server)))
    }

    fn kept(&self) -> MutexGuard<'_, Option<Kept>> {
        // The value is replaced as a whole.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
