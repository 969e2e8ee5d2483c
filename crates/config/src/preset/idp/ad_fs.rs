//! Active Directory Federation Services.
//!
//! The on-prem product's recipe makes the NameID from `_OpaqueIdStore` anew in each session: nobody can be known by it
//! (R16). One rule instead sends the account's `objectGUID` (base64), which stays for the life of the account.

use crate::document::Signing;
use crate::preset::step::{ADDRESSES, NAMES, Step};
use crate::preset::{Logout, Metadata, NameId, Preset, SUBJECT, Sent, Subject, Value};

const ATTRIBUTES: &str = r#"c:[Type == "http://schemas.microsoft.com/ws/2008/06/identity/claims/windowsaccountname", Issuer == "AD AUTHORITY"]
 => issue(store = "Active Directory",
    types = ("{first}", "{last}", "{email}", "{subject}"),
    query = ";givenName,sn,mail,objectGUID;{0}", param = c.Value);"#;

const NAME_ID: &str = r#"c:[Type == "{subject}"]
 => issue(Type = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier", Value = c.Value,
    Properties["http://schemas.xmlsoap.org/ws/2005/05/identity/claimproperties/format"] = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent");"#;

const SIGN: &str = r#"Set-AdfsRelyingPartyTrust -TargetName "Sekisho" -SamlResponseSignature MessageAndAssertion"#;

const REVOCATION: &str = r#"Set-AdfsRelyingPartyTrust -TargetName "Sekisho" -SigningCertificateRevocationCheck None -EncryptionCertificateRevocationCheck None"#;

pub(in crate::preset) const PRESET: Preset = Preset {
    sent: Sent::Nothing,
    subject: Some(Subject::Attribute(SUBJECT)),
    name_id: Some(NameId::PerSession),
    holds_two_acs: Some(true),
    holds_two_entity_ids: Some(true),
    signs: &[Signing::Assertion, Signing::Response, Signing::Both],
    // It refuses LogoutRequests without a signature or without the NameID of the session (MSIS7054).
    logout: Some(Logout::Saml { signed: Some(true), fallback: Some("https://<AD FS>/adfs/ls/?wa=wsignout1.0") }),
    metadata: Some(Metadata::Url(Some("https://<AD FS>/FederationMetadata/2007-06/FederationMetadata.xml"))),
    steps: &[
        Step::new("ad_fs.create", &[]),
        Step::new("ad_fs.addresses", ADDRESSES),
        Step::new("ad_fs.attributes", NAMES).paste(ATTRIBUTES),
        Step::new("ad_fs.name_id", &[Value::Subject]).paste(NAME_ID),
        Step::new("ad_fs.logout", &[]),
        Step::new("ad_fs.sign", &[]).paste(SIGN),
        Step::new("ad_fs.revocation", &[]).paste(REVOCATION),
        Step::new("ad_fs.assign", &[]),
        Step::new("ad_fs.send_back", &[]),
    ],
    ..Preset::UNKNOWN
};
