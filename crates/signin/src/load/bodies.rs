//! Reads the body of a request whole, within bounds of size, time and number, before anything else is done with it.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::prefix::{Peer, Prefix};
use super::share::Shares;
use crate::face::Face;
use crate::pages;

/// The largest request body, in bytes: the largest response in base64 and URL-encoded, with room.
const LARGEST: usize = 400 * 1024;
/// For the whole of a body: a phone with a bad line needs a few seconds for the answer of a large company.
const PATIENCE: Duration = Duration::from_secs(20);
/// Bodies that are read at once: 100 MiB of memory, were all of them as large as may be.
const AT_ONCE: usize = 256;
/// How many of them may be one network's: who sends slowly stands in the way of nobody else.
const OF_ONE: usize = 64;

/// The places for bodies.
pub(crate) struct Bodies {
    places: Semaphore,
    shares: Shares,
    patience: Duration,
}

impl Default for Bodies {
    fn default() -> Self {
        Self { places: Semaphore::new(AT_ONCE), shares: Shares::new(OF_ONE), patience: PATIENCE }
    }
}

impl Bodies {
    async fn read(&self, from: Prefix, body: Body) -> Result<Bytes, StatusCode> {
        let _share = self.shares.take(from).ok_or(StatusCode::SERVICE_UNAVAILABLE)?;
        let reading = async {
            // Nobody closes it.
            let _place = self.places.acquire().await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
            to_bytes(body, LARGEST).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)
        };
        timeout(self.patience, reading).await.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT))
    }
}

/// Reads the body, and finds out which network the request comes from.
pub(crate) async fn read(State(face): State<Arc<Face>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let from = client(&face, parts.extensions.get::<Peer>(), &parts.headers);
    parts.extensions.insert(from);
    if matches!(parts.method, Method::GET | Method::HEAD) {
        // None of our pages reads the body of one.
        return next.run(Request::from_parts(parts, Body::empty())).await;
    }
    match face.bodies().read(from, body).await {
        Ok(bytes) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Err(StatusCode::SERVICE_UNAVAILABLE) => pages::busy(pages::language(&parts.headers)),
        Err(status) => pages::status(status),
    }
}

/// Without a peer (there is always one at a port) all requests are one client's.
fn client(face: &Face, peer: Option<&Peer>, headers: &HeaderMap) -> Prefix {
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0);
    face.with_proxies(|proxies| Prefix::of_client(peer, headers, proxies))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Prefix = Prefix::V4([203, 0, 113]);
    const OTHER: Prefix = Prefix::V4([198, 51, 100]);

    /// A body that never ends.
    fn endless() -> Body {
        Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::convert::Infallible>>())
    }

    #[tokio::test]
    async fn a_body_that_is_too_large_or_too_slow_is_refused() {
        let bodies = Bodies { patience: Duration::ZERO, ..Bodies::default() };
        assert_eq!(bodies.read(ONE, Body::from("a")).await, Ok(Bytes::from("a")));
        let large = Body::from(vec![0; LARGEST + 1]);
        assert_eq!(bodies.read(ONE, large).await, Err(StatusCode::PAYLOAD_TOO_LARGE));
        assert_eq!(bodies.read(ONE, endless()).await, Err(StatusCode::REQUEST_TIMEOUT));
    }

    #[tokio::test]
    async fn one_network_cannot_hold_the_places_of_others() {
        let bodies = Arc::new(Bodies::default());
        let slow: Vec<_> = (0..OF_ONE)
            .map(|_| {
                let bodies = bodies.clone();
                tokio::spawn(async move { bodies.read(ONE, endless()).await })
            })
            .collect();
        while bodies.places.available_permits() > AT_ONCE - OF_ONE {
            tokio::task::yield_now().await;
        }
        assert_eq!(bodies.read(ONE, Body::from("a")).await, Err(StatusCode::SERVICE_UNAVAILABLE));
        assert_eq!(bodies.read(OTHER, Body::from("a")).await, Ok(Bytes::from("a")));
        slow.iter().for_each(tokio::task::JoinHandle::abort);
    }
}
