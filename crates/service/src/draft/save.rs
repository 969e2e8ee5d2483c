//! Preparing a save, and bringing a draft together with somebody else's.

use std::collections::BTreeMap;

use aws_lc_rs::rand;
use data_encoding::BASE64URL_NOPAD;
use sekisho_admin_api::draft::DraftConflict;
use sekisho_admin_api::save::{Prepared, SaveReason};
use sekisho_config::{Document, diff};
use sekisho_fault::{Fault, Result};
use sekisho_keys::ids::{Hash, SaveId};
use sekisho_keys::object;

use super::Draft;
use crate::codes;
use crate::enrolment::Member;

/// Prepares a save of a draft without errors. `held` tells whether the hub has a key already.
///
/// Codes: `RETIRED`, `COMPROMISED`, and those of sealing.
pub fn prepare(
    draft: &mut Draft,
    reason: &SaveReason,
    member: &Member,
    held: &BTreeMap<String, bool>,
) -> Result<Prepared> {
    // Frozen from the first save on: a later change of the host does not change who we are to the identity provider.
    draft.document.entity_id = draft.document.entity_id();
    reason.reason.trim().clone_into(&mut draft.document.reason);
    reason.change_number.trim().clone_into(&mut draft.document.change_number);
    let save = if let Some(save) = &draft.save {
        save.clone()
    } else {
        let mut save = [0; 16];
        rand::fill(&mut save).map_err(|_| Fault::new(codes::RANDOM))?;
        draft.save.insert(SaveId(save).to_string()).clone()
    };
    if let Some(reason) = member.retirement() {
        return Err(reason);
    }
    let keyring = member.newest_keyring()?;
    let mut objects = Vec::new();
    for name in keys(&draft.document) {
        if held.get(&name).copied().unwrap_or(false) {
            continue;
        }
        let key = draft.key(&name).ok_or_else(|| Fault::new(codes::KEY_MISSING).with("key", name.as_str()))?;
        let mut nonce = [0; 12];
        rand::fill(&mut nonce).map_err(|_| Fault::new(codes::RANDOM))?;
        let fingerprint: Hash = name.parse()?;
        let sealed = object::seal(&keyring, member.place, fingerprint, nonce, &key)?;
        objects.push((name, BASE64URL_NOPAD.encode(&sealed)));
    }
    Ok(Prepared {
        organisation: member.place.organisation.to_string(),
        connection: member.place.connection.to_string(),
        save,
        base: draft.base,
        document: String::from_utf8(draft.document.to_json()).unwrap_or_default(),
        objects,
    })
}

/// The private keys that a document names.
pub(crate) fn keys(document: &Document) -> Vec<String> {
    let mut keys: Vec<String> = document.key_names().map(str::to_owned).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Brings the draft on top of a newer revision.
pub fn rebase(draft: &mut Draft, base: &Document, newest: u64, theirs: &Document) -> Vec<DraftConflict> {
    let (merged, conflicts) = diff::merge(base, theirs, &draft.document);
    draft.document = merged;
    draft.base = newest;
    // It is another save than the one that was refused.
    draft.save = None;
    let shown = conflicts.into_iter().map(|one| DraftConflict {
        field: one.field,
        base: one.base,
        theirs: one.theirs,
        ours: one.ours,
    });
    shown.collect()
}
