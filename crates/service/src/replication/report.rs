//! The servers' reports: of themselves, and of how far they have seen one another's records. Witnesses against a hub that
//! withholds.

use aws_lc_rs::rand;
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::Blob;
use sekisho_hub_api::wire::Row;
use sekisho_keys::held::{Held, SealedHeld};
use sekisho_keys::ids::{Hash, ServerId};
use sekisho_keys::keyring::Place;
use sekisho_keys::log::Organisation;
use sekisho_keys::revision::Revision;
use sekisho_keys::user::Counted;
use sekisho_keys::witness::{Report, SignIns, Synced};

use super::follow::Follower;
use crate::enrolment::Member;
use crate::{clock, codes};

/// What a server says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Own {
    /// The state, by the name of the admin API.
    pub state: String,
    /// The code of why it does not serve, or not the newest revision.
    pub reason: Option<String>,
    /// The revision that is applied.
    pub revision: Option<u64>,
    /// SHA-256 of the certificate that it serves.
    pub certificate: Option<Hash>,
    /// When users signed in.
    pub sign_ins: Option<SignIns>,
    /// When users signed in under each of several names.
    pub by_name: Option<Vec<Option<SignIns>>>,
    /// What came of the last Full Sync that was asked for.
    pub sync: Option<Synced>,
    /// Whether another machine has its keys.
    pub cloned: bool,
    /// Who waits for an administrator.
    pub held: Vec<Held>,
}

/// This server's report, as of now.
///
/// Codes: `DATABASE`, `FILE`.
pub async fn own(follower: &Follower, own: Own, number: u64) -> Result<Report> {
    let (member, heads) = (&follower.member, follower.papers.heads()?);
    let mut counters = follower.replica.counters().await?;
    counters.retain(|counted| counted.server != member.server);
    if heads.records.0 > 0 {
        counters.push(Counted { server: member.server, counter: heads.records.0 });
    }
    let mut revision = None;
    if let Some(applied) = own.revision
        && let Some(row) = follower.replica.row("revision", &format!("{applied:020}")).await?
    {
        revision = Some((applied, Revision::read(&row.body)?.hash()));
    }
    let (feed, synced) = follower.replica.place().await?;
    Ok(Report {
        place: member.place,
        server: member.server,
        number,
        time: clock::now(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        schema: sekisho_config::document::SCHEMA,
        state: own.state,
        revision,
        log: member.organisation().head(),
        feed,
        counters,
        certificate: own.certificate,
        reason: own.reason,
        synced: (synced > 0).then_some(synced),
        sign_ins: own.sign_ins,
        sync: own.sync,
        by_name: own.by_name,
        cloned: own.cloned.then_some(true),
        held: sealed(&own.held, member)?,
    })
}

/// Who waits, for those who have the connection's key.
fn sealed(held: &[Held], member: &Member) -> Result<Option<SealedHeld>> {
    if held.is_empty() {
        return Ok(None);
    }
    let mut nonce = [0; 12];
    rand::fill(&mut nonce).map_err(|_| Fault::new(codes::RANDOM))?;
    SealedHeld::seal(held, member.place, member.server, &member.newest_keyring()?, nonce).map(Some)
}

/// Signs a report of this server and leaves it at the hub.
///
/// Codes: the hub's.
pub async fn leave(follower: &Follower, report: &Report) -> Result<()> {
    let member = &follower.member;
    let signed = Blob(report.sign(&member.identity));
    let (connection, server) = (member.place.connection.to_string(), member.server.to_string());
    let ask = |hub: sekisho_hub_api::Hub| {
        let (connection, server, signed) = (connection.clone(), server.clone(), signed.clone());
        async move { hub.report(&connection, &server, &signed).await }
    };
    follower.link.ask(member, ask).await
}

/// The report of each server of the connection that has left one, or why it is refused.
///
/// Codes: the hub's.
pub async fn read(follower: &Follower) -> Result<Vec<(ServerId, Result<Report>)>> {
    let connection = follower.member.place.connection.to_string();
    let ask = |hub: sekisho_hub_api::Hub| {
        let connection = connection.clone();
        async move { hub.reports(&connection).await }
    };
    let rows = follower.link.ask(&follower.member, ask).await?;
    Ok(judge(&rows, &follower.member.organisation(), follower.member.place))
}

/// Judges the hub's rows. What stands under no server of the connection (any more) is nobody's report.
pub(super) fn judge(rows: &[Row], organisation: &Organisation, place: Place) -> Vec<(ServerId, Result<Report>)> {
    let mut judged = Vec::new();
    for row in rows {
        let Ok(server) = row.id.parse::<ServerId>() else { continue };
        if organisation.server(place.connection, server).is_err() {
            continue;
        }
        let report = Report::verify(row.body.as_slice(), organisation, place);
        let wrong = || Fault::new(codes::WRONG_ROW).with("what", "report");
        judged.push((server, report.and_then(|found| if found.server == server { Ok(found) } else { Err(wrong()) })));
    }
    judged
}

/// A refused report, for people.
pub fn refused(member: &Member, server: ServerId, why: &Fault) -> Fault {
    let refused = Fault::new(codes::REPORT_REFUSED).with("server", member.server_name(server));
    refused.with("cause", why.code.as_str())
}
