//! The last part of the service's log.

use std::fs::File;
use std::io::{Read, Result, Seek, SeekFrom};
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use tokio::process::Command;

use crate::redact::log_line;

/// Lines that are looked at.
const LINES: usize = 1000;
/// The end of a file that is read, in bytes.
const TAIL: u64 = 512 * 1024;

/// The log's last lines, redacted, from a file or where the system keeps them. `left_out`: lines of which nothing is shown.
pub(super) async fn log(file: Option<&Path>, data: &Path) -> Value {
    let (from, read) = match file {
        Some(file) => ("file", tail(file)),
        None if cfg!(windows) => ("file", tail(&data.join("sekishod.log"))),
        None => ("journal", journal().await),
    };
    let text = match read {
        Ok(text) => text,
        Err(error) => return json!({"from": from, "unreadable": error.kind().to_string()}),
    };
    let all: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let newest = all.get(all.len().saturating_sub(LINES)..).unwrap_or_default();
    let shown: Vec<String> = newest.iter().filter_map(|line| log_line(line)).collect();
    json!({"from": from, "left_out": newest.len() - shown.len(), "lines": shown})
}

/// The end of a file. A line that is cut is no line of the log any more.
fn tail(path: &Path) -> Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

async fn journal() -> Result<String> {
    let mut command = Command::new("journalctl");
    command.args(["--unit", "sekisho", "--no-pager", "--quiet", "--output", "cat", "--lines", &LINES.to_string()]);
    let done = command.stdin(Stdio::null()).output().await?;
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_end_of_a_log_is_shown_and_what_is_not_known_is_counted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let line = |number: usize| format!("2026-11-29T08:09:45Z  INFO sekisho_service: event=x revision={number}\n");
        let text: String = (0..20_000).map(line).collect();
        std::fs::write(&path, text + "alice@example.com\n").unwrap();
        let told = log(Some(&path), folder.path()).await;
        assert_eq!((told["lines"].as_array().unwrap().len(), &told["left_out"]), (LINES - 1, &1.into()));
        assert!(told["lines"][LINES - 2].as_str().unwrap().ends_with("revision=19999"), "{told}");
        assert_eq!(log(Some(&folder.path().join("none")), folder.path()).await["unreadable"], "entity not found");
    }
}
