//! An administrator's identity at rest: sealed under the export key of the passphrase (OPAQUE, RFC 9807). Its format has
//! a place for a second secret that a device holds (R10).

use minicbor::{Decode, Encode};
use sekisho_fault::{Fault, Result};

use crate::derive::{Purpose, Secret};
use crate::identity::Identity;
use crate::ids::{AdministratorId, Hash, OrganisationId};
use crate::sealed::{self, NONCE};
use crate::{codes, wire};

#[derive(Encode, Decode)]
struct Envelope {
    #[n(0)]
    format: u32,
    #[n(1)]
    owner: Owner,
    #[cbor(n(2), with = "minicbor::bytes")]
    ciphertext: Vec<u8>,
}

/// Whose identity it is, and where; bound into the seal, so that no hub can show another organisation to whoever knows
/// the passphrase, on whatever computer (R8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Owner {
    /// The administrator.
    #[n(0)]
    pub administrator: AdministratorId,
    /// The organisation.
    #[n(1)]
    pub organisation: OrganisationId,
    /// The hash of the organisation log's first entry.
    #[n(2)]
    pub genesis: Hash,
    /// Whether a device's secret is mixed in. No device has one yet.
    #[n(3)]
    pub device: bool,
}

fn key(export_key: &[u8]) -> Secret {
    Secret::new(Hash::of(&[b"sekisho/export-key/1\0", export_key].concat()).0).derive(Purpose::Envelope, b"")
}

/// Seals an administrator's identity under an export key.
///
/// Code: `NOT_AUTHENTIC`.
pub fn seal(owner: Owner, identity: &Identity, export_key: &[u8], nonce: [u8; NONCE]) -> Result<Vec<u8>> {
    let ciphertext = sealed::seal(&key(export_key), nonce, &wire::encode(&owner), identity.seed().expose())?;
    Ok(wire::encode(&Envelope { format: 1, owner, ciphertext }))
}

/// Opens an administrator's identity.
///
/// Codes: `FORMAT`, `NEWER_FORMAT`, `NOT_AUTHENTIC`.
pub fn open(bytes: &[u8], export_key: &[u8]) -> Result<(Owner, Identity)> {
    let envelope: Envelope = wire::decode(bytes)?;
    if envelope.format != 1 || envelope.owner.device {
        return Err(Fault::new(codes::NEWER_FORMAT));
    }
    let seed = sealed::open(&key(export_key), &wire::encode(&envelope.owner), &envelope.ciphertext)?;
    let seed = seed.try_into().map_err(|_| Fault::new(codes::FORMAT))?;
    Ok((envelope.owner, Identity::new(Secret::new(seed))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_passphrase_opens_the_identity() {
        let identity = Identity::new(Secret::new([1; 32]));
        let owner = Owner {
            administrator: AdministratorId([2; 16]),
            organisation: OrganisationId([4; 16]),
            genesis: Hash([5; 32]),
            device: false,
        };
        let sealed = seal(owner, &identity, b"export key", [3; NONCE]).unwrap();
        let (found, opened) = open(&sealed, b"export key").unwrap();
        assert_eq!((found, opened.id()), (owner, identity.id()));
        assert_eq!(open(&sealed, b"another").unwrap_err().code, codes::NOT_AUTHENTIC);
        // A hub that writes another organisation into it is found out.
        let mut envelope: Envelope = wire::decode(&sealed).unwrap();
        envelope.owner.genesis = Hash([6; 32]);
        assert_eq!(open(&wire::encode(&envelope), b"export key").unwrap_err().code, codes::NOT_AUTHENTIC);
    }
}
