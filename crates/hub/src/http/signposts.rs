//! Where users are led who know no more than their mail domain or their Enterprise Domain. It is public, and all that the hub's own
//! page reads (R4). What the hub says here decides nothing: servers take in whom the organisation log lets them.

use axum::Json;
use axum::extract::{Query, State};
use sekisho_fault::Fault;
use sekisho_hub_api::codes;
use sekisho_hub_api::wire::{MailDomain, Signpost};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use super::refusal::{Answer, Refusal};
use super::who::Who;
use crate::app::{App, HUB, json, put, unavailable};
use crate::store::{Batch, Change, Expect, MAX_NAME};

pub(crate) const SIGNPOST: &str = "signpost";
pub(crate) const MAIL_DOMAIN: &str = "mail-domain";
/// How long a domain that was released is kept from other organisations, in seconds: whoever has released it by mistake takes it
/// back, and its users are led to nobody else meanwhile.
const WAIT: i64 = 7 * 24 * 60 * 60;
/// The longest address, in bytes.
const LONGEST: usize = 512;

/// Who has a mail domain, or had it last.
#[derive(Serialize, Deserialize)]
pub(crate) struct Reserved {
    pub(crate) connection: String,
    organisation: String,
    /// When it was released: seconds since 1970, by the hub's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    released: Option<i64>,
    /// What a newer node has written besides: it is kept as it is.
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// Domains of one connection that a save brings.
const MOST: usize = 100;

/// Puts domains in their rows with a batch, where they are nobody's: what another organisation has keeps no save from its place.
pub(super) async fn learn(app: &App, who: &Who, connection: &str, domains: &[String], batch: &mut Batch) -> Answer<()> {
    for domain in domains.iter().take(MOST) {
        let known: Option<Reserved> = app.read(MAIL_DOMAIN, domain).await?;
        let has_it = |known: &Reserved| known.connection == connection && known.released.is_none();
        if known.as_ref().is_some_and(has_it) {
            continue;
        }
        let wish = MailDomain { domain: domain.clone(), connection: connection.to_owned(), reserved: true };
        match reserve(app, who, &wish, batch).await {
            Err(Refusal(fault)) if [codes::TAKEN, codes::REQUEST].contains(&fault.code) => {
                tracing::warn!(domain, code = %fault.code, "a mail domain leads nowhere from this hub");
            }
            outcome => outcome?,
        }
    }
    Ok(())
}

/// Takes or frees a mail domain with a batch.
pub(super) async fn reserve(app: &App, who: &Who, wish: &MailDomain, batch: &mut Batch) -> Answer<()> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.';
    if wish.domain.is_empty() || wish.domain.len() > MAX_NAME || !wish.domain.bytes().all(plain) {
        return Err(Fault::new(codes::REQUEST).with("detail", "domain").into());
    }
    let found = app.store.get(HUB, MAIL_DOMAIN, &wish.domain).await.map_err(unavailable)?;
    let damaged = || Fault::new(codes::STORE);
    let before = found.as_ref().map(|row| serde_json::from_slice::<Reserved>(&row.body).map_err(|_| damaged()));
    let before = before.transpose()?;
    let theirs = before.as_ref().filter(|before| before.organisation != who.organisation);
    let waits = theirs.is_some_and(|theirs| theirs.released.is_none_or(|at| app.now() < at.saturating_add(WAIT)));
    if waits {
        // Nobody's to free, either.
        let taken = Fault::new(codes::TAKEN).with("name", wish.domain.as_str());
        return if wish.reserved { Err(taken.into()) } else { Ok(()) };
    }
    let expect = found.map_or(Expect::Absent, |row| Expect::Rev(row.rev));
    if !wish.reserved && expect == Expect::Absent {
        return Ok(());
    }
    let reserved = Reserved {
        connection: wish.connection.clone(),
        organisation: who.organisation.clone(),
        released: (!wish.reserved).then(|| app.now()),
        rest: before.map(|before| before.rest).unwrap_or_default(),
    };
    batch.changes.push(put(HUB, MAIL_DOMAIN, &wish.domain, expect, json(&reserved)));
    Ok(())
}

/// Puts a connection's signpost up with a batch, or takes it away: an address of its users' page and the host of its identity provider.
pub(super) fn put_up(connection: &str, signpost: Option<&Signpost>) -> Answer<Change> {
    let Some(signpost) = signpost else {
        let (scope, kind, id) = (HUB.to_owned(), SIGNPOST.to_owned(), connection.to_owned());
        return Ok(Change::Remove { scope, kind, id, expect: Expect::Any });
    };
    let wrong = || Fault::new(codes::REQUEST).with("detail", "signpost");
    let page = Url::parse(&signpost.vault).ok().filter(|page| {
        let plain = page.username().is_empty() && page.password().is_none() && page.query().is_none();
        page.scheme() == "https" && plain && page.fragment().is_none() && page.as_str() == signpost.vault
    });
    // As a browser shows it, and nothing else beside it.
    let host = |host: &String| Url::parse(&format!("https://{host}/")).is_ok_and(|url| url.host_str() == Some(host));
    if page.is_none() || signpost.vault.len() > LONGEST || !signpost.idp.iter().all(host) {
        return Err(wrong().into());
    }
    Ok(put(HUB, SIGNPOST, connection, Expect::Any, json(signpost)))
}

/// What is asked for: one of both.
#[derive(Deserialize)]
pub(super) struct Asked {
    /// A mail domain, in A-labels. Never an address: what stands before the `@` does not leave the browser.
    domain: Option<String>,
    /// An Enterprise Domain.
    name: Option<String>,
}

/// Where users are led. Anybody may ask.
pub(super) async fn lead(State(app): State<App>, Query(asked): Query<Asked>) -> Answer<Json<Signpost>> {
    let missing = |what: &str| Fault::new(codes::NOT_FOUND).with("what", what);
    let connection = match (asked.domain, asked.name) {
        (Some(domain), None) => {
            let reserved: Option<Reserved> = app.read(MAIL_DOMAIN, &domain.to_ascii_lowercase()).await?;
            reserved.filter(|reserved| reserved.released.is_none()).map(|reserved| reserved.connection)
        }
        (None, Some(name)) => {
            let name = format!("enterprise-domain/{}", name.trim().to_lowercase());
            app.store.holder(&name).await.map_err(unavailable)?
        }
        _ => return Err(Fault::new(codes::REQUEST).with("detail", "domain, name").into()),
    };
    let connection = connection.ok_or_else(|| missing(MAIL_DOMAIN))?;
    Ok(Json(app.read(SIGNPOST, &connection).await?.ok_or_else(|| missing(SIGNPOST))?))
}
