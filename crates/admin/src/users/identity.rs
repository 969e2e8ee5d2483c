//! One identity of a user, as its record has it: all but the secret, which stays with nobody who only reads.

use sekisho_keys::fact;
use sekisho_keys::ids::{AccountId, UserId};
use sekisho_keys::keyring::Keyring;
use sekisho_keys::user::{Linked, User};

/// What is known of it.
pub(super) struct Identity {
    /// The record's blinded name.
    pub(super) id: UserId,
    /// The blinded address.
    pub(super) address: UserId,
    /// What all identities of one person share.
    pub(super) account: AccountId,
    /// Nothing is left of it but the name.
    pub(super) is_shredded: bool,
    pub(super) email: String,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) idp: String,
    pub(super) source: String,
    pub(super) subject: String,
    pub(super) linked: Option<Linked>,
    /// The addresses before this one.
    former: Vec<String>,
    /// Since when its record has a second factor.
    pub(super) factors_since: Option<i64>,
}

impl Identity {
    /// Takes what is to be known from an opened record.
    pub(super) fn of(id: UserId, user: &User, keyring: &Keyring) -> Self {
        let factors = user.factors.as_ref().filter(|factors| !factors.is_empty());
        Self {
            id,
            address: fact::about(keyring, &user.email),
            account: user.account(),
            is_shredded: user.is_shredded(),
            email: user.email.clone(),
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            idp: user.idp.clone(),
            source: user.source.clone(),
            subject: user.subject.clone(),
            linked: user.linked,
            former: user.former.clone().unwrap_or_default(),
            factors_since: factors.map(|factors| factors.since),
        }
    }

    /// All addresses under which something may have been said of the user, the one of now first.
    pub(super) fn addresses(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.email).chain(&self.former).map(String::as_str)
    }
}
