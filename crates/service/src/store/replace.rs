//! Giving a file the name of another one that something else may hold open: on Windows a virus scanner or a backup does so for
//! a moment, and the name cannot be changed meanwhile.

use std::fs;
use std::io::{Error, Result};
use std::path::Path;
use std::time::Duration;

/// The pauses between the tries: five seconds together.
const PAUSES: [u64; 9] = [10, 40, 100, 250, 500, 800, 1_000, 1_100, 1_200];

/// Renames a file, over another one if there is one. Waits up to five seconds for whoever holds it.
///
/// # Errors
/// What the system said last.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<()> {
    again(|| fs::rename(from, to), std::thread::sleep)
}

fn again(mut attempt: impl FnMut() -> Result<()>, mut pause: impl FnMut(Duration)) -> Result<()> {
    for wait in PAUSES {
        match attempt() {
            Err(error) if is_held(&error) => pause(Duration::from_millis(wait)),
            outcome => return outcome,
        }
    }
    attempt()
}

/// `ERROR_ACCESS_DENIED`, `ERROR_SHARING_VIOLATION` and `ERROR_LOCK_VIOLATION`. Elsewhere nothing holds a name.
fn is_held(error: &Error) -> bool {
    cfg!(windows) && matches!(error.raw_os_error(), Some(5 | 32 | 33))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fault row 5: another program holds the file, for 50 ms and for good.
    #[test]
    fn a_file_that_another_program_holds_is_waited_for_and_then_named() {
        let sharing = || Err(Error::from_raw_os_error(32));
        let (mut tries, mut waited) = (0, Duration::ZERO);
        let outcome = again(
            || {
                tries += 1;
                if tries <= 3 { sharing() } else { Ok(()) }
            },
            |pause| waited += pause,
        );
        // Elsewhere the number means something else, and waiting mends nothing.
        assert_eq!((outcome.is_ok(), tries > 1), (cfg!(windows), cfg!(windows)));
        let mut waited_for_good = Duration::ZERO;
        assert!(again(sharing, |pause| waited_for_good += pause).is_err());
        assert_eq!(waited_for_good, if cfg!(windows) { Duration::from_secs(5) } else { Duration::ZERO });
        assert!(waited <= waited_for_good);
    }

    #[cfg(windows)]
    #[test]
    fn a_file_that_is_really_held_is_replaced_as_soon_as_it_is_let_go() {
        use std::os::windows::fs::OpenOptionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (fresh, name) = (folder.path().join("fresh"), folder.path().join("name"));
        fs::write(&fresh, b"new").unwrap();
        fs::write(&name, b"old").unwrap();
        let held = fs::OpenOptions::new().read(true).share_mode(0).open(&name).unwrap();
        let holder = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(50));
            drop(held);
        });
        rename(&fresh, &name).unwrap();
        holder.join().unwrap();
        assert_eq!(fs::read(&name).unwrap(), b"new");
    }
}
