//! Who signs, and to whom things are sealed: an Ed25519 (RFC 8032) and an X25519 (RFC 7748) key out of one secret.

use aws_lc_rs::agreement::{PrivateKey, X25519};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use minicbor::{Decode, Encode};
use rustls::crypto::aws_lc_rs::hpke::DH_KEM_X25519_HKDF_SHA256_AES_256 as SUITE;
use rustls::crypto::hpke::{EncapsulatedSecret, Hpke, HpkePrivateKey, HpkePublicKey};
use sekisho_fault::{Fault, Result};

use crate::codes;
use crate::derive::{Purpose, Secret};
use crate::ids::{Hash, KeyId};
use crate::wire;

/// What a signature is for. A signature for one purpose is none for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signing {
    /// An entry of the organisation log.
    Log,
    /// A revision of a connection's configuration.
    Revision,
    /// A user record.
    User,
    /// What an administrator says of a user.
    Fact,
    /// A server's report of itself.
    Report,
    /// A wish that every server reads everything again.
    Sync,
    /// An enrolment ticket.
    Ticket,
    /// A sign-in at the hub by key.
    HubSession,
    /// A request that writes at the hub.
    HubWrite,
    /// Users who are handed over to a server.
    Transfer,
    /// The word that a private key was taken out.
    GivenOut,
    /// What a server has come to by ACME.
    Acme,
}

impl Signing {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Log => b"sekisho/log/1\0",
            Self::Revision => b"sekisho/revision/1\0",
            Self::User => b"sekisho/user/1\0",
            Self::Fact => b"sekisho/fact/1\0",
            Self::Report => b"sekisho/report/1\0",
            Self::Sync => b"sekisho/sync/1\0",
            Self::Ticket => b"sekisho/ticket/1\0",
            Self::HubSession => b"sekisho/hub-session/1\0",
            Self::HubWrite => b"sekisho/hub-write/1\0",
            Self::Transfer => b"sekisho/transfer/1\0",
            Self::GivenOut => b"sekisho/given-out/1\0",
            Self::Acme => b"sekisho/acme/1\0",
        }
    }
}

/// An Ed25519 signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Signature(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 64]);

/// Something sealed to one receiver (HPKE, RFC 9180, base mode).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Sealed {
    /// Whose key opens it.
    #[n(0)]
    pub receiver: KeyId,
    /// The encapsulated key.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub enc: Vec<u8>,
    /// The ciphertext.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub ciphertext: Vec<u8>,
}

/// The public half of an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub struct PublicIdentity {
    /// Ed25519.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub signing: [u8; 32],
    /// X25519.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub sealing: [u8; 32],
}

impl PublicIdentity {
    /// The fingerprint of both keys.
    pub fn id(&self) -> KeyId {
        KeyId(Hash::of(&[b"sekisho/identity/1\0".as_slice(), &self.signing, &self.sealing].concat()).0)
    }

    /// Whether this identity signed these bytes for this purpose.
    ///
    /// Code: `SIGNATURE`.
    pub fn verify(&self, purpose: Signing, bytes: &[u8], signature: &Signature) -> Result<()> {
        let signed = [purpose.label(), bytes].concat();
        let verified = UnparsedPublicKey::new(&ED25519, self.signing).verify(&signed, &signature.0);
        verified.map_err(|_| Fault::new(codes::SIGNATURE))
    }

    /// Seals something to this identity; `context` must be the same at opening.
    ///
    /// Code: `NOT_AUTHENTIC`, when the key is none.
    pub fn seal(&self, context: &[u8], plain: &[u8]) -> Result<Sealed> {
        let (enc, ciphertext) = SUITE
            .seal(context, b"", plain, &HpkePublicKey(self.sealing.to_vec()))
            .map_err(|_| Fault::new(codes::NOT_AUTHENTIC))?;
        Ok(Sealed { receiver: self.id(), enc: enc.0, ciphertext })
    }

    /// The bytes, for the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        wire::encode(self)
    }

    /// Reads the bytes.
    ///
    /// Code: `FORMAT`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        wire::decode(bytes)
    }
}

/// An identity with its private keys: an administrator's, a server's, a recovery kit's, an invitation's.
pub struct Identity {
    seed: Secret,
    signing: Ed25519KeyPair,
    sealing: Secret,
    public: PublicIdentity,
}

/// The public signing key of a secret's [`Identity`], without making the rest of it.
pub fn signing_key_of(seed: &Secret) -> [u8; 32] {
    let mut public = [0; 32];
    // Any 32 bytes are an Ed25519 seed, and its public key has 32 bytes.
    let Ok(pair) = Ed25519KeyPair::from_seed_unchecked(seed.derive(Purpose::Signing, b"").expose()) else {
        unreachable!("32 bytes are a seed")
    };
    public.copy_from_slice(pair.public_key().as_ref());
    public
}

impl Identity {
    /// The identity of a secret of 32 random bytes.
    pub fn new(seed: Secret) -> Self {
        let sealing = seed.derive(Purpose::Sealing, b"");
        // Any 32 bytes are an Ed25519 seed and an X25519 private key: neither step can fail.
        let keys = Ed25519KeyPair::from_seed_unchecked(seed.derive(Purpose::Signing, b"").expose()).ok().zip(
            PrivateKey::from_private_key(&X25519, sealing.expose()).and_then(|key| Ok(key.compute_public_key()?)).ok(),
        );
        let Some((signing, agreed)) = keys else { unreachable!("32 bytes are a key") };
        let mut public = PublicIdentity { signing: [0; 32], sealing: [0; 32] };
        // Both algorithms have public keys of 32 bytes.
        public.signing.copy_from_slice(signing.public_key().as_ref());
        public.sealing.copy_from_slice(agreed.as_ref());
        Self { seed, signing, sealing, public }
    }

    /// The secret that the identity was made of, to be sealed and kept.
    pub fn seed(&self) -> &Secret {
        &self.seed
    }

    /// The public half.
    pub fn public(&self) -> &PublicIdentity {
        &self.public
    }

    /// The fingerprint.
    pub fn id(&self) -> KeyId {
        self.public.id()
    }

    /// Signs bytes for a purpose.
    pub fn sign(&self, purpose: Signing, bytes: &[u8]) -> Signature {
        let mut signature = [0; 64];
        // Ed25519 signatures have 64 bytes.
        signature.copy_from_slice(self.signing.sign(&[purpose.label(), bytes].concat()).as_ref());
        Signature(signature)
    }

    /// Signs for one purpose, for whoever must not have the identity itself.
    pub fn signer(&self, purpose: Signing) -> impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static {
        let own = Self::new(self.seed.clone());
        move |bytes| own.sign(purpose, bytes).0.to_vec()
    }

    /// Opens what was sealed to this identity in this context.
    ///
    /// Code: `NOT_AUTHENTIC`.
    pub fn open(&self, context: &[u8], sealed: &Sealed) -> Result<Vec<u8>> {
        let key = HpkePrivateKey::from(self.sealing.expose().to_vec());
        let enc = EncapsulatedSecret(sealed.enc.clone());
        SUITE.open(&enc, context, b"", &sealed.ciphertext, &key).map_err(|_| Fault::new(codes::NOT_AUTHENTIC))
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Identity({})", self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(byte: u8) -> Identity {
        Identity::new(Secret::new([byte; 32]))
    }

    #[test]
    fn a_signature_holds_for_its_purpose_its_bytes_and_its_signer() {
        let (alice, bob) = (identity(1), identity(2));
        let signature = alice.sign(Signing::Log, b"x");
        alice.public().verify(Signing::Log, b"x", &signature).unwrap();
        let code = |result: Result<()>| result.unwrap_err().code;
        assert_eq!(code(alice.public().verify(Signing::Revision, b"x", &signature)), codes::SIGNATURE);
        assert_eq!(code(alice.public().verify(Signing::Log, b"y", &signature)), codes::SIGNATURE);
        assert_eq!(code(bob.public().verify(Signing::Log, b"x", &signature)), codes::SIGNATURE);
    }

    #[test]
    fn the_signing_key_alone_is_that_of_the_whole_identity() {
        let seed = Secret::new([9; 32]);
        assert_eq!(signing_key_of(&seed), Identity::new(seed).public().signing);
    }

    #[test]
    fn only_the_receiver_opens_and_only_in_the_context() {
        let (alice, bob) = (identity(1), identity(2));
        let sealed = alice.public().seal(b"here", b"secret").unwrap();
        assert_eq!(alice.open(b"here", &sealed).unwrap(), b"secret");
        assert!(alice.open(b"there", &sealed).is_err());
        assert!(bob.open(b"here", &sealed).is_err());
    }

    #[test]
    fn an_identity_is_the_same_each_time_and_reads_as_it_is_written() {
        assert_eq!(identity(1).public(), identity(1).public());
        let public = *identity(1).public();
        assert_eq!(PublicIdentity::from_bytes(&public.to_bytes()).unwrap(), public);
    }
}
