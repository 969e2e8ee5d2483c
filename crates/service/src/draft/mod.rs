//! The draft: what is being edited. It survives a crash, and holds the private keys that were imported for it, sealed.

mod before;
mod checks;
mod edit;
mod history;
mod idp;
mod import;
mod names;
mod replaced;
mod roles;
mod save;
mod view;

use std::collections::BTreeMap;

use sekisho_config::Document;
use sekisho_fault::Result;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::store::SealedFile;

pub(crate) use before::{Before, before, none as nothing_before};
pub(crate) use checks::slow;
pub use edit::{Requests, certificate, ensure_saml_pair, metadata, request, roll_over, set, trial_certificate};
pub(crate) use history::{document, not_restored};
pub use history::{list as revisions, restore};
pub use idp::{choose as choose_idp, left as left_fields, steps as idp_steps};
pub use import::import;
pub use names::change as change_names;
pub(crate) use replaced::{answered_request, replaced_certificate};
pub use roles::change as change_roles;
pub(crate) use save::keys;
pub use save::{prepare, rebase};
pub use view::sp_metadata;
pub(crate) use view::{change, describe, view};

/// The draft, as it is kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Draft {
    /// The revision that it was made from; 0 before the first.
    pub base: u64,
    /// What it says.
    pub document: Document,
    /// The save that it is on its way to, once it was prepared: the same at every try.
    pub save: Option<String>,
    /// What a restore has left as it is: what the old revision said, by its field.
    #[serde(default)]
    pub not_restored: BTreeMap<String, String>,
    /// Private keys (PKCS#8, base64) by their fingerprints: those of the draft, and those of open requests.
    pub keys: BTreeMap<String, String>,
}

impl Draft {
    /// A private key of the draft.
    pub fn key(&self, fingerprint: &str) -> Option<Zeroizing<Vec<u8>>> {
        let text = self.keys.get(fingerprint)?;
        data_encoding::BASE64.decode(text.as_bytes()).ok().map(Zeroizing::new)
    }
}

/// Where the draft is kept.
pub struct DraftFile(SealedFile);

impl DraftFile {
    /// In this file.
    pub fn new(file: SealedFile) -> Self {
        Self(file)
    }

    /// The draft, if one was begun.
    ///
    /// Codes: `FILE`, and those of the seal.
    pub fn read(&self) -> Result<Option<Draft>> {
        self.0.read()
    }

    /// Keeps it.
    ///
    /// Code: `FILE`.
    pub fn write(&self, draft: &Draft) -> Result<()> {
        self.0.write(draft)
    }

    /// Forgets it.
    pub fn remove(&self) {
        self.0.remove();
    }
}
