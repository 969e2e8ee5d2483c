//! The codes of this crate.

sekisho_fault::codes! {
    /// The file holds no certificate.
    NO_CERTIFICATE = "certs.no_certificate";
    /// The file holds no private key.
    NO_KEY = "certs.no_key";
    /// The private key is encrypted, or of a kind that is not used.
    KEY_KIND = "certs.key_kind";
    /// The file is no PEM file of certificates and keys.
    NOT_PEM = "certs.not_pem";
    /// A certificate cannot be read.
    CERTIFICATE = "certs.certificate";
    /// The file is over the size limit. Arguments: `size`, `limit` (bytes).
    TOO_LARGE = "certs.too_large";
    /// The key belongs to none of the certificates. Argument: `names` of the certificates.
    KEY_MISMATCH = "certs.key_mismatch";
    /// The certificate has ended. Argument: `ended` (time).
    EXPIRED = "certs.expired";
    /// The certificate does not hold yet. Argument: `from` (time).
    NOT_YET_VALID = "certs.not_yet_valid";
    /// The certificate ends soon. Arguments: `days`, `ends` (time).
    ENDS_SOON = "certs.ends_soon";
    /// The certificate does not cover a name. Arguments: `host`, `names`.
    NOT_COVERED = "certs.not_covered";
}
