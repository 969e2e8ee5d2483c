//! HTTPS for servers and administrators.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tower::ServiceExt;

use crate::http::tries::Source;
use crate::proxy_line;

/// Connections at once.
const CONNECTIONS: usize = 4096;
/// For a TLS handshake, and for a request's head.
const PATIENCE: Duration = Duration::from_secs(10);

/// Serves until the process ends: what was committed is on disk, and clients ask again. Whoever connects from one of
/// `balancers` says first for whom.
pub async fn serve(listener: TcpListener, tls: Arc<ServerConfig>, router: Router, balancers: &[IpAddr]) {
    let (room, tls) = (Arc::new(Semaphore::new(CONNECTIONS)), TlsAcceptor::from(tls));
    loop {
        let Ok(place) = room.clone().acquire_owned().await else { return };
        let Ok((stream, peer)) = listener.accept().await else {
            // Out of file descriptors, mostly: give others time to close.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let (tls, router, is_balancer) = (tls.clone(), router.clone(), balancers.contains(&peer.ip().to_canonical()));
        tokio::spawn(async move {
            let _place = place;
            let greeted = timeout(PATIENCE, greet(stream, peer.ip(), is_balancer, &tls)).await;
            let Ok(Ok((stream, source))) = greeted else { return };
            let router = router.map_request(move |mut request: Request<Incoming>| {
                request.extensions_mut().insert(Source(source));
                request
            });
            let mut builder = Builder::new(TokioExecutor::new());
            builder.http1().timer(TokioTimer::new()).header_read_timeout(PATIENCE);
            builder.http2().timer(TokioTimer::new()).keep_alive_interval(PATIENCE).max_concurrent_streams(64);
            let _ = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router)).await;
        });
    }
}

/// What comes before the first request: the balancer's word, and the TLS handshake. Gives who connects, too.
async fn greet(
    mut stream: TcpStream,
    peer: IpAddr,
    is_balancer: bool,
    tls: &TlsAcceptor,
) -> io::Result<(TlsStream<TcpStream>, IpAddr)> {
    let source = if is_balancer { proxy_line::read(&mut stream).await?.unwrap_or(peer) } else { peer };
    Ok((tls.accept(stream).await?, source))
}
