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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use sekisho_keys::derive::Secret;

    use super::*;
    use crate::enrolment::example::{TWO, member};

    fn open(folder: &Path) -> Fork {
        let file = |name| SealedFile::new(folder, name, &Secret::new([1; 32]));
        Fork::open(file("fork.sealed"), file("looked.sealed"))
    }

    /// The code, and who is said to have seen something else.
    fn reason(fork: &Fork) -> Option<String> {
        fork.reason(&member()).map(|fault| fault.to_string())
    }

    #[test]
    fn a_damaged_note_of_a_fork_still_stops_following_until_somebody_has_looked() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(reason(&open(folder.path())), None);
        open(folder.path()).found(TWO, "log").unwrap();
        let told = "service.forked server=\"osaka\" what=\"log\"";
        assert_eq!(reason(&open(folder.path())).as_deref(), Some(told));
        fs::write(folder.path().join("fork.sealed"), b"garbage").unwrap();
        for _ in 0..2 {
            let damaged = open(folder.path());
            assert_eq!(reason(&damaged).as_deref(), Some("service.forked server=\"?\" what=\"?\""));
        }
        open(folder.path()).over(1_800_000_000);
        assert_eq!(reason(&open(folder.path())), None);
    }
}
