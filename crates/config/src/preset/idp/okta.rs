//! Okta.
//!
//! Two ACS URLs: an application of one's own can list more, an application of the catalogue cannot. So it is not said.

use crate::document::Signing;
use crate::preset::step::{ADDRESSES, NAMES, Step};
use crate::preset::{Logout, Metadata, NameId, Preset, Sent, Subject};

pub(in crate::preset) const PRESET: Preset = Preset {
    sent: Sent::Nothing,
    subject: Some(Subject::NameId),
    name_id: Some(NameId::Renamed),
    signs: &[Signing::Assertion, Signing::Response, Signing::Both],
    // Single logout is switched on with the certificate that signs the requests.
    logout: Some(Logout::Saml { signed: Some(true), fallback: None }),
    metadata: Some(Metadata::Url(None)),
    steps: &[
        Step::new("okta.create", &[]),
        Step::new("okta.addresses", ADDRESSES),
        Step::new("okta.name_id", &[]).paste(r#"user.getInternalProperty("id")"#),
        Step::new("okta.attributes", NAMES),
        Step::new("okta.sign", &[]),
        Step::new("okta.assign", &[]),
        Step::new("okta.send_back", &[]),
    ],
    ..Preset::UNKNOWN
};
