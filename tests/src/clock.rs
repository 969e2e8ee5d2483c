//! The clock of a process that believes a file.

use std::fs;
use std::path::Path;

/// Sets it, as `+3d`. The file is whole at every moment: the process looks whenever it asks for the time.
pub fn set(file: &Path, time: &str) {
    let new = file.with_extension("new");
    fs::write(&new, time).unwrap();
    fs::rename(&new, file).unwrap();
}
