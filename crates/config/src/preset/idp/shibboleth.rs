//! Shibboleth IdP.
//!
//! Its NameID is transient unless it is configured otherwise. The attribute of the SAML Subject Identifier Attributes
//! Profile (OASIS, 2019) stays, and is another one at each service.

use crate::document::Signing;
use crate::preset::step::Step;
use crate::preset::{Metadata, NameId, Names, Preset, Sent, Subject, Value};

/// Under these names givenName, sn and mail are sent (X.500 attribute profile).
const NAMES: Names =
    Names { first: "urn:oid:2.5.4.42", last: "urn:oid:2.5.4.4", email: "urn:oid:0.9.2342.19200300.100.1.3" };

const PROVIDER: &str = r#"<MetadataProvider id="Sekisho" xsi:type="FilesystemMetadataProvider"
                  metadataFile="%{idp.home}/metadata/sekisho.xml"/>"#;

const FILTER: &str = r#"<AttributeFilterPolicy id="Sekisho">
  <PolicyRequirementRule xsi:type="Requester" value="{entity_id}"/>
  <AttributeRule attributeID="givenName" permitAny="true"/>
  <AttributeRule attributeID="sn" permitAny="true"/>
  <AttributeRule attributeID="mail" permitAny="true"/>
  <AttributeRule attributeID="samlPairwiseID" permitAny="true"/>
</AttributeFilterPolicy>"#;

pub(in crate::preset) const PRESET: Preset = Preset {
    names: NAMES,
    sent: Sent::Names(NAMES),
    subject: Some(Subject::Attribute("urn:oasis:names:tc:SAML:attribute:pairwise-id")),
    name_id: Some(NameId::Transient),
    holds_two_acs: Some(true),
    signs: &[Signing::Assertion, Signing::Response, Signing::Both],
    metadata: Some(Metadata::Url(Some("https://<IdP>/idp/shibboleth"))),
    steps: &[
        Step::new("shibboleth.metadata", &[]).paste(PROVIDER),
        Step::new("shibboleth.filter", &[Value::Subject]).paste(FILTER),
        Step::new("shibboleth.names", &[Value::First, Value::Last, Value::Email]).if_renamed(),
        Step::new("shibboleth.encryption", &[Value::EntityId]),
        Step::new("shibboleth.send_back", &[]),
    ],
    ..Preset::UNKNOWN
};
