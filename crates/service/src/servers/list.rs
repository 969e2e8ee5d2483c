//! The list of the servers, for people.

use std::collections::{BTreeMap, BTreeSet};

use sekisho_admin_api::names::NameUse;
use sekisho_admin_api::servers::{Served, Server, ServerSync};
use sekisho_fault::{Code, Fault, Severity};
use sekisho_keys::ids::{Hash, ServerId};
use sekisho_keys::witness::{Report, SignIns, Synced};

use super::heard::{Heard, Known};
use crate::codes;

/// A server as the organisation log has it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its name for good.
    pub server: ServerId,
    /// The machine's name.
    pub name: String,
}

/// What the list is made of.
pub struct Facts<'a> {
    /// The servers of the log.
    pub servers: Vec<Listed>,
    /// This server's own report, as of now, and why it does not serve.
    pub own: (Report, Option<Fault>),
    /// What was heard of the others.
    pub heard: &'a Heard,
    /// Whose keys another machine has.
    pub cloned: BTreeSet<ServerId>,
    /// The newest revision.
    pub newest: Option<u64>,
    /// The last moments of certificates that are known here.
    pub certificates: BTreeMap<Hash, i64>,
    /// The names that are answered by what is applied here.
    pub names: Vec<String>,
    /// Seconds since 1970.
    pub now: i64,
}

/// The list: this server first, the others by their names.
pub fn list(facts: &Facts<'_>) -> Vec<Server> {
    let mut servers: Vec<Server> = facts.servers.iter().map(|listed| server(facts, listed)).collect();
    servers.sort_by(|one, other| (!one.own, &one.name, &one.server).cmp(&(!other.own, &other.name, &other.server)));
    servers
}

fn server(facts: &Facts<'_>, listed: &Listed) -> Server {
    let own = listed.server == facts.own.0.server;
    let known = if own { None } else { facts.heard.of(listed.server) };
    let report = if own { Some(&facts.own.0) } else { known.map(|known| &known.report) };
    let there = |code: String| Fault::new(codes::REASON_THERE).with("server", listed.name.as_str()).with("cause", code);
    let revision = report.and_then(|report| report.revision).map(|(number, _)| number);
    let behind = report.map_or(0, |_| facts.newest.unwrap_or(0).saturating_sub(revision.unwrap_or(0)));
    let sign_ins = report.and_then(|report| report.sign_ins);
    // That users are not sent to it keeps it from nothing that is waited for.
    let reason = report.and_then(|report| report.reason.clone()).filter(|code| code != codes::DRAINED.as_str());
    Server {
        server: listed.server.to_string(),
        name: listed.name.clone(),
        own,
        heard: if own { Some(facts.now) } else { known.map(|known| known.heard) },
        stale: known.is_some_and(|known| known.is_stale(facts.now)),
        state: report.map(|report| report.state.clone()),
        reason: if own { facts.own.1.clone() } else { reason.map(there) },
        version: report.map(|report| report.version.clone()),
        revision,
        behind,
        synced: report.and_then(|report| report.synced),
        certificate: report
            .and_then(|report| report.certificate)
            .map(|hash| Served { sha256: shown(hash), not_after: facts.certificates.get(&hash).copied() }),
        first_sign_in: sign_ins.map(|sign_ins| sign_ins.first),
        last_sign_in: sign_ins.map(|sign_ins| sign_ins.last),
        sign_ins: sign_ins.and_then(|sign_ins| sign_ins.count),
        names: report.map(|report| names(facts, report)).unwrap_or_default(),
        sync: report.and_then(|report| report.sync.clone()).map(told),
        warnings: warnings(facts, listed, report, known),
    }
}

/// How the names are used there, if that server has the same ones as this.
fn names(facts: &Facts<'_>, report: &Report) -> Vec<NameUse> {
    let same = report.revision == facts.own.0.revision;
    let used = report.by_name.as_ref().filter(|used| same && used.len() == facts.names.len());
    let use_of = |(host, sign_ins): (&String, &Option<SignIns>)| NameUse {
        host: host.clone(),
        last: sign_ins.map(|sign_ins| sign_ins.last),
        count: sign_ins.and_then(|sign_ins| sign_ins.count).unwrap_or(0),
    };
    used.map(|used| facts.names.iter().zip(used).map(use_of).collect()).unwrap_or_default()
}

fn warnings(facts: &Facts<'_>, listed: &Listed, report: Option<&Report>, known: Option<&Known>) -> Vec<Fault> {
    let about = |code: Code| Fault::new(code).with("server", listed.name.as_str());
    let mut found = Vec::new();
    let says_so = report.is_some_and(|report| report.cloned == Some(true));
    if says_so || facts.cloned.contains(&listed.server) {
        found.push(about(codes::CLONED));
    }
    if report.is_some_and(|report| report.reason.as_deref() == Some(codes::DRAINED.as_str())) {
        found.push(about(codes::DRAINED));
    }
    let own = &facts.own.0.version;
    if let Some(report) = report.filter(|report| report.version != *own) {
        found.push(about(codes::VERSION_SKEW).with("version", report.version.as_str()).with("own", own.as_str()));
    }
    if let Some(ahead) = known.and_then(|known| known.ahead) {
        let code = if ahead > 0 { codes::CLOCK_AHEAD } else { codes::CLOCK_BEHIND };
        found.push(about(code).with("seconds", ahead.abs()));
    }
    found.into_iter().map(|fault| fault.as_severity(Severity::Warning)).collect()
}

/// A certificate's fingerprint, as certificates are shown everywhere.
fn shown(hash: Hash) -> String {
    let parts: Vec<String> = hash.0.iter().map(|byte| format!("{byte:02X}")).collect();
    parts.join(":")
}

fn told(synced: Synced) -> ServerSync {
    let Synced { request, ended, log_entries, revision, users, checkpoints, faults } = synced;
    ServerSync { request, ended, log_entries, revision, users, checkpoints, faults }
}

#[cfg(test)]
mod tests {
    use sekisho_keys::ids::{ConnectionId, OrganisationId};
    use sekisho_keys::keyring::Place;
    use sekisho_keys::log::Head;

    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn id(byte: u8) -> ServerId {
        ServerId([byte; 16])
    }

    fn report(server: u8, revision: u64) -> Report {
        Report {
            place: Place { organisation: OrganisationId([1; 16]), connection: ConnectionId([2; 16]) },
            server: id(server),
            number: 1,
            time: NOW,
            version: "0.1.0".into(),
            schema: 1,
            state: "running".into(),
            revision: Some((revision, Hash::NONE)),
            log: Head { sequence: 0, hash: Hash::NONE },
            feed: 0,
            counters: vec![],
            certificate: Some(Hash::NONE),
            reason: None,
            synced: None,
            sign_ins: None,
            sync: None,
            cloned: None,
            by_name: None,
            held: None,
        }
    }

    fn listed(others: Vec<Report>, cloned: &[u8]) -> Vec<Server> {
        let mut heard = Heard::default();
        heard.take(others.into_iter().map(|report| (report.server, Ok(report))).collect(), NOW);
        let names = [(1, "nagoya"), (2, "tokyo"), (3, "kyoto")];
        list(&Facts {
            servers: names.iter().map(|(byte, name)| Listed { server: id(*byte), name: (*name).into() }).collect(),
            own: (report(1, 3), None),
            heard: &heard,
            cloned: cloned.iter().map(|byte| id(*byte)).collect(),
            newest: Some(3),
            certificates: BTreeMap::from([(Hash::NONE, NOW + 5)]),
            names: vec!["new.example".into(), "old.example".into()],
            now: NOW,
        })
    }

    fn codes_of(server: &Server) -> Vec<Code> {
        server.warnings.iter().map(|warning| warning.code.clone()).collect()
    }

    #[test]
    fn this_server_is_first_and_one_that_was_never_heard_of_is_listed_without_a_state() {
        let servers = listed(vec![report(2, 2)], &[]);
        let names: Vec<_> = servers.iter().map(|server| server.name.as_str()).collect();
        assert_eq!(names, ["nagoya", "kyoto", "tokyo"]);
        assert!(servers[0].own && servers[0].behind == 0);
        assert_eq!((&servers[1].state, servers[1].heard, servers[1].behind), (&None, None, 0));
        assert_eq!((servers[2].revision, servers[2].behind, servers[2].stale), (Some(2), 1, false));
        assert_eq!(servers[2].certificate.as_ref().unwrap().not_after, Some(NOW + 5));
    }

    #[test]
    fn another_version_and_a_clone_are_warnings_that_name_the_server() {
        let servers = listed(vec![Report { version: "0.2.0".into(), ..report(2, 3) }, report(3, 3)], &[3]);
        assert_eq!(codes_of(&servers[1]), [codes::CLONED]);
        assert_eq!(codes_of(&servers[2]), [codes::VERSION_SKEW]);
        assert_eq!(servers[2].warnings[0].args["server"], "tokyo".into());
        assert!(servers[0].warnings.is_empty());
        let says_so = listed(vec![Report { cloned: Some(true), ..report(2, 3) }], &[]);
        assert_eq!(codes_of(&says_so[2]), [codes::CLONED]);
    }

    #[test]
    fn how_names_are_used_is_told_of_servers_that_have_the_same_ones() {
        let used = SignIns { first: NOW - 9, last: NOW - 5, count: Some(3) };
        let by_name = |revision| Report { by_name: Some(vec![Some(used), None]), ..report(2, revision) };
        let told = listed(vec![by_name(3)], &[])[2].names.clone();
        let told: Vec<_> = told.iter().map(|name| (name.host.as_str(), name.last, name.count)).collect();
        assert_eq!(told, [("new.example", Some(NOW - 5), 3), ("old.example", None, 0)]);
        assert!(listed(vec![by_name(2)], &[])[2].names.is_empty(), "of another revision's names nothing is known");
    }

    #[test]
    fn of_another_servers_reason_there_is_the_code_alone() {
        let stopped = Report { state: "stopped".into(), reason: Some("service.bind".into()), ..report(2, 2) };
        let reason = listed(vec![stopped], &[])[2].reason.clone().unwrap();
        assert_eq!(reason.code, codes::REASON_THERE);
        assert_eq!(
            (reason.args["server"].clone(), reason.args["cause"].clone()),
            ("tokyo".into(), "service.bind".into())
        );
    }
}
