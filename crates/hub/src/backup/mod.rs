//! A hub as one file, in one form for all its databases: everything as it was at one moment, but sessions and set-up codes.
//!
//! Each thing is a line of JSON; the last line has counts and digests, so that a file that was cut off or changed is told.
//! Whoever has the file can guess passphrases with it, and be the hub for its servers: it is its owner's alone.

mod line;
mod sum;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use sekisho_fault::{Fault, Result};
use sha2::{Digest, Sha256};

pub use line::Opening;
use line::{End, FORMAT, LONGEST, Line};
use sum::Adding;
pub use sum::Sum;

use crate::app::{HUB, unavailable};
use crate::store::{Item, SCHEMA, Store};
use crate::{codes, setup};

/// Rows of this kind are the hub's name and keys, which it makes for itself at its first start.
const OWN: &str = "node";

/// Writes a hub as it is at this moment, while it runs.
///
/// # Errors
///
/// Codes: `NO_HUB`, `STORE`, `BACKUP_FILE` without its path.
pub async fn write(
    store: &dyn Store,
    time: i64,
    certificate: Option<String>,
    out: &mut (dyn Write + Send),
) -> Result<Sum> {
    let name = store.get(HUB, OWN, "name").await.map_err(unavailable)?;
    let hub = name.and_then(|row| String::from_utf8(row.body).ok()).ok_or_else(|| Fault::new(codes::NO_HUB))?;
    let (mut adding, mut file, mut written) = (Adding::default(), Sha256::new(), Ok(()));
    let mut put = |line: &Line| {
        let text = line.text();
        adding.add(line, &text);
        file.update(&text);
        out.write_all(&text)
    };
    let failed = |error: io::Error| Fault::new(codes::BACKUP_FILE).with("detail", error.to_string());
    put(&Line::Backup(Opening { format: FORMAT, schema: SCHEMA, hub, time, certificate })).map_err(failed)?;
    let mut take = |item: Item| {
        // Whoever holds one may found an organisation, and a backup is kept for longer than its hour.
        if matches!(&item, Item::Row(row) if row.scope == HUB && row.kind == setup::KIND) {
            return ControlFlow::Continue(());
        }
        written = put(&item.into());
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    store.read_all(&mut take).await.map_err(unavailable)?;
    written.map_err(failed)?;
    let (sum, file) = (adding.sum(), HEXLOWER.encode(&file.finalize()));
    out.write_all(&Line::End(End { sum: sum.clone(), file }).text()).and_then(|()| out.flush()).map_err(failed)?;
    Ok(sum)
}

/// A backup that was read from its first line to its last, and is whole.
#[derive(Debug)]
pub struct Backup {
    path: PathBuf,
    file: File,
    /// What it says of itself.
    pub opening: Opening,
    /// What it holds.
    pub sum: Sum,
}

impl Backup {
    /// Reads a backup.
    ///
    /// # Errors
    ///
    /// Codes: `BACKUP_FILE`, `BACKUP_DAMAGED`, `BACKUP_NEWER`.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|error| unreadable(path, &error))?;
        let (opening, sum) = check(&mut BufReader::new(&file), path)?;
        Ok(Self { path: path.to_owned(), file, opening, sum })
    }

    /// Writes what it holds in the place of what the store holds; all sessions end. What was written is read again, and
    /// compared.
    ///
    /// # Errors
    ///
    /// Codes: `HAS_DATA` unless `replace`, `STORE`, `BACKUP_FILE`, `RESTORED_OTHERWISE`.
    pub async fn restore(&self, store: &dyn Store, replace: bool) -> Result<()> {
        if !replace && has_data(store).await? {
            return Err(Fault::new(codes::HAS_DATA));
        }
        (&self.file).rewind().map_err(|error| unreadable(&self.path, &error))?;
        let mut reader = BufReader::new(&self.file);
        let mut items = std::iter::from_fn(move || next_item(&mut reader));
        store.replace_all(&mut items).await.map_err(unavailable)?;
        if Sum::of(store).await? == self.sum { Ok(()) } else { Err(Fault::new(codes::RESTORED_OTHERWISE)) }
    }
}

/// Whether a store holds anything that a hub does not make for itself.
async fn has_data(store: &dyn Store) -> Result<bool> {
    let mut found = false;
    let mut look = |item| {
        found = match item {
            Item::Head { scope, .. } => scope != HUB,
            Item::Row(row) => row.scope != HUB || ![OWN, setup::KIND].contains(&row.kind.as_str()),
            Item::Name(_) => true,
        };
        if found { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    store.read_all(&mut look).await.map_err(unavailable)?;
    Ok(found)
}

fn unreadable(path: &Path, error: &io::Error) -> Fault {
    Fault::new(codes::BACKUP_FILE).with("path", path.display().to_string()).with("detail", error.to_string())
}

/// The next line, with its text; `None` at the end.
fn next(reader: &mut impl BufRead) -> io::Result<Option<(Line, Vec<u8>)>> {
    let mut text = Vec::new();
    reader.take(LONGEST).read_until(b'\n', &mut text)?;
    if text.is_empty() {
        return Ok(None);
    }
    Ok(Some((serde_json::from_slice(&text)?, text)))
}

fn next_item(reader: &mut impl BufRead) -> Option<io::Result<Item>> {
    loop {
        match next(reader) {
            Ok(Some((line, _))) => {
                if let Some(item) = line.item() {
                    return Some(Ok(item));
                }
            }
            Ok(None) => return None,
            Err(error) => return Some(Err(error)),
        }
    }
}

/// Reads all lines, and holds them against the last one.
fn check(reader: &mut impl BufRead, path: &Path) -> Result<(Opening, Sum)> {
    let damaged = || Fault::new(codes::BACKUP_DAMAGED).with("path", path.display().to_string());
    let read = |reader: &mut _| match next(reader) {
        Ok(line) => line.ok_or_else(damaged),
        Err(error) if [io::ErrorKind::InvalidData, io::ErrorKind::UnexpectedEof].contains(&error.kind()) => {
            Err(damaged())
        }
        Err(error) => Err(unreadable(path, &error)),
    };
    let (Line::Backup(opening), text) = read(reader)? else { return Err(damaged()) };
    if opening.format > FORMAT || opening.schema > SCHEMA {
        let fault = Fault::new(codes::BACKUP_NEWER).with("path", path.display().to_string());
        return Err(fault.with("found", opening.schema).with("known", SCHEMA));
    }
    let (mut adding, mut file) = (Adding::default(), Sha256::new_with_prefix(&text));
    loop {
        match read(reader)? {
            (Line::End(end), _) => {
                let is_whole = end.file == HEXLOWER.encode(&file.finalize()) && end.sum == adding.sum();
                return if is_whole { Ok((opening, end.sum)) } else { Err(damaged()) };
            }
            (Line::Backup(_), _) => return Err(damaged()),
            (line, text) => {
                adding.add(&line, &text);
                file.update(&text);
            }
        }
    }
}
