//! What may happen once in a connection, whichever of its servers is asked: the use of an answer that nobody asked for.
//! The hub learns a blinded name and when it may be forgotten.

use axum::Json;
use axum::extract::{Path, State};
use sekisho_fault::Fault;
use sekisho_hub_api::codes;
use sekisho_hub_api::wire::{Claimed, LONGEST_CLAIM, NewClaim};

use super::refusal::Answer;
use super::signed::Signed;
use super::who::{connection_scope, id};
use crate::app::{App, unavailable};
use crate::store::{Mark, Marked};

/// Claims of one connection that have not ended: nobody fills the hub with them.
const MOST: u32 = 100_000;

/// Claims a name for a server, if no server has it.
pub(super) async fn claim(
    State(app): State<App>,
    Path((connection, claim)): Path<(String, String)>,
    Signed { who, body }: Signed<NewClaim>,
) -> Answer<Json<Claimed>> {
    who.server_of(&connection)?;
    who.may_read(&app, &connection).await?;
    id(&claim, 32)?;
    let now = app.now();
    if body.ends <= now || body.ends > now.saturating_add(LONGEST_CLAIM) {
        return Err(Fault::new(codes::REQUEST).with("detail", "ends").into());
    }
    let mark = Mark { scope: connection_scope(&connection), id: claim, ends: body.ends };
    match app.store.mark(mark, now, MOST).await.map_err(unavailable)? {
        Marked::First => Ok(Json(Claimed { first: true })),
        Marked::Again => Ok(Json(Claimed { first: false })),
        Marked::Full => Err(Fault::new(codes::CLAIMS_FULL).into()),
    }
}
