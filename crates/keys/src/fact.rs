//! What an administrator says of a user: invited before the identity provider vouches (R11), removed, taken back; on which node
//! they are and under which role; whether who else came with the address is the same person. Signed by the administrator; of two, the one with the higher
//! number counts, and it says everything anew. Numbers are moments: seconds since 1970.

use minicbor::{Decode, Encode};
use sekisho_fault::{Fault, Result};

use crate::derive::Purpose;
use crate::identity::{Identity, Signature, Signing};
use crate::ids::{AccountId, ConnectionId, KeyId, UserId};
use crate::keyring::{Keyring, Place};
use crate::log::Organisation;
use crate::removal::Removal;
use crate::sealed::{self, NONCE};
use crate::{codes, user, wire};

const BLOCK: usize = 256;

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Said {
    /// May sign in for the first time, though users are not made at first sign-in.
    #[n(0)]
    Invited,
    /// May not sign in any more, and is not made anew.
    #[n(1)]
    Removed(#[n(0)] Removal),
    /// A removal was taken back: nothing is said of the user.
    #[n(2)]
    Restored,
    /// Is invited to another connection: this one makes no account.
    #[n(3)]
    Elsewhere(#[n(0)] ConnectionId),
}

/// Where an administrator has put a user. Node and role are named as the connection's document names them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Placing {
    /// The node; none: the connection's own.
    #[n(0)]
    pub node: Option<String>,
    /// The role; none: the one that groups, node or connection give.
    #[n(1)]
    pub role: Option<String>,
    /// Whose it is, where there was an account: the address may be another's one day.
    #[n(2)]
    pub account: Option<AccountId>,
    /// Second factors that were set up then or before, by their own [`crate::factor::Factors::since`], count no more.
    #[n(3)]
    pub void_factors: Option<i64>,
}

impl Placing {
    /// Whether factors count that were set up at this moment.
    pub fn leaves(&self, since: i64) -> bool {
        self.void_factors.is_none_or(|void| since > void)
    }

    /// Whether it is about who has this account.
    pub fn is_of(&self, account: AccountId) -> bool {
        self.account.is_none_or(|known| known == account)
    }
}

/// Of an identity that came with an address of somebody else's: whether both are one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Decision {
    /// The blinded identity.
    #[n(0)]
    pub identity: UserId,
    /// The account that was looked at, and no other one.
    #[n(1)]
    pub account: AccountId,
    /// Whether they are one.
    #[n(2)]
    pub same: bool,
    /// When an administrator said so: seconds since 1970. It names the occasion, as the opening of a window does.
    #[n(3)]
    pub time: i64,
}

/// So many decisions of an address are kept, the newest.
pub const DECISIONS: usize = 8;

/// All that is said of an address at once.
#[derive(Clone, Debug)]
pub struct Word<'a> {
    /// The address.
    pub email: &'a str,
    /// What is said.
    pub said: Said,
    /// The higher number counts.
    pub number: u64,
    /// Where the user is put, if an administrator has put them anywhere.
    pub placing: Option<Placing>,
    /// Who else came with the address, the newest first.
    pub decisions: Vec<Decision>,
}

impl<'a> From<(&'a str, Said, u64)> for Word<'a> {
    fn from((email, said, number): (&'a str, Said, u64)) -> Self {
        Self { email, said, number, placing: None, decisions: Vec::new() }
    }
}

#[derive(Encode, Decode)]
struct Header {
    #[n(0)]
    format: u32,
    #[n(1)]
    place: Place,
    /// The blinded e-mail address.
    #[n(2)]
    about: UserId,
    #[n(3)]
    number: u64,
    #[n(4)]
    epoch: u32,
    #[n(5)]
    author: KeyId,
    #[n(6)]
    time: i64,
    #[cbor(n(7), with = "minicbor::bytes")]
    ciphertext: Vec<u8>,
}

#[derive(Encode, Decode)]
struct Plain {
    #[n(0)]
    email: String,
    #[n(1)]
    said: Said,
    #[n(2)]
    placing: Option<Placing>,
    #[n(3)]
    decisions: Option<Vec<Decision>>,
}

#[derive(Encode, Decode)]
struct Envelope {
    #[cbor(n(0), with = "minicbor::bytes")]
    header: Vec<u8>,
    #[n(1)]
    signature: Signature,
}

/// A fact, verified and opened.
#[derive(Clone, PartialEq, Eq)]
pub struct Fact {
    /// The blinded e-mail address.
    pub about: UserId,
    /// The e-mail address.
    pub email: String,
    /// What is said.
    pub said: Said,
    /// Where the user is put.
    pub placing: Option<Placing>,
    /// Who else came with the address, the newest first.
    pub decisions: Vec<Decision>,
    /// The higher number counts.
    pub number: u64,
    /// The administrator's keys.
    pub author: KeyId,
}

/// The name of a fact about an e-mail address.
pub fn about(keyring: &Keyring, email: &str) -> UserId {
    user::blinded(keyring, &["fact", email])
}

fn context(place: Place, about: UserId, number: u64) -> Vec<u8> {
    wire::encode(&(place, about, number))
}

/// The key epoch that a fact is sealed under.
///
/// Codes: `FORMAT`, `NEWER_FORMAT`.
pub fn epoch(bytes: &[u8]) -> Result<u32> {
    let envelope: Envelope = wire::decode(bytes)?;
    let header: Header = wire::decode(&envelope.header)?;
    if header.format == 1 { Ok(header.epoch) } else { Err(Fault::new(codes::NEWER_FORMAT)) }
}

/// The number of a fact: of two, the higher counts.
///
/// Codes: `FORMAT`.
pub fn number(bytes: &[u8]) -> Result<u64> {
    let envelope: Envelope = wire::decode(bytes)?;
    wire::decode::<Header>(&envelope.header).map(|header| header.number)
}

impl Said {
    /// What is said of a user whose removal is taken back, or waits.
    pub fn without(removal: Removal) -> Self {
        if removal.invited { Self::Invited } else { Self::Restored }
    }
}

impl Fact {
    /// Whether it does more than let somebody in: what takes a vault away, opens one to somebody, or changes a role. Who has left says
    /// none of it any more, whatever moment they write into it; what they said before is signed anew by who removes them.
    pub fn needs_active_author(&self) -> bool {
        matches!(self.said, Said::Removed(_)) || self.placing.is_some() || !self.decisions.is_empty()
    }

    /// Seals and signs a fact.
    ///
    /// Code: `NOT_AUTHENTIC`.
    pub fn sign<'a>(
        place: Place,
        word: impl Into<Word<'a>>,
        keyring: &Keyring,
        author: &Identity,
        time: i64,
        nonce: [u8; NONCE],
    ) -> Result<(UserId, Vec<u8>)> {
        let Word { email, said, number, placing, decisions } = word.into();
        let decisions = (!decisions.is_empty()).then_some(decisions);
        let about = about(keyring, email);
        let bound = context(place, about, number);
        let plain = wire::encode(&Plain { email: email.to_owned(), said, placing, decisions });
        let key = keyring.key.derive(Purpose::Fact, &bound);
        let ciphertext = sealed::seal_padded(&key, nonce, &bound, &plain, BLOCK)?;
        let header =
            Header { format: 1, place, about, number, epoch: keyring.epoch, author: author.id(), time, ciphertext };
        let header = wire::encode(&header);
        let signature = author.sign(Signing::Fact, &header);
        Ok((about, wire::encode(&Envelope { header, signature })))
    }

    /// Reads a fact that an administrator of the connection has signed.
    ///
    /// Codes: `FORMAT`, `NEWER_FORMAT`, `WRONG_PLACE`, `LOG_AUTHOR`, `SIGNATURE`, `WRONG_EPOCH`, `NOT_AUTHENTIC`.
    pub fn open(bytes: &[u8], organisation: &Organisation, place: Place, keyring: &Keyring) -> Result<Self> {
        let envelope: Envelope = wire::decode(bytes)?;
        let header: Header = wire::decode(&envelope.header)?;
        if header.format != 1 {
            return Err(Fault::new(codes::NEWER_FORMAT));
        }
        if header.place != place {
            return Err(Fault::new(codes::WRONG_PLACE));
        }
        // What an administrator said counts after they have left, and what they say then does not.
        let said = i64::try_from(header.number).unwrap_or(i64::MAX);
        let author = organisation.might_change_at(place.connection, header.author, said)?;
        author.keys.verify(Signing::Fact, &envelope.header, &envelope.signature)?;
        if header.epoch != keyring.epoch {
            return Err(Fault::new(codes::WRONG_EPOCH));
        }
        let bound = context(place, header.about, header.number);
        let key = keyring.key.derive(Purpose::Fact, &bound);
        let plain: Plain = wire::decode(&sealed::open_padded(&key, &bound, &header.ciphertext)?)?;
        // The name is the address, blinded: a fact cannot be moved to another address.
        if about(keyring, &plain.email) != header.about {
            return Err(Fault::new(codes::WRONG_PLACE));
        }
        Ok(Self {
            about: header.about,
            email: plain.email,
            said: plain.said,
            placing: plain.placing,
            decisions: plain.decisions.unwrap_or_default(),
            number: header.number,
            author: header.author,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the version before knows.
    #[derive(Debug, PartialEq, Decode)]
    enum Before {
        #[n(0)]
        Invited,
    }

    /// All that the version before writes and reads of a word.
    #[derive(Encode, Decode)]
    struct PlainBefore {
        #[n(0)]
        email: String,
        #[n(1)]
        said: Said,
    }

    #[test]
    fn a_word_without_a_place_is_written_as_before_and_one_with_a_place_is_read_by_the_version_before() {
        let plain = |placing| Plain { email: "a@example.com".into(), said: Said::Restored, placing, decisions: None };
        let before = PlainBefore { email: "a@example.com".into(), said: Said::Restored };
        assert_eq!(wire::encode(&plain(None)), wire::encode(&before));
        let placing = Placing { node: Some("osaka".into()), account: Some(AccountId([7; 32])), ..Placing::default() };
        let bytes = wire::encode(&plain(Some(placing.clone())));
        assert_eq!(wire::decode::<PlainBefore>(&bytes).unwrap().said, Said::Restored);
        assert_eq!(wire::decode::<Plain>(&bytes).unwrap().placing, Some(placing.clone()));
        assert!(placing.is_of(AccountId([7; 32])) && !placing.is_of(AccountId([8; 32])));
        assert!(Placing::default().is_of(AccountId([8; 32])));
    }

    #[test]
    fn an_invitation_is_written_as_before_and_what_is_newer_is_refused_by_the_version_before() {
        assert_eq!(wire::encode(&Said::Invited), [0x82, 0, 0x80]);
        assert_eq!(wire::decode::<Before>(&wire::encode(&Said::Invited)).unwrap(), Before::Invited);
        let removal = Removal { at: 5, users: 7, approved: None, invited: true };
        for newer in [Said::Removed(removal), Said::Restored, Said::Elsewhere(ConnectionId([3; 16]))] {
            let bytes = wire::encode(&newer);
            assert_eq!(wire::decode::<Said>(&bytes).unwrap(), newer);
            assert_eq!(wire::decode::<Before>(&bytes).unwrap_err().code, codes::FORMAT);
        }
        assert_eq!(Said::without(removal), Said::Invited);
        assert_eq!(Said::without(Removal { invited: false, ..removal }), Said::Restored);
    }
}
