//! The file for a support case, written where this account finds it.

use std::io::{Error, ErrorKind, Write};
use std::path::{Path, PathBuf};

use sekisho_admin_api::Client;
use sekisho_admin_api::diagnostics::{Beside, bundle, installed_data};
use sekisho_admin_api::private_file;
use sekisho_fault::{Fault, Result};
use serde_json::{Value, json};

sekisho_fault::codes! {
    /// The file cannot be written. Arguments: `path`, `detail`.
    FILE = "console.file";
}

/// So many files of one minute.
const MOST: u32 = 20;

/// Gathers and writes it into a folder; `made` is the moment, for people and as part of the file's name. `here`: the service is
/// this machine's.
///
/// Code: `FILE`.
pub async fn write(service: Result<Client>, here: bool, folder: &Path, made: &str) -> Result<Value> {
    let beside = here.then(|| Beside { data: installed_data(), log: None });
    let gathered = bundle(service, beside.as_ref(), made).await;
    let path = keep(folder, made, &gathered.text)?;
    Ok(json!({
        "file": path.display().to_string(),
        "service_answers": gathered.service_answers,
        "log_lines": gathered.log_lines,
    }))
}

/// A file of a name that is free.
fn keep(folder: &Path, made: &str, text: &[u8]) -> Result<PathBuf> {
    let stamp: String = made.chars().map(|letter| if letter.is_ascii_digit() { letter } else { '-' }).collect();
    let refused = |path: &Path, error: &Error| {
        Fault::new(FILE).with("path", path.display().to_string()).with("detail", error.to_string())
    };
    std::fs::create_dir_all(folder).map_err(|error| refused(folder, &error))?;
    let mut number = 1;
    loop {
        let more = if number == 1 { String::new() } else { format!("-{number}") };
        let path = folder.join(format!("sekisho-diagnostics-{}{more}.json", stamp.trim_matches('-')));
        match private_file::create(&path) {
            Ok(mut file) => {
                let written = file.write_all(text).and_then(|()| file.sync_all());
                return written.map(|()| path.clone()).map_err(|error| refused(&path, &error));
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists && number < MOST => number += 1,
            Err(error) => return Err(refused(&path, &error)),
        }
    }
}
