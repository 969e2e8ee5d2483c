//! What all handlers share.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use opaque_ke::ServerSetup;
use rand_core::{OsRng, RngCore};
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::codes;
use sekisho_hub_api::passphrase::Suite;
use sha2::{Digest, Sha256};
use tokio::sync::broadcast;

use crate::store::{Batch, Change, Expect, Refused, Store, Unavailable};

/// The scope of what belongs to no organisation.
pub(crate) const HUB: &str = "hub";

/// Seconds since 1970.
pub type Clock = fn() -> i64;

/// The machine's clock.
pub fn system_clock() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// A hub node.
#[derive(Clone)]
pub struct App {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) opaque: Arc<ServerSetup<Suite>>,
    /// The hub's own name.
    pub(crate) hub: String,
    pub(crate) clock: Clock,
    /// Tells waiting feeds which scope has changed at this node.
    pub(crate) changed: broadcast::Sender<String>,
}

impl App {
    /// A node on a store. The first node of a hub makes the hub's name and passphrase keys; the others find them.
    ///
    /// Code: `STORE`.
    pub async fn open(store: Arc<dyn Store>, clock: Clock) -> Result<Self> {
        let mut name = [0; 16];
        OsRng.fill_bytes(&mut name);
        let name = data_encoding::HEXLOWER.encode(&name);
        let hub = first(&*store, "name", name.into_bytes()).await?;
        let setup = ServerSetup::<Suite>::new(&mut OsRng).serialize().to_vec();
        let setup = first(&*store, "passphrase-keys", setup).await?;
        let damaged = || Fault::new(codes::STORE);
        Ok(Self {
            opaque: Arc::new(ServerSetup::deserialize(&setup).map_err(|_| damaged())?),
            hub: String::from_utf8(hub).map_err(|_| damaged())?,
            store,
            clock,
            changed: broadcast::channel(256).0,
        })
    }

    /// The hub's own name: random, for good.
    pub fn name(&self) -> &str {
        &self.hub
    }

    /// Forgets what has ended.
    pub async fn sweep(&self) {
        if let Err(error) = self.store.sweep(self.now()).await {
            tracing::error!(%error, "store");
        }
    }

    pub(crate) fn now(&self) -> i64 {
        (self.clock)()
    }

    /// Commits, and wakes the feeds of what was changed.
    pub(crate) async fn commit(&self, batch: Batch) -> Result<()> {
        let done = self.store.commit(batch).await.map_err(refused)?;
        for scope in done.heads.into_keys() {
            // Nobody waiting is fine.
            let _ = self.changed.send(scope);
        }
        Ok(())
    }

    pub(crate) async fn read<T: serde::de::DeserializeOwned>(&self, kind: &str, id: &str) -> Result<Option<T>> {
        let row = self.store.get(HUB, kind, id).await.map_err(unavailable)?;
        row.map(|row| serde_json::from_slice(&row.body).map_err(|_| Fault::new(codes::STORE))).transpose()
    }
}

async fn first(store: &dyn Store, id: &str, fresh: Vec<u8>) -> Result<Vec<u8>> {
    let batch = Batch { changes: vec![put(HUB, "node", id, Expect::Absent, fresh)], ..Batch::default() };
    match store.commit(batch).await {
        Ok(_) | Err(Refused::Stale { .. }) => {}
        Err(refusal) => return Err(refused(refusal)),
    }
    let row = store.get(HUB, "node", id).await.map_err(unavailable)?;
    row.map(|row| row.body).ok_or_else(|| Fault::new(codes::STORE))
}

pub(crate) fn put(scope: &str, kind: &str, id: &str, expect: Expect, body: Vec<u8>) -> Change {
    Change::Put { scope: scope.to_owned(), kind: kind.to_owned(), id: id.to_owned(), expect, body }
}

pub(crate) fn json(value: &impl serde::Serialize) -> Vec<u8> {
    // Plain structs of strings and numbers always have a JSON form.
    serde_json::to_vec(value).unwrap_or_default()
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
pub(crate) fn unavailable(error: Unavailable) -> Fault {
    tracing::error!(%error, "store");
    Fault::new(codes::STORE)
}

pub(crate) fn refused(refusal: Refused) -> Fault {
    match refusal {
        Refused::Stale { .. } | Refused::Missing { .. } => Fault::new(codes::STALE),
        Refused::Taken { name } => {
            // Names are claimed as `area/name`; people know the name.
            Fault::new(codes::TAKEN).with("name", name.split_once('/').map_or(name.as_str(), |(_, name)| name))
        }
        Refused::Malformed { detail } => Fault::new(codes::REQUEST).with("detail", detail),
        Refused::Unavailable { detail } => {
            tracing::error!(%detail, "store");
            Fault::new(codes::STORE)
        }
    }
}

/// SHA-256, for names of secrets.
pub(crate) fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// The row of an account: login names may have any letters.
pub(crate) fn account_id(login: &str) -> String {
    data_encoding::HEXLOWER.encode(&digest(&[b"account", login.as_bytes()]))
}

/// Random bytes from the operating system.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    OsRng.fill_bytes(&mut bytes);
    bytes
}
