//! What servers say of themselves and of the hub, signed: their reports, and how far each server's records go (R12).

use std::collections::{BTreeMap, BTreeSet};

use minicbor::{Decode, Encode};
use sekisho_fault::{Fault, Result};

use crate::held::SealedHeld;
use crate::identity::{Identity, Signature, Signing};
use crate::ids::{Hash, ServerId};
use crate::keyring::Place;
use crate::log::{Head, Organisation};
use crate::user::Counted;
use crate::{codes, wire};

/// How a server is.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Report {
    /// Organisation and connection.
    #[n(0)]
    pub place: Place,
    /// The server.
    #[n(1)]
    pub server: ServerId,
    /// Grows with each report, over restarts too.
    #[n(2)]
    pub number: u64,
    /// By the server's clock: seconds since 1970.
    #[n(3)]
    pub time: i64,
    /// The version of the program.
    #[n(4)]
    pub version: String,
    /// The newest configuration schema that it knows.
    #[n(5)]
    pub schema: u32,
    /// The state, by the name of the admin API (`running`).
    #[n(6)]
    pub state: String,
    /// The revision that it has applied, and its hash.
    #[n(7)]
    pub revision: Option<(u64, Hash)>,
    /// How far it has verified the organisation log.
    #[n(8)]
    pub log: Head,
    /// How far it has followed the connection's feed.
    #[n(9)]
    pub feed: u64,
    /// How far each server's records go, by what it has verified.
    #[n(10)]
    pub counters: Vec<Counted>,
    /// SHA-256 of the certificate that it serves.
    #[n(11)]
    pub certificate: Option<Hash>,
    /// The code of why it does not serve, or not the newest revision. Never its arguments: they may name private addresses.
    #[n(12)]
    pub reason: Option<String>,
    /// When it last took in the hub's news, by its clock.
    #[n(13)]
    pub synced: Option<i64>,
    /// When users signed in through it, by its clock.
    #[n(14)]
    pub sign_ins: Option<SignIns>,
    /// The last Full Sync that an administrator asked all servers for.
    #[n(15)]
    pub sync: Option<Synced>,
    /// It has seen a counter of its own used twice: another machine has its keys.
    #[n(16)]
    pub cloned: Option<bool>,
    /// When users signed in under each of the names of the revision that is applied, in their order, while there are several.
    /// Never the names: the hub reads reports.
    #[n(17)]
    pub by_name: Option<Vec<Option<SignIns>>>,
    /// The identities that wait for an administrator, sealed ([`crate::held`]): the hub reads reports.
    #[n(18)]
    pub held: Option<SealedHeld>,
}

/// When users signed in through a server: seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SignIns {
    /// The first time.
    #[n(0)]
    pub first: i64,
    /// The last time.
    #[n(1)]
    pub last: i64,
    /// How often; none of servers that do not count.
    #[n(2)]
    pub count: Option<u64>,
}

/// What came of a Full Sync that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Synced {
    /// The request, by its number.
    #[n(0)]
    pub request: u64,
    /// When it ended, by the server's clock; none while it goes on.
    #[n(1)]
    pub ended: Option<i64>,
    /// Entries of the organisation log that were verified.
    #[n(2)]
    pub log_entries: u64,
    /// The newest revision that was verified.
    #[n(3)]
    pub revision: Option<u64>,
    /// User records that were verified.
    #[n(4)]
    pub users: u64,
    /// How many servers' reports it was held against.
    #[n(5)]
    pub checkpoints: u64,
    /// The codes of what does not hold.
    #[n(6)]
    pub faults: Vec<String>,
}

#[derive(Encode, Decode)]
struct Envelope {
    #[cbor(n(0), with = "minicbor::bytes")]
    body: Vec<u8>,
    #[n(1)]
    signature: Signature,
}

impl Report {
    /// The signed bytes.
    pub fn sign(&self, server: &Identity) -> Vec<u8> {
        let body = wire::encode(self);
        let signature = server.sign(Signing::Report, &body);
        wire::encode(&Envelope { body, signature })
    }

    /// Reads a report that a live server of the connection has signed.
    ///
    /// Codes: `FORMAT`, `WRONG_PLACE`, `NO_SUCH_SERVER`, `SIGNATURE`.
    pub fn verify(bytes: &[u8], organisation: &Organisation, place: Place) -> Result<Self> {
        let envelope: Envelope = wire::decode(bytes)?;
        let report: Self = wire::decode(&envelope.body)?;
        if report.place != place {
            return Err(Fault::new(codes::WRONG_PLACE));
        }
        let server = organisation.server(place.connection, report.server)?;
        server.keys.verify(Signing::Report, &envelope.body, &envelope.signature)?;
        Ok(report)
    }
}

/// Which records of which servers have been seen. Counters have no gaps, so a record that is withheld shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen(BTreeMap<ServerId, BTreeSet<u64>>);

impl Seen {
    /// Takes note of records.
    pub fn add(&mut self, records: impl IntoIterator<Item = Counted>) {
        for record in records {
            self.0.entry(record.server).or_default().insert(record.counter);
        }
    }

    /// How far each server's records go without a gap.
    pub fn counters(&self) -> Vec<Counted> {
        let whole = |(server, counters): (&ServerId, &BTreeSet<u64>)| {
            let gapless = (1..).zip(counters).take_while(|(expected, found)| expected == *found).count();
            Counted { server: *server, counter: gapless as u64 }
        };
        self.0.iter().map(whole).collect()
    }

    /// The first record that is missing below what was seen, or below what a witness has seen.
    ///
    /// Code: `WITHHELD`, with the server and the counter.
    pub fn complete(&self, witness: &[Counted]) -> Result<()> {
        let missing = |server: ServerId, counter: u64| {
            let counter = i64::try_from(counter).unwrap_or(i64::MAX);
            Fault::new(codes::WITHHELD).with("server", server.to_string()).with("counter", counter)
        };
        let none = BTreeSet::new();
        for Counted { server, counter } in self.counters() {
            let seen = self.0.get(&server).unwrap_or(&none);
            if seen.last().is_some_and(|last| *last > counter) {
                return Err(missing(server, counter + 1));
            }
        }
        for told in witness {
            let last = self.0.get(&told.server).and_then(|seen| seen.last()).copied().unwrap_or(0);
            if last < told.counter {
                return Err(missing(told.server, last + 1));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: ServerId = ServerId([1; 16]);

    fn seen(counters: &[u64]) -> Seen {
        let mut seen = Seen::default();
        seen.add(counters.iter().map(|counter| Counted { server: ONE, counter: *counter }));
        seen
    }

    #[test]
    fn a_withheld_record_leaves_a_gap() {
        seen(&[1, 2, 3]).complete(&[]).unwrap();
        let fault = seen(&[1, 3]).complete(&[]).unwrap_err();
        assert_eq!(fault.code, codes::WITHHELD);
        assert_eq!(fault.args["counter"], 2_i64.into());
    }

    #[test]
    fn a_cut_off_end_is_told_by_a_witness() {
        let witness = [Counted { server: ONE, counter: 3 }];
        seen(&[1, 2, 3]).complete(&witness).unwrap();
        assert_eq!(seen(&[1, 2]).complete(&witness).unwrap_err().code, codes::WITHHELD);
        assert_eq!(Seen::default().complete(&witness).unwrap_err().code, codes::WITHHELD);
    }
}
