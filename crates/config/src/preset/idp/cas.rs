//! Apereo CAS.
//!
//! Whatever its format, the NameID's value is the user name.

use crate::document::Signing;
use crate::preset::step::{LASTING, Step};
use crate::preset::{Metadata, NameId, Preset};

const SERVICE: &str = r#"{
  "@class": "org.apereo.cas.support.saml.services.SamlRegisteredService",
  "serviceId": "{entity_id}",
  "name": "Sekisho",
  "id": 8443,
  "metadataLocation": "file:/etc/cas/saml/sekisho.xml",
  "attributeReleasePolicy": {
    "@class": "org.apereo.cas.services.ReturnMappedAttributeReleasePolicy",
    "allowedAttributes": {
      "@class": "java.util.TreeMap",
      "givenName": "{first}",
      "sn": "{last}",
      "mail": "{email}"
    }
  }
}"#;

pub(in crate::preset) const PRESET: Preset = Preset {
    name_id: Some(NameId::Renamed),
    holds_two_acs: Some(true),
    signs: &[Signing::Assertion, Signing::Response, Signing::Both],
    metadata: Some(Metadata::Url(Some("https://<CAS>/cas/idp/metadata"))),
    steps: &[
        Step::new("cas.metadata", &[]),
        Step::new("cas.service", &[]).paste(SERVICE),
        LASTING,
        Step::new("cas.send_back", &[]),
    ],
    ..Preset::UNKNOWN
};
