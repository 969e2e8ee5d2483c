//! A signer: an identity provider's key that answers `AuthnRequest`s as fast as it can, without asking anybody who they
//! are. What it writes is a real, signed answer to one request of one service provider, and good once.

use std::fmt::Write;
use std::io::Read;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::{SystemRandom, fill};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use data_encoding::{BASE64, HEXLOWER};
use flate2::read::DeflateDecoder;
use jiff::{SignedDuration, Timestamp};
use url::{Url, form_urlencoded};

const ENTITY_ID: &str = "https://idp.example.org/bench";
/// What brings a response to the 6 KB that those of large directories have, with their many groups.
const GROUPS: usize = 15;

/// The signer.
pub struct Idp {
    pair: KeyPair,
    certificate: String,
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
        let pair = KeyPair::generate(KeySize::Rsa2048).expect("a key");
        let pkcs8: Pkcs8V1Der<'_> = pair.as_der().expect("a key has a form");
        let key =
            rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&pkcs8.as_ref().to_vec().into(), &rcgen::PKCS_RSA_SHA256);
        let names = vec!["idp.example.org".to_owned()];
        let certificate = rcgen::CertificateParams::new(names).expect("a name").self_signed(&key.expect("a key"));
        Self { pair, certificate: BASE64.encode(certificate.expect("a certificate").der()) }
    }

    /// Writes its metadata into a folder.
    pub fn write_metadata(&self, folder: &Path) -> PathBuf {
        let path = folder.join("bench-idp.xml");
        let certificate = &self.certificate;
        let metadata = format!(
            "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{ENTITY_ID}\">\
             <md:IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
             <md:KeyDescriptor use=\"signing\"><ds:KeyInfo xmlns:ds=\"{DS}\"><ds:X509Data><ds:X509Certificate>{certificate}\
             </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService \
             Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" Location=\"{ENTITY_ID}/sso\"/>\
             </md:IDPSSODescriptor></md:EntityDescriptor>"
        );
        std::fs::write(&path, metadata).expect("the metadata is written");
        path
    }

    /// Answers the request that a service provider has sent the browser away with, by HTTP Redirect.
    pub fn answer(&self, location: &str, email: &str) -> Answer {
        let url = Url::parse(location).unwrap_or_else(|error| panic!("{location}: {error}"));
        assert!(location.starts_with(ENTITY_ID), "not to this identity provider: {location}");
        let parameter = |name: &str| {
            let found = url.query_pairs().find(|(known, _)| known == name);
            found.unwrap_or_else(|| panic!("no {name} in {location}")).1.into_owned()
        };
        let request = inflated(&parameter("SAMLRequest"));
        let (id, acs) = (between(&request, " ID=\"", "\""), between(&request, "AssertionConsumerServiceURL=\"", "\""));
        let (_, issuer) = request.split_once("Issuer").expect("an issuer");
        let response = self.response(id, acs, between(issuer, ">", "<"), email);
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("SAMLResponse", &BASE64.encode(response.as_bytes()))
            .append_pair("RelayState", &parameter("RelayState"))
            .finish();
        Answer { acs: acs.to_owned(), form }
    }

    /// A response with a signed assertion. The assertion is written in its canonical form (exclusive C14N: namespaces,
    /// then attributes by name, no empty-element tags), so that its text is what is hashed.
    fn response(&self, request: &str, acs: &str, audience: &str, email: &str) -> String {
        let (response, assertion, session) = (name(), name(), name());
        let now = Timestamp::now();
        let at = |seconds| (now + SignedDuration::from_secs(seconds)).strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let (now, before, until, ends) = (at(0), at(-60), at(300), at(28_800));
        let attributes = attributes(email);
        let head = format!(
            "<saml:Assertion xmlns:saml=\"{SAML}\" ID=\"{assertion}\" IssueInstant=\"{now}\" Version=\"2.0\">\
             <saml:Issuer>{ENTITY_ID}</saml:Issuer>"
        );
        let rest = format!(
            "<saml:Subject><saml:NameID Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent\">{email}\
             </saml:NameID><saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">\
             <saml:SubjectConfirmationData InResponseTo=\"{request}\" NotOnOrAfter=\"{until}\" Recipient=\"{acs}\">\
             </saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject><saml:Conditions \
             NotBefore=\"{before}\" NotOnOrAfter=\"{until}\"><saml:AudienceRestriction><saml:Audience>{audience}\
             </saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant=\"{now}\" \
             SessionIndex=\"{session}\" SessionNotOnOrAfter=\"{ends}\"><saml:AuthnContext><saml:AuthnContextClassRef>\
             urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef>\
             </saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>{attributes}</saml:AttributeStatement>\
             </saml:Assertion>"
        );
        let signature = self.signature(&assertion, &format!("{head}{rest}"));
        format!(
            "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" Destination=\"{acs}\" ID=\"{response}\" \
             InResponseTo=\"{request}\" IssueInstant=\"{now}\" Version=\"2.0\"><saml:Issuer xmlns:saml=\"{SAML}\">{ENTITY_ID}\
             </saml:Issuer><samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\">\
             </samlp:StatusCode></samlp:Status>{head}{signature}{rest}</samlp:Response>"
        )
    }

    fn signature(&self, id: &str, canonical: &str) -> String {
        let digest = BASE64.encode(digest(&SHA256, canonical.as_bytes()).as_ref());
        let info = |namespace: &str| {
            format!(
                "<ds:SignedInfo{namespace}><ds:CanonicalizationMethod Algorithm=\"{EXC_C14N}\"></ds:CanonicalizationMethod>\
                 <ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"></ds:SignatureMethod>\
                 <ds:Reference URI=\"#{id}\"><ds:Transforms><ds:Transform Algorithm=\"{DS}enveloped-signature\">\
                 </ds:Transform><ds:Transform Algorithm=\"{EXC_C14N}\"></ds:Transform></ds:Transforms><ds:DigestMethod \
                 Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod><ds:DigestValue>{digest}\
                 </ds:DigestValue></ds:Reference></ds:SignedInfo>"
            )
        };
        let mut value = vec![0; self.pair.public_modulus_len()];
        let signed = info(&format!(" xmlns:ds=\"{DS}\""));
        self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut value).expect("a signature");
        let (info, value, certificate) = (info(""), BASE64.encode(&value), &self.certificate);
        format!(
            "<ds:Signature xmlns:ds=\"{DS}\">{info}<ds:SignatureValue>{value}</ds:SignatureValue><ds:KeyInfo><ds:X509Data>\
             <ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>"
        )
    }
}

const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const EXC_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const SAML: &str = "urn:oasis:names:tc:SAML:2.0:assertion";

fn attributes(email: &str) -> String {
    let one = |name: &str, values: &[String]| {
        let mut text = format!(
            "<saml:Attribute Name=\"{name}\" NameFormat=\"urn:oasis:names:tc:SAML:2.0:attrname-format:basic\">"
        );
        for value in values {
            let _ = write!(text, "<saml:AttributeValue>{value}</saml:AttributeValue>");
        }
        text + "</saml:Attribute>"
    };
    let groups: Vec<String> =
        (0..GROUPS).map(|number| format!("CN=Department {number:03},OU=Groups,DC=example,DC=com")).collect();
    let plain = [("email", email), ("givenName", "Hanako"), ("sn", "Tanaka"), ("uid", email)];
    plain.map(|(name, value)| one(name, &[value.to_owned()])).concat() + &one("groups", &groups)
}

/// A name that was never used before.
fn name() -> String {
    let mut bytes = [0; 16];
    fill(&mut bytes).expect("random bytes");
    format!("_{}", HEXLOWER.encode(&bytes))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_is_of_the_size_that_peers_are_compared_at() {
        let response = Idp::new().response("_1", "https://localhost:8443/acs", "https://localhost/sp", "a@example.com");
        assert!((5_500..6_500).contains(&response.len()), "{}", response.len());
    }
}
