//! `/vault/direct`: the hand-over of a sign-in that no page has asked for. When the answer came, there was no page and no
//! key yet; who it was waits in the browser, sealed, until the page has made them.

use std::time::Instant;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use sekisho_config::Urls;
use sekisho_fault::{Fault, Result};
use serde::{Deserialize, Serialize};

use crate::face::Serving;
use crate::flow::{Handle, State};
use crate::handover::SignedIn;
use crate::login::VaultPage;
use crate::session::Session;
use crate::{Identity, Profile, codes, handover};

/// Who was signed in, until the page asks. The vault's key is not in it: it is looked up for the page, and sealed to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Direct {
    pub(crate) since: i64,
    pub(crate) identity: Identity,
    pub(crate) profile: Profile,
    pub(crate) session: Session,
}

impl State for Direct {
    const COOKIE: &'static str = "__Host-skd-";
    const LIFETIME: i64 = 60;

    fn idp(&self) -> &str {
        &self.identity.idp
    }

    fn since(&self) -> i64 {
        self.since
    }
}

/// What the page sends: under which handle something waits for it, and what it has made.
#[derive(Deserialize)]
pub(crate) struct Asking {
    handle: String,
    code_challenge: String,
    page_key: String,
    state: String,
}

/// What the page gets: a code, which it redeems as any other.
#[derive(Serialize)]
struct Answer {
    code: String,
}

/// Answers the page with a code. Whatever is wrong, the page signs in anew: the true reason is told there.
pub(crate) async fn direct(
    serving: Serving,
    headers: HeaderMap,
    request: Result<Json<Asking>, JsonRejection>,
) -> Response {
    let Ok(Json(asking)) = request else { return StatusCode::BAD_REQUEST.into_response() };
    let refused = || (StatusCode::FORBIDDEN, Json(Fault::new(codes::CODE))).into_response();
    if !is_own(serving.at(), &headers) {
        return refused();
    }
    let Some(handle) = Handle::parse(&asking.handle) else { return refused() };
    let code = code(&serving, &headers, &handle, asking).await;
    let mut response = code.map_or_else(|_| refused(), |code| Json(Answer { code }).into_response());
    handle.forget::<Direct>(response.headers_mut());
    response
}

/// Whether a page of this origin asks. Browsers send the origin with every request of a script that posts.
pub(crate) fn is_own(at: &Urls, headers: &HeaderMap) -> bool {
    headers.get(ORIGIN).is_some_and(|origin| origin == at.origin())
        && headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin")
}

async fn code(serving: &Serving, headers: &HeaderMap, handle: &Handle, asking: Asking) -> Result<String> {
    let (applied, now) = (serving.applied(), serving.now());
    let sealed = handle.kept::<Direct>(headers).ok_or_else(|| Fault::new(codes::NO_STATE))?;
    let direct: Direct = handle.open(applied, sealed, now)?;
    let page = VaultPage::of(serving.at(), asking.code_challenge, asking.page_key, asking.state)?;
    let was_off = !applied.configuration.document.unsolicited_direct;
    // Once: another key of another page gets nothing more.
    let name = format!("direct {}", handle.as_str());
    if was_off || !serving.replay().take(&name, Direct::LIFETIME, Instant::now()) {
        return Err(Fault::new(codes::CODE));
    }
    // Asked again, at whichever server: who was locked meanwhile gets no key.
    let user = serving.user(&direct.identity, &direct.profile).await?;
    let signed_in = SignedIn { identity: &direct.identity, profile: &direct.profile, user: &user };
    handover::code(applied, &page, signed_in, &direct.session, now)
}
