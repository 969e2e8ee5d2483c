//! The two rows of a connection: the certificate, and the work on it. Here they are as they were verified; at the hub, whoever has
//! seen the last word writes the next one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_lc_rs::rand;
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::wire::{NewAcme, Row};
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

    /// The places of both.
    pub(super) fn orders(&self) -> (Option<acme::Order>, Option<acme::Order>) {
        (self.certificate.as_ref().map(Record::order), self.work.as_ref().map(Record::order))
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
pub(super) struct Silence(Option<(acme::Order, Instant)>);

impl Silence {
    /// Since the word of this place was first heard of.
    pub(super) fn of(&mut self, order: acme::Order) -> Duration {
        match self.0 {
            Some((known, since)) if known == order => since.elapsed(),
            _ => {
                self.0 = Some((order, Instant::now()));
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

    /// Writes the word after the one that was seen last, and gives its place. Nothing where another server has written since: whoever
    /// has decided has not seen that.
    ///
    /// Codes: the hub's, `ACME_HUB_OLD`, those of the seal.
    pub(super) async fn write_acme(&self, said: &Said, seen: Option<acme::Order>) -> Result<Option<acme::Order>> {
        let member = self.connected.member()?;
        let row = said.which().row();
        let keyring = member.newest_keyring()?;
        let stored = self.connected.replica.row("acme", row).await?;
        let known = stored.as_ref().and_then(|stored| acme::order(&stored.body).ok());
        if known != seen {
            return Ok(None);
        }
        let there = self.acme_at_hub(&member).await?.into_iter().find(|there| there.id == row);
        let Some((after, left)) = over(&member, known, there.as_ref()) else { return Ok(None) };
        let number = acme::next(known.max(left), keyring.epoch);
        let mut nonce = [0; 12];
        rand::fill(&mut nonce).map_err(|_| Fault::new(codes::RANDOM))?;
        let author = Author { identity: &member.identity, server: member.server, time: clock::now() };
        let record = Blob(acme::sign(member.place, number, said, &keyring, author, nonce)?);
        let body = NewAcme { after, epoch: keyring.epoch, record };
        let written = self.put_acme(&member, row, &body).await?;
        // What was written, or what another has written instead, is what counts from here on.
        self.connected.catch_up().await?;
        Ok(written.then_some((keyring.epoch, number)))
    }

    async fn acme_at_hub(&self, member: &Arc<Member>) -> Result<Vec<Row>> {
        let connection = member.place.connection.to_string();
        let ask = |hub: sekisho_hub_api::Hub| {
            let connection = connection.clone();
            async move { hub.acme(&connection).await }
        };
        self.connected.link.ask(member, ask).await.map_err(of_old_hub)
    }

    async fn put_acme(&self, member: &Arc<Member>, row: &str, body: &NewAcme) -> Result<bool> {
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
        let there = self.acme_at_hub(&member).await?;
        let epoch = member.newest_keyring()?.epoch;
        for which in [Which::Certificate, Which::Work] {
            let Some(own) = self.connected.replica.row("acme", which.row()).await? else { continue };
            let at_hub = there.iter().find(|row| row.id == which.row());
            let known = at_hub.and_then(|row| acme::order(row.body.as_slice()).ok()).unwrap_or_default();
            let ours = acme::order(&own.body).unwrap_or_default();
            if ours > known && ours.0 == epoch {
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
                self.write_acme(&record.said, Some(record.order())).await?;
            }
        }
        Ok(())
    }
}

/// What is written over at the hub: how often its row was written, and the place of a word there that others may have taken in.
/// Nothing, if a word stands there that is still to be taken in here. What no server takes in keeps nobody from writing, whoever has
/// put it there.
fn over(member: &Member, known: Option<acme::Order>, there: Option<&Row>) -> Option<(u64, Option<acme::Order>)> {
    let Some(there) = there else { return Some((0, None)) };
    let (bytes, organisation) = (there.body.as_slice(), member.organisation());
    let opened = acme::order(bytes).and_then(|(epoch, _)| {
        let keyring = member.keyring(epoch)?;
        acme::open(bytes, &organisation, member.place, &keyring)
    });
    match opened {
        Ok((_, record)) if Some(record.order()) > known => None,
        // A newer version has written it.
        Err(fault) if fault.code == sekisho_keys::codes::NEWER_FORMAT => None,
        _ => Some((there.rev, acme::left(bytes, &organisation, member.place))),
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

#[cfg(test)]
mod tests {
    use sekisho_keys::ids::Hash;
    use sekisho_keys::log::Act;

    use super::*;
    use crate::enrolment::example::{ONE, PLACE, TWO, follow, member};

    fn record(server: sekisho_keys::ids::ServerId, time: i64) -> Record {
        let issued = Issued { setting: Hash::NONE, certificates: String::new(), key: Vec::new() };
        Record { number: 1, epoch: 1, server, time, said: Said::Certificate(issued) }
    }

    #[test]
    fn what_no_server_takes_in_is_written_over_and_what_is_still_to_be_taken_in_is_not() {
        let member = member();
        let sign = |byte: u8, server, epoch: u32, number| {
            let identity = crate::enrolment::example::identity(byte);
            let keyring = sekisho_keys::keyring::Keyring { epoch, ..crate::enrolment::example::keyring() };
            let author = Author { identity: &identity, server, time: 5 };
            let said = Said::Work(Work { setting: Hash::NONE, phase: sekisho_keys::acme::Phase::Done(1) });
            let body = Blob(acme::sign(PLACE, number, &said, &keyring, author, [1; 12]).unwrap());
            Row { seq: 1, kind: "acme".into(), id: "work".into(), rev: 7, body }
        };
        assert_eq!(over(&member, None, None), Some((0, None)));
        let good = sign(13, TWO, 1, 4);
        assert_eq!(over(&member, None, Some(&good)), None, "it comes with the feed");
        assert_eq!(over(&member, Some((1, 4)), Some(&good)), Some((7, None)), "it was taken in");
        assert_eq!(over(&member, Some((1, 5)), Some(&good)), Some((7, None)), "the hub has lost one");
        let last = u64::from(u32::MAX);
        let garbage = Row { body: Blob(vec![0]), ..good.clone() };
        for bad in [garbage, sign(99, TWO, 1, 9), sign(13, TWO, u32::MAX, last), sign(13, TWO, 2, 9)] {
            assert_eq!(over(&member, Some((1, 4)), Some(&bad)), Some((7, None)));
        }
        let act = Act::RetireServer { connection: PLACE.connection, server: TWO, compromised: true, records: 0 };
        follow(&member, act);
        assert_eq!(over(&member, None, Some(&good)), Some((7, Some((1, 4)))), "others may have taken it in");
        assert_eq!(over(&member, None, Some(&sign(13, TWO, 1, last))), Some((7, Some((1, last)))));
        assert_eq!(acme::next(Some((1, last)), 2), 1, "the epoch after it goes on");
    }

    #[test]
    fn a_certificate_whose_key_a_compromised_server_has_had_is_stolen_whoever_has_ordered_it() {
        for (compromised, before, after) in [(true, true, false), (false, false, false)] {
            let member = member();
            let now = i64::try_from(member.organisation().head().sequence).unwrap() + 1;
            for server in [ONE, TWO] {
                assert!(!is_stolen(&member, &record(server, now)));
            }
            let act = Act::RetireServer { connection: PLACE.connection, server: TWO, compromised, records: 0 };
            follow(&member, act);
            assert_eq!(is_stolen(&member, &record(ONE, now - 1)), before);
            assert_eq!(is_stolen(&member, &record(ONE, now)), before, "of the same moment");
            assert_eq!(is_stolen(&member, &record(ONE, now + 1)), after, "it was not sealed for that server any more");
            assert_eq!(is_stolen(&member, &record(TWO, now + 1)), compromised, "whatever moment it writes");
        }
    }
}
