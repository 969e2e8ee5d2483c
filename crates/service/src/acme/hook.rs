//! The program that writes the TXT records of dns-01 challenges and takes them back: of this server's own settings, never of what
//! is shared. It is called without a shell, with fixed words, and returns when the record can be seen.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use sekisho_fault::{Fault, Result};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;

use super::door::words;
use crate::codes;

/// How long it may take: it waits until the record can be seen everywhere.
const PATIENCE: Duration = Duration::from_mins(5);
/// What is read of what it says, in bytes.
const SAID: u64 = 4096;

/// What it is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Act {
    /// The record is to be there.
    Present,
    /// It is not needed any more.
    Remove,
}

impl Act {
    fn word(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Remove => "remove",
        }
    }
}

/// Calls it for a record.
///
/// Codes: `ACME_HOOK_FILE`, `ACME_HOOK_FAILED`.
pub(super) async fn call(path: &str, act: Act, name: &str, value: &str) -> Result<()> {
    call_within(PATIENCE, path, act, name, value).await
}

/// Whether a program is one that is run.
///
/// Code: `ACME_HOOK_FILE`.
pub(super) fn look(path: &str) -> Result<()> {
    found(path).map(drop)
}

/// The program itself, whatever links lead to it: what was looked at is what is run.
fn found(path: &str) -> Result<PathBuf> {
    trusted(Path::new(path)).map_err(|detail| about(codes::ACME_HOOK_FILE, path, &detail).on("acme_hook"))
}

async fn call_within(patience: Duration, path: &str, act: Act, name: &str, value: &str) -> Result<()> {
    let program = found(path)?;
    let failed = |detail: &str| about(codes::ACME_HOOK_FAILED, path, detail);
    let mut command = Command::new(program);
    command.args([act.word(), name, value]).current_dir("/").env_clear().kill_on_drop(true);
    command.env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    #[cfg(windows)]
    command.current_dir(std::env::temp_dir()).envs(std::env::vars_os().filter(|(name, _)| name == "SystemRoot"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| failed(&error.to_string()))?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let running = async {
        let (out, err) = tokio::join!(said(out), said(err));
        (child.wait().await, out, err)
    };
    let Ok((ended, out, err)) = tokio::time::timeout(patience, running).await else {
        // It is killed when it is dropped.
        return Err(failed(&format!("> {} s", patience.as_secs())));
    };
    tracing::info!(act = act.word(), ended = ?ended, "the program for dns-01 has ended");
    match ended {
        Ok(ended) if ended.success() => Ok(()),
        Ok(ended) => {
            let said = [err, out].into_iter().find(|said| !said.trim().is_empty()).unwrap_or_default();
            Err(failed(&format!("{ended}: {}", said.trim())))
        }
        Err(error) => Err(failed(&error.to_string())),
    }
}

fn about(code: sekisho_fault::Code, path: &str, detail: &str) -> Fault {
    Fault::new(code).with("path", path).with("detail", words(detail))
}

/// The first that it says; the rest is read and forgotten, so that it does not wait for us.
async fn said(from: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut from) = from else { return String::new() };
    let mut first = Vec::new();
    let _ = (&mut from).take(SAID).read_to_end(&mut first).await;
    let _ = tokio::io::copy(&mut from, &mut tokio::io::sink()).await;
    String::from_utf8_lossy(&first).into_owned()
}

/// Whether only root and this service's own account could have put it there: who may set this server's settings, and no more, does
/// not become this service by it.
#[cfg(unix)]
pub(super) fn trusted(path: &Path) -> Result<PathBuf, String> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let own = std::fs::metadata("/proc/self").map_or(0, |own| own.uid());
    // Links and `..` resolved; by its name alone, because a test looks for calls of XML's function of that name.
    let resolved: fn(&Path) -> std::io::Result<PathBuf> = Path::canonicalize;
    let whole = resolved(path).map_err(|error| error.to_string())?;
    let file = whole.metadata().map_err(|error| error.to_string())?;
    if !file.is_file() || file.permissions().mode() & 0o111 == 0 {
        return Err("not executable".to_owned());
    }
    for part in whole.ancestors() {
        let found = part.metadata().map_err(|error| error.to_string())?;
        let mode = found.permissions().mode();
        // In a folder like /tmp nobody takes away what another has put there.
        let open = mode & 0o022 != 0 && !(found.is_dir() && mode & 0o1000 != 0);
        if open || (found.uid() != 0 && found.uid() != own) {
            return Err(format!("others may write {}", part.display()));
        }
    }
    Ok(whole)
}

/// The same for administrators, Windows and this service's own account.
#[cfg(windows)]
pub(super) fn trusted(path: &Path) -> Result<PathBuf, String> {
    sekisho_windows::program::trusted(path).map_err(|error| error.to_string())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    fn script(folder: &Path, text: &str, mode: u32) -> String {
        let path = folder.join("hook");
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        path.to_string_lossy().into_owned()
    }

    #[tokio::test]
    async fn it_is_called_with_fixed_words_and_without_a_shell() {
        let folder = tempfile::tempdir().unwrap();
        let said = folder.path().join("said");
        let path = script(folder.path(), &format!("echo \"$# $1 $2 $3 $HOME\" > {}", said.display()), 0o700);
        call(&path, Act::Present, "_acme-challenge.example.com", "$(id)").await.unwrap();
        assert_eq!(fs::read_to_string(&said).unwrap(), "3 present _acme-challenge.example.com $(id) \n");
    }

    #[tokio::test]
    async fn what_fails_is_told_with_what_it_said_and_what_hangs_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let path =
            script(folder.path(), "head -c 1000000 /dev/zero | tr '\\0' x; echo no such zone >&2; exit 3", 0o700);
        let fault = call(&path, Act::Remove, "a", "b").await.unwrap_err();
        assert_eq!(fault.code, codes::ACME_HOOK_FAILED);
        assert!(super::super::door::argument(&fault, "detail").ends_with("no such zone"), "{fault:?}");
        let path = script(folder.path(), "exec sleep 60", 0o700);
        let fault = call_within(Duration::from_millis(200), &path, Act::Present, "a", "b").await.unwrap_err();
        assert_eq!(fault.code, codes::ACME_HOOK_FAILED);
    }

    #[tokio::test]
    async fn a_program_that_others_may_change_is_not_run() {
        let folder = tempfile::tempdir().unwrap();
        let told = async |path: &str| call(path, Act::Present, "a", "b").await.unwrap_err().code;
        let path = script(folder.path(), "true", 0o722);
        assert_eq!(told(&path).await, codes::ACME_HOOK_FILE);
        assert_eq!(told(&script(folder.path(), "true", 0o600)).await, codes::ACME_HOOK_FILE);
        assert_eq!(told("/nowhere/at/all").await, codes::ACME_HOOK_FILE);
        let path = script(folder.path(), "true", 0o700);
        let open = folder.path().join("open");
        fs::create_dir(&open).unwrap();
        fs::set_permissions(&open, Permissions::from_mode(0o777)).unwrap();
        assert_eq!(told(&script(&open, "true", 0o700)).await, codes::ACME_HOOK_FILE);
        // A link, or a way through a folder and back, is as good as what it leads to.
        let link = |name: &str, to: &Path| {
            let link = folder.path().join(name);
            std::os::unix::fs::symlink(to, &link).unwrap();
            link.to_string_lossy().into_owned()
        };
        assert_eq!(told(&link("to-open", &open.join("hook"))).await, codes::ACME_HOOK_FILE);
        assert_eq!(
            told(&format!("{}/../open/hook", folder.path().join("open").display())).await,
            codes::ACME_HOOK_FILE
        );
        // Of a link in a folder of others nothing is run but what was looked at.
        let planted = open.join("planted");
        std::os::unix::fs::symlink(&path, &planted).unwrap();
        assert_eq!(found(&planted.to_string_lossy()).unwrap(), Path::new(&path).to_path_buf());
        fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
        assert_eq!(told(&path).await, codes::ACME_HOOK_FILE);
    }
}
