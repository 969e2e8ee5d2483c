//! What must be remembered between a question and its answer: sealed, in the page's hands.

use data_encoding::BASE64URL_NOPAD;
use sekisho_fault::{Fault, Result};
use sekisho_keys::derive::Purpose;
use sekisho_keys::factor::{totp, webauthn};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::flow::{self, random};
use crate::login::VaultPage;
use crate::session::Session;
use crate::{Applied, Identity, Profile, codes};

/// How long a user may take, in seconds.
const LIFETIME: i64 = flow::LIFETIME;

/// A sign-in that waits for the second factor.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Pending {
    pub(crate) identity: Identity,
    pub(crate) profile: Profile,
    pub(crate) session: Session,
    pub(crate) page: VaultPage,
}

/// A question, and what it is about.
#[derive(Serialize, Deserialize)]
pub(super) struct Ticket<T> {
    since: i64,
    /// Names the question: it is answered once.
    pub(super) name: String,
    /// What a security key has to answer, base64url.
    challenge: String,
    /// The seed of an authenticator app that is about to be set up, base64url.
    seed: String,
    pub(super) about: T,
}

impl<T: Serialize + DeserializeOwned> Ticket<T> {
    /// A new question.
    ///
    /// Code: `BUSY`, when there are no random bytes.
    pub(super) fn new(about: T, now: i64) -> Result<Self> {
        let challenge = BASE64URL_NOPAD.encode(&random::<{ webauthn::CHALLENGE }>()?);
        let seed = BASE64URL_NOPAD.encode(&random::<{ totp::SEED }>()?);
        Ok(Self { since: now, name: BASE64URL_NOPAD.encode(&random::<16>()?), challenge, seed, about })
    }

    /// Its form for the page. `context`: what kind of question it is; none is taken for another.
    pub(super) fn seal(&self, applied: &Applied, context: &str, now: i64) -> Result<String> {
        flow::seal(applied, Purpose::SecondFactor, context, self, now)
    }

    /// The question that a page answers.
    ///
    /// Code: `FACTOR_LATE`.
    pub(super) fn open(applied: &Applied, context: &str, ticket: &str, now: i64) -> Result<Self> {
        let opened: Option<Self> = flow::open(applied, Purpose::SecondFactor, context, ticket, now);
        let opened = opened.filter(|ticket| (0..=LIFETIME).contains(&(now - ticket.since)));
        opened.ok_or_else(|| Fault::new(codes::FACTOR_LATE))
    }

    /// The random bytes that a security key answers.
    pub(super) fn challenge(&self) -> Result<[u8; webauthn::CHALLENGE]> {
        bytes(&self.challenge)
    }

    /// The same, as the page reads it.
    pub(super) fn challenge_text(&self) -> &str {
        &self.challenge
    }

    /// The seed of an app that is about to be set up.
    pub(super) fn seed(&self) -> Result<[u8; totp::SEED]> {
        bytes(&self.seed)
    }
}

fn bytes<const N: usize>(text: &str) -> Result<[u8; N]> {
    let decoded = BASE64URL_NOPAD.decode(text.as_bytes()).ok();
    decoded.and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| Fault::new(codes::FACTOR_LATE))
}
