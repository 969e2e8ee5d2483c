//! Writing user records: one at a time, so that this server's counter has no gap, and each one kept until the hub has
//! said whether it took it.

use std::sync::PoisonError;
use std::time::Instant;

use aws_lc_rs::rand;
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::Blob;
use sekisho_hub_api::codes as hub_codes;
use sekisho_hub_api::wire::NewRecord;
use sekisho_keys::factor::Factors;
use sekisho_keys::ids::UserId;
use sekisho_keys::keyring::Keyring;
use sekisho_keys::user::{Context, Linked, Record, State, User, Writer as Signer, blinded};
use sekisho_signin::{Identity, Profile};
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, MutexGuard};
use zeroize::Zeroizing;

use super::following::differs;
use crate::connected::Connected;
use crate::replication::Stored;
use crate::store::SealedFile;
use crate::{clock, codes};

/// The name of the user with this identity.
pub(super) fn user_id(keyring: &Keyring, identity: &Identity) -> UserId {
    blinded(keyring, &["identity", &identity.idp, &identity.source, &identity.value])
}

/// Whether the hub has refused for good.
fn is_final(fault: &Fault) -> bool {
    let last = [
        hub_codes::TAKEN,
        hub_codes::FORBIDDEN,
        hub_codes::REQUEST,
        hub_codes::RETIRED,
        hub_codes::RETIRED_EPOCH,
        hub_codes::DELETED,
    ];
    last.contains(&fault.code)
}

/// The account that a second identity of a user is for.
#[derive(Clone)]
pub(super) struct Known {
    /// Whose it is.
    pub(super) linked: Linked,
    /// Its secret.
    pub(super) secret: Zeroizing<[u8; 32]>,
    /// Its second factors: whoever comes under another name is asked for the same.
    pub(super) factors: Option<Factors>,
}

/// A record on its way: sent again until the hub has answered.
#[derive(Clone, Serialize, Deserialize)]
struct Outgoing {
    user: String,
    record: NewRecord,
}

/// Writes records.
pub struct Writer {
    outgoing: SealedFile,
    turn: Mutex<()>,
    /// When nobody was there to take a record, last, and what was said of that.
    missed: std::sync::Mutex<Option<(Instant, Fault)>>,
}

impl Writer {
    /// A writer that keeps what is on its way in this file.
    pub fn new(outgoing: SealedFile) -> Self {
        Self { outgoing, turn: Mutex::new(()), missed: std::sync::Mutex::default() }
    }

    /// Makes a user, or finds that another server was first. True when it was this server. `known`: gives the identity to a
    /// user who has an account already, instead of a new one.
    ///
    /// Codes: `FORKED`, and the hub's.
    pub(super) async fn make(
        &self,
        connected: &Connected,
        identity: &Identity,
        profile: &Profile,
        known: Option<&Known>,
    ) -> Result<bool> {
        let _turn = self.next_turn(connected).await?;
        match self.make_once(connected, identity, profile, known).await {
            // An epoch has begun meanwhile: the user is sealed under it.
            Err(fault) if fault.code == hub_codes::RETIRED_EPOCH => {
                connected.catch_up().await?;
                self.make_once(connected, identity, profile, known).await
            }
            outcome => outcome,
        }
    }

    /// Waits until nothing else is written here, and sends what was left on its way.
    async fn next_turn(&self, connected: &Connected) -> Result<MutexGuard<'_, ()>> {
        connected.trusts_hub()?;
        let came = Instant::now();
        let turn = self.turn.lock().await;
        // Whoever was before has just waited for a hub that is not there: nobody else waits for the same.
        if let Some(fault) = self.missed_since(came) {
            return Err(fault);
        }
        self.deliver_rest(connected).await?;
        Ok(turn)
    }

    /// Why nobody has taken a record since then, if that was so.
    fn missed_since(&self, then: Instant) -> Option<Fault> {
        let missed = self.missed.lock().unwrap_or_else(PoisonError::into_inner);
        missed.as_ref().filter(|(when, _)| *when >= then).map(|(_, fault)| fault.clone())
    }

    /// Seals a user's record anew, if it is sealed under an epoch that has ended. True when this server did.
    ///
    /// Codes: `FORKED`, the hub's, and those of the keys.
    pub(crate) async fn reseal(&self, connected: &Connected, user: &str) -> Result<bool> {
        connected.trusts_hub()?;
        let _turn = self.turn.lock().await;
        self.deliver_rest(connected).await?;
        let member = connected.member()?;
        let keyring = member.newest_keyring()?;
        let Some(row) = connected.replica.row("user", user).await? else { return Ok(false) };
        let before = Record::read(&row.body)?;
        let old = before.header().context;
        if old.epoch >= keyring.epoch {
            return Ok(false);
        }
        let user = before.open(&member.keyring(old.epoch)?)?;
        let context = Context { revision: old.revision + 1, epoch: keyring.epoch, ..old };
        self.write(connected, context, Some((&before, row.rev)), &user, &keyring).await
    }

    /// Makes a user as they were in another connection, if they are not there. True when they were not.
    ///
    /// Codes: the hub's, and those of the keys.
    pub(crate) async fn import(&self, connected: &Connected, user: &User) -> Result<bool> {
        let _turn = self.turn.lock().await;
        self.deliver_rest(connected).await?;
        let member = connected.member()?;
        let keyring = member.newest_keyring()?;
        let id = blinded(&keyring, &["identity", &user.idp, &user.source, &user.subject]);
        if connected.replica.row("user", &id.to_string()).await?.is_some() {
            return Ok(false);
        }
        let context = Context { place: member.place, user: id, revision: 1, epoch: keyring.epoch };
        self.write(connected, context, None, user, &keyring).await
    }

    /// Lets a known user's record follow what the identity provider says now. True when this server did.
    ///
    /// Codes: `FORKED`, the hub's, and those of the keys.
    pub(super) async fn follow(&self, connected: &Connected, identity: &Identity, profile: &Profile) -> Result<bool> {
        connected.trusts_hub()?;
        let _turn = self.turn.lock().await;
        self.deliver_rest(connected).await?;
        let member = connected.member()?;
        let keyring = member.newest_keyring()?;
        let id = user_id(&keyring, identity).to_string();
        let Some(row) = connected.replica.row("user", &id).await? else { return Ok(false) };
        let before = Record::read(&row.body)?;
        let old = before.header().context;
        let user = before.open(&member.keyring(old.epoch)?)?;
        // Somebody else may have been here since it was looked at.
        if user.is_shredded() || !differs(&user, profile) {
            return Ok(false);
        }
        let former = user.claim(&keyring).to_string();
        let user = user.follow(profile.email.as_str(), &profile.first_name, &profile.last_name);
        let context = Context { revision: old.revision + 1, epoch: keyring.epoch, ..old };
        let before = Some((&before, row.rev));
        let taken = self.write_instead(connected, context, before, (&user, Some(former)), &keyring).await?;
        connected.catch_up().await?;
        Ok(taken)
    }

    /// Sets a user's second factors, if they are as they were when that was decided on. False where they are not.
    ///
    /// Codes: `FORKED`, the hub's, and those of the keys.
    pub(super) async fn set_factors(
        &self,
        connected: &Connected,
        identity: &Identity,
        before: &Factors,
        after: Factors,
    ) -> Result<bool> {
        let _turn = self.next_turn(connected).await?;
        match self.set_factors_once(connected, identity, before, after.clone()).await {
            // An epoch has begun meanwhile: the record is sealed under it.
            Err(fault) if fault.code == hub_codes::RETIRED_EPOCH => {
                connected.catch_up().await?;
                self.set_factors_once(connected, identity, before, after).await
            }
            outcome => outcome,
        }
    }

    async fn set_factors_once(
        &self,
        connected: &Connected,
        identity: &Identity,
        before: &Factors,
        after: Factors,
    ) -> Result<bool> {
        let member = connected.member()?;
        let keyring = member.newest_keyring()?;
        let id = user_id(&keyring, identity).to_string();
        let Some(row) = connected.replica.row("user", &id).await? else { return Ok(false) };
        let record = Record::read(&row.body)?;
        let old = record.header().context;
        let user = record.open(&member.keyring(old.epoch)?)?;
        let is_same = user.factors.clone().unwrap_or_default() == *before;
        if user.is_shredded() || !is_same {
            return Ok(false);
        }
        let user = User { factors: (!after.is_empty()).then_some(after), ..user };
        let context = Context { revision: old.revision + 1, epoch: keyring.epoch, ..old };
        let taken = self.write(connected, context, Some((&record, row.rev)), &user, &keyring).await?;
        connected.catch_up().await?;
        Ok(taken)
    }

    /// Takes the secret out of a removed user's record. True when this server did.
    ///
    /// Codes: the hub's, and those of the keys.
    pub(crate) async fn shred(&self, connected: &Connected, user: &str) -> Result<bool> {
        let _turn = self.turn.lock().await;
        self.deliver_rest(connected).await?;
        let member = connected.member()?;
        let keyring = member.newest_keyring()?;
        let Some(row) = connected.replica.row("user", user).await? else { return Ok(false) };
        let before = Record::read(&row.body)?;
        let old = before.header().context;
        let user = before.open(&member.keyring(old.epoch)?)?;
        if user.is_shredded() {
            return Ok(false);
        }
        let former = user.claim(&keyring).to_string();
        let context = Context { revision: old.revision + 1, epoch: keyring.epoch, ..old };
        let shredded = user.shred();
        self.write_instead(connected, context, Some((&before, row.rev)), (&shredded, Some(former)), &keyring).await
    }

    /// Writes a record that the hub has lost as it was signed, whoever signed it; `after`: how often its row was written
    /// at the hub.
    ///
    /// Codes: the hub's, and those of the keys.
    pub(crate) async fn give_back(&self, connected: &Connected, row: &Stored, after: u64) -> Result<()> {
        let _turn = self.turn.lock().await;
        let member = connected.member()?;
        let record = Record::read(&row.body)?;
        let epoch = record.header().context.epoch;
        let user = record.open(&member.keyring(epoch)?)?;
        let email = user.claim(&member.newest_keyring()?).to_string();
        let (connection, user) = (member.place.connection.to_string(), row.id.clone());
        let record = NewRecord { after, epoch, record: Blob(row.body.clone()), email, former: None };
        let ask = |hub: sekisho_hub_api::Hub| {
            let (connection, user, record) = (connection.clone(), user.clone(), record.clone());
            async move { hub.put_user(&connection, &user, &record).await }
        };
        connected.link.ask(&member, ask).await
    }

    /// Sends what was left on its way when the hub went away: as soon as it is back, and not with the next record of somebody else.
    pub(crate) async fn go_on(&self, connected: &Connected) -> Result<()> {
        // Whoever writes just now sends it first.
        let Ok(_turn) = self.turn.try_lock() else { return Ok(()) };
        if !self.outgoing.is_there() {
            return Ok(());
        }
        connected.trusts_hub()?;
        self.deliver_rest(connected).await
    }

    /// Sends what was left on its way.
    async fn deliver_rest(&self, connected: &Connected) -> Result<()> {
        match self.deliver(connected).await {
            // The hub's last word about somebody else's record is none about the next one.
            Err(fault) if is_final(&fault) => Ok(()),
            outcome => outcome.map(drop),
        }
    }

    async fn make_once(
        &self,
        connected: &Connected,
        identity: &Identity,
        profile: &Profile,
        known: Option<&Known>,
    ) -> Result<bool> {
        let member = connected.member()?;
        let keyring = member.newest_keyring()?;
        let id = user_id(&keyring, identity);
        // A user who was removed for good begins anew, under the same name.
        let (mut before, mut linked) = (None, known.map(|known| known.linked));
        if let Some(row) = connected.replica.row("user", &id.to_string()).await? {
            let record = Record::read(&row.body)?;
            let user = record.open(&member.keyring(record.header().context.epoch)?)?;
            if !user.is_shredded() {
                return Ok(false);
            }
            linked = linked.or(user.linked);
            before = Some((record, row.rev));
        }
        let mut secret = Zeroizing::new([0; 32]);
        match known {
            Some(known) => secret.clone_from(&known.secret),
            None => rand::fill(&mut *secret).map_err(|_| Fault::new(codes::RANDOM))?,
        }
        let user = User {
            email: profile.email.as_str().to_owned(),
            first_name: profile.first_name.clone(),
            last_name: profile.last_name.clone(),
            idp: identity.idp.clone(),
            source: identity.source.clone(),
            subject: identity.value.clone(),
            secret: *secret,
            state: State::Active,
            linked,
            former: None,
            factors: known.and_then(|known| known.factors.clone()),
        };
        let revision = before.as_ref().map_or(1, |(record, _)| record.header().context.revision + 1);
        let context = Context { place: member.place, user: id, revision, epoch: keyring.epoch };
        let before = before.as_ref().map(|(record, rev)| (record, *rev));
        let taken = self.write(connected, context, before, &user, &keyring).await?;
        connected.catch_up().await?;
        Ok(taken)
    }

    /// Signs a record and sends it; `before`: the one that it replaces, and how often its row was written.
    async fn write(
        &self,
        connected: &Connected,
        context: Context,
        before: Option<(&Record, u64)>,
        user: &User,
        keyring: &Keyring,
    ) -> Result<bool> {
        self.write_instead(connected, context, before, (user, None), keyring).await
    }

    /// The same; `former`: what the user gives back.
    async fn write_instead(
        &self,
        connected: &Connected,
        context: Context,
        before: Option<(&Record, u64)>,
        (user, former): (&User, Option<String>),
        keyring: &Keyring,
    ) -> Result<bool> {
        let member = connected.member()?;
        let mut nonce = [0; 12];
        rand::fill(&mut nonce).map_err(|_| Fault::new(codes::RANDOM))?;
        let (noted, previous) = connected.papers.heads()?.records;
        // Heads that were lost or set back must not lead to a counter that was used before.
        let verified = connected.replica.counters().await?;
        let verified = verified.iter().find(|one| one.server == member.server).map_or(0, |one| one.counter);
        let count = noted.max(verified);
        let signer = Signer {
            identity: &member.identity,
            server: member.server,
            counter: count + 1,
            previous,
            time: clock::now(),
        };
        let record = Record::sign(context, before.map(|(record, _)| record), user, keyring, signer, nonce)?;
        let email = user.claim(keyring).to_string();
        let after = before.map_or(0, |(_, rev)| rev);
        let record = NewRecord { after, epoch: context.epoch, record: Blob(record.to_bytes()), email, former };
        self.outgoing.write(&Outgoing { user: context.user.to_string(), record })?;
        self.deliver(connected).await
    }

    /// Sends what is on its way. True when the hub took it, false when there was nothing or it was refused for good: then
    /// its counter is free again.
    async fn deliver(&self, connected: &Connected) -> Result<bool> {
        let outgoing = match self.outgoing.read::<Outgoing>() {
            Ok(Some(outgoing)) => outgoing,
            Ok(None) => return Ok(false),
            Err(fault) if fault.code == codes::FILE => return Err(fault),
            Err(fault) => {
                // What was on its way is lost. Whether the hub has it, the feed says; only then may its counter be used.
                connected.catch_up().await?;
                tracing::error!(%fault, "the record on its way is damaged: it is set aside");
                self.outgoing.set_aside();
                return Ok(false);
            }
        };
        let member = connected.member()?;
        let connection = member.place.connection.to_string();
        let ask = |hub: sekisho_hub_api::Hub| {
            let (connection, outgoing) = (connection.clone(), outgoing.clone());
            async move { hub.put_user(&connection, &outgoing.user, &outgoing.record).await }
        };
        match connected.link.ask(&member, ask).await {
            Ok(()) => {
                // The counter is used up from here on, whether this process lives to note it or not.
                let record = Record::read(outgoing.record.record.as_slice())?;
                connected.papers.raise(|heads| heads.records = (record.header().counter, record.hash()))?;
                self.outgoing.remove();
                Ok(true)
            }
            // Somebody else has the user, or the address. Or has written since over this very record, which the hub took when nobody heard it:
            // only the feed says whether its counter is free.
            Err(fault) if fault.code == hub_codes::STALE => {
                connected.catch_up().await?;
                self.outgoing.remove();
                Ok(false)
            }
            Err(fault) => {
                if is_final(&fault) {
                    if fault.code == hub_codes::RETIRED_EPOCH || fault.code == hub_codes::TAKEN {
                        connected.catch_up().await?;
                    }
                    self.outgoing.remove();
                } else if fault.code == hub_codes::UNREACHABLE || fault.code == hub_codes::STORE {
                    let missed = Some((Instant::now(), fault.clone()));
                    *self.missed.lock().unwrap_or_else(PoisonError::into_inner) = missed;
                }
                Err(fault)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::enrolment::example::connected;

    #[tokio::test]
    async fn newcomers_who_wait_behind_one_that_nobody_took_are_told_at_once_and_the_next_one_tries() {
        let folder = tempfile::tempdir().unwrap();
        let connected = connected(folder.path()).await;
        let writer = &connected.writer;
        let came = Instant::now();
        assert!(writer.missed_since(came).is_none());
        *writer.missed.lock().unwrap() = Some((Instant::now(), Fault::new(hub_codes::UNREACHABLE)));
        assert_eq!(writer.missed_since(came).unwrap().code, hub_codes::UNREACHABLE);
        assert!(writer.missed_since(Instant::now() + std::time::Duration::from_millis(1)).is_none());
    }
}
