//! A session at the identity provider, as a client keeps it until it logs out (R21): a sealed handle, which tells
//! nothing and cannot be made up, and marks, by which the pages of one user find each other.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use sekisho_fault::{Fault, Result};
use sekisho_keys::derive::{Purpose, Secret};
use sekisho_keys::sealed;
use sekisho_saml::Verified;
use sekisho_saml::response::NameId;
use serde::{Deserialize, Serialize};

use crate::flow::random;
use crate::{Applied, codes};

/// What the handle is bound to at sealing, as context.
const CONTEXT: &[u8] = b"session";

/// A session at the identity provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    /// The account, which a logout must name as well.
    pub(crate) subject: String,
    pub(crate) name_id: Option<NameId>,
    pub(crate) index: Option<String>,
    pub(crate) idp: String,
}

impl Session {
    /// The session that a statement speaks of.
    pub(crate) fn of(subject: &str, statement: &Verified) -> Self {
        Self {
            subject: subject.to_owned(),
            name_id: statement.name_id.clone(),
            index: statement.session_index.clone(),
            idp: statement.issuer.clone(),
        }
    }

    /// Its handle, base64url.
    ///
    /// Code: `BUSY`, when there are no random bytes.
    pub(crate) fn seal(&self, applied: &Applied) -> Result<String> {
        let plain = serde_json::to_vec(self).map_err(|_| Fault::new(codes::BUSY))?;
        let key = applied.current_secret().derive(Purpose::Session, b"");
        Ok(BASE64URL_NOPAD.encode(&sealed::seal(&key, random()?, CONTEXT, &plain)?))
    }

    /// The session of a handle, for the user whose it is.
    ///
    /// Code: `SESSION`.
    pub(crate) fn open(applied: &Applied, handle: &str, user: &str) -> Result<Self> {
        let wrong = || Fault::new(codes::SESSION);
        let bytes = BASE64URL_NOPAD.decode(handle.as_bytes()).map_err(|_| wrong())?;
        let open = |secret: &Secret| sealed::open(&secret.derive(Purpose::Session, b""), CONTEXT, &bytes).ok();
        let plain = applied.secrets().find_map(open).ok_or_else(wrong)?;
        let session: Self = serde_json::from_slice(&plain).map_err(|_| wrong())?;
        if session.subject.eq_ignore_ascii_case(user) { Ok(session) } else { Err(wrong()) }
    }

    /// The marks that a page of this session answers to: its user's, and its own.
    pub(crate) fn marks(&self, applied: &Applied) -> Vec<String> {
        let Some(name) = &self.name_id else { return Vec::new() };
        let indexes = [None, self.index.as_deref()];
        let own = indexes.iter().take(if self.index.is_some() { 2 } else { 1 });
        own.map(|index| mark(applied.current_secret(), &self.idp, &name.value, *index)).collect()
    }
}

/// The marks of sessions that the identity provider ends: with no index, all of the user's.
pub(crate) fn marks_of(applied: &Applied, idp: &str, name: &NameId, indexes: &[String]) -> Vec<String> {
    let all = [None];
    let these: Vec<Option<&str>> = indexes.iter().map(|index| Some(index.as_str())).collect();
    let which: &[Option<&str>] = if these.is_empty() { &all } else { &these };
    let under = |secret| which.iter().map(move |index| mark(secret, idp, &name.value, *index));
    applied.secrets().flat_map(under).collect()
}

/// A mark tells nothing of the user to whom does not know the connection's secret.
fn mark(secret: &Secret, idp: &str, name: &str, index: Option<&str>) -> String {
    let mut parts = Vec::new();
    for part in [Some(idp), Some(name), index].into_iter().flatten() {
        // Lengths of entity IDs, names and indexes are bounded by that of a response: they fit into 32 bits.
        parts.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        parts.extend(part.as_bytes());
    }
    HEXLOWER.encode(&secret.derive(Purpose::SessionMark, &parts).expose()[..16])
}
