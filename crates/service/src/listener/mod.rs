//! The public port: TLS on the bound address, with bounds on everything that a stranger can hold open (R22).

mod connection;
#[cfg(test)]
mod tests;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use sekisho_fault::{Fault, Result};
use sekisho_signin::{Prefix, Shares};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use crate::codes;

/// What a stranger may hold, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Connections at once.
    pub connections: usize,
    /// How many of them may be one network's. A browser holds one or two, and gives them back when it is quiet.
    pub of_one_network: usize,
    /// For a TLS handshake, and for a request's head.
    pub patience: Duration,
    /// How long a connection may lie quiet.
    pub idle: Duration,
    /// For what is under way, when a connection or the service ends.
    pub farewell: Duration,
    /// Whether a connection stays open after an answer.
    pub keeps_open: bool,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            connections: 2048,
            of_one_network: 512,
            patience: Duration::from_secs(10),
            // A sign-in is a handful of requests; whoever is at the identity provider comes back with a new connection.
            idle: Duration::from_secs(20),
            farewell: Duration::from_secs(5),
            keeps_open: true,
        }
    }
}

/// Connections without TLS at once, and how many of them may be one network's.
const PLAIN: (usize, usize) = (64, 8);

/// Says which addresses are balancers or proxies, whose connections are many clients'.
pub type IsProxy = Arc<dyn Fn(IpAddr) -> bool + Send + Sync>;

/// Opens the port.
///
/// Codes: `ADDRESS_NOT_HERE`, `PORT_IN_USE`, `BIND`.
pub async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let named = |code| Fault::new(code).with("address", address.to_string());
        match error.kind() {
            std::io::ErrorKind::AddrInUse => named(codes::PORT_IN_USE).on("private_port"),
            std::io::ErrorKind::AddrNotAvailable => {
                let here = Fault::new(codes::ADDRESS_NOT_HERE).with("address", address.ip().to_string());
                here.with("addresses", addresses()).on("private_ip")
            }
            _ => named(codes::BIND).with("detail", error.to_string()),
        }
    })
}

/// This machine's addresses, those that others can reach first.
pub fn addresses() -> Vec<String> {
    let mut interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    interfaces.sort_by_key(|interface| (interface.is_loopback(), interface.ip()));
    interfaces.iter().map(|interface| interface.ip().to_string()).collect()
}

/// Serves without TLS, one answer to each connection, and a few of them at once. Ends when it is dropped.
pub async fn serve_plainly(listener: TcpListener, router: Router, is_proxy: IsProxy) {
    let (all, of_one_network) = PLAIN;
    let bounds = Bounds { connections: all, of_one_network, keeps_open: false, ..Bounds::default() };
    let (room, shares) = (Arc::new(Semaphore::new(all)), Shares::new(of_one_network));
    // Nobody says stop: who drops the sender ends the connections with it.
    let (_stopping, stopped) = watch::channel(());
    loop {
        let Ok(place) = room.clone().acquire_owned().await else { return };
        let Ok((stream, peer)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let share = if is_proxy(peer.ip()) { Some(None) } else { shares.take(Prefix::of(peer.ip())).map(Some) };
        let Some(share) = share else { continue };
        let (router, stopped) = (router.clone(), stopped.clone());
        tokio::spawn(async move {
            let _held = (place, share);
            connection::serve(stream, peer.ip(), router, bounds, stopped).await;
        });
    }
}

/// Serves until `stop`, then lets running requests end.
pub async fn serve(
    listener: TcpListener,
    tls: TlsAcceptor,
    router: Router,
    (bounds, is_proxy): (Bounds, IsProxy),
    mut stop: oneshot::Receiver<()>,
) {
    let room = Arc::new(Semaphore::new(bounds.connections));
    let shares = Shares::new(bounds.of_one_network);
    let (stopping, stopped) = watch::channel(());
    loop {
        // At the limit nothing more is accepted: the operating system's queue waits, and then refuses.
        let place = tokio::select! {
            place = room.clone().acquire_owned() => place,
            _ = &mut stop => break,
        };
        let Ok(place) = place else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = &mut stop => break,
        };
        let Ok((stream, peer)) = accepted else {
            // Out of file descriptors, mostly: give others time to close.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let share = if is_proxy(peer.ip()) {
            None
        } else {
            // Closed at once: a handshake would cost more than it says.
            let Some(share) = shares.take(Prefix::of(peer.ip())) else { continue };
            Some(share)
        };
        let _ = stream.set_nodelay(true);
        let (tls, router, stopped) = (tls.clone(), router.clone(), stopped.clone());
        tokio::spawn(async move {
            let _held = (place, share);
            let Ok(Ok(stream)) = timeout(bounds.patience, tls.accept(stream)).await else { return };
            connection::serve(stream, peer.ip(), router, bounds, stopped).await;
        });
    }
    drop((listener, stopped));
    // Every connection sees it and goes, and the channel is closed when the last one has gone.
    let _ = stopping.send(());
    let _ = timeout(bounds.farewell, stopping.closed()).await;
}
