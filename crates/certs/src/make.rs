//! What trial certificates and requests are made of, with rcgen.

use rcgen::{CertificateParams, DistinguishedName, KeyPair, RsaKeySize, SanType, date_time_ymd};
use sekisho_fault::{Fault, Result};
use x509_parser::time::ASN1Time;

use crate::key::PrivateKey;
use crate::pair::Pair;
use crate::{codes, coverage};

/// The longest common name (RFC 5280, `ub-common-name`), in characters.
const LONGEST_COMMON_NAME: usize = 64;

/// The kind of a new key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NewKey {
    /// ECDSA on P-256: short and quick.
    #[default]
    EcdsaP256,
    /// ECDSA on P-384.
    EcdsaP384,
    /// RSA with 2048 bits: for authorities and clients that know nothing else.
    Rsa2048,
    /// RSA with 3072 bits.
    Rsa3072,
    /// RSA with 4096 bits: slow in every handshake, and asked for by some.
    Rsa4096,
}

impl NewKey {
    pub(crate) fn generate(self) -> Result<KeyPair> {
        let rsa = |size| KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, size);
        let key = match self {
            Self::EcdsaP256 => KeyPair::generate(),
            Self::EcdsaP384 => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384),
            Self::Rsa2048 => rsa(RsaKeySize::_2048),
            Self::Rsa3072 => rsa(RsaKeySize::_3072),
            Self::Rsa4096 => rsa(RsaKeySize::_4096),
        };
        key.map_err(|_| not_made())
    }
}

pub(crate) fn not_made() -> Fault {
    Fault::new(codes::NOT_MADE)
}

/// Parameters with these names and no subject.
///
/// Code: `HOST_NAME`.
pub(crate) fn params(names: &[&str]) -> Result<CertificateParams> {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    for name in names {
        params
            .subject_alt_names
            .push(alternative(name).ok_or_else(|| Fault::new(codes::HOST_NAME).with("name", *name))?);
    }
    Ok(params)
}

fn alternative(name: &str) -> Option<SanType> {
    let written = coverage::in_certificate(name)?;
    match written.parse() {
        Ok(address) => Some(SanType::IpAddress(address)),
        Err(_) => Some(SanType::DnsName(written.try_into().ok()?)),
    }
}

/// A common name, cut to the length that certificates allow.
pub(crate) fn common_name(name: &str) -> String {
    name.chars().take(LONGEST_COMMON_NAME).collect()
}

/// Signs a certificate with its own key. It holds from `from` until `until` (seconds since 1970).
///
/// Code: `NOT_MADE`.
pub(crate) fn self_signed(mut params: CertificateParams, key: &KeyPair, from: i64, until: i64) -> Result<Pair> {
    let moment = |seconds| ASN1Time::from_timestamp(seconds).map(|time| time.to_datetime()).map_err(|_| not_made());
    (params.not_before, params.not_after) = (moment(from)?, moment(until)?);
    // Certificates cannot name years outside 1950 to 9999.
    if params.not_before < date_time_ymd(1950, 1, 1) || params.not_after >= date_time_ymd(9999, 1, 1) {
        return Err(not_made());
    }
    let certificate = params.self_signed(key).map_err(|_| not_made())?;
    Pair::assemble(&[certificate.der().to_vec()], private(key)?)
}

/// The key as this crate's own type. Code: `KEY_KIND`.
pub(crate) fn private(key: &KeyPair) -> Result<PrivateKey> {
    PrivateKey::from_pkcs8(key.serialized_der())
}
