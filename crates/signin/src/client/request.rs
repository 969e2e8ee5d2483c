//! The login address as a client opens it: `?embedded&key=…[&relogin][&dest=…]`.

use axum::http::HeaderMap;
use sekisho_fault::{Fault, Result};
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use super::key::ClientKey;
use crate::login::{Query, wrong};
use crate::{Applied, codes};

/// The client that asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OnPrem {
    /// Its public key, as it came.
    pub(crate) key: String,
    /// How it takes its token.
    pub(crate) dest: Dest,
}

/// How a client takes its token: one of these, never an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Dest {
    /// It reads it out of the page.
    Vault,
    /// Its user copies it into a terminal.
    Commander,
}

impl Dest {
    /// The key of the client's name in the messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Vault => "signin.client.vault",
            Self::Commander => "signin.client.commander",
        }
    }
}

/// Whether a login query speaks this protocol.
pub(crate) fn asks(query: &str) -> bool {
    form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "embedded")
}

/// Whether this connection serves such clients.
///
/// Code: `CLIENT_PROTOCOL_OFF`.
pub(crate) fn allowed(applied: &Applied) -> Result<()> {
    let on = applied.configuration.document.client_protocol;
    if on { Ok(()) } else { Err(Fault::new(codes::CLIENT_PROTOCOL_OFF)) }
}

/// The client that asks, and whether it wants a fresh authentication.
///
/// Codes: `CLIENT_PROTOCOL_OFF`, `LOGIN_REQUEST`, `CLIENT_KEY`.
pub(crate) fn requested(applied: &Applied, query: &str, headers: &HeaderMap) -> Result<(OnPrem, bool)> {
    allowed(applied)?;
    // Browsers say what they load a page for; a frame gets nothing. Old views that do not say are held off the
    // last pages by `frame-ancestors`.
    if headers.get("sec-fetch-dest").is_some_and(|dest| dest != "document") {
        return Err(wrong("frame"));
    }
    let query = Query::read(query, &["embedded", "key", "relogin", "dest"])?;
    let switch = |name: &str| match query.get(name) {
        None => Ok(false),
        Some("" | "true") => Ok(true),
        Some(_) => Err(wrong(name)),
    };
    if !switch("embedded")? {
        return Err(wrong("embedded"));
    }
    let dest = match query.get("dest") {
        None | Some("vault") => Dest::Vault,
        Some("commander") => Dest::Commander,
        Some(_) => return Err(wrong("dest")),
    };
    let key = ClientKey::parse(query.required("key")?)?;
    Ok((OnPrem { key: key.text(), dest }, switch("relogin")?))
}
