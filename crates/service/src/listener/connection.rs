//! One connection, from its handshake to its end.

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use sekisho_signin::Peer;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};
use tower::ServiceExt;

use super::Bounds;

/// The head of a request, in bytes: five flows' cookies of 3 KiB, and a logout's message in the query.
const HEAD: u32 = 64 * 1024;
/// Requests at once on one connection (HTTP/2): the vault page and its files are five.
const STREAMS: u32 = 16;
/// What a connection may have sent and not been read (HTTP/2), in bytes.
const WINDOW: u32 = 512 * 1024;

/// Whether a connection is at work, and since when not.
#[derive(Clone)]
struct Work(Arc<Mutex<(usize, Instant)>>);

/// A request that is under way.
struct UnderWay(Work);

impl Work {
    fn new() -> Self {
        Self(Arc::new(Mutex::new((0, Instant::now()))))
    }

    fn begin(&self) -> UnderWay {
        self.with(|(requests, _)| *requests += 1);
        UnderWay(self.clone())
    }

    /// Since when it lies quiet; now, while it does not.
    fn quiet_since(&self) -> Instant {
        self.with(|(requests, since)| if *requests > 0 { Instant::now() } else { *since })
    }

    fn with<T>(&self, act: impl FnOnce(&mut (usize, Instant)) -> T) -> T {
        // Nothing panics while the lock is held, and the pair is whole at every moment.
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.with(|(requests, since)| (*requests, *since) = (*requests - 1, Instant::now()));
    }
}

/// Serves a connection until it ends, lies quiet for too long, or all are to end.
pub(super) async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: IpAddr,
    router: Router,
    bounds: Bounds,
    mut stopped: watch::Receiver<()>,
) {
    let work = Work::new();
    let service = {
        let work = work.clone();
        service_fn(move |mut request: hyper::Request<Incoming>| {
            let (under_way, router) = (work.begin(), router.clone());
            request.extensions_mut().insert(Peer(peer));
            async move {
                let _under_way = under_way;
                answered(router, request).await
            }
        })
    };
    let mut builder = Builder::new(TokioExecutor::new());
    let head = usize::try_from(HEAD).unwrap_or(usize::MAX);
    builder.http1().timer(TokioTimer::new()).header_read_timeout(bounds.patience).max_buf_size(head);
    builder.http1().keep_alive(bounds.keeps_open);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(bounds.patience).max_concurrent_streams(STREAMS);
    builder.http2().max_header_list_size(HEAD).initial_connection_window_size(WINDOW);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    loop {
        let ends = work.quiet_since() + bounds.idle;
        tokio::select! {
            _ = connection.as_mut() => return,
            _ = stopped.changed() => break,
            () = sleep_until(ends) => if work.quiet_since() + bounds.idle <= Instant::now() { break },
        }
    }
    connection.as_mut().graceful_shutdown();
    let _ = timeout(bounds.farewell, connection).await;
}

async fn answered(router: Router, request: hyper::Request<Incoming>) -> Result<Response, Infallible> {
    let request: Request = request.map(axum::body::Body::new);
    router.oneshot(request).await
}
