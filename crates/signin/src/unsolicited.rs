//! Answers that came by themselves: from a tile at the identity provider, or from somebody who wants a user to work in
//! another's account.

use std::time::Instant;

use axum::http::HeaderMap;
use axum::response::Response;
use sekisho_fault::{Fault, Result, Severity};
use sekisho_saml::{Flow, Verified};

use crate::direct::Direct;
use crate::face::Serving;
use crate::flow::Handle;
use crate::form::Form;
use crate::load::standing::Standing;
use crate::session::Session;
use crate::{Claimed, Entry, SignIn, acs, codes, factor, idp, roles, vault, who};

/// The assertion that came by itself and was taken, or would have been: by its ID the identity provider's log has it.
const FACT: &str = "@unsolicited";

/// The largest difference of clocks that a configuration may allow, in seconds.
const LARGEST_SKEW: i64 = 300;

/// Verifies the answer, so that a broken set-up shows in the activity. Then it is dropped, and answered by a sign-in that
/// the user's own page starts (R6): nobody can be signed in to another's vault by a posted form. Where the switch is on,
/// it is taken, if it is the first time that it is (R7).
pub(crate) async fn receive(
    serving: &Serving,
    standing: &Standing,
    form: Form,
    headers: &HeaderMap,
    sign_in: &mut SignIn,
) -> Result<Response> {
    let (applied, now) = (serving.applied(), serving.now());
    let statement = idp::verified(applied, standing.strangers()?, form.message, Flow::Unsolicited, now).await?;
    if !applied.configuration.document.unsolicited_direct {
        return Ok(vault::start());
    }
    // Only the first time proves anything: whoever sends it again is a stranger, and tells nothing for the activity.
    match claimed(serving, &statement, now).await {
        Claimed::First => {}
        Claimed::Again => return Err(Fault::new(codes::REPLAY)),
        Claimed::Unknown => {
            dropped(serving, &statement);
            return Ok(vault::start());
        }
    }
    sign_in.facts = facts(&statement);
    let (identity, profile) = acs::recognized(applied, &statement, sign_in)?;
    let user = serving.user(&identity, &profile).await?;
    sign_in.facts.extend(roles::facts(&applied.configuration.document, &user, &profile));
    let session = Session::of(user.email.as_str(), &statement);
    let handle = Handle::new()?;
    let mut response = vault::direct(&handle);
    let direct = Direct { since: now, identity, profile, session };
    match handle.keep(applied, &direct, headers, response.headers_mut()) {
        // An identity provider with names that long: the page signs in anew.
        Err(fault) if fault.code == codes::STATE_TOO_LARGE => return Ok(vault::start()),
        kept => kept?,
    }
    // Whoever is asked for a second factor has signed in once it was shown.
    if !factor::is_needed(applied, &user, &direct.profile) || user.entry != Entry::Known {
        serving.activity().sign_in(SignIn { entry: user.entry, ..sign_in.clone() });
    }
    Ok(response)
}

/// Once at this server, and once at all servers.
async fn claimed(serving: &Serving, statement: &Verified, now: i64) -> Claimed {
    let lives = statement.not_on_or_after.0.saturating_sub(now);
    let skew = i64::from(serving.applied().configuration.document.skew_seconds);
    // The same end at all servers, whatever revision they are at: once it is forgotten, none of them can claim it anew.
    let ends = statement.not_on_or_after.0.saturating_sub(skew).saturating_add(LARGEST_SKEW);
    if serving.replay().take(&statement.assertion_id, lives, Instant::now()) {
        serving.claiming().claim(statement, ends).await
    } else {
        Claimed::Again
    }
}

/// Writes down why a tile leads to a sign-in again although the switch is on.
fn dropped(serving: &Serving, statement: &Verified) {
    let who = who::address(statement, &serving.applied().configuration).map(str::to_owned);
    let refusal = Some(Fault::new(codes::CLAIM_UNKNOWN).as_severity(Severity::Warning));
    serving.activity().sign_in(SignIn { who, refusal, facts: facts(statement), ..serving.new_sign_in() });
}

fn facts(statement: &Verified) -> Vec<(String, String)> {
    let mut facts = acs::facts(statement);
    facts.insert(0, (FACT.to_owned(), statement.assertion_id.clone()));
    facts
}
