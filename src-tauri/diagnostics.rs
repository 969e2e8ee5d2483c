//! The file for a support case, written where this account finds it.

use std::path::Path;

use sekisho_admin_api::Client;
use sekisho_admin_api::diagnostics::{Beside, bundle, installed_data};
use sekisho_fault::Result;
use serde_json::{Value, json};

use crate::downloads;

/// Gathers and writes it into a folder; `made` is the moment, for people and as part of the file's name. `here`: the service is
/// this machine's.
///
/// Code: `downloads::FILE`.
pub async fn write(service: Result<Client>, here: bool, folder: &Path, made: &str) -> Result<Value> {
    let beside = here.then(|| Beside { data: installed_data(), log: None });
    let gathered = bundle(service, beside.as_ref(), made).await;
    let path = downloads::keep(folder, "diagnostics", made, "json", &gathered.text)?;
    Ok(json!({
        "file": path.display().to_string(),
        "service_answers": gathered.service_answers,
        "log_lines": gathered.log_lines,
    }))
}
