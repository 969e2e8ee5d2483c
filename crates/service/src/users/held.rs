//! Identities that wait for an administrator: they came with an address that another user has (R11). This server keeps those that it has
//! met, and tells them in its report.

use std::sync::{Mutex, PoisonError};

use data_encoding::HEXLOWER;
use sekisho_fault::Result;
use sekisho_keys::held::{self, Held};
use sekisho_keys::ids::UserId;
use sekisho_signin::{Identity, Profile};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use super::told::told;
use super::writer::user_id;
use crate::clock;
use crate::connected::Connected;
use crate::store::SealedFile;

/// Nobody waits longer, in seconds: whoever still needs it comes again.
const LONGEST: i64 = 30 * 24 * 60 * 60;

/// One of them, on disk.
#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    user: String,
    email: String,
    name: String,
    idp: String,
    source: String,
    subject: String,
    time: i64,
}

impl Kept {
    fn of(held: Held) -> Self {
        let Held { user, email, name, idp, source, subject, time } = held;
        Self { user: HEXLOWER.encode(&user.0), email, name, idp, source, subject, time }
    }

    fn told(&self) -> Option<Held> {
        let mut user = [0; 32];
        HEXLOWER.decode_mut(self.user.as_bytes(), &mut user).ok()?;
        Some(Held {
            user: UserId(user),
            email: self.email.clone(),
            name: self.name.clone(),
            idp: self.idp.clone(),
            source: self.source.clone(),
            subject: self.subject.clone(),
            time: self.time,
        })
    }
}

/// Those whom this server has met.
pub struct Waiting {
    file: SealedFile,
    all: Mutex<Vec<Kept>>,
    /// One more waits: others are to hear of it.
    pub(crate) news: Notify,
}

impl Waiting {
    /// Those of the last run. What is damaged is forgotten: whoever waits comes again.
    pub fn open(file: SealedFile) -> Self {
        let all = file.read::<Vec<Kept>>().unwrap_or_else(|fault| {
            tracing::error!(%fault, "who waits for an administrator");
            None
        });
        Self { file, all: Mutex::new(all.unwrap_or_default()), news: Notify::new() }
    }

    /// Notes one, instead of an earlier time.
    ///
    /// Codes: `FILE`, `NOT_ENROLLED`.
    pub(super) fn note(&self, connected: &Connected, identity: &Identity, profile: &Profile) -> Result<()> {
        let id = user_id(&connected.member()?.newest_keyring()?, identity);
        let one = Held {
            user: id,
            email: profile.email.as_str().to_owned(),
            name: format!("{} {}", profile.first_name, profile.last_name).trim().to_owned(),
            idp: identity.idp.clone(),
            source: identity.source.clone(),
            subject: identity.value.clone(),
            time: clock::now(),
        };
        let one = Kept::of(one.short());
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|known| known.user != one.user);
        all.insert(0, one);
        all.truncate(held::MOST);
        self.file.write(&*all)?;
        drop(all);
        self.news.notify_one();
        Ok(())
    }

    /// Those who still wait: no administrator has spoken since.
    ///
    /// Code: `FILE`.
    pub(crate) async fn list(&self, connected: &Connected) -> Result<Vec<Held>> {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (mut waiting, mut over) = (Vec::new(), Vec::new());
        for one in all {
            // What cannot be read says nothing, and holds nobody else up.
            let decisions = told(connected, &one.email).await.map(|told| told.decisions).unwrap_or_default();
            let decided =
                decisions.iter().any(|known| known.identity.to_string() == one.user && known.time >= one.time);
            if decided || clock::now().saturating_sub(one.time) > LONGEST {
                over.push((one.user, one.time));
            } else {
                waiting.extend(one.told());
            }
        }
        if !over.is_empty() {
            let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
            all.retain(|known| !over.contains(&(known.user.clone(), known.time)));
            self.file.write(&*all)?;
        }
        Ok(waiting)
    }
}
