//! Metadata made here.

use data_encoding::BASE64;

use crate::support::IDP;
use crate::support::keys::Key;

/// An entity of this ID with this role.
pub fn entity(id: &str, certificate: &str, role: &str) -> String {
    format!(
        "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" \
         entityID=\"{id}\"><md:{role} protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
         <md:KeyDescriptor use=\"signing\"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate>\
         </ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService \
         Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" Location=\"https://idp.example.com/sso\"/>\
         </md:{role}></md:EntityDescriptor>"
    )
}

/// The identity provider of the tests, or what it is with another role.
pub fn metadata(certificate: &str, role: &str) -> String {
    entity(IDP, certificate, role)
}

/// A new certificate.
pub fn certificate() -> String {
    BASE64.encode(&Key::p256().certificate)
}
