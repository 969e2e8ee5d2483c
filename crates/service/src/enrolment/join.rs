//! Joining: keys are made here, an administrator admits them, and everything at the hub is verified against the ticket.

use std::sync::Arc;

use aws_lc_rs::rand;
use data_encoding::BASE64URL_NOPAD;
use sekisho_admin_api::enrolment::{Admission, Candidate};
use sekisho_admin_api::join::JoinToken;
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::{Hub, HubAddress, Pin};
use sekisho_keys::derive::Secret;
use sekisho_keys::identity::Identity;
use sekisho_keys::ids::{Hash, ServerId};
use sekisho_keys::log::{Entry, Head, Organisation};
use sekisho_keys::ticket::Ticket;

use super::membership::{Member, Membership, OwnKeys, Papers};
use crate::replication::{HubLink, Replica};
use crate::{clock, codes};

/// The keys of this server, made at the first call.
///
/// Codes: `FILE`, and those of the seal.
pub fn prepare(papers: &Papers, name: &str) -> Result<Candidate> {
    let (server, identity) = own_keys(papers)?;
    Ok(Candidate {
        server: server.to_string(),
        keys: BASE64URL_NOPAD.encode(&identity.public().to_bytes()),
        name: name.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}

fn own_keys(papers: &Papers) -> Result<(ServerId, Identity)> {
    if let Some(kept) = papers.keys.read::<OwnKeys>()? {
        return open(&kept);
    }
    let (mut server, mut seed) = ([0; 16], [0; 32]);
    let drawn = rand::fill(&mut server).and_then(|()| rand::fill(&mut seed));
    drawn.map_err(|_| Fault::new(codes::RANDOM))?;
    let fresh = OwnKeys { server: ServerId(server).to_string(), seed: BASE64URL_NOPAD.encode(&seed) };
    papers.keys.write(&fresh)?;
    open(&fresh)
}

fn open(kept: &OwnKeys) -> Result<(ServerId, Identity)> {
    let wrong = || Fault::new(sekisho_keys::codes::FORMAT);
    let seed = BASE64URL_NOPAD.decode(kept.seed.as_bytes()).ok().and_then(|seed| seed.try_into().ok());
    Ok((kept.server.parse()?, Identity::new(Secret::new(seed.ok_or_else(wrong)?))))
}

/// The member that was enrolled before, with the log as it is stored here; from the hub, when that log was lost or is
/// damaged.
///
/// Codes: `FILE`, `DATABASE`, and those of the log and the hub.
pub(crate) async fn recall(papers: &Papers, replica: &Replica, link: &HubLink) -> Result<Option<Member>> {
    let Some(kept) = papers.membership.read::<Membership>()? else { return Ok(None) };
    let (server, identity) = own_keys(papers)?;
    let genesis = kept.genesis.parse()?;
    let seen = papers.heads()?.log;
    // What was verified once is verified again, and never lower than it was (R28).
    let reaches = |log: &Log| seen.is_none_or(|seen| log.heads.contains(&seen));
    let stored = Log::read(replica.log().await?, genesis);
    let log = match stored {
        Ok(log) if reaches(&log) => log,
        stored => {
            let damaged = stored.err().map(|fault| fault.to_string());
            tracing::error!(?damaged, "the stored organisation log does not hold: it is read from the hub");
            let log = Log::from_hub(&link.sign_in(&kept.hub, &identity).await?, genesis).await?;
            if !reaches(&log) {
                return Err(Fault::new(sekisho_keys::codes::LOG_TOO_SHORT));
            }
            if replica.log().await?.is_empty() {
                // So are the rows. How far they went is not known any more: they go at least as far as the hub says now.
                papers.raise(|heads| heads.floor = heads.floor.or(Some(0)))?;
            }
            replica.replace_log(&log.entries).await?;
            log
        }
    };
    replica.rewind_if_refused().await?;
    let place =
        sekisho_keys::keyring::Place { organisation: kept.organisation.parse()?, connection: kept.connection.parse()? };
    Ok(Some(Member::new(place, server, Arc::new(identity), kept.hub, log.organisation)))
}

/// A verified log.
struct Log {
    organisation: Organisation,
    heads: Vec<Head>,
    entries: Vec<Vec<u8>>,
}

impl Log {
    fn read(entries: Vec<Vec<u8>>, genesis: Hash) -> Result<Self> {
        let first = Entry::read(entries.first().ok_or_else(|| Fault::new(sekisho_keys::codes::LOG_EMPTY))?)?;
        let organisation = Organisation::found(&first, Some(genesis))?;
        let mut log = Self { heads: vec![organisation.head()], organisation, entries: Vec::new() };
        for entry in entries.iter().skip(1) {
            log.follow(entry)?;
        }
        Ok(Self { entries, ..log })
    }

    fn follow(&mut self, entry: &[u8]) -> Result<()> {
        self.organisation.apply(&Entry::read(entry)?)?;
        self.heads.push(self.organisation.head());
        Ok(())
    }

    /// The whole log, as the hub has it; verified as it comes.
    async fn from_hub(hub: &Hub, genesis: Hash) -> Result<Self> {
        let first = hub.log(0).await?.into_iter().map(|row| row.body.0).collect();
        let mut log = Self::read(first, genesis)?;
        loop {
            let part = hub.log(log.entries.len() as u64).await?;
            if part.is_empty() {
                return Ok(log);
            }
            for row in part {
                log.follow(row.body.as_slice())?;
                log.entries.push(row.body.0);
            }
        }
    }
}

fn read_ticket(admission: &Admission) -> Result<Ticket> {
    let wrong = |_| Fault::new(sekisho_keys::codes::FORMAT);
    Ticket::read(&BASE64URL_NOPAD.decode(admission.ticket.as_bytes()).map_err(wrong)?)
}

fn address(admission: &Admission) -> Result<HubAddress> {
    HubAddress::new(&admission.hub_url, admission.hub_pin.clone().map(Pin::try_from).transpose()?)
}

/// Joins with a ticket: the log is read and verified up to the ticket's entry, then the membership is kept. The caller
/// then follows the feed up to the ticket's place before it serves.
///
/// With a token its keys become this server's own, and not before everything is verified: keys that nobody joins with now
/// are not kept, since later on, who knows who else has them. Whether the token was used is what the hub says. A hub that
/// hides it lets two machines have one server's keys, which both and every other server find out by their reports (R12).
///
/// Codes: `ALREADY_ENROLLED`, `TOKEN_USED`, `JOIN_OTHER_ORGANISATION`, those of the ticket, the log and the hub.
pub async fn complete(
    papers: &Papers,
    replica: &Replica,
    link: &HubLink,
    admission: &Admission,
    token: Option<&JoinToken>,
) -> Result<(Member, Ticket)> {
    if papers.membership.read::<Membership>()?.is_some() {
        return Err(Fault::new(codes::ALREADY_ENROLLED));
    }
    let given = token.map(|token| OwnKeys { server: token.server.clone(), seed: token.seed.clone() });
    let (server, identity) = given.as_ref().map_or_else(|| own_keys(papers), open)?;
    let identity = Arc::new(identity);
    let ticket = read_ticket(admission)?;
    let body = ticket.body();
    if body.server != server {
        return Err(Fault::new(sekisho_keys::codes::TICKET_FOR_ANOTHER));
    }
    if admission.genesis.as_ref().is_some_and(|expected| *expected != body.genesis.to_string()) {
        return Err(Fault::new(codes::JOIN_OTHER_ORGANISATION));
    }
    let address = address(admission)?;
    let hub = link.sign_in(&address, &identity).await?;

    let log = Log::from_hub(&hub, body.genesis).await?;
    ticket.verify(&log.organisation, &log.heads, identity.id(), clock::now())?;
    if let Some(keys) = &given {
        let reports = hub.reports(&body.place.connection.to_string()).await?;
        if reports.iter().any(|row| row.id == server.to_string()) {
            return Err(Fault::new(codes::TOKEN_USED));
        }
        papers.keys.write(keys)?;
    }
    replica.begin(&log.entries).await?;
    let kept = Membership {
        organisation: body.place.organisation.to_string(),
        connection: body.place.connection.to_string(),
        hub: address.clone(),
        genesis: body.genesis.to_string(),
    };
    // Nothing lower than what the ticket names is ever served, and nothing before all of it is here.
    papers.raise(|heads| {
        heads.log = Some(log.organisation.head());
        heads.revision = body.revision;
        heads.floor = Some(body.feed);
    })?;
    papers.membership.write(&kept)?;
    let member = Member::new(body.place, server, identity, address, log.organisation);
    Ok((member, ticket))
}
