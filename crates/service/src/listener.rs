//! The public port: TLS on the bound address, with bounds on everything that a stranger can hold open.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use sekisho_fault::{Fault, Result};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use crate::codes;

/// Connections at once.
const CONNECTIONS: usize = 2048;
/// For a TLS handshake, and for a request's head.
const PATIENCE: Duration = Duration::from_secs(10);
/// For running requests, when the service stops.
const FAREWELL: Duration = Duration::from_secs(5);

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

/// Serves until `stop`, then lets running requests end.
pub async fn serve(listener: TcpListener, tls: TlsAcceptor, router: Router, mut stop: oneshot::Receiver<()>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
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
        let Ok((stream, _)) = accepted else {
            // Out of file descriptors, mostly: give others time to close.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let (tls, router, watcher) = (tls.clone(), router.clone(), graceful.watcher());
        tokio::spawn(async move {
            let _place = place;
            let Ok(Ok(stream)) = timeout(PATIENCE, tls.accept(stream)).await else { return };
            let mut builder = Builder::new(TokioExecutor::new());
            builder.http1().timer(TokioTimer::new()).header_read_timeout(PATIENCE);
            builder.http2().timer(TokioTimer::new()).keep_alive_interval(PATIENCE).max_concurrent_streams(32);
            let connection =
                builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router)).into_owned();
            let _ = watcher.watch(connection).await;
        });
    }
    drop(listener);
    let _ = timeout(FAREWELL, graceful.shutdown()).await;
}
