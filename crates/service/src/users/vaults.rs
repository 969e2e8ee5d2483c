//! What users keep in their vaults, at the hub: this server passes it on.

use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::wire::{NewVaultChanges, VaultPart as HubPart};
use sekisho_hub_api::{Blob, Hub, codes as hub_codes};
use sekisho_keys::ids::AccountId;
use sekisho_signin::capabilities::Later;
use sekisho_signin::{Sealed, VaultChanges, VaultPart, codes};

use tokio::sync::Semaphore;

use crate::connected::Connected;

/// The vaults, for the public face.
pub struct HubVaults {
    connected: Arc<Connected>,
    /// A part of a vault may be eight megabytes: so many are held at once.
    reading: Semaphore,
}

/// Parts of vaults that are read at once.
const AT_ONCE: usize = 8;

impl HubVaults {
    /// The vaults of whatever connection this server belongs to.
    pub fn new(connected: Arc<Connected>) -> Self {
        Self { connected, reading: Semaphore::new(AT_ONCE) }
    }

    async fn part(&self, account: AccountId, after: u64) -> Result<HubPart> {
        let member = self.connected.member()?;
        let (connection, account) = (member.place.connection.to_string(), account.to_string());
        let ask = |hub: Hub| {
            let (connection, account) = (connection.clone(), account.clone());
            async move { hub.vault(&connection, &account, after).await }
        };
        self.connected.link.ask(&member, ask).await
    }

    async fn put(&self, account: AccountId, changes: &VaultChanges) -> Result<()> {
        let member = self.connected.member()?;
        let (connection, account) = (member.place.connection.to_string(), account.to_string());
        let signature = BASE64URL_NOPAD.decode(changes.signature.as_bytes());
        let signature = Blob(signature.map_err(|_| Fault::new(hub_codes::NOT_SIGNED))?);
        let body = NewVaultChanges { changes: changes.changes.clone(), time: changes.time, signature };
        let ask = |hub: Hub| {
            let (connection, account, body) = (connection.clone(), account.clone(), body.clone());
            async move { hub.write_vault(&connection, &account, &body).await }
        };
        self.connected.link.ask(&member, ask).await
    }
}

impl sekisho_signin::Vaults for HubVaults {
    fn read(&self, account: AccountId, after: u64) -> Later<'_, Result<VaultPart>> {
        Box::pin(async move {
            // Nobody closes it.
            let _place = self.reading.acquire().await.map_err(|_| Fault::new(codes::HUB_NEEDED))?;
            let part = self.part(account, after).await.map_err(|fault| told(&fault))?;
            let rows = part.rows.into_iter().map(|row| Sealed {
                seq: row.seq,
                id: row.id,
                rev: row.rev,
                body: BASE64URL_NOPAD.encode(row.body.as_slice()),
            });
            Ok(VaultPart { rows: rows.collect(), head: part.head })
        })
    }

    fn write<'a>(&'a self, account: AccountId, changes: &'a VaultChanges) -> Later<'a, Result<()>> {
        Box::pin(async move { self.put(account, changes).await.map_err(|fault| told(&fault)) })
    }
}

/// What the page is told of a hub's refusal.
fn told(fault: &Fault) -> Fault {
    let code = &fault.code;
    if *code == hub_codes::STALE {
        return Fault::new(codes::VAULT_STALE);
    }
    if *code == hub_codes::DELETED {
        return Fault::new(codes::DETACHED);
    }
    tracing::warn!(%fault, "a vault");
    let changes = [hub_codes::NOT_SIGNED, hub_codes::REQUEST, hub_codes::CLOCK];
    Fault::new(if changes.contains(code) { codes::VAULT_CHANGE } else { codes::HUB_NEEDED })
}
