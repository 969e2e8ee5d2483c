//! The codes of this crate.

sekisho_fault::codes! {
    /// The message is not base64, or not text.
    NOT_BASE64 = "saml.not_base64";
    /// The message is not well-formed XML, or XML that this service does not read (DTD, other encodings).
    NOT_XML = "saml.not_xml";
    /// The message is over the size limit. Arguments: `size`, `limit` (bytes).
    TOO_LARGE = "saml.too_large";
    /// The message has a shape that no identity provider sends. Argument: `detail`.
    SHAPE = "saml.shape";
    /// The identity provider answered with a status other than success. Arguments: `status`, `detail`.
    STATUS = "saml.status";
    /// Neither the response nor the assertion is signed.
    UNSIGNED = "saml.unsigned";
    /// The part that must be signed is not. Argument: `wanted`.
    NOT_SIGNED_AS_WANTED = "saml.not_signed_as_wanted";
    /// No key of the configured metadata made the signature. Argument: `known` (fingerprints).
    SIGNATURE = "saml.signature";
    /// The content is not what was signed.
    DIGEST = "saml.digest";
    /// An algorithm outside the allow-list. Argument: `algorithm`.
    ALGORITHM = "saml.algorithm";
    /// The assertion could not be decrypted.
    DECRYPTION = "saml.decryption";
    /// Encrypted with CBC, but the response is not signed.
    CBC_UNSIGNED = "saml.cbc_unsigned";
    /// Another identity provider sent it. Arguments: `expected`, `received`.
    ISSUER = "saml.issuer";
    /// Sent to another address. Arguments: `expected`, `received`.
    DESTINATION = "saml.destination";
    /// Meant for another recipient. Arguments: `expected`, `received`.
    RECIPIENT = "saml.recipient";
    /// Meant for another service provider. Arguments: `expected`, `received`.
    AUDIENCE = "saml.audience";
    /// Not the answer to this request. Arguments: `expected`, `received`.
    IN_RESPONSE_TO = "saml.in_response_to";
    /// Too old. Arguments: `until`, `now` (times), `seconds` (how late).
    EXPIRED = "saml.expired";
    /// From the future. Arguments: `from`, `now` (times), `seconds` (how early).
    NOT_YET_VALID = "saml.not_yet_valid";
    /// A condition that this service does not know. Argument: `condition`.
    CONDITION = "saml.condition";
    /// A time that is not a time. Argument: `value`.
    TIME = "saml.time";
    /// The metadata is that of a service provider.
    METADATA_IS_SP = "saml.metadata_is_sp";
    /// The metadata holds no identity provider.
    METADATA_NO_IDP = "saml.metadata_no_idp";
    /// The metadata holds several identity providers. Argument: `found` (entity IDs).
    METADATA_SEVERAL_IDPS = "saml.metadata_several_idps";
    /// The metadata holds no signing certificate. Argument: `entity_id`.
    METADATA_NO_CERTIFICATE = "saml.metadata_no_certificate";
    /// A certificate in the metadata cannot be read.
    METADATA_CERTIFICATE = "saml.metadata_certificate";
    /// The metadata names no sign-in address with the Redirect or POST binding. Argument: `entity_id`.
    METADATA_NO_SSO = "saml.metadata_no_sso";
    /// The metadata does not hold the identity provider that is looked for. Argument: `entity_id`.
    METADATA_NO_SUCH_ENTITY = "saml.metadata_no_such_entity";
    /// The metadata may no longer be used. Arguments: `entity_id`, `until` (time).
    METADATA_EXPIRED = "saml.metadata_expired";
    /// A key is pinned for the metadata, and the metadata is not signed.
    METADATA_UNSIGNED = "saml.metadata_unsigned";
    /// A key is pinned for the metadata, and another one signed it. Argument: `known` (fingerprints).
    METADATA_SIGNATURE = "saml.metadata_signature";
    /// The key cannot be used for SAML: RSA of 2048 to 4096 bits or ECDSA P-256/P-384 are.
    KEY = "saml.key";
}
