//! Wrong passphrases and codes cost time, more with each: per account and source, and per
//! source. Nobody is locked out for good, nor by tries from elsewhere.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::codes;
use serde::{Deserialize, Serialize};

use crate::app::{App, digest, json, unavailable};

/// Tries of an account from one source that cost nothing.
const FREE: u32 = 5;
/// Failed tries from one source, of whatever accounts, that cost nothing: an office may be one source.
const FREE_OF_SOURCE: u32 = 40;
/// The longest wait, in seconds.
const LONGEST: i64 = 60;
/// After this time without a try all is forgotten, in seconds.
const FORGOTTEN: i64 = 3600;

/// Where a request comes from.
#[derive(Clone, Copy, Debug)]
pub struct Source(pub IpAddr);

impl Source {
    /// Its name: of an IPv6 address the network, whose every address is one customer's.
    fn name(self) -> String {
        match self.0.to_canonical() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("{:x?}/64", &address.segments()[..4]),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Source {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Self, Infallible> {
        // The listener knows it; without one, all are one source.
        Ok(parts.extensions.get::<Self>().copied().unwrap_or(Self(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
    }
}

#[derive(Default, Serialize, Deserialize)]
struct Tries {
    count: u32,
    last: i64,
}

impl Tries {
    /// Seconds until the next try.
    fn left(&self, free: u32, now: i64) -> i64 {
        let wait = if self.count < free { 0 } else { (1_i64 << (self.count - free).min(6)).min(LONGEST) };
        self.last + wait - now
    }
}

fn keys(login: &str, source: Source) -> [([u8; 32], u32); 2] {
    let source = source.name();
    let of_account = digest(&[b"tries", source.as_bytes(), login.as_bytes()]);
    [(of_account, FREE), (digest(&[b"tries-of-source", source.as_bytes()]), FREE_OF_SOURCE)]
}

/// How often a count is begun anew when others count at the same moment, at this node or another.
const TURNS: u32 = 16;

/// Reads a count, changes it, and keeps it; anew when another was kept in between, so that none is lost. False when there
/// was another each time.
async fn change(app: &App, key: &[u8; 32], change: impl Fn(Tries) -> Result<Tries>) -> Result<bool> {
    for _ in 0..TURNS {
        let now = app.now();
        let held = app.store.session(key, now).await.map_err(unavailable)?;
        let next = json(&change(read(held.as_deref()))?);
        let kept = app.store.swap_session(key, held.as_deref(), next, now + FORGOTTEN, now).await;
        if kept.map_err(unavailable)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn read(held: Option<&[u8]>) -> Tries {
    held.and_then(|body| serde_json::from_slice(body).ok()).unwrap_or_default()
}

/// Counts a try, or refuses it: it counts until [`succeeded`] is called. Whoever tries an account from elsewhere makes
/// nobody wait but themselves. Tries at once, at whatever nodes, are counted one by one.
///
/// Codes: `TOO_MANY_TRIES`, `STORE`.
pub(super) async fn count(app: &App, login: &str, source: Source) -> Result<()> {
    let now = app.now();
    let refused = |seconds: i64| Fault::new(codes::TOO_MANY_TRIES).with("seconds", seconds);
    let in_time = |tries: Tries, free| match tries.left(free, now) {
        left if left > 0 => Err(refused(left)),
        _ => Ok(tries),
    };
    // A try that is refused counts nowhere.
    for (key, free) in keys(login, source) {
        in_time(read(app.store.session(&key, now).await.map_err(unavailable)?.as_deref()), free)?;
    }
    for (key, free) in keys(login, source) {
        let counted =
            |tries| in_time(tries, free).map(|tries| Tries { count: tries.count.saturating_add(1), last: now });
        if !change(app, &key, counted).await? {
            return Err(refused(1));
        }
    }
    Ok(())
}

/// Forgets the tries of an account that has signed in, and that this was one of the source's.
///
/// Code: `STORE`.
pub(super) async fn succeeded(app: &App, login: &str, source: Source) -> Result<()> {
    let [(of_account, _), (of_source, _)] = keys(login, source);
    app.store.end_session(&of_account).await.map(drop).map_err(unavailable)?;
    // Where many of the source sign in at this moment, one that is counted too much is no reason to keep somebody out.
    change(app, &of_source, |tries| Ok(Tries { count: tries.count.saturating_sub(1), ..tries })).await.map(drop)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::app::system_clock;
    use crate::store::{MemoryStore, SqliteStore};

    fn source(text: &str) -> Source {
        Source(text.parse().unwrap())
    }

    #[tokio::test]
    async fn tries_from_elsewhere_make_nobody_wait() {
        let app = App::open(Arc::new(MemoryStore::new()), system_clock).await.unwrap();
        let (stranger, owner) = (source("192.0.2.1"), source("192.0.2.2"));
        for _ in 0..FREE {
            count(&app, "tanaka", stranger).await.unwrap();
        }
        assert_eq!(count(&app, "tanaka", stranger).await.unwrap_err().code, codes::TOO_MANY_TRIES);
        count(&app, "tanaka", owner).await.unwrap();
        succeeded(&app, "tanaka", owner).await.unwrap();
    }

    #[tokio::test]
    async fn whoever_tries_many_accounts_waits_and_who_signs_in_does_not() {
        let app = App::open(Arc::new(MemoryStore::new()), system_clock).await.unwrap();
        for number in 0..FREE_OF_SOURCE {
            count(&app, &format!("login-{number}"), source("2001:db8:0:1::1")).await.unwrap();
            count(&app, "tanaka", source("192.0.2.2")).await.unwrap();
            succeeded(&app, "tanaka", source("192.0.2.2")).await.unwrap();
        }
        let again = count(&app, "another", source("2001:db8:0:1::2")).await.unwrap_err();
        assert_eq!(again.code, codes::TOO_MANY_TRIES, "one network is one source");
        count(&app, "tanaka", source("192.0.2.2")).await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn tries_at_once_at_two_nodes_are_counted_one_by_one() {
        let folder = tempfile::tempdir().unwrap();
        let mut nodes = Vec::new();
        for _ in 0..2 {
            let store = SqliteStore::open(&folder.path().join("hub.sqlite")).await.unwrap();
            nodes.push(App::open(Arc::new(store), || 1_700_000_000).await.unwrap());
        }
        let mut tries = tokio::task::JoinSet::new();
        for number in 0..24 {
            let node = nodes[number % 2].clone();
            tries.spawn(async move { count(&node, "tanaka", source("192.0.2.1")).await.is_ok() });
        }
        let counted = tries.join_all().await.into_iter().filter(|counted| *counted).count();
        assert_eq!(counted, FREE as usize);
    }
}
