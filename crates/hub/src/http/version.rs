//! Requests of clients that are more than one version apart are told which side is upgraded first.

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sekisho_hub_api::version::{self, Speaks};

use super::refusal::Refusal;

/// Lets those through who go together with this hub.
pub(super) async fn together(State(hub): State<Speaks>, request: Request, next: Next) -> Response {
    let said = request.headers().get(version::HEADER).and_then(|value| value.to_str().ok());
    match version::together(&Speaks::read(said), &hub) {
        Ok(()) => next.run(request).await,
        Err(fault) => Refusal(fault).into_response(),
    }
}

/// Says in each answer what this hub speaks.
pub(super) async fn say(State(hub): State<Speaks>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::try_from(hub.header()) {
        response.headers_mut().insert(version::HEADER, value);
    }
    response
}
