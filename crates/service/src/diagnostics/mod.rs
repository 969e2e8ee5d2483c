//! What a support case needs to know of this server, and nothing that it must not (R29): every part is made of what is
//! listed here, and what is not is left out.

mod configuration;

use sekisho_admin_api::activity::{Entry, Page};
use sekisho_admin_api::diagnostics::files;
use sekisho_admin_api::redact;
use sekisho_admin_api::servers::Server;
use sekisho_admin_api::status::{HubState, State, Status};
use sekisho_config::check;
use sekisho_fault::Fault;
use serde_json::{Value, json};

use crate::clock;
use crate::lifecycle::House;

/// Entries of the activity, the newest first.
const ENTRIES: u16 = 200;

impl House {
    /// What there is to know. What cannot be read is told in its place.
    pub(crate) async fn diagnostics(&self) -> Value {
        let status = self.board.read();
        let applied = self.applied.read().await.clone();
        let document = &applied.document;
        let kept = self.idp_metadata.kept().filter(|kept| kept.is_of(document));
        let idp = check::metadata(document).map(|own| match &kept {
            Some(kept) => kept.served(document, own),
            None => own,
        });
        let follower = self.connected.follower();
        let servers = match &follower {
            Ok(follower) => self.listed(follower).await,
            Err(fault) => Err(fault.clone()),
        };
        let newest = self.connected.replica.newest_revision().await.ok().flatten();
        let page = Page { limit: ENTRIES, ..Page::default() };
        let mut told = json!({
            "version": status.version,
            "clock": {"time": clock::now(), "hub_ahead_seconds": self.connected.link.clock()},
            "status": told_status(&status),
            "revisions": {
                "applied": status.revision,
                "known": applied.revision,
                "newest": newest.and_then(|row| row.id.parse::<u64>().ok()),
            },
            "configuration": configuration::document(document),
            "this_server": configuration::this_server(&self.settings.read()),
            "certificates": configuration::certificates(document),
            "idp": idp.map_or_else(|fault| failed(&fault), |idp| configuration::idp(&idp)),
            "idp_metadata": kept.map(|kept| json!({
                "last_good_look": kept.fetched.map(|at| at.0),
                "next_look": kept.next.0,
                "changes_that_wait": kept.held.len(),
                "failing": kept.failing.map(|failing| json!({
                    "since": failing.since.0, "times": failing.times, "reason": redact::fault(&failing.reason),
                })),
            })),
            "servers": servers.map_or_else(|fault| failed(&fault), |servers| servers.into_iter().map(told_server).collect()),
            "activity": self.activity.list(page).await
                .map_or_else(|fault| failed(&fault), |entries| entries.iter().map(told_entry).collect()),
            "data": files(&self.data).unwrap_or_default(),
        });
        redact::last_net(&mut told);
        told
    }
}

fn failed(fault: &Fault) -> Value {
    json!({"fault": redact::fault(fault)})
}

fn told_status(status: &Status) -> Value {
    let reason = match &status.state {
        State::Stopped { reason } | State::Failed { reason } => Some(redact::fault(reason)),
        _ => None,
    };
    let hub = match &status.hub {
        HubState::Unknown => json!({"hub": "unknown"}),
        HubState::Reachable { at } => json!({"hub": "reachable", "at": at}),
        HubState::Unreachable { since, reason } => {
            json!({"hub": "unreachable", "since": since, "reason": redact::fault(reason)})
        }
    };
    json!({
        "state": status.state.name(),
        "reason": reason,
        "warnings": status.warnings.iter().map(redact::fault).collect::<Vec<_>>(),
        "server_name": status.server_name,
        "listening": status.listening,
        "synced": status.synced,
        "membership": status.membership,
        "hub": hub,
        "users": status.users,
        "mail_domains": status.domains.len(),
    })
}

/// The servers' names are the machines'.
fn told_server(server: Server) -> Value {
    json!(Server {
        reason: server.reason.as_ref().map(redact::fault),
        warnings: server.warnings.iter().map(redact::fault).collect(),
        ..server
    })
}

/// What happened, and to nobody: whom it was about and what was received stay here.
fn told_entry(entry: &Entry) -> Value {
    json!({
        "number": entry.number,
        "time": entry.time,
        "kind": entry.kind,
        "reference": entry.reference,
        "refusal": entry.refusal.as_ref().map(redact::fault),
        "about_somebody": entry.who.is_some(),
        "facts": entry.facts.len(),
    })
}

#[cfg(test)]
mod tests {
    use sekisho_admin_api::activity::Kind;

    use super::*;

    #[test]
    fn an_entry_is_told_without_whom_it_was_about_and_without_what_was_received() {
        let refusal = Fault::new(sekisho_signin::codes::UNKNOWN_USER).with("email", "alice@example.com");
        let entry = Entry {
            number: 3,
            time: 5,
            kind: Kind::SignIn,
            who: Some("alice@example.com".to_owned()),
            host: None,
            reference: Some("ABCDEFG2".to_owned()),
            refusal: Some(refusal),
            facts: vec![("sn".to_owned(), "Liddell".to_owned())],
        };
        let told = told_entry(&entry);
        assert_eq!(told["refusal"]["code"], "signin.unknown_user");
        assert_eq!((&told["reference"], &told["facts"]), (&"ABCDEFG2".into(), &1.into()));
        let told = told.to_string();
        assert!(!told.contains("alice") && !told.contains("Liddell") && !told.contains("\"sn\""), "{told}");
    }
}
