//! A small identity provider: writes and signs responses, right ones and wrong ones.
#![allow(dead_code, reason = "each test binary uses its part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

pub mod encrypting;
pub mod keys;
pub mod signing;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use bergshamra_c14n::{C14nMode, canonicalize};
use data_encoding::BASE64;
use sekisho_saml::UnixTime;
use sekisho_saml::keys::IdpKey;
use sekisho_saml::response::{Expectations, Flow, SigningRule};

pub const ACS: &str = "https://sso.example.com:8443/sso-connect/saml/sso";
pub const SP: &str = "https://sso.example.com:8443/sso-connect";
pub const IDP: &str = "https://idp.example.com";
pub const NOW: &str = "2026-11-24T09:41:07Z";

/// A signing identity provider.
pub struct Idp {
    pub pair: KeyPair,
    pub certificate: Vec<u8>,
}

impl Idp {
    pub fn new() -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let pkcs8: Pkcs8V1Der<'_> = pair.as_der().unwrap();
        let key =
            rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&pkcs8.as_ref().to_vec().into(), &rcgen::PKCS_RSA_SHA256);
        let certificate =
            rcgen::CertificateParams::new(vec!["idp".to_owned()]).unwrap().self_signed(&key.unwrap()).unwrap();
        Self { pair, certificate: certificate.der().to_vec() }
    }

    pub fn expectations(&self) -> Expectations {
        Expectations {
            sp_entity_id: SP.into(),
            acs_urls: vec![ACS.into()],
            idp_entity_id: IDP.into(),
            idp_keys: vec![IdpKey::from_certificate(&self.certificate).unwrap()],
            now: UnixTime::parse(NOW).unwrap(),
            skew_seconds: 60,
            flow: Flow::Solicited { request_id: "_request".into() },
            signing: SigningRule::Either,
            decryption_keys: Vec::new(),
            allow_sha1: false,
        }
    }

    /// The signature of a document or fragment that stands alone, as XML.
    pub fn signature(&self, element: &str, id: &str) -> String {
        self.signature_with(element, id, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "")
    }

    pub fn signature_with(&self, element: &str, id: &str, method: &str, transforms: &str) -> String {
        let octets = canonicalize::<&str>(element, C14nMode::Exclusive, None, &[]).unwrap();
        let digest = BASE64.encode(digest(&SHA256, &octets).as_ref());
        let info = format!(
            "<ds:SignedInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:CanonicalizationMethod \
             Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:CanonicalizationMethod><ds:SignatureMethod \
             Algorithm=\"{method}\"></ds:SignatureMethod><ds:Reference URI=\"#{id}\"><ds:Transforms><ds:Transform \
             Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform>{transforms}<ds:Transform \
             Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:Transform></ds:Transforms><ds:DigestMethod \
             Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod><ds:DigestValue>{digest}\
             </ds:DigestValue></ds:Reference></ds:SignedInfo>"
        );
        let canonical = canonicalize::<&str>(&info, C14nMode::Exclusive, None, &[]).unwrap();
        let mut value = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &canonical, &mut value).unwrap();
        format!(
            "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{info}<ds:SignatureValue>{}\
             </ds:SignatureValue></ds:Signature>",
            BASE64.encode(&value)
        )
    }

    /// The element with its signature after its first issuer.
    pub fn signed(&self, element: &str, id: &str) -> String {
        after_issuer(element, &self.signature(element, id))
    }
}

/// Puts something after the first issuer.
pub fn after_issuer(element: &str, what: &str) -> String {
    element.replacen("</saml:Issuer>", &format!("</saml:Issuer>{what}"), 1)
}

/// An unsigned assertion for `who`.
pub fn assertion(id: &str, who: &str) -> String {
    format!(
        "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"{id}\" IssueInstant=\"{NOW}\" \
         Version=\"2.0\"><saml:Issuer>{IDP}</saml:Issuer><saml:Subject><saml:NameID>{who}</saml:NameID>\
         <saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\"><saml:SubjectConfirmationData \
         InResponseTo=\"_request\" NotOnOrAfter=\"2026-11-24T09:46:07Z\" Recipient=\"{ACS}\"/></saml:SubjectConfirmation>\
         </saml:Subject><saml:Conditions NotBefore=\"2026-11-24T09:40:37Z\" NotOnOrAfter=\"2026-11-24T09:46:07Z\">\
         <saml:AudienceRestriction><saml:Audience>{SP}</saml:Audience></saml:AudienceRestriction></saml:Conditions>\
         <saml:AuthnStatement AuthnInstant=\"{NOW}\" SessionIndex=\"_s\"><saml:AuthnContext/></saml:AuthnStatement>\
         <saml:AttributeStatement><saml:Attribute Name=\"Email\"><saml:AttributeValue>{who}</saml:AttributeValue>\
         </saml:Attribute></saml:AttributeStatement></saml:Assertion>"
    )
}

/// An unsigned response around it.
pub fn response(inside: &str) -> String {
    format!(
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
         xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_r\" Version=\"2.0\" IssueInstant=\"{NOW}\" \
         Destination=\"{ACS}\" InResponseTo=\"_request\"><saml:Issuer>{IDP}</saml:Issuer><samlp:Status><samlp:StatusCode \
         Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status>{inside}</samlp:Response>"
    )
}

/// A file or folder that lies beside the repository or above it, where there is one.
pub fn beside(path: &str) -> Option<std::path::PathBuf> {
    let above = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    above.map(|folder| folder.join(path)).find(|found| found.exists())
}
