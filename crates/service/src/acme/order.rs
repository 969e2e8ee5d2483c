//! One order at the authority, from its beginning to the certificate (RFC 8555, 7.4). The key and the request are made by our own
//! crate; the library speaks the protocol.

use std::time::Duration;

use instant_acme::{
    Account, AuthorizationStatus, ChallengeType, Error, Identifier, NewOrder, Order, OrderStatus, Problem, RetryPolicy,
};
use sekisho_certs::request::{self, NewKey, Subject};
use sekisho_config::{Acme, AcmeChallenge};
use sekisho_fault::{Fault, Result};
use sekisho_keys::acme::Issued;
use sekisho_keys::ids::Hash;

use super::door::{Door, reason, words};
use super::hook::{self, Act};
use super::{account, door};
use crate::codes;

/// The authority looks at the names, and makes the certificate, within this time.
const PATIENCE: RetryPolicy =
    RetryPolicy::new().initial_delay(Duration::from_millis(500)).backoff(1.5).timeout(Duration::from_mins(3));

/// What is to be ordered.
pub(super) struct Wanted<'a> {
    pub(super) acme: &'a Acme,
    pub(super) setting: Hash,
    pub(super) names: Vec<String>,
    /// The account's key, PKCS#8.
    pub(super) account: &'a [u8],
    /// An order that another server has begun.
    pub(super) resume: Option<String>,
    /// This server's program for dns-01.
    pub(super) hook: Option<String>,
}

/// Makes an order, or finds the one that was begun.
///
/// Codes: those of the way and of the authority.
pub(super) async fn begin(door: Door, wanted: &Wanted<'_>) -> Result<Order> {
    let account = account::opened(door, wanted.acme, wanted.account).await?;
    open(&account, wanted).await.map_err(|error| reason(&wanted.acme.host(), error))
}

/// Shows the authority what it wants to see, and gets the certificate.
///
/// Codes: those of the way, of the authority, and of the challenges.
pub(super) async fn complete(mut order: Order, wanted: &Wanted<'_>) -> Result<Issued> {
    let mut present = Vec::new();
    let outcome = complete_with(&mut order, wanted, &mut present).await;
    for (name, value) in present {
        // What stays behind is no harm, and no reason to fail.
        if let Some(hook) = &wanted.hook
            && let Err(fault) = hook::call(hook, Act::Remove, &name, &value).await
        {
            tracing::warn!(%fault, "a TXT record was not taken back");
        }
    }
    outcome
}

async fn complete_with(order: &mut Order, wanted: &Wanted<'_>, present: &mut Vec<(String, String)>) -> Result<Issued> {
    if order.state().status == OrderStatus::Pending {
        show(order, wanted, present).await?;
        ready(order, wanted).await?;
    }
    finish(order, wanted).await
}

/// The order that was begun, as long as its key is not lost with the server that made it; or a new one.
async fn open(account: &Account, wanted: &Wanted<'_>) -> Result<Order, Error> {
    if let Some(url) = &wanted.resume
        && let Ok(mut order) = account.order(url.clone()).await
        && matches!(order.state().status, OrderStatus::Pending | OrderStatus::Ready)
    {
        return Ok(order);
    }
    let names: Vec<Identifier> = wanted.names.iter().cloned().map(Identifier::Dns).collect();
    account.new_order(&NewOrder::new(&names)).await
}

/// Gets ready for each challenge, and says so.
async fn show(order: &mut Order, wanted: &Wanted<'_>, present: &mut Vec<(String, String)>) -> Result<()> {
    let host = wanted.acme.host();
    let kind = match wanted.acme.challenge {
        AcmeChallenge::Http01 => ChallengeType::Http01,
        AcmeChallenge::Dns01 => ChallengeType::Dns01,
    };
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization.map_err(|error| reason(&host, error))?;
        match authorization.status {
            AuthorizationStatus::Pending => {}
            AuthorizationStatus::Valid => continue,
            _ => return Err(refused(wanted, &name(&authorization), authorization_error(&authorization))),
        }
        let name = name(&authorization);
        if !is_asked_for(&wanted.names, &name) {
            return Err(Fault::new(codes::ACME_ANSWER).with("host", host.as_str()).with("detail", name));
        }
        let Some(mut challenge) = authorization.challenge(kind.clone()) else {
            let challenge = wanted.acme.challenge.word();
            return Err(Fault::new(codes::ACME_NOT_OFFERED).with("name", name).with("challenge", challenge));
        };
        if wanted.acme.challenge == AcmeChallenge::Dns01 {
            let hook = wanted.hook.as_deref().ok_or_else(|| Fault::new(codes::ACME_NO_HOOK))?;
            let (record, value) = (format!("_acme-challenge.{name}"), challenge.key_authorization().dns_value());
            present.push((record.clone(), value.clone()));
            hook::call(hook, Act::Present, &record, &value).await?;
        }
        challenge.set_ready().await.map_err(|error| match error {
            // It may have looked already.
            Error::Api(problem) if is_of_challenge(&problem) => refused(wanted, &name, Some(&problem)),
            error => reason(&host, error),
        })?;
    }
    Ok(())
}

/// Whether an authority's name is one that was asked for: the program for dns-01 writes of no other, whatever it is told.
fn is_asked_for(names: &[String], name: &str) -> bool {
    names.iter().any(|known| known.strip_prefix("*.").unwrap_or(known).eq_ignore_ascii_case(name))
}

fn name(authorization: &instant_acme::AuthorizationState) -> String {
    match authorization.identifier().identifier {
        Identifier::Dns(name) => name.clone(),
        other => format!("{other:?}"),
    }
}

fn authorization_error(authorization: &instant_acme::AuthorizationState) -> Option<&Problem> {
    authorization.challenges.iter().find_map(|challenge| challenge.error.as_ref())
}

/// Whether the authority speaks of what it has found when it looked at a name (RFC 8555, 6.7).
fn is_of_challenge(problem: &Problem) -> bool {
    let kind = problem.r#type.as_deref().and_then(|kind| kind.strip_prefix("urn:ietf:params:acme:error:"));
    ["connection", "dns", "incorrectResponse", "tls", "unauthorized"].contains(&kind.unwrap_or_default())
}

/// That the authority was not shown a name, in its own words.
fn refused(wanted: &Wanted<'_>, name: &str, problem: Option<&Problem>) -> Fault {
    let code = match wanted.acme.challenge {
        AcmeChallenge::Http01 => codes::ACME_HTTP,
        AcmeChallenge::Dns01 => codes::ACME_DNS,
    };
    let detail = problem.and_then(|problem| problem.detail.as_deref()).unwrap_or_default();
    Fault::new(code).with("name", name).with("detail", words(detail))
}

/// Waits until the authority has looked.
async fn ready(order: &mut Order, wanted: &Wanted<'_>) -> Result<()> {
    let host = wanted.acme.host();
    match order.poll_ready(&PATIENCE).await {
        Ok(OrderStatus::Ready) => return Ok(()),
        Ok(_) | Err(Error::Api(_)) => {}
        Err(error) => return Err(reason(&host, error)),
    }
    // Which name it was, and why, the authorizations say as they are now.
    let url = order.url().to_owned();
    let mut found = None;
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization.map_err(|error| reason(&host, error))?;
        let state = authorization.refresh().await.map_err(|error| reason(&host, error))?;
        if state.status == AuthorizationStatus::Invalid {
            found = Some(refused(wanted, &name(state), authorization_error(state)));
            break;
        }
    }
    let unknown = || Fault::new(codes::ACME_ANSWER).with("host", host.as_str()).with("detail", words(&url));
    Err(found.unwrap_or_else(unknown))
}

/// Asks for the certificate, with a key of its own.
async fn finish(order: &mut Order, wanted: &Wanted<'_>) -> Result<Issued> {
    let host = wanted.acme.host();
    let names: Vec<&str> = wanted.names.iter().map(String::as_str).collect();
    let made = request::new(&names, &Subject::default(), NewKey::default())?;
    order.finalize_csr(&request::der(&made.pem)?).await.map_err(|error| door::reason(&host, error))?;
    let certificates = order.poll_certificate(&PATIENCE).await.map_err(|error| door::reason(&host, error))?;
    Ok(Issued { setting: wanted.setting, certificates, key: made.key.pkcs8().to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_writes_of_no_name_that_was_not_asked_for() {
        let names = ["sso.example.com".to_owned(), "*.example.org".to_owned()];
        for (name, asked) in [
            ("SSO.example.com", true),
            ("example.org", true),
            ("*.example.org", false),
            ("a.example.org", false),
            ("example.com", false),
            ("sso.example.com.evil.example", false),
            ("", false),
        ] {
            assert_eq!(is_asked_for(&names, name), asked, "{name}");
        }
    }
}
