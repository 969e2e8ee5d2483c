//! Microsoft Entra ID (Azure AD).
//!
//! Its tokens always carry the object ID of the user, whatever claims are configured; it stays when the user is renamed.

use crate::document::Signing;
use crate::preset::step::{NAMES, Step};
use crate::preset::{Logout, Metadata, NameId, Names, Preset, Sent, Subject, Value};

pub(in crate::preset) const PRESET: Preset = Preset {
    sent: Sent::Names(Names {
        first: "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
        last: "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname",
        email: "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    }),
    subject: Some(Subject::Attribute("http://schemas.microsoft.com/identity/claims/objectidentifier")),
    name_id: Some(NameId::Renamed),
    holds_two_acs: Some(true),
    holds_two_entity_ids: Some(true),
    signs: &[Signing::Assertion, Signing::Response, Signing::Both],
    logout: Some(Logout::Saml { signed: None, fallback: None }),
    // Without the application's ID the address gives the tenant's keys, not the application's.
    metadata: Some(Metadata::Url(Some(
        "https://login.microsoftonline.com/<tenant>/federationmetadata/2007-06/federationmetadata.xml?appid=<application>",
    ))),
    steps: &[
        Step::new("entra.create", &[]),
        Step::new("entra.addresses", &[Value::EntityId, Value::Acs, Value::Login, Value::Logout]),
        Step::new("entra.claims", NAMES).if_renamed(),
        Step::new("entra.sign", &[]),
        Step::new("entra.assign", &[]),
        Step::new("entra.send_back", &[]),
    ],
    ..Preset::UNKNOWN
};
