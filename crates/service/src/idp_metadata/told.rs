//! What an administrator reads of it.

use std::collections::BTreeMap;

use sekisho_config::Document;
use sekisho_fault::{Arg, Fault};
use sekisho_saml::UnixTime;
use sekisho_saml::metadata::IdpMetadata;
use sekisho_saml::metadata::refresh::Change;

use super::kept::{Failing, Kept};
use crate::codes;

/// An identity provider that is away for a night is nobody's business.
const PATIENCE: i64 = 86_400;
/// Metadata that nothing renews is told before it ends: this long.
const NOTICE: i64 = 3 * 86_400;
/// What the other side has written is shown up to here: so many changes, of so many characters.
const SHOWN: usize = 10;
const LENGTH: usize = 200;

/// What an administrator should look at. `served`: the metadata that is.
pub(super) fn warnings(document: &Document, kept: Option<&Kept>, served: &IdpMetadata, now: UnixTime) -> Vec<Fault> {
    let url = document.idp.metadata_url.as_deref().unwrap_or_default();
    let failing = kept.and_then(|kept| kept.failing.as_ref());
    let held = kept.and_then(|kept| held(url, &kept.held));
    let unreachable = failing.filter(|failing| failing.since.plus(PATIENCE) <= now);
    let ends = served.valid_until.and_then(|until| {
        let told = |code| Fault::new(code).at("until", until.0).with("entity_id", cut(&served.entity_id));
        let renews = kept.is_some() && failing.is_none();
        if until <= now {
            Some(told(codes::METADATA_EXPIRED))
        } else {
            (!renews && until <= now.plus(NOTICE)).then(|| told(codes::METADATA_EXPIRES))
        }
    });
    [ends, held, unreachable.map(|failing| unreached(url, failing))].into_iter().flatten().collect()
}

/// That changes wait, and which: what would be new.
pub(super) fn held(url: &str, held: &[Change]) -> Option<Fault> {
    let added = held.iter().filter_map(|change| match change {
        Change::EntityId { to, .. } => Some(cut(to)),
        Change::KeyAdded { sha256 } => Some(format!("SHA-256 {sha256}")),
        Change::EndpointAdded(_, endpoint) => Some(match &endpoint.response_location {
            Some(answers) => format!("{} ({})", cut(&endpoint.location), cut(answers)),
            None => cut(&endpoint.location),
        }),
        // What goes waits only because of what comes in its place.
        _ => None,
    });
    let added: Vec<String> = added.take(SHOWN).collect();
    (!held.is_empty()).then(|| Fault::new(codes::METADATA_HELD).with("url", url).with("added", added))
}

fn unreached(url: &str, failing: &Failing) -> Fault {
    let detail = match failing.reason.args.get("detail") {
        Some(Arg::Text(detail)) => cut(detail),
        _ => failing.reason.code.to_string(),
    };
    Fault::new(codes::METADATA_UNREACHABLE).at("since", failing.since.0).with("url", url).with("detail", detail)
}

/// What was changed by itself, as facts: each name once.
pub(super) fn facts(applied: &[Change]) -> Vec<(String, String)> {
    let mut facts = BTreeMap::<&str, Vec<String>>::new();
    for change in applied.iter().take(SHOWN) {
        let (name, value) = match change {
            Change::EntityId { to, .. } => ("entity_id", cut(to)),
            Change::KeyAdded { sha256 } => ("key_added", sha256.clone()),
            Change::KeyRemoved { sha256 } => ("key_removed", sha256.clone()),
            Change::EndpointAdded(_, endpoint) => ("address_added", cut(&endpoint.location)),
            Change::EndpointRemoved(_, endpoint) => ("address_removed", cut(&endpoint.location)),
            Change::WantsSignedRequests(wants) => ("wants_signed_requests", wants.to_string()),
            Change::NameIdFormats(formats) => ("name_id_formats", cut(&formats.join(", "))),
        };
        facts.entry(name).or_default().push(value);
    }
    // The sign tells our own facts from attributes that the identity provider has named.
    facts.into_iter().map(|(name, values)| (format!("@{name}"), values.join(", "))).collect()
}

fn cut(text: &str) -> String {
    text.chars().take(LENGTH).collect()
}
