//! Programs that this account runs for others who may name them, and nothing more.

use std::io;
use std::path::{Component, Path, PathBuf, Prefix};

use crate::descriptor;
use crate::private::{access, wanted};

/// The program itself, whatever links lead to it, if nobody but administrators, Windows and this account could have put it there:
/// no other may write it, or what lies in its folder, or take a folder above it away. It lies on a disk of this machine.
///
/// Errors: those of the files; a reason in words, if others may.
pub fn trusted(path: &Path) -> io::Result<PathBuf> {
    let whole = path.canonicalize()?;
    let disk = matches!(whole.components().next(), Some(Component::Prefix(prefix)) if matches!(prefix.kind(), Prefix::VerbatimDisk(_)));
    if !disk || !whole.is_file() {
        return Err(io::Error::other("no file on a disk of this machine"));
    }
    let wanted = wanted()?.text()?;
    let rights = [descriptor::OF_PROGRAM; 2];
    let above = std::iter::repeat(descriptor::OF_FOLDER_ABOVE);
    for (part, rights) in whole.ancestors().zip(rights.into_iter().chain(above)) {
        let found = access(part)?;
        if !descriptor::no_other_may(&found, &wanted, rights) {
            return Err(io::Error::other(format!("others may write {}: {found}", part.display())));
        }
    }
    Ok(plain(&whole))
}

/// As programs and people write it: not every program takes the system's own spelling.
fn plain(whole: &Path) -> PathBuf {
    let text = whole.to_string_lossy();
    text.strip_prefix(r"\\?\").map_or_else(|| whole.to_owned(), PathBuf::from)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::private;
    use crate::system::{self, Descriptor};

    #[test]
    fn a_program_in_a_folder_of_our_own_is_trusted_and_one_that_others_may_write_is_not() {
        let folder = std::env::temp_dir().join(format!("sekisho-test-{}-program", std::process::id()));
        private::make_folder(&folder).unwrap();
        let program = folder.join("hook.exe");
        drop(private::make_file(&program).unwrap());
        let found = trusted(&program).unwrap();
        assert!(found.ends_with("hook.exe") && !found.to_string_lossy().starts_with(r"\\?"), "{}", found.display());
        assert_eq!(found, trusted(&folder.join("..").join(folder.file_name().unwrap()).join("hook.exe")).unwrap());

        let open = folder.join("open");
        system::make_folder(&open, &Descriptor::new("D:P(A;OICI;FA;;;WD)").unwrap()).unwrap();
        let inside = open.join("hook.exe");
        drop(private::make_file(&inside).unwrap());
        let said = trusted(&inside).unwrap_err().to_string();
        assert!(said.contains("others may write") && said.contains("open"), "{said}");
        let file = folder.join("open.exe");
        drop(system::make_file(&file, &Descriptor::new("D:P(A;;FA;;;WD)").unwrap()).unwrap());
        assert!(trusted(&file).is_err());
        assert!(trusted(&folder).is_err() && trusted(&folder.join("nothing.exe")).is_err());
        fs::remove_dir_all(folder).unwrap();
    }
}
