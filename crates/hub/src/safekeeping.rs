//! The commands that save a hub, restore it, and prove that it can be restored.

use std::fs;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use rand_core::{OsRng, RngCore};
use sekisho_fault::{Fault, Result};
use sekisho_hub::app::{App, system_clock};
use sekisho_hub::backup::{self, Backup, Sum};
use sekisho_hub::{certificate, codes};

use crate::{Place, file_fault, folder, language};

/// The hub's certificate and key.
const CERTIFICATE: &str = "tls.pem";

/// Says what was done.
fn say(key: &str, file: &Path, made: i64, sum: &Sum) {
    let (file, rows) = (file.display().to_string(), sum.rows.to_string());
    let time = sekisho_messages::time(made);
    let args = [("file", file.as_str()), ("rows", rows.as_str()), ("time", time.as_str())];
    println!("{}", sekisho_messages::text(language(), &format!("hub.{key}"), &args));
}

fn at(path: &Path, error: &std::io::Error) -> Fault {
    Fault::new(codes::BACKUP_FILE).with("path", path.display().to_string()).with("detail", error.to_string())
}

/// Names what a fault of the library does not know.
fn named(place: &Place) -> impl Fn(Fault) -> Fault {
    let name = place.name();
    move |fault| fault.with("place", name.as_str())
}

pub(crate) async fn back_up(place: &Place, path: &Path) -> Result<()> {
    // What is not there is not made: an empty hub would be saved.
    if place.postgres.is_none() && !place.file().exists() {
        return Err(named(place)(Fault::new(codes::NO_HUB)));
    }
    let certificate = match fs::read_to_string(place.folder.join(CERTIFICATE)) {
        Ok(pem) => Some(pem),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(file_fault(&place.folder.join(CERTIFICATE), &error)),
    };
    if certificate.is_none() {
        eprintln!("{}", sekisho_messages::text(language(), "hub.without_certificate", &[]));
    }
    let store = place.store().await?;
    let mut file = BufWriter::new(folder::make_file(path).map_err(|error| at(path, &error))?);
    let time = system_clock();
    let written = backup::write(&*store, time, certificate, &mut file).await.map_err(named(place));
    let written = written.and_then(|sum| {
        let kept = file.flush().and_then(|()| file.get_ref().sync_all());
        kept.map(|()| sum).map_err(|error| at(path, &error))
    });
    match written {
        Ok(sum) => say("backed_up", path, time, &sum),
        Err(fault) => {
            // Half a backup is none.
            let _ = fs::remove_file(path);
            return Err(fault.with("path", path.display().to_string()));
        }
    }
    Ok(())
}

pub(crate) async fn restore(place: &Place, path: &Path, replace: bool) -> Result<()> {
    let backup = Backup::open(path)?;
    folder::make(&place.folder).map_err(|error| file_fault(&place.folder, &error))?;
    place.nobody_uses().await?;
    let store = place.store().await?;
    backup.restore(&*store, replace).await.map_err(named(place))?;
    if let Some(pem) = &backup.opening.certificate {
        put_certificate(&place.folder, pem)?;
    }
    say("restored", path, backup.opening.time, &backup.sum);
    Ok(())
}

/// Puts the certificate by which servers know the hub in its place. Another one that is there is kept beside it.
fn put_certificate(folder: &Path, pem: &str) -> Result<()> {
    let path = folder.join(CERTIFICATE);
    let failed = |error| file_fault(&path, &error);
    match fs::read_to_string(&path) {
        Ok(there) if there == pem => return Ok(()),
        Ok(_) => fs::rename(&path, folder.join("tls.pem.before")).map_err(failed)?,
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    let written = folder::make_file(&path).and_then(|mut file| file.write_all(pem.as_bytes()).and(file.sync_all()));
    written.map_err(failed)?;
    certificate::read_or_make(folder, &[]).map(drop)
}

pub(crate) async fn rehearse(place: &Place, path: &Path) -> Result<()> {
    let backup = Backup::open(path)?;
    let folder = Scratch::beside(&place.folder)?;
    let scratch = Place { folder: folder.0.clone(), postgres: place.postgres.clone() };
    scratch.nobody_uses().await?;
    let store = scratch.store().await?;
    backup.restore(&*store, false).await.map_err(named(&scratch))?;
    // A node starts on it, and is the hub that was saved.
    let app = App::open(store.clone(), system_clock).await?;
    if app.name() != backup.opening.hub {
        return Err(named(&scratch)(Fault::new(codes::RESTORED_OTHERWISE)));
    }
    if let Some(pem) = &backup.opening.certificate {
        put_certificate(&scratch.folder, pem)?;
    }
    if place.postgres.is_some() {
        let emptied = store.replace_all(&mut std::iter::empty()).await;
        emptied.map_err(|error| Fault::new(codes::DATABASE).with("detail", error.detail)).map_err(named(&scratch))?;
    }
    say("rehearsed", path, backup.opening.time, &backup.sum);
    Ok(())
}

/// A folder that is removed with all that is in it.
struct Scratch(PathBuf);

impl Scratch {
    fn beside(folder: &Path) -> Result<Self> {
        let path = folder.join(format!("rehearsal-{:016x}", OsRng.next_u64()));
        folder::make(&path).map_err(|error| file_fault(&path, &error))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(path = %self.0.display(), %error, "not removed");
        }
    }
}
