//! Set-up codes: who holds one may found an organisation, once, within an hour (R30).

use sekisho_fault::{Fault, Result};
use sekisho_hub_api::{HubAddress, SetupCode, codes};

use crate::app::{App, HUB, digest, json, put, random, unavailable};
use crate::store::{Batch, Change, Expect};

const LIFETIME: i64 = 3600;

fn row(token: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&digest(&[b"setup-token", token]))
}

/// Makes a set-up code for this hub. Only a hash of its token is kept.
///
/// Code: `STORE`.
pub async fn new_code(app: &App, address: HubAddress) -> Result<SetupCode> {
    let token = random::<16>();
    let ends = json(&(app.now() + LIFETIME));
    let change = put(HUB, "setup-token", &row(&token), Expect::Absent, ends);
    app.commit(Batch { changes: vec![change], ..Batch::default() }).await?;
    Ok(SetupCode { hub: address, token })
}

/// Whether a token counts now.
pub(crate) async fn check(app: &App, token: &[u8]) -> Result<()> {
    let found = app.store.get(HUB, "setup-token", &row(token)).await.map_err(unavailable)?;
    let ends: Option<i64> = found.and_then(|row| serde_json::from_slice(&row.body).ok());
    if ends.is_some_and(|ends| app.now() <= ends) { Ok(()) } else { Err(Fault::new(codes::SETUP_TOKEN)) }
}

/// The change that uses the token up; the batch that has it is done once.
pub(crate) fn used(token: &[u8]) -> Change {
    Change::Remove { scope: HUB.to_owned(), kind: "setup-token".to_owned(), id: row(token), expect: Expect::Rev(1) }
}
