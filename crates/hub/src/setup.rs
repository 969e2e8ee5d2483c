//! Set-up codes: who holds one may found an organisation, once, within an hour (R30).

use sekisho_fault::{Fault, Result};
use sekisho_hub_api::{HubAddress, SetupCode, codes};
use serde::{Deserialize, Serialize};

use crate::app::{App, HUB, digest, json, put, random, unavailable};
use crate::store::{Batch, Change, Expect};

const LIFETIME: i64 = 3600;

/// The kind of their rows.
pub(crate) const KIND: &str = "setup-token";

/// A token, by its hash alone.
#[derive(Serialize, Deserialize)]
struct Held {
    ends: i64,
    /// The organisation that was founded with it.
    founded: Option<String>,
}

fn row(token: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&digest(&[b"setup-token", token]))
}

/// Makes a set-up code for this hub. Only a hash of its token is kept.
///
/// Code: `STORE`.
pub async fn new_code(app: &App, address: HubAddress) -> Result<SetupCode> {
    let token = random::<16>();
    let held = Held { ends: app.now() + LIFETIME, founded: None };
    let change = put(HUB, KIND, &row(&token), Expect::Absent, json(&held));
    app.commit(Batch { changes: vec![change], ..Batch::default() }).await?;
    Ok(SetupCode { hub: address, token })
}

async fn held(app: &App, token: &[u8]) -> Result<Option<Held>> {
    let found = app.store.get(HUB, KIND, &row(token)).await.map_err(unavailable)?;
    let held: Option<Held> = found.and_then(|row| serde_json::from_slice(&row.body).ok());
    Ok(held.filter(|held| app.now() <= held.ends))
}

/// The change that uses a token up for an organisation; the batch that has it is done once.
///
/// Codes: `SETUP_TOKEN`, `STORE`.
pub(crate) async fn used(app: &App, token: &[u8], organisation: &str) -> Result<Change> {
    let held = held(app, token).await?.filter(|held| held.founded.is_none());
    let held = held.ok_or_else(|| Fault::new(codes::SETUP_TOKEN))?;
    let used = Held { founded: Some(organisation.to_owned()), ..held };
    Ok(put(HUB, KIND, &row(token), Expect::Rev(1), json(&used)))
}

/// Whether a token counts now.
///
/// Codes: `SETUP_TOKEN`, `STORE`.
pub(crate) async fn check(app: &App, token: &[u8]) -> Result<()> {
    used(app, token, "").await.map(drop)
}

/// Whether this organisation was founded with the token, within its hour.
///
/// Code: `STORE`.
pub(crate) async fn has_founded(app: &App, token: &[u8], organisation: &str) -> Result<bool> {
    Ok(held(app, token).await?.and_then(|held| held.founded).is_some_and(|founded| founded == organisation))
}
