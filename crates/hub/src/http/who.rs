//! Who asks: the session behind the bearer token.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::wire::Role;
use sekisho_hub_api::{Blob, codes};
use serde::{Deserialize, Serialize};

use super::accounts::Account;
use super::refusal::Refusal;
use super::sessions::Held;
use crate::app::{App, HUB, digest, unavailable};
use crate::store::Require;

/// A session's owner.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Who {
    pub(super) organisation: String,
    pub(super) role: Role,
    /// What the session stands on: the fingerprint of the keys, or the account's generation. When it goes, so does the
    /// session.
    pub(super) stands_on: String,
    /// The public key that signs what is written in this session: read again each time, never kept with it.
    #[serde(skip)]
    pub(super) signing: Blob,
}

/// Where a session stands by its token.
pub(super) fn session_key(token: &str) -> [u8; 32] {
    digest(&[b"session", token.as_bytes()])
}

/// The bearer token of a request.
pub(super) struct Bearer(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Bearer {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header.and_then(|value| value.strip_prefix("Bearer "));
        token.map(|token| Self(token.to_owned())).ok_or_else(|| Refusal(Fault::new(codes::SESSION)))
    }
}

impl FromRequestParts<App> for Who {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let Bearer(token) = Bearer::from_request_parts(parts, app).await?;
        let held = app.store.session(&session_key(&token), app.now()).await.map_err(unavailable)?;
        let who: Option<Self> = held.and_then(|body| serde_json::from_slice(&body).ok());
        let who = who.ok_or_else(|| Fault::new(codes::SESSION))?;
        // A key that was revoked, or an account that ended, has no session any more.
        let signing = who.lives_by(app).await?.ok_or_else(|| Fault::new(codes::SESSION))?;
        Ok(Self { signing, ..who })
    }
}

impl Who {
    /// The public key behind the session, as long as what it stands on is there.
    async fn lives_by(&self, app: &App) -> Result<Option<Blob>> {
        if let Role::Administrator { login } = &self.role {
            let account: Option<Account> = app.read("account", &crate::app::account_id(login)).await?;
            let account = account.filter(|account| {
                account.active && account.generation == self.stands_on && account.organisation == self.organisation
            });
            return Ok(account.map(|account| account.signing));
        }
        let held: Option<Held> = app.read("credential", &self.stands_on).await?;
        let held = held.filter(|held| held.organisation == self.organisation && held.credential.role == self.role);
        Ok(held.map(|held| held.credential.signing))
    }

    pub(super) fn administrator(&self) -> Result<&str> {
        match &self.role {
            Role::Administrator { login } => Ok(login),
            _ => Err(Fault::new(codes::FORBIDDEN)),
        }
    }

    /// That the keys behind the session may still sign in when a batch is done.
    ///
    /// Codes: `SESSION`, `STORE`.
    pub(super) async fn still_stands(&self, app: &App) -> Result<Option<Require>> {
        if matches!(self.role, Role::Administrator { .. }) {
            return Ok(None);
        }
        let (scope, kind) = (HUB.to_owned(), "credential".to_owned());
        let row = app.store.get(HUB, &kind, &self.stands_on).await.map_err(unavailable)?;
        let row = row.ok_or_else(|| Fault::new(codes::SESSION))?;
        let held: Held = serde_json::from_slice(&row.body).map_err(|_| Fault::new(codes::STORE))?;
        if held.credential.role != self.role {
            return Err(Fault::new(codes::SESSION));
        }
        Ok(Some(Require { scope, kind, id: self.stands_on.clone(), rev: Some(row.rev) }))
    }

    /// How many entries of the organisation log they may read.
    pub(super) fn log_ends(&self) -> u64 {
        match self.role {
            Role::Retired { until, .. } => until,
            _ => u64::MAX,
        }
    }

    /// Whether they may read of a connection: its organisation's administrators, and its servers.
    ///
    /// Codes: `FORBIDDEN`, `RETIRED`, `NOT_FOUND`.
    pub(super) async fn may_read(&self, app: &App, connection: &str) -> Result<()> {
        self.not_retired()?;
        let concerned = match &self.role {
            Role::Server { connection: own, .. } => own == connection,
            Role::Administrator { .. } => true,
            _ => false,
        };
        if !concerned {
            return Err(Fault::new(codes::FORBIDDEN));
        }
        let owner: Option<String> = app.read("connection", connection).await?;
        match owner {
            Some(owner) if owner == self.organisation => Ok(()),
            _ => Err(Fault::new(codes::NOT_FOUND).with("what", "connection")),
        }
    }

    fn not_retired(&self) -> Result<()> {
        if matches!(self.role, Role::Retired { .. }) { Err(Fault::new(codes::RETIRED)) } else { Ok(()) }
    }

    /// The server, if it is one of this connection.
    ///
    /// Codes: `FORBIDDEN`, `RETIRED`.
    pub(super) fn server_of(&self, connection: &str) -> Result<&str> {
        self.not_retired()?;
        match &self.role {
            Role::Server { connection: own, server } if own == connection => Ok(server),
            _ => Err(Fault::new(codes::FORBIDDEN)),
        }
    }

    /// The administrator, if the connection is of their organisation.
    pub(super) async fn administrator_of(&self, app: &App, connection: &str) -> Result<()> {
        self.administrator()?;
        self.may_read(app, connection).await
    }
}

/// A name of `bytes` bytes in lower-case hexadecimal: callers choose names, and must not reach other scopes by them.
///
/// Code: `REQUEST`.
pub(super) fn id(text: &str, bytes: usize) -> Result<&str> {
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if text.len() == 2 * bytes && text.bytes().all(hex) {
        Ok(text)
    } else {
        Err(Fault::new(codes::REQUEST).with("detail", "id"))
    }
}

/// The scope of an organisation's log.
pub(super) fn organisation_scope(organisation: &str) -> String {
    format!("o/{organisation}")
}

/// The scope of a connection.
pub(crate) fn connection_scope(connection: &str) -> String {
    format!("c/{connection}")
}
