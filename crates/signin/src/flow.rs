//! The state of one flow to the identity provider and back. It lives in the browser, sealed, so that any server can
//! finish what another began (R14).

use aws_lc_rs::rand;
use axum::http::HeaderMap;
use axum::http::header::{COOKIE, SET_COOKIE};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use sekisho_fault::{Fault, Result};
use sekisho_keys::derive::Purpose;
use sekisho_keys::sealed;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{Applied, codes};

/// How long a flow may take, in seconds.
pub(crate) const LIFETIME: i64 = 600;
/// Flows of one kind that a browser may have under way; a request's head has only so much room for cookies.
const MOST: usize = 5;
/// The longest sealed state, in bytes: browsers drop a cookie of more than 4096 without a word.
const LARGEST: usize = 3 * 1024;

/// The request that a flow is waiting for an answer to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Asked {
    /// The request's ID, which the answer must name.
    pub(crate) request_id: String,
    /// The identity provider that was asked.
    pub(crate) idp: String,
    /// When, in seconds since 1970.
    pub(crate) time: i64,
}

impl Asked {
    pub(crate) fn new(applied: &Applied, now: i64) -> Result<Self> {
        let request_id = format!("_{}", HEXLOWER.encode(&random::<20>()?));
        Ok(Self { request_id, idp: applied.idp.entity_id.clone(), time: now })
    }
}

/// A kind of state: a sign-in's, a test's (R13), a logout's, a direct hand-over's. Each is a type of its own with a kind
/// of cookies of its own, and is never read as another.
pub(crate) trait State: Serialize + DeserializeOwned {
    /// What the cookie's name begins with. `__Host-` keeps it to this host, over TLS, for all paths.
    const COOKIE: &'static str;
    /// How long it is good for, in seconds: at most [`LIFETIME`].
    const LIFETIME: i64 = LIFETIME;

    /// The identity provider that it is of.
    fn idp(&self) -> &str;

    /// When it began, in seconds since 1970.
    fn since(&self) -> i64;
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

    fn cookie<S: State>(&self) -> String {
        format!("{}{}", S::COOKIE, self.0)
    }

    /// Gives the browser a state to keep. `sent`: what it has; of too many flows the oldest are given up.
    ///
    /// Code: `STATE_TOO_LARGE`, when no browser would keep it.
    pub(crate) fn keep<S: State>(
        &self,
        applied: &Applied,
        state: &S,
        sent: &HeaderMap,
        headers: &mut HeaderMap,
    ) -> Result<()> {
        let name = self.cookie::<S>();
        let value = seal(applied, Purpose::State, &name, state, state.since())?;
        if value.len() > LARGEST {
            return Err(Fault::new(codes::STATE_TOO_LARGE));
        }
        let lives = S::LIFETIME;
        set_cookie(headers, &format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={lives}"));
        // Browsers send cookies of one path in the order in which they were made (RFC 6265, 5.4).
        let others = cookies(sent).filter_map(|(name, _)| name.strip_prefix(S::COOKIE)).filter_map(Self::parse);
        let others: Vec<Self> = others.collect();
        for oldest in &others[..(others.len() + 1).saturating_sub(MOST).min(others.len())] {
            oldest.forget::<S>(headers);
        }
        Ok(())
    }

    /// The state that the browser sent back, still sealed.
    pub(crate) fn kept<'a, S: State>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        let name = self.cookie::<S>();
        cookies(headers).find(|(known, _)| *known == name).map(|(_, sealed)| sealed)
    }

    /// The state, if it is ours, is of this identity provider, and is not over.
    ///
    /// Code: `NO_STATE`.
    pub(crate) fn open<S: State>(&self, applied: &Applied, sealed: &str, now: i64) -> Result<S> {
        let state: Option<S> = open(applied, Purpose::State, &self.cookie::<S>(), sealed, now);
        let fits =
            |state: &S| (0..=S::LIFETIME).contains(&(now - state.since())) && state.idp() == applied.idp.entity_id;
        state.filter(fits).ok_or_else(|| Fault::new(codes::NO_STATE))
    }

    /// Takes the state away from the browser.
    pub(crate) fn forget<S: State>(&self, headers: &mut HeaderMap) {
        set_cookie(headers, &format!("{}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0", self.cookie::<S>()));
    }
}

/// The cookies that a browser has sent.
pub(crate) fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let values = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split("; ")).filter_map(|pair| pair.split_once('='))
}

/// Gives the browser a cookie.
pub(crate) fn set_cookie(headers: &mut HeaderMap, cookie: &str) {
    // Names and values are ours: letters, digits and `-_=;/` and space.
    if let Ok(cookie) = cookie.parse() {
        headers.append(SET_COOKIE, cookie);
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
    let key = applied.sealing_key(purpose, now);
    Ok(BASE64URL_NOPAD.encode(&sealed::seal(&key, random()?, context.as_bytes(), &plain)?))
}

/// Opens a value that was sealed within the lifetime of a flow (the caller judges its exact age).
pub(crate) fn open<T: DeserializeOwned>(
    applied: &Applied,
    purpose: Purpose,
    context: &str,
    sealed: &str,
    now: i64,
) -> Option<T> {
    let bytes = BASE64URL_NOPAD.decode(sealed.as_bytes()).ok()?;
    let mut keys = applied.opening_keys(purpose, now);
    let plain = keys.find_map(|key| sealed::open(&key, context.as_bytes(), &bytes).ok())?;
    serde_json::from_slice(&plain).ok()
}
