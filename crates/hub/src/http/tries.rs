//! Wrong passphrases and codes cost time, more with each: per account, and per source. Nobody is locked out for good.

use sekisho_fault::{Fault, Result};
use sekisho_hub_api::codes;
use serde::{Deserialize, Serialize};

use crate::app::{App, digest, json, unavailable};

/// Tries that cost nothing.
const FREE: u32 = 5;
/// The longest wait, in seconds.
const LONGEST: i64 = 60;
/// After this time without a try all is forgotten, in seconds.
const FORGOTTEN: i64 = 3600;

#[derive(Default, Serialize, Deserialize)]
struct Tries {
    count: u32,
    last: i64,
}

fn key(of: &str) -> [u8; 32] {
    digest(&[b"tries", of.as_bytes()])
}

/// Counts a try, or refuses it: it counts until [`succeeded`] is called.
///
/// Codes: `TOO_MANY_TRIES`, `STORE`.
pub(super) async fn count(app: &App, of: &str) -> Result<()> {
    let now = app.now();
    let held = app.store.session(&key(of), now).await.map_err(unavailable)?;
    let mut tries: Tries = held.and_then(|body| serde_json::from_slice(&body).ok()).unwrap_or_default();
    let wait = if tries.count < FREE { 0 } else { (1_i64 << (tries.count - FREE).min(6)).min(LONGEST) };
    let left = tries.last + wait - now;
    if left > 0 {
        return Err(Fault::new(codes::TOO_MANY_TRIES).with("seconds", left));
    }
    tries = Tries { count: tries.count.saturating_add(1), last: now };
    app.store.put_session(key(of), json(&tries), now + FORGOTTEN).await.map_err(unavailable)
}

/// Forgets the tries of an account that has signed in.
///
/// Code: `STORE`.
pub(super) async fn succeeded(app: &App, of: &str) -> Result<()> {
    app.store.end_session(&key(of)).await.map(drop).map_err(unavailable)
}
