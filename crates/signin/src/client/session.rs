//! The handle of a session at the identity provider, which a client gives back at logout (R21): sealed, so that it
//! tells nothing and cannot be made up.

use data_encoding::BASE64URL_NOPAD;
use sekisho_config::Email;
use sekisho_fault::{Fault, Result};
use sekisho_keys::sealed;
use sekisho_saml::Verified;
use sekisho_saml::response::NameId;
use serde::Serialize;

use crate::flow::random;
use crate::{Applied, codes};

/// What the handle is bound to at sealing, as context.
pub(super) const CONTEXT: &[u8] = b"session";

#[derive(Serialize)]
struct Session<'a> {
    /// The account, which a logout must name as well.
    subject: &'a str,
    name_id: Option<&'a NameId>,
    index: Option<&'a str>,
    idp: &'a str,
}

/// Seals the handle of a session, base64url.
pub(super) fn seal(applied: &Applied, email: &Email, statement: &Verified) -> Result<String> {
    let session = Session {
        subject: email.as_str(),
        name_id: statement.name_id.as_ref(),
        index: statement.session_index.as_deref(),
        idp: &statement.issuer,
    };
    let plain = serde_json::to_vec(&session).map_err(|_| Fault::new(codes::CODE))?;
    Ok(BASE64URL_NOPAD.encode(&sealed::seal(&applied.session_key(), random()?, CONTEXT, &plain)?))
}
