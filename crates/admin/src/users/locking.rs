//! Locking users, and unlocking them: an entry of the organisation log, which no hub holds back unseen (R18).

use sekisho_fault::Result;
use sekisho_keys::fact;
use sekisho_keys::log::Act;

use super::acts::{ChangeUsers, ChangedUsers};
use super::known;
use crate::session::{Session, no_effects};

impl Session {
    /// Locks users: they do not sign in at any server, and keep what they have. All of them, or none if one is not known.
    ///
    /// Codes: `NO_CONNECTION`, `NO_USER`, `EMAIL` of the configuration, `LOG_RULE`, and the hub's.
    pub async fn lock_users(&mut self, wish: &ChangeUsers) -> Result<ChangedUsers> {
        self.set_locked(wish, true).await
    }

    /// Unlocks users.
    ///
    /// Codes: as [`Session::lock_users`].
    pub async fn unlock_users(&mut self, wish: &ChangeUsers) -> Result<ChangedUsers> {
        self.set_locked(wish, false).await
    }

    async fn set_locked(&mut self, wish: &ChangeUsers, locked: bool) -> Result<ChangedUsers> {
        let (place, keyring, directory) = self.directory(&wish.connection).await?;
        let known = known(&directory, &wish.emails)?;
        let (_, connection) = self.connection(&wish.connection)?;
        let acts: Vec<Act> = known
            .iter()
            .map(|person| fact::about(&keyring, &person.email))
            .filter(|about| connection.locked.contains(about) != locked)
            .map(|about| Act::LockUser { connection: place.connection, about, locked })
            .collect();
        let changed = acts.len() as u64;
        if changed > 0 {
            self.append(acts, no_effects()).await?;
        }
        Ok(ChangedUsers { changed, waiting: 0 })
    }
}
