//! What an administrator reads of it.

use std::collections::BTreeMap;

use sekisho_admin_api::acme::{AcmeChallenge, AcmeSetting, AcmeState, AcmeTry, AcmeWork, IssuedByAcme};
use sekisho_certs::{describe, pem};
use sekisho_config::{Acme, Document, ThisServer};
use sekisho_fault::{Fault, Severity};
use sekisho_keys::acme::{Failure, Issued, Phase};

use super::records::Records;
use super::{port, schedule, serving, setting};
use crate::codes;

/// The names of servers, by their ids.
pub(super) type Names = BTreeMap<String, String>;

/// How it stands. `settings`: this server's own, and why its port for challenges is not open.
pub(super) fn state(
    drafted: &Document,
    applied: &Document,
    records: &Records,
    servers: &Names,
    (settings, port_fault): (&ThisServer, Option<Fault>),
    now: i64,
) -> AcmeState {
    let name = |server: sekisho_keys::ids::ServerId| {
        servers.get(&server.to_string()).cloned().unwrap_or_else(|| server.to_string())
    };
    let issued = records.issued().and_then(|(record, issued)| {
        let (from, until) = validity(issued)?;
        let served = serving::pair(applied, issued, now);
        Some(IssuedByAcme {
            by: name(record.server),
            at: record.time,
            names: names(issued),
            not_before: from,
            not_after: until,
            renewal: schedule::due(Some(held_of(issued, from, until)), setting::hash(applied)?, 0).max(from),
            served: served.is_ok(),
            reason: served.err(),
        })
    });
    let work = records.work().map(|(record, work)| {
        let what = match &work.phase {
            Phase::Ordering(_) => AcmeTry::Ordering,
            Phase::Failed(Failure { times, next, reason }) => {
                AcmeTry::Failed { times: *times, next: *next, reason: failure(reason) }
            }
            Phase::Done(_) => AcmeTry::Done,
        };
        AcmeWork { by: name(record.server), at: record.time, what }
    });
    AcmeState {
        drafted: drafted.acme.as_ref().map(|acme| shown(drafted, acme)),
        applied: applied.acme.as_ref().map(|acme| shown(applied, acme)),
        issued: issued.filter(|_| applied.acme.is_some()),
        work: work.filter(|_| applied.acme.is_some()),
        port: settings.acme_port.unwrap_or(port::PORT),
        hook: settings.acme_hook.clone(),
        port_fault,
    }
}

fn shown(document: &Document, acme: &Acme) -> AcmeSetting {
    AcmeSetting {
        directory: acme.directory.clone(),
        contact: acme.contact.clone(),
        challenge: challenge(acme.challenge),
        names: acme.names.clone(),
        asked: document.acme_names(),
        registered: acme.account_url.is_some(),
        root: acme.root.clone(),
    }
}

fn challenge(of: sekisho_config::AcmeChallenge) -> AcmeChallenge {
    match of {
        sekisho_config::AcmeChallenge::Http01 => AcmeChallenge::Http01,
        sekisho_config::AcmeChallenge::Dns01 => AcmeChallenge::Dns01,
    }
}

fn held_of(issued: &Issued, from: i64, until: i64) -> schedule::Held {
    schedule::Held { setting: issued.setting, from, until, stolen: false }
}

fn leaf(issued: &Issued) -> Option<sekisho_certs::Description> {
    let certificates = pem::read(issued.certificates.as_bytes()).ok()?.certificates;
    describe(certificates.first()?).ok()
}

/// From when until when a certificate holds.
pub(super) fn validity(issued: &Issued) -> Option<(i64, i64)> {
    leaf(issued).map(|leaf| (leaf.not_before, leaf.not_after))
}

fn names(issued: &Issued) -> Vec<String> {
    leaf(issued).map(|leaf| leaf.names).unwrap_or_default()
}

/// A failure as it was written down; another server may be of another version.
pub(super) fn failure(reason: &str) -> Fault {
    serde_json::from_str(reason).unwrap_or_else(|_| Fault::new(codes::ACME_ANSWER).with("host", "").with("detail", ""))
}

/// What an administrator should look at: an order that failed.
pub(super) fn warning(failure: &Failure) -> Fault {
    let reason = self::failure(&failure.reason);
    let detail = ["detail", "name", "host"]
        .into_iter()
        .find_map(|name| Some(super::door::argument(&reason, name)).filter(|text| !text.is_empty()).map(str::to_owned));
    let warning = Fault::new(codes::ACME_FAILED).with("code", reason.code.as_str()).at("next", failure.next);
    warning.with("detail", detail.unwrap_or_default()).as_severity(Severity::Warning)
}
