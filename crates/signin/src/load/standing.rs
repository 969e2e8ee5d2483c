//! How the network stands that a request comes from.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;
use sekisho_fault::{Fault, Result};
use sekisho_messages::Language;

use super::pool::Pool;
use super::prefix::Prefix;
use crate::face::Face;
use crate::{SignIn, codes, pages};

/// The standing of a request's network.
pub(crate) struct Standing {
    face: Arc<Face>,
    from: Prefix,
    is_over: bool,
}

impl Standing {
    /// The room for an answer whose browser brought its own state. Those of networks that have sent too much have a
    /// room of their own: they neither lose their place to strangers nor take that of others.
    pub(crate) fn room(&self) -> &Pool {
        if self.is_over { self.face.crowded() } else { self.face.pool() }
    }

    /// The room for what comes by itself.
    ///
    /// Code: `TOO_MANY`.
    pub(crate) fn strangers(&self) -> Result<&Pool> {
        if self.is_over { Err(Fault::new(codes::TOO_MANY)) } else { Ok(self.face.strangers()) }
    }

    /// The room for requests that are signed.
    pub(crate) fn leaving(&self) -> &Pool {
        self.face.leaving()
    }

    /// Answers what was refused and proved nothing: it costs the network a token, and the refusal is written down while
    /// there are any. Where there is no place now, nothing is said of the request, and it costs nothing.
    pub(crate) fn refused(&self, fault: Fault, language: Language, write: impl FnOnce(Fault) -> Response) -> Response {
        if fault.code == codes::BUSY {
            return pages::busy(language);
        }
        if self.is_over || fault.code == codes::TOO_MANY {
            return pages::too_many(language);
        }
        let tells = self.face.unproven().spend(self.from, Instant::now());
        let response = write(fault);
        if tells {
            let refusal = Some(Fault::new(codes::TOO_MANY).with("network", self.from.to_string()));
            self.face.activity().sign_in(SignIn { refusal, ..SignIn::default() });
        }
        response
    }
}

impl FromRequestParts<Arc<Face>> for Standing {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, face: &Arc<Face>) -> std::result::Result<Self, Infallible> {
        // Every request went through the reading of its body, which says where it comes from.
        let from = parts.extensions.get().copied().unwrap_or(Prefix::V4([0; 3]));
        Ok(Self { face: face.clone(), from, is_over: !face.unproven().has(from, Instant::now()) })
    }
}
