//! The codes of this crate.

sekisho_fault::codes! {
    /// There is no certificate.
    NO_CERTIFICATE = "certs.no_certificate";
    /// There is no private key.
    NO_KEY = "certs.no_key";
    /// The private key is of a kind that is not used.
    KEY_KIND = "certs.key_kind";
    /// The private key is encrypted where only a plain one can be read.
    KEY_ENCRYPTED = "certs.key_encrypted";
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
    /// The certificate holds a name in a way that clients ignore. Arguments: `host`, `name` that stands there.
    NAME_IGNORED = "certs.name_ignored";

    /// A file holds nothing of use, or is in a form that is not known. Argument: `file`.
    UNRECOGNISED = "certs.unrecognised";
    /// A file begins like a known one but cannot be read to its end. Argument: `file`.
    DAMAGED = "certs.damaged";
    /// A file is a certificate request, and there is no certificate. Argument: `file`.
    IS_REQUEST = "certs.is_request";
    /// A file is encrypted and no password was given. Argument: `file`.
    PASSWORD_NEEDED = "certs.password_needed";
    /// The password does not open a PKCS#12 file or a Java key store. Argument: `file`.
    STORE_PASSWORD = "certs.store_password";
    /// The password does not open an encrypted key. Argument: `file`.
    KEY_PASSWORD = "certs.key_password";
    /// A file is encrypted in a way that is not supported. Argument: `file`.
    ENCRYPTION_KIND = "certs.encryption_kind";
    /// A Java key store holds secret keys besides, and cannot be read past them. Argument: `file`.
    SECRET_KEYS = "certs.secret_keys";
    /// There are several keys, and it is not clear which is meant. Argument: `count`.
    SEVERAL_KEYS = "certs.several_keys";

    /// The certificate has a common name and no alternative names. Argument: `name`, the common name.
    COMMON_NAME_ONLY = "certs.common_name_only";
    /// The certificate is signed by itself. Argument: `name` of its subject.
    SELF_SIGNED = "certs.self_signed";
    /// The chain ends before a root. Argument: `issuer` that is missing.
    CHAIN_INCOMPLETE = "certs.chain_incomplete";
    /// A certificate of the chain behind the leaf has ended. Arguments: `name`, `ended` (time).
    CHAIN_EXPIRED = "certs.chain_expired";
    /// Certificates of the files do not belong to the chain. Argument: `names` of them.
    LEFT_OUT = "certs.left_out";
    /// An issuer in the chain may not vouch for a name of the certificate. Arguments: `host`, `issuer`.
    NAME_CONSTRAINTS = "certs.name_constraints";
    /// The chain leads to no root that is trusted here. Argument: `issuer` at its end.
    NOT_TRUSTED = "certs.not_trusted";
    /// The certificate is not meant for servers (extended key usage).
    NOT_SERVER = "certs.not_server";
    /// A key in the chain is too short. Arguments: `name`, `key`.
    WEAK_KEY = "certs.weak_key";
    /// A signature in the chain uses a broken hash. Arguments: `name`, `algorithm`.
    WEAK_SIGNATURE = "certs.weak_signature";
    /// The new certificate lacks names that the old one covers. Argument: `names`.
    FEWER_NAMES = "certs.fewer_names";
    /// The new certificate ends before the old one. Arguments: `ends`, `before` (times).
    ENDS_EARLIER = "certs.ends_earlier";
    /// The new certificate leads to another root than the old one. Arguments: `before`, `now` (names).
    ANOTHER_ROOT = "certs.another_root";

    /// The name itself is in the certificate. Arguments of all verdicts: `host`, and `by`, the name that decides.
    COVERED_BY_ITSELF = "certs.covered_by_itself";
    /// A wildcard covers the name.
    COVERED_BY_WILDCARD = "certs.covered_by_wildcard";
    /// A wildcard stands for one label, and the name has more.
    WILDCARD_COVERS_ONE_LABEL = "certs.wildcard_covers_one_label";
    /// A wildcard does not cover the bare domain.
    WILDCARD_NOT_APEX = "certs.wildcard_not_apex";
    /// The name is the common name alone, which does not count.
    COMMON_NAME_IGNORED = "certs.common_name_ignored";
    /// Nothing in the certificate covers the name.
    NAME_NOT_IN_CERTIFICATE = "certs.name_not_in_certificate";

    /// A name cannot stand in a certificate. Argument: `name`.
    HOST_NAME = "certs.host_name";
    /// A request needs at least one name.
    NO_NAMES = "certs.no_names";
    /// The country of a subject is not two letters. Argument: `country`.
    COUNTRY = "certs.country";
    /// A key or certificate could not be made.
    NOT_MADE = "certs.not_made";
    /// A certificate request cannot be read.
    REQUEST = "certs.request";
    /// The certificates answer another request. Argument: `names` of the certificates.
    ANSWER_OTHER_KEY = "certs.answer_other_key";
    /// The answer lacks names that were requested. Argument: `names`.
    ANSWER_LACKS_NAMES = "certs.answer_lacks_names";
}
