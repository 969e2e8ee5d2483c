//! The command line's agent: it is no child of ours, and is found by the socket that it was told.

use std::fs;
use std::process::Command;

/// Kills the agent that listens at this socket (SIGKILL).
pub(super) fn kill(socket: &str) {
    let wanted = format!("SEKISHO_AGENT={socket}");
    for process in fs::read_dir("/proc").unwrap().flatten() {
        let read = |file: &str| fs::read(process.path().join(file)).unwrap_or_default();
        let has = |file: &str, word: &str| read(file).split(|byte| *byte == 0).any(|one| one == word.as_bytes());
        if has("environ", &wanted) && has("cmdline", "agent") {
            // It may just have ended by itself.
            let _ = Command::new("kill").arg("-KILL").arg(process.file_name()).status();
        }
    }
}
