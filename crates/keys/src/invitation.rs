//! An administrator's invitation: a secret out of band that authenticates the invited one's keys (R3).

use aws_lc_rs::{constant_time, hmac};
use sekisho_fault::{Fault, Result};

use crate::codes;
use crate::derive::{Purpose, Secret};
use crate::identity::{Identity, PublicIdentity};
use crate::ids::InvitationId;
use crate::keyring::OrganisationKey;
use crate::sealed::NONCE;

/// The secret of an invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Its name.
    pub id: InvitationId,
    secret: Secret,
}

impl Invitation {
    /// An invitation of 128 random bits.
    pub fn new(id: InvitationId, secret: &[u8; 16]) -> Self {
        let mut padded = [0; 32];
        padded[..16].copy_from_slice(secret);
        Self { id, secret: Secret::new(padded) }
    }

    /// The keys with which the invited one enters the hub, once.
    pub fn credential(&self) -> Identity {
        Identity::new(self.secret.derive(Purpose::Signing, &self.id.0))
    }

    /// Authenticates the keys that the invited one has made.
    pub fn authenticate(&self, login: &str, keys: &PublicIdentity) -> Vec<u8> {
        let key = self.secret.derive(Purpose::Invitation, &self.id.0);
        let key = hmac::Key::new(hmac::HMAC_SHA256, key.expose());
        hmac::sign(&key, &[login.as_bytes(), b"\0", &keys.to_bytes()].concat()).as_ref().to_vec()
    }

    /// Whether whoever made these keys held the invitation.
    ///
    /// Code: `INVITATION`.
    pub fn verify(&self, login: &str, keys: &PublicIdentity, mark: &[u8]) -> Result<()> {
        constant_time::verify_slices_are_equal(&self.authenticate(login, keys), mark)
            .map_err(|_| Fault::new(codes::INVITATION))
    }

    /// Seals the secret under the organisation's key, so that every administrator can admit the invited one. For whom it
    /// is and until when are bound into the seal: the hub's word on both does not count.
    ///
    /// Code: `NOT_AUTHENTIC`.
    pub fn seal(&self, organisation: &OrganisationKey, terms: &Terms<'_>, nonce: [u8; NONCE]) -> Result<Vec<u8>> {
        let context = terms.context(self.id);
        organisation.seal(Purpose::Wrap, b"invitation", &context, nonce, self.secret.expose())
    }

    /// Opens the secret. One that was sealed under a key before the newest is known to an administrator who has left: it
    /// authenticates nobody any more.
    ///
    /// Codes: `WRONG_EPOCH`, `NOT_AUTHENTIC`, `FORMAT`.
    pub fn open(id: InvitationId, organisation: &OrganisationKey, terms: &Terms<'_>, bytes: &[u8]) -> Result<Self> {
        if !bytes.starts_with(&organisation.number.to_be_bytes()) {
            return Err(Fault::new(codes::WRONG_EPOCH));
        }
        let plain = organisation.open(Purpose::Wrap, b"invitation", &terms.context(id), bytes)?;
        let secret = plain.try_into().map_err(|_| Fault::new(codes::FORMAT))?;
        Ok(Self { id, secret: Secret::new(secret) })
    }
}

/// For whom an invitation is, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms<'a> {
    /// The name at sign-in.
    pub login: &'a str,
    /// Seconds since 1970.
    pub ends: i64,
}

impl Terms<'_> {
    fn context(&self, id: InvitationId) -> Vec<u8> {
        [&id.0[..], &self.ends.to_be_bytes(), self.login.as_bytes()].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_were_swapped_on_the_way_are_found() {
        let invitation = Invitation::new(InvitationId([1; 16]), &[2; 16]);
        let (own, other) = (Identity::new(Secret::new([3; 32])), Identity::new(Secret::new([4; 32])));
        let mark = invitation.authenticate("tanaka", own.public());
        invitation.verify("tanaka", own.public(), &mark).unwrap();
        assert_eq!(invitation.verify("tanaka", other.public(), &mark).unwrap_err().code, codes::INVITATION);
        assert_eq!(invitation.verify("suzuki", own.public(), &mark).unwrap_err().code, codes::INVITATION);
    }

    #[test]
    fn every_administrator_can_check_an_invitation() {
        let invitation = Invitation::new(InvitationId([1; 16]), &[2; 16]);
        let key = OrganisationKey::first(Secret::new([5; 32]));
        let terms = Terms { login: "suzuki", ends: 100 };
        let sealed = invitation.seal(&key, &terms, [0; NONCE]).unwrap();
        let open = |id, terms: &Terms<'_>| Invitation::open(id, &key, terms, &sealed);
        assert_eq!(open(invitation.id, &terms).unwrap(), invitation);
        assert!(open(InvitationId([9; 16]), &terms).is_err());
        assert!(open(invitation.id, &Terms { ends: 101, ..terms }).is_err());
        assert!(open(invitation.id, &Terms { login: "mallory", ..terms }).is_err());
    }

    #[test]
    fn an_invitation_that_somebody_who_has_left_could_open_authenticates_nobody() {
        let invitation = Invitation::new(InvitationId([1; 16]), &[2; 16]);
        let key = OrganisationKey::first(Secret::new([5; 32]));
        let terms = Terms { login: "suzuki", ends: 100 };
        let sealed = invitation.seal(&key, &terms, [0; NONCE]).unwrap();
        let next = key.next(Secret::new([6; 32]));
        assert_eq!(Invitation::open(invitation.id, &next, &terms, &sealed).unwrap_err().code, codes::WRONG_EPOCH);
        let sealed = invitation.seal(&next, &terms, [0; NONCE]).unwrap();
        assert_eq!(Invitation::open(invitation.id, &next, &terms, &sealed).unwrap(), invitation);
    }
}
