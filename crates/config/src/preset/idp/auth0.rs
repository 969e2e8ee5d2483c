//! Auth0.
//!
//! The NameID is the first that there is of some claims, and the first of them is the user's ID, which stays. Without
//! these settings it signs with SHA-1.

use crate::document::Signing;
use crate::preset::step::Step;
use crate::preset::{Metadata, NameId, Names, Preset, Sent, Subject, Value};

const SETTINGS: &str = r#"{
  "audience": "{entity_id}",
  "mappings": {
    "user_id": "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier",
    "given_name": "{first}",
    "family_name": "{last}",
    "email": "{email}"
  },
  "signatureAlgorithm": "rsa-sha256",
  "digestAlgorithm": "sha256"
}"#;

pub(in crate::preset) const PRESET: Preset = Preset {
    sent: Sent::Names(Names {
        first: "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
        last: "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname",
        email: "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    }),
    subject: Some(Subject::NameId),
    name_id: Some(NameId::Lasting),
    signs: &[Signing::Assertion, Signing::Response],
    metadata: Some(Metadata::Url(Some("https://<tenant>/samlp/metadata/<client ID>"))),
    steps: &[
        Step::new("auth0.create", &[]),
        Step::new("auth0.addresses", &[Value::Acs]),
        Step::new("auth0.settings", &[]).paste(SETTINGS),
        Step::new("auth0.assign", &[]),
        Step::new("auth0.send_back", &[]),
    ],
    ..Preset::UNKNOWN
};
