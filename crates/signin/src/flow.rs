//! The state of one sign-in. It lives in the browser, sealed, so that any server can finish what another began (R14).

use aws_lc_rs::rand;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use sekisho_fault::{Fault, Result};
use sekisho_keys::derive::Purpose;
use sekisho_keys::sealed;
use serde::{Deserialize, Serialize};

use crate::{Applied, codes};

/// How long a sign-in may take, in seconds.
pub(crate) const LIFETIME: i64 = 600;
const DAY: i64 = 24 * 60 * 60;

/// What has to be remembered between leaving for the identity provider and coming back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Flow {
    /// The request's ID, which the answer must name.
    pub(crate) request_id: String,
    /// The identity provider that was asked.
    pub(crate) idp: String,
    /// When, in seconds since 1970.
    pub(crate) started: i64,
    /// The page to go back to.
    pub(crate) redirect_uri: String,
    /// The page's PKCE challenge.
    pub(crate) code_challenge: String,
    /// The page's public key, base64url.
    pub(crate) page_key: String,
    /// The page's own state.
    pub(crate) page_state: String,
}

/// The `RelayState`: 128 random bits, and nothing else (no address that could be redirected to).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Handle(String);

impl Handle {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self(HEXLOWER.encode(&random::<16>()?)))
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let hex = text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        hex.then(|| Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The cookie's name. `__Host-` keeps it to this host, over TLS, for all paths.
    pub(crate) fn cookie(&self) -> String {
        format!("__Host-sk-{}", self.0)
    }
}

/// Random bytes from the operating system, by way of the cryptographic library.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| Fault::new(codes::BUSY))?;
    Ok(bytes)
}

/// Seals a value with today's key for a purpose.
pub(crate) fn seal<T: Serialize>(
    applied: &Applied,
    purpose: Purpose,
    context: &str,
    value: &T,
    now: i64,
) -> Result<String> {
    let plain = serde_json::to_vec(value).map_err(|_| Fault::new(codes::NO_STATE))?;
    let key = applied.daily(purpose, now / DAY);
    Ok(BASE64URL_NOPAD.encode(&sealed::seal(&key, random()?, context.as_bytes(), &plain)?))
}

/// Opens a value that was sealed today, or yesterday and is not over ten minutes old (the caller judges its age).
pub(crate) fn open<T: for<'a> Deserialize<'a>>(
    applied: &Applied,
    purpose: Purpose,
    context: &str,
    sealed: &str,
    now: i64,
) -> Option<T> {
    let bytes = BASE64URL_NOPAD.decode(sealed.as_bytes()).ok()?;
    let days = [now / DAY, (now - LIFETIME) / DAY];
    let plain =
        days.into_iter().find_map(|day| sealed::open(&applied.daily(purpose, day), context.as_bytes(), &bytes).ok())?;
    serde_json::from_slice(&plain).ok()
}

impl Flow {
    pub(crate) fn seal(&self, applied: &Applied, handle: &Handle) -> Result<String> {
        seal(applied, Purpose::State, handle.as_str(), self, self.started)
    }

    /// The flow of this handle, if it is ours, is of this identity provider, and is not over.
    pub(crate) fn open(applied: &Applied, handle: &Handle, sealed: &str, now: i64) -> Result<Self> {
        let flow: Option<Self> = open(applied, Purpose::State, handle.as_str(), sealed, now);
        flow.filter(|flow| (0..=LIFETIME).contains(&(now - flow.started)) && flow.idp == applied.idp.entity_id)
            .ok_or_else(|| Fault::new(codes::NO_STATE))
    }
}
