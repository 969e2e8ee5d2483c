//! What all validators are given, in one file: a service provider with its keys, an identity provider, and messages from
//! the one to the other.

use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use serde_json::{Map, Value, json};

use super::super::idp::credential::Credential;
use super::super::idp::message::{Request, unique_name};
use super::super::idp::{ENTITY_ID, Idp};
use super::kind::Kind;

const SP: &str = "https://sp.example.org/saml";
const ACS: &str = "https://sp.example.org/saml/acs";
const USER: &str = "hanako@example.com";

/// Writes the task into a folder. The messages are of now, and good for five minutes.
pub fn write(idp: &Idp, folder: &Path) -> PathBuf {
    let (recipient, answered) = (Credential::new("sp.example.org"), unique_name());
    let request = Request { id: &answered, acs: ACS, audience: SP, email: USER, issuer: ENTITY_ID };
    let message = |kind: Kind| {
        let message = idp.respond(&request, kind.protection(&recipient));
        let value = json!({"form_value": BASE64.encode(message.xml.as_bytes()), "hashed": message.hashed});
        (kind.name().to_owned(), value)
    };
    let task = json!({
        "idp": {"entity_id": ENTITY_ID, "certificate": idp.certificate_pem(), "metadata": idp.metadata()},
        "sp": {
            "entity_id": SP,
            "acs": ACS,
            "key": recipient.key_pem(),
            "certificate": recipient.certificate_pem(),
            "metadata": sp_metadata(&recipient.certificate_base64()),
        },
        "request_id": answered,
        "user": USER,
        "messages": Kind::ALL.into_iter().map(message).collect::<Map<String, Value>>(),
    });
    let path = folder.join("validate.json");
    std::fs::write(&path, task.to_string()).expect("the task is written");
    path
}

/// For peers that know a service provider by its metadata.
fn sp_metadata(certificate: &str) -> String {
    format!(
        "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{SP}\"><md:SPSSODescriptor \
         WantAssertionsSigned=\"true\" protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
         <md:KeyDescriptor><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data><ds:X509Certificate>\
         {certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:AssertionConsumerService \
         Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" Location=\"{ACS}\" index=\"0\"/>\
         </md:SPSSODescriptor></md:EntityDescriptor>"
    )
}
