//! Files that the console writes where this account finds what it has fetched.

use std::io::{Error, ErrorKind, Write};
use std::path::{Path, PathBuf};

use sekisho_admin_api::private_file;
use sekisho_fault::{Fault, Result};

sekisho_fault::codes! {
    /// The file cannot be written. Arguments: `path`, `detail`.
    FILE = "console.file";
}

/// So many files of one kind and minute.
const MOST: u32 = 20;

/// Writes a file of a name that is free: what it is, and the moment that it was made, as the page's clock has it.
///
/// Code: `FILE`.
pub fn keep(folder: &Path, what: &str, made: &str, ending: &str, text: &[u8]) -> Result<PathBuf> {
    let stamp: String = made.chars().map(|letter| if letter.is_ascii_digit() { letter } else { '-' }).collect();
    let refused = |path: &Path, error: &Error| {
        Fault::new(FILE).with("path", path.display().to_string()).with("detail", error.to_string())
    };
    std::fs::create_dir_all(folder).map_err(|error| refused(folder, &error))?;
    let mut number = 1;
    loop {
        let more = if number == 1 { String::new() } else { format!("-{number}") };
        let path = folder.join(format!("sekisho-{what}-{}{more}.{ending}", stamp.trim_matches('-')));
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
