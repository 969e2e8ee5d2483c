//! Writing user records: one at a time, so that this server's counter has no gap, and each one kept until the hub has
//! said whether it took it.

use aws_lc_rs::rand;
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::Blob;
use sekisho_hub_api::codes as hub_codes;
use sekisho_hub_api::wire::NewRecord;
use sekisho_keys::ids::UserId;
use sekisho_keys::keyring::Keyring;
use sekisho_keys::user::{Context, Record, State, User, Writer as Signer, blinded};
use sekisho_signin::{Identity, Profile};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::connected::Connected;
use crate::store::SealedFile;
use crate::{clock, codes};

/// The name of the user with this identity.
pub(super) fn user_id(keyring: &Keyring, identity: &Identity) -> UserId {
    blinded(keyring, &["identity", &identity.idp, &identity.source, &identity.value])
}

/// Whether the hub has refused for good.
fn is_final(fault: &Fault) -> bool {
    [hub_codes::TAKEN, hub_codes::FORBIDDEN, hub_codes::REQUEST].contains(&fault.code)
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
}

impl Writer {
    /// A writer that keeps what is on its way in this file.
    pub fn new(outgoing: SealedFile) -> Self {
        Self { outgoing, turn: Mutex::new(()) }
    }

    /// Makes a user, or finds that another server was first. True when it was this server.
    ///
    /// Codes: the hub's.
    pub(super) async fn make(&self, connected: &Connected, identity: &Identity, profile: &Profile) -> Result<bool> {
        let _turn = self.turn.lock().await;
        match self.deliver(connected).await {
            Ok(_) => {}
            // The hub's last word about somebody else's record is none about this user.
            Err(fault) if is_final(&fault) => {}
            Err(fault) => return Err(fault),
        }
        let member = connected.member()?;
        let keyring = member.newest_keyring()?;
        let id = user_id(&keyring, identity);
        if connected.replica.row("user", &id.to_string()).await?.is_some() {
            return Ok(false);
        }
        let (mut secret, mut nonce) = ([0; 32], [0; 12]);
        let drawn = rand::fill(&mut secret).and_then(|()| rand::fill(&mut nonce));
        drawn.map_err(|_| Fault::new(codes::RANDOM))?;
        let user = User {
            email: profile.email.as_str().to_owned(),
            first_name: profile.first_name.clone(),
            last_name: profile.last_name.clone(),
            idp: identity.idp.clone(),
            source: identity.source.clone(),
            subject: identity.value.clone(),
            secret,
            state: State::Active,
        };
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
        let context = Context { place: member.place, user: id, revision: 1, epoch: keyring.epoch };
        let record = Record::sign(context, None, &user, &keyring, signer, nonce)?;
        let email = blinded(&keyring, &["email", profile.email.as_str()]).to_string();
        let record_bytes = Blob(record.to_bytes());
        self.outgoing
            .write(&Outgoing { user: id.to_string(), record: NewRecord { after: 0, record: record_bytes, email } })?;
        let taken = self.deliver(connected).await?;
        connected.catch_up().await?;
        Ok(taken)
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
            // Somebody else has the user, or the address.
            Err(fault) if fault.code == hub_codes::STALE => {
                self.outgoing.remove();
                Ok(false)
            }
            Err(fault) => {
                if is_final(&fault) {
                    self.outgoing.remove();
                }
                Err(fault)
            }
        }
    }
}
