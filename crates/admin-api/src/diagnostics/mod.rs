//! What the service knows of itself, for a support case.

use std::fs::{self, DirEntry};
use std::io::Result;
use std::path::Path;
use std::time::UNIX_EPOCH;

use serde_json::{Value, json};

use crate::Call;

mod beside;
mod bundle;
mod log;

pub use bundle::{Beside, Bundle, bundle, installed_data};

/// Reads what there is to know, with no key, no user's name or address, and nothing of what identity provider or browsers
/// have sent. An object; its parts may be others in another version.
pub struct GetDiagnostics;

impl Call for GetDiagnostics {
    const METHOD: &'static str = "diagnostics.get";
    type Params = ();
    type Reply = Value;
}

/// The files of a data folder by name: their sizes in bytes, and when they were changed, in seconds since 1970. The service
/// tells it of its own folder; who asks in vain looks for themselves.
///
/// # Errors
/// What the file system says.
pub fn files(folder: &Path) -> Result<Vec<Value>> {
    let mut files: Vec<DirEntry> = fs::read_dir(folder)?.flatten().collect();
    files.sort_by_key(DirEntry::file_name);
    let told = |file: &DirEntry| {
        let about = file.metadata().ok()?;
        let changed = about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_secs();
        Some(json!({"name": file.file_name().to_str()?, "bytes": about.len(), "changed": changed}))
    };
    Ok(files.iter().filter_map(told).collect())
}
