//! The two rows of a connection: the certificate, and the work on it. Here they are as they were verified; at the hub, whoever has
//! seen the last word writes the next one.

use std::time::{Duration, Instant};

use aws_lc_rs::rand;
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::wire::NewAcme;
use sekisho_hub_api::{Blob, codes as hub_codes};
use sekisho_keys::acme::{self, Author, Issued, Record, Said, Which, Work};
use sekisho_keys::log::Connection;

use crate::enrolment::Member;
use crate::lifecycle::House;
use crate::replication::Stored;
use crate::{clock, codes};

/// What is known here.
#[derive(Clone, Debug, Default)]
pub(super) struct Records {
    pub(super) certificate: Option<Record>,
    pub(super) work: Option<Record>,
}

impl Records {
    /// What was issued last.
    pub(super) fn issued(&self) -> Option<(&Record, &Issued)> {
        let record = self.certificate.as_ref()?;
        match &record.said {
            Said::Certificate(issued) => Some((record, issued)),
            Said::Work(_) => None,
        }
    }

    /// The numbers of both.
    pub(super) fn numbers(&self) -> (u64, u64) {
        let number = |record: &Option<Record>| record.as_ref().map_or(0, |record| record.number);
        (number(&self.certificate), number(&self.work))
    }

    /// The work on the next one.
    pub(super) fn work(&self) -> Option<(&Record, &Work)> {
        let record = self.work.as_ref()?;
        match &record.said {
            Said::Work(work) => Some((record, work)),
            Said::Certificate(_) => None,
        }
    }
}

/// How long nothing has been heard of something, by this machine's own count.
#[derive(Debug, Default)]
pub(super) struct Silence(Option<(u64, Instant)>);

impl Silence {
    /// Since this number was first heard of.
    pub(super) fn of(&mut self, number: u64) -> Duration {
        match self.0 {
            Some((known, since)) if known == number => since.elapsed(),
            _ => {
                self.0 = Some((number, Instant::now()));
                Duration::ZERO
            }
        }
    }
}

/// Whether the server that has signed something was retired because its disk was in wrong hands.
pub(super) fn is_stolen(member: &Member, record: &Record) -> bool {
    let organisation = member.organisation();
    let stolen = |connection: &Connection| {
        // Whoever was compromised since has had the key, whichever server has ordered it; and what such a server has signed
        // may say any time.
        let mut gone = connection.servers.iter().filter_map(|(id, state)| Some((*id, state.retired?)));
        gone.any(|(id, retired)| retired.compromised && (id == record.server || retired.time >= record.time))
    };
    Member::connection(&organisation, member.place).is_ok_and(stolen)
}

impl House {
    /// The records as they are stored here.
    ///
    /// Codes: `NOT_ENROLLED`, `DATABASE`.
    pub(super) async fn acme_records(&self) -> Result<Records> {
        let member = self.connected.member()?;
        let read = async |which: Which| {
            let row = self.connected.replica.row("acme", which.row()).await?;
            Ok::<_, Fault>(row.and_then(|row| kept(&member, &row)))
        };
        Ok(Records { certificate: read(Which::Certificate).await?, work: read(Which::Work).await? })
    }

    /// Writes the word after the one of this number (0: none), and gives its number. Nothing where another server has written
    /// since: whoever has decided has not seen that.
    ///
    /// Codes: the hub's, `ACME_HUB_OLD`, those of the seal.
    pub(super) async fn write_acme(&self, said: &Said, seen: u64) -> Result<Option<u64>> {
        let member = self.connected.member()?;
        let row = said.which().row();
        let before = self.connected.replica.row("acme", row).await?;
        let (after, number) = match &before {
            Some(before) => (before.rev, acme::order(&before.body).map_or(0, |(_, number)| number)),
            None => (0, 0),
        };
        if number != seen {
            return Ok(None);
        }
        let keyring = member.newest_keyring()?;
        let mut nonce = [0; 12];
        rand::fill(&mut nonce).map_err(|_| Fault::new(codes::RANDOM))?;
        let author = Author { identity: &member.identity, server: member.server, time: clock::now() };
        let record = Blob(acme::sign(member.place, number + 1, said, &keyring, author, nonce)?);
        let body = NewAcme { after, epoch: keyring.epoch, record };
        let written = self.put_acme(&member, row, &body).await?;
        // What was written, or what another has written instead, is what counts from here on.
        self.connected.catch_up().await?;
        Ok(written.then_some(number + 1))
    }

    async fn put_acme(&self, member: &std::sync::Arc<Member>, row: &str, body: &NewAcme) -> Result<bool> {
        let connection = member.place.connection.to_string();
        let ask = |hub: sekisho_hub_api::Hub| {
            let (connection, body) = (connection.clone(), body.clone());
            async move { hub.put_acme(&connection, row, &body).await }
        };
        match self.connected.link.ask(member, ask).await {
            Ok(()) => Ok(true),
            Err(fault) if fault.code == hub_codes::STALE => Ok(false),
            Err(fault) => Err(of_old_hub(fault)),
        }
    }

    /// Gives the hub back what it has lost: after it was restored from an older backup it knows less than this server.
    ///
    /// Codes: the hub's, `ACME_HUB_OLD`.
    pub(crate) async fn give_acme_back(&self) -> Result<()> {
        let member = self.connected.member()?;
        let connection = member.place.connection.to_string();
        let ask = |hub: sekisho_hub_api::Hub| {
            let connection = connection.clone();
            async move { hub.acme(&connection).await }
        };
        let there = self.connected.link.ask(&member, ask).await.map_err(of_old_hub)?;
        let epoch = member.newest_keyring()?.epoch;
        for which in [Which::Certificate, Which::Work] {
            let Some(own) = self.connected.replica.row("acme", which.row()).await? else { continue };
            let at_hub = there.iter().find(|row| row.id == which.row());
            let number = |bytes: &[u8]| acme::order(bytes).map_or(0, |(_, number)| number);
            let known = at_hub.map_or(0, |row| number(row.body.as_slice()));
            let (of, ours) = acme::order(&own.body).unwrap_or_default();
            if ours > known && of == epoch {
                let after = at_hub.map_or(0, |row| row.rev);
                self.put_acme(&member, which.row(), &NewAcme { after, epoch, record: Blob(own.body) }).await?;
                self.connected.catch_up().await?;
            }
        }
        Ok(())
    }

    /// Seals the certificate anew after a key epoch has begun, as this server's own word (R9).
    ///
    /// Codes: as [`House::write_acme`].
    pub(super) async fn reseal_acme(&self, records: &Records) -> Result<()> {
        let member = self.connected.member()?;
        let epoch = member.newest_keyring()?.epoch;
        for record in [&records.certificate, &records.work].into_iter().flatten() {
            // As another server's word, and of now, nobody would see any more that its key is in wrong hands.
            let spared = record.said.which() == Which::Certificate && is_stolen(&member, record);
            if record.epoch < epoch && !spared {
                self.write_acme(&record.said, record.number).await?;
            }
        }
        Ok(())
    }
}

/// A stored row, opened. What does not open is told in the log: it is ordered anew.
fn kept(member: &Member, row: &Stored) -> Option<Record> {
    let opened = acme::order(&row.body).and_then(|(epoch, _)| {
        let keyring = member.keyring(epoch)?;
        acme::open_kept(&row.body, &member.organisation(), member.place, &keyring)
    });
    match opened {
        Ok((_, record)) => Some(record),
        Err(fault) => {
            tracing::error!(%fault, "a record of ACME does not open");
            None
        }
    }
}

/// A hub that does not know the rows answers with a page that is not there.
fn of_old_hub(fault: Fault) -> Fault {
    let is_missing = fault.code == hub_codes::ANSWER && super::door::argument(&fault, "detail") == "404";
    if is_missing { Fault::new(codes::ACME_HUB_OLD) } else { fault }
}
