//! A port of its own for Prometheus, where one was asked for. It has no TLS and asks nobody for a name: what stands there
//! is for whoever can reach it.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, StatusCode};
use axum::routing::get;
use sekisho_fault::{Fault, Result};
use tokio::net::TcpListener;

use crate::codes;
use crate::lifecycle::House;
use crate::listener;

/// What the format is called.
const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Serves `GET /metrics` until it is dropped.
///
/// Code: `METRICS_PORT`.
pub(crate) async fn serve(address: SocketAddr, house: Arc<House>) -> Result<()> {
    let failed = |error: std::io::Error| {
        Fault::new(codes::METRICS_PORT).with("address", address.to_string()).with("detail", error.to_string())
    };
    let socket = TcpListener::bind(address).await.map_err(failed)?;
    let router = Router::new().route("/metrics", get(metrics)).with_state(house);
    listener::serve_plainly(socket, router, Arc::new(|_| false)).await;
    Ok(())
}

async fn metrics(
    State(house): State<Arc<House>>,
) -> std::result::Result<([(HeaderName, &'static str); 1], String), StatusCode> {
    match house.metrics().await {
        Ok(metrics) => Ok(([(CONTENT_TYPE, FORMAT)], metrics.text)),
        Err(fault) => {
            tracing::warn!(%fault, "metrics");
            Err(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}
