//! A small identity provider: metadata, and answers that it signs.

use std::io::Read as _;
use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use bergshamra_c14n::{C14nMode, canonicalize};
use data_encoding::BASE64;
use sekisho_saml::UnixTime;
use sekisho_saml::keys::SpKey;
use sekisho_saml::metadata::IdpMetadata;
use url::Url;

pub const ENTITY: &str = "https://idp.example.com";
pub const SP: &str = "https://sso.example.com:8443/sso-connect";
pub const ACS: &str = "https://sso.example.com:8443/sso-connect/saml/sso";
const METHOD: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// One for all tests: its key takes long to make.
pub static IDP: LazyLock<Idp> = LazyLock::new(Idp::new);

pub struct Idp {
    pair: KeyPair,
    certificate: Vec<u8>,
}

/// What an answer says.
#[derive(Clone)]
pub struct Answer {
    pub id: String,
    pub request: Option<String>,
    pub name_id: String,
    pub format: String,
    pub attributes: Vec<(&'static str, String)>,
    pub issued: i64,
}

impl Answer {
    /// Alice's, to a request.
    pub fn alice(request: &str, now: i64) -> Self {
        let attributes = [("Email", "alice@example.com"), ("First", "Alice"), ("Last", "Ng")];
        Self {
            id: format!("_a{}", request.trim_start_matches('_')),
            request: Some(request.to_owned()),
            name_id: "alice".into(),
            format: "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent".into(),
            attributes: attributes.map(|(name, value)| (name, value.to_owned())).to_vec(),
            issued: now,
        }
    }
}

impl Idp {
    fn new() -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let pkcs8: Pkcs8V1Der<'_> = pair.as_der().unwrap();
        let key =
            rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&pkcs8.as_ref().to_vec().into(), &rcgen::PKCS_RSA_SHA256);
        let certificate = rcgen::CertificateParams::new(vec!["idp".to_owned()]).unwrap();
        Self { certificate: certificate.self_signed(&key.unwrap()).unwrap().der().to_vec(), pair }
    }

    pub fn metadata(&self) -> IdpMetadata {
        let xml = format!(
            "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{ENTITY}\">\
             <md:IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
             <md:KeyDescriptor><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data>\
             <ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>\
             <md:SingleLogoutService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" \
             Location=\"{ENTITY}/slo\" ResponseLocation=\"{ENTITY}/slo/answer\"/><md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" \
             Location=\"{ENTITY}/sso\"/><md:SingleSignOnService \
             Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" Location=\"{ENTITY}/sso/post\"/>\
             </md:IDPSSODescriptor></md:EntityDescriptor>",
            BASE64.encode(&self.certificate)
        );
        IdpMetadata::parse(xml.as_bytes()).unwrap()
    }

    /// The key, for messages of logout.
    pub fn key(&self) -> SpKey {
        SpKey::from_pkcs8(&self.pkcs8()).unwrap()
    }

    pub fn pkcs8(&self) -> Vec<u8> {
        let pkcs8: Pkcs8V1Der<'_> = self.pair.as_der().unwrap();
        pkcs8.as_ref().to_vec()
    }

    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// The form value of an answer whose assertion is signed.
    pub fn answer(&self, answer: &Answer) -> String {
        self.answer_at(answer, ACS)
    }

    /// The same, for another address of ours.
    pub fn answer_at(&self, answer: &Answer, acs: &str) -> String {
        let (now, end) = (UnixTime(answer.issued).to_xml(), UnixTime(answer.issued + 300).to_xml());
        let to = answer.request.as_ref().map(|id| format!(" InResponseTo=\"{id}\"")).unwrap_or_default();
        let attribute = |(name, value): &(&str, String)| {
            let value = value.replace('&', "&amp;").replace('<', "&lt;");
            format!(
                "<saml:Attribute Name=\"{name}\"><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>"
            )
        };
        let attributes: String = answer.attributes.iter().map(attribute).collect();
        let assertion = format!(
            "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"{id}\" IssueInstant=\"{now}\" \
             Version=\"2.0\"><saml:Issuer>{ENTITY}</saml:Issuer><saml:Subject><saml:NameID Format=\"{format}\">{name}\
             </saml:NameID><saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">\
             <saml:SubjectConfirmationData{to} NotOnOrAfter=\"{end}\" Recipient=\"{acs}\"/></saml:SubjectConfirmation>\
             </saml:Subject><saml:Conditions NotOnOrAfter=\"{end}\"><saml:AudienceRestriction><saml:Audience>{SP}\
             </saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement \
             AuthnInstant=\"{now}\" SessionIndex=\"_s\"><saml:AuthnContext/></saml:AuthnStatement>\
             <saml:AttributeStatement>{attributes}</saml:AttributeStatement></saml:Assertion>",
            id = answer.id,
            format = answer.format,
            name = answer.name_id,
        );
        let signature = self.signature(&assertion, &answer.id);
        let assertion = assertion.replacen("</saml:Issuer>", &format!("</saml:Issuer>{signature}"), 1);
        let response = format!(
            "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
             xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_r\" Version=\"2.0\" IssueInstant=\"{now}\" \
             Destination=\"{acs}\"{to}><saml:Issuer>{ENTITY}</saml:Issuer><samlp:Status><samlp:StatusCode \
             Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status>{assertion}</samlp:Response>"
        );
        BASE64.encode(response.as_bytes())
    }

    fn signature(&self, element: &str, id: &str) -> String {
        let canonical = |text: &str| canonicalize::<&str>(text, C14nMode::Exclusive, None, &[]).unwrap();
        let hash = BASE64.encode(digest(&SHA256, &canonical(element)).as_ref());
        let info = format!(
            "<ds:SignedInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:CanonicalizationMethod \
             Algorithm=\"{C14N}\"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm=\"{METHOD}\">\
             </ds:SignatureMethod><ds:Reference URI=\"#{id}\"><ds:Transforms><ds:Transform \
             Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform><ds:Transform \
             Algorithm=\"{C14N}\"></ds:Transform></ds:Transforms><ds:DigestMethod \
             Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod><ds:DigestValue>{hash}\
             </ds:DigestValue></ds:Reference></ds:SignedInfo>"
        );
        let mut value = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &canonical(&info), &mut value).unwrap();
        format!(
            "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{info}<ds:SignatureValue>{}\
             </ds:SignatureValue></ds:Signature>",
            BASE64.encode(&value)
        )
    }
}

/// The request's XML and the `RelayState` in an address at the identity provider.
pub fn request(location: &str) -> (String, String) {
    let url = Url::parse(location).unwrap();
    let value = |name: &str| url.query_pairs().find(|(known, _)| known == name).unwrap().1.into_owned();
    let deflated = BASE64.decode(value("SAMLRequest").as_bytes()).unwrap();
    let mut xml = String::new();
    flate2::read::DeflateDecoder::new(&deflated[..]).read_to_string(&mut xml).unwrap();
    (xml, value("RelayState"))
}

/// The ID of a request.
pub fn id(xml: &str) -> String {
    xml.split(" ID=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}
