//! The token that a client reads, and the code that carries it over the click.

use sekisho_fault::Result;
use sekisho_keys::derive::Purpose;
use serde::{Deserialize, Serialize};

use super::request::Dest;
use crate::flow::{self, random};
use crate::{Applied, codes};

/// How long the click may take, in seconds.
pub(super) const LIFETIME: i64 = 60;
const CONTEXT: &str = "client";

/// What a client reads. `new_password` and `login_token`, which clients know too, are left out rather than empty: a
/// client tries what is there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Token {
    /// Always `success`.
    pub(super) result: String,
    /// The account.
    pub(super) email: String,
    /// The user's password, encrypted to the client's key, base64url.
    pub(super) password: String,
    /// The connection.
    pub(super) provider_name: String,
    /// The handle to give back at logout.
    pub(super) session_id: String,
}

/// A code for one click. It carries nothing but what is encrypted to the client anyway (R15).
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Code {
    /// By this it is known again.
    pub(super) id: String,
    minted: i64,
    pub(super) dest: Dest,
    pub(super) token: Token,
}

impl Code {
    pub(super) fn seal(applied: &Applied, dest: Dest, token: Token, now: i64) -> Result<String> {
        let id = data_encoding::HEXLOWER.encode(&random::<16>()?);
        flow::seal(applied, Purpose::Code, CONTEXT, &Self { id, minted: now, dest, token }, now)
    }

    /// Opens a code that is ours and not over.
    ///
    /// Code: `CODE`.
    pub(super) fn open(applied: &Applied, sealed: &str, now: i64) -> Result<Self> {
        let code: Option<Self> = flow::open(applied, Purpose::Code, CONTEXT, sealed, now);
        let fresh = |code: &Self| (0..=LIFETIME).contains(&(now - code.minted));
        code.filter(fresh).ok_or_else(|| sekisho_fault::Fault::new(codes::CODE))
    }
}
