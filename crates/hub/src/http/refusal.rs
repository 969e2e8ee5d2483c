//! Faults as HTTP answers, and bodies that are read or refused with a fault.

use axum::Json;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use sekisho_fault::Fault;
use sekisho_hub_api::codes;
use serde::de::DeserializeOwned;

/// A fault on its way to the client.
pub(super) struct Refusal(pub(super) Fault);

/// What a handler answers.
pub(super) type Answer<T> = Result<T, Refusal>;

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self(fault)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let code = &self.0.code;
        let status = if *code == codes::SESSION || *code == codes::SIGN_IN {
            StatusCode::UNAUTHORIZED
        } else if *code == codes::FORBIDDEN || *code == codes::SETUP_TOKEN || *code == codes::RETIRED {
            StatusCode::FORBIDDEN
        } else if *code == codes::STALE || *code == codes::RETIRED_EPOCH {
            StatusCode::PRECONDITION_FAILED
        } else if *code == codes::TAKEN {
            StatusCode::CONFLICT
        } else if *code == codes::NOT_FOUND {
            StatusCode::NOT_FOUND
        } else if *code == codes::TOO_MANY_TRIES || *code == codes::CLAIMS_FULL {
            StatusCode::TOO_MANY_REQUESTS
        } else if *code == codes::STORE {
            StatusCode::SERVICE_UNAVAILABLE
        } else {
            StatusCode::BAD_REQUEST
        };
        (status, Json(self.0)).into_response()
    }
}

/// A JSON body.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let read = Json::<T>::from_request(request, state).await;
        read.map(|Json(body)| Self(body))
            .map_err(|error| Refusal(Fault::new(codes::REQUEST).with("detail", error.body_text())))
    }
}
