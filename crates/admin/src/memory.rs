//! What this computer remembers between sign-ins: hubs and how far each organisation's log was seen (R8). No secrets.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sekisho_fault::{Fault, Result};
use sekisho_hub_api::HubAddress;
use sekisho_keys::log::Head;
use serde::{Deserialize, Serialize};

use crate::codes;
use crate::session::Log;

/// How far a log was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    sequence: u64,
    hash: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Contents {
    hub: Option<HubAddress>,
    #[serde(default)]
    login: String,
    #[serde(default)]
    organisations: BTreeMap<String, Seen>,
}

/// The memory, in a file of the administrator's.
#[derive(Clone, Debug)]
pub struct Memory {
    path: PathBuf,
    contents: Contents,
}

impl Memory {
    /// Reads the memory; one that cannot be read counts as empty, since it only ever makes the checks stricter.
    pub fn at(path: &Path) -> Self {
        let contents = fs::read(path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        Self { path: path.to_owned(), contents }
    }

    /// The hub that was used last.
    pub fn hub(&self) -> Option<&HubAddress> {
        self.contents.hub.as_ref()
    }

    /// Who signed in last.
    pub fn login(&self) -> &str {
        &self.contents.login
    }

    /// Compares the log that the hub shows with what was seen, and remembers both.
    ///
    /// Codes: `FORK`, `MEMORY`.
    pub(crate) fn check_and_keep(&mut self, hub: &HubAddress, login: &str, log: &Log) -> Result<()> {
        let organisation = log.organisation.id().to_string();
        self.check(&organisation, &log.heads)?;
        self.keep(hub, login, &organisation, log.organisation.head())
    }

    /// Compares what the hub shows with what was seen: the log may have grown, and not shrunk or changed.
    ///
    /// Code: `FORK`.
    fn check(&self, organisation: &str, shown: &[Head]) -> Result<()> {
        let Some(seen) = self.contents.organisations.get(organisation) else { return Ok(()) };
        let same = |head: &Head| head.sequence == seen.sequence && head.hash.to_string() == seen.hash;
        if shown.iter().any(same) {
            return Ok(());
        }
        let last = shown.last().map_or(0, |head| head.sequence);
        let number = |sequence| i64::try_from(sequence).unwrap_or(i64::MAX);
        Err(Fault::new(codes::FORK).with("seen", number(seen.sequence)).with("shown", number(last)))
    }

    /// Remembers.
    ///
    /// Code: `MEMORY`.
    pub(crate) fn keep(&mut self, hub: &HubAddress, login: &str, organisation: &str, head: Head) -> Result<()> {
        let known = self.contents.organisations.get(organisation);
        let same = known.is_some_and(|seen| seen.sequence == head.sequence && seen.hash == head.hash.to_string());
        if same && self.contents.hub.as_ref() == Some(hub) && self.contents.login == login {
            return Ok(());
        }
        let mut contents = self.contents.clone();
        contents.hub = Some(hub.clone());
        login.clone_into(&mut contents.login);
        let seen = Seen { sequence: head.sequence, hash: head.hash.to_string() };
        contents.organisations.insert(organisation.to_owned(), seen);
        let failed = |error: std::io::Error| {
            Fault::new(codes::MEMORY).with("path", self.path.display().to_string()).with("detail", error.to_string())
        };
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let bytes = serde_json::to_vec(&contents).unwrap_or_default();
        let fresh = self.path.with_extension("new");
        fs::write(&fresh, bytes).and_then(|()| fs::rename(&fresh, &self.path)).map_err(failed)?;
        self.contents = contents;
        Ok(())
    }
}
