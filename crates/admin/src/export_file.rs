//! An export as a file of this computer, for the console: its pages neither see what is in it nor write files.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use sekisho_fault::{Fault, Result};
use sekisho_keys::export::LIMIT;

use crate::acts::{ExportToFile, ExportedFile};
use crate::codes;
use crate::session::Session;

/// Names that are tried when there are files of the name.
const NAMES: u32 = 1000;

pub(crate) fn home() -> PathBuf {
    let variable = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    std::env::var_os(variable).map(PathBuf::from).unwrap_or_default()
}

/// A new file that nobody else reads. Nothing that is there is written over.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The first free name of these in a folder, as a new file.
fn create_in(folder: &Path, name: &str) -> io::Result<(PathBuf, File)> {
    let (stem, end) = name.rsplit_once('.').unwrap_or((name, "sekisho-export"));
    for number in 1..=NAMES {
        let name = if number == 1 { name.to_owned() } else { format!("{stem}-{number}.{end}") };
        let path = folder.join(name);
        match create(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            outcome => return outcome.map(|file| (path, file)),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

/// A new file of this name in a folder; without a name, of the usual one or the first free one after it.
///
/// Code: `EXPORT_FILE`.
pub(crate) fn new_file(folder: &Path, name: Option<&str>, usual: &str) -> Result<(PathBuf, File)> {
    let Some(name) = name else { return create_in(folder, usual).map_err(|error| failed(folder, &error)) };
    let path = folder.join(name);
    create(&path).map(|file| (path.clone(), file)).map_err(|error| failed(&path, &error))
}

pub(crate) fn failed(path: &Path, error: &io::Error) -> Fault {
    Fault::new(codes::EXPORT_FILE).with("path", path.display().to_string()).with("detail", error.to_string())
}

/// An exported file. More than the largest is not read.
///
/// Code: `EXPORT_FILE`.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let opened = File::open(path).and_then(|file| file.take(LIMIT as u64 + 1024).read_to_end(&mut bytes));
    opened.map(|_| bytes).map_err(|error| failed(path, &error))
}

impl Session {
    /// Exports a connection into a new file, which only this account may read.
    ///
    /// Codes: `EXPORT_FILE`, and those of the export.
    pub async fn export_to_file(&mut self, wish: &ExportToFile) -> Result<ExportedFile> {
        let folder = home().join(wish.folder.trim());
        // First its place: a passphrase that opens nothing is told to nobody, and no export counts that was not written.
        let (_, connection) = self.connection(&wish.connection)?;
        let usual = format!("{}.sekisho-export", connection.enterprise_domain);
        let (path, mut file) = new_file(&folder, wish.name.as_deref(), &usual)?;
        let written = match self.export(&wish.connection).await {
            Ok(exported) => {
                let written = file.write_all(&exported.file).and_then(|()| file.sync_all());
                written.map(|()| exported).map_err(|error| failed(&path, &error))
            }
            Err(fault) => Err(fault),
        };
        match written {
            Ok(exported) => Ok(ExportedFile {
                path: path.display().to_string(),
                passphrase: exported.passphrase,
                revision: exported.revision,
                users: exported.users,
            }),
            Err(fault) => {
                let _ = std::fs::remove_file(&path);
                self.forget_export(&wish.connection);
                Err(fault)
            }
        }
    }

    fn forget_export(&mut self, connection: &str) {
        if let Ok(id) = connection.parse() {
            self.exported.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_there_is_never_written_over_and_only_its_owner_reads_a_new_one() {
        let folder = std::env::temp_dir().join(format!("sekisho-export-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let names: Vec<String> = (0..3)
            .map(|_| {
                let (path, mut file) = create_in(&folder, "example.sekisho-export").unwrap();
                file.write_all(b"x").unwrap();
                #[cfg(unix)]
                {
                    use std::os::unix::fs::PermissionsExt;
                    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
                }
                path.file_name().unwrap().to_string_lossy().into_owned()
            })
            .collect();
        let _ = std::fs::remove_dir_all(&folder);
        assert_eq!(names, ["example.sekisho-export", "example-2.sekisho-export", "example-3.sekisho-export"]);
        assert!(create_in(&folder, "example.sekisho-export").is_err(), "a folder that is not there");
    }
}
