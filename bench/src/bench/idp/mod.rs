//! A signer: an identity provider's key that answers `AuthnRequest`s as fast as it can, without asking anybody who they
//! are. What it writes is a real, signed answer to one request of one service provider, and good once.

pub mod credential;
mod encryption;
pub mod message;
mod signature;

use std::io::Read;
use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use flate2::read::DeflateDecoder;
use url::{Url, form_urlencoded};

use credential::Credential;
use message::{Message, Protection, Request};
use signature::DS;

/// The signer's entity ID.
pub const ENTITY_ID: &str = "https://idp.example.org/bench";

/// The signer.
pub struct Idp {
    credential: Credential,
    entity_id: String,
    /// Where requests go.
    sso: String,
}

/// What the browser is to post, and where.
pub struct Answer {
    /// The assertion consumer service that asked.
    pub acs: String,
    /// The form.
    pub form: String,
}

impl Idp {
    /// A signer with an RSA key of 2048 bits.
    pub fn new() -> Self {
        Self::as_another(ENTITY_ID.to_owned(), format!("{ENTITY_ID}/sso"))
    }

    /// A signer that speaks for another identity provider, whose metadata lists its key, too.
    pub fn as_another(entity_id: String, sso: String) -> Self {
        Self { credential: Credential::new("idp.example.org"), entity_id, sso }
    }

    /// Its key, as metadata lists it.
    pub fn key_descriptor(&self) -> String {
        let certificate = self.credential.certificate_base64();
        format!(
            "<md:KeyDescriptor use=\"signing\"><ds:KeyInfo xmlns:ds=\"{DS}\"><ds:X509Data><ds:X509Certificate>{certificate}\
             </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        )
    }

    /// Its certificate as PEM.
    pub fn certificate_pem(&self) -> String {
        self.credential.certificate_pem()
    }

    /// Its metadata.
    pub fn metadata(&self) -> String {
        let (entity_id, sso, key) = (&self.entity_id, &self.sso, self.key_descriptor());
        format!(
            "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{entity_id}\">\
             <md:IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">{key}\
             <md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" Location=\"{sso}\"/>\
             </md:IDPSSODescriptor></md:EntityDescriptor>"
        )
    }

    /// Writes its metadata into a folder.
    pub fn write_metadata(&self, folder: &Path) -> PathBuf {
        let path = folder.join("bench-idp.xml");
        std::fs::write(&path, self.metadata()).expect("the metadata is written");
        path
    }

    /// A response.
    pub fn respond(&self, request: &Request<'_>, protection: Protection<'_>) -> Message {
        message::write(&self.credential, request, protection)
    }

    /// Answers the request that a service provider has sent the browser away with, by HTTP Redirect.
    pub fn answer(&self, location: &str, email: &str) -> Answer {
        let url = Url::parse(location).unwrap_or_else(|error| panic!("{location}: {error}"));
        assert!(location.starts_with(&self.sso), "not to this identity provider: {location}");
        let parameter = |name: &str| {
            let found = url.query_pairs().find(|(known, _)| known == name);
            found.unwrap_or_else(|| panic!("no {name} in {location}")).1.into_owned()
        };
        let request = inflated(&parameter("SAMLRequest"));
        let (id, acs) = (between(&request, " ID=\"", "\""), between(&request, "AssertionConsumerServiceURL=\"", "\""));
        let (_, issuer) = request.split_once("Issuer").expect("an issuer");
        let request = Request { id, acs, audience: between(issuer, ">", "<"), email, issuer: &self.entity_id };
        let response = self.respond(&request, Protection::Assertion);
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("SAMLResponse", &BASE64.encode(response.xml.as_bytes()))
            .append_pair("RelayState", &parameter("RelayState"))
            .finish();
        Answer { acs: acs.to_owned(), form }
    }
}

fn inflated(parameter: &str) -> String {
    let bytes = BASE64.decode(parameter.as_bytes()).expect("base64");
    let mut text = String::new();
    DeflateDecoder::new(&bytes[..]).read_to_string(&mut text).expect("a deflated request");
    text
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let found = text.split_once(from).and_then(|(_, rest)| rest.split_once(to));
    found.unwrap_or_else(|| panic!("{from} in {text}")).0
}
