//! A client logs out: on to the identity provider, which ends the session there.

use axum::http::HeaderMap;
use axum::response::Response;
use sekisho_fault::{Fault, Result};
use sekisho_saml::UnixTime;
use sekisho_saml::logout::LogoutRequest;
use serde::{Deserialize, Serialize};

use super::ended::{self, How};
use crate::face::Serving;
use crate::flow::{Asked, Handle, LIFETIME, State};
use crate::login::Query;
use crate::session::Session;
use crate::{codes, idp, pages};

/// The state of a logout that waits for the identity provider's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Leaving {
    pub(super) asked: Asked,
    /// The marks of what ends.
    pub(super) marks: Vec<String>,
    /// The account.
    pub(super) subject: String,
}

impl State for Leaving {
    const COOKIE: &'static str = "__Host-skl-";

    fn idp(&self) -> &str {
        &self.asked.idp
    }

    fn since(&self) -> i64 {
        self.asked.time
    }
}

/// Takes a client's logout: `session_id`, and the account as `user` (the vault page, .NET clients) or `username`. The
/// other parameters are those that clients of the on-prem product send; they mean nothing here.
pub(super) fn begin(serving: &Serving, query: &str, headers: &HeaderMap) -> Result<Response> {
    let (applied, now, language) = (serving.applied(), serving.now(), pages::language(headers));
    if query.is_empty() {
        return Ok(ended::page(language, How::Nothing, &[]));
    }
    let known = ["session_id", "user", "username", "client", "embedded", "token", "dest"];
    let query = Query::read(query, &known).map_err(|fault| Fault { code: codes::LOGOUT_REQUEST, ..fault })?;
    let missing = |name: &str| Fault::new(codes::LOGOUT_REQUEST).with("detail", name);
    let user = query.get("user").or(query.get("username")).ok_or_else(|| missing("user"))?;
    let session = Session::open(applied, query.get("session_id").ok_or_else(|| missing("session_id"))?, user)?;
    let marks = session.marks(applied);
    let address =
        applied.idp.logout().filter(|_| session.idp == applied.idp.entity_id && super::allowed(serving).is_ok());
    let (Some(endpoint), Some(name_id)) = (address, session.name_id) else {
        // Nobody to tell: the session ends here, and the page says that it goes on over there.
        serving.activity().sign_out(Some(session.subject), &[]);
        return Ok(ended::page(language, How::HereOnly, &marks));
    };
    let leaving = Leaving { asked: Asked::new(applied, now)?, marks, subject: session.subject };
    let request = LogoutRequest {
        id: leaving.asked.request_id.clone(),
        issue_instant: UnixTime(now),
        destination: endpoint.location.clone(),
        issuer: applied.entity_id.clone(),
        not_on_or_after: UnixTime(now).plus(LIFETIME),
        name_id,
        session_index: session.index,
    };
    let handle = Handle::new()?;
    let mut response = idp::send(applied, &request.message()?, endpoint, Some(handle.as_str()))?;
    handle.keep(applied, &leaving, headers, response.headers_mut())?;
    Ok(response)
}
