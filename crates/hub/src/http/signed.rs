//! A request that writes, signed by the keys that its session stands for: who has only stolen the session writes nothing.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, OriginalUri, Request};
use data_encoding::BASE64URL_NOPAD;
use sekisho_fault::Fault;
use sekisho_hub_api::codes;
use sekisho_hub_api::wire::{SIGNATURE, SIGNED_AT, VERSION, WRITE_LABEL, write_statement};
use serde::de::DeserializeOwned;

use super::refusal::Refusal;
use super::sessions::SKEW;
use super::who::{Bearer, Who};
use crate::app::App;

/// Who writes, and what: JSON, or nothing.
pub(super) struct Signed<T> {
    pub(super) who: Who,
    pub(super) body: T,
}

impl<T: DeserializeOwned> FromRequest<App> for Signed<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refusal> {
        let wrong = |detail: String| Refusal(Fault::new(codes::REQUEST).with("detail", detail));
        let (mut parts, body) = request.into_parts();
        let who = Who::from_request_parts(&mut parts, app).await?;
        let path = parts.extensions.get::<OriginalUri>().map_or_else(|| parts.uri.path(), |uri| uri.path()).to_owned();
        let header = parts.headers.get(SIGNATURE).and_then(|value| BASE64URL_NOPAD.decode(value.as_bytes()).ok());
        let time = parts.headers.get(SIGNED_AT).and_then(|value| value.to_str().ok()?.parse::<i64>().ok());
        let time = time.ok_or_else(|| Fault::new(codes::NOT_SIGNED))?;
        let apart = time.saturating_sub(app.now());
        if apart.abs() > SKEW {
            return Err(Refusal(Fault::new(codes::CLOCK).with("seconds", apart)));
        }
        let Bearer(token) = Bearer::from_request_parts(&mut parts, app).await?;
        let method = parts.method.clone();
        let bytes = Bytes::from_request(Request::from_parts(parts, body), app).await;
        let bytes = bytes.map_err(|error| wrong(error.body_text()))?;
        // What stands before the version is a proxy's.
        let path = path.split_once(&format!("/{VERSION}/")).map_or(path.as_str(), |(_, below)| below);
        let statement = [WRITE_LABEL, &write_statement(time, &token, method.as_str(), path, &bytes)].concat();
        let key = UnparsedPublicKey::new(&ED25519, who.signing.as_slice());
        let signature = header.unwrap_or_default();
        key.verify(&statement, &signature).map_err(|_| Refusal(Fault::new(codes::NOT_SIGNED)))?;
        let json: &[u8] = if bytes.is_empty() { b"null" } else { &bytes };
        let body = serde_json::from_slice(json).map_err(|error| wrong(error.to_string()))?;
        Ok(Self { who, body })
    }
}
