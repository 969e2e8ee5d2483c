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
}

impl Fork {
    /// As it was kept in this file. One that cannot be read said that somebody has seen something else.
    pub fn open(file: SealedFile) -> Self {
        let kept = file.read().unwrap_or_else(|fault| {
            tracing::error!(%fault, "who has seen something else is damaged: nothing is taken from the hub");
            Some(Kept { server: UNKNOWN.to_owned(), what: UNKNOWN.to_owned() })
        });
        Self { file, kept: Mutex::new(kept) }
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

    /// An administrator has looked.
    pub fn over(&self) {
        self.file.remove();
        *self.kept() = None;
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
