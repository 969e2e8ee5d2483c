//! A small identity provider: metadata that lists keys, and answers that one of them signs.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use data_encoding::BASE64;
use sekisho_saml::UnixTime;

pub(super) const ENTITY: &str = "https://idp.example.test";
pub(super) const SIGN_IN: &str = "https://idp.example.test/sso";
const SP: &str = "https://sso.example.com:8443/sso-connect";

/// A key with its certificate.
pub(super) struct Key {
    pair: EcdsaKeyPair,
    certificate: Vec<u8>,
}

impl Key {
    pub(super) fn new() -> Self {
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = rcgen::CertificateParams::new(vec!["idp".to_owned()]).unwrap();
        let certificate = certificate.self_signed(&key).unwrap().der().to_vec();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &key.serialize_der()).unwrap();
        Self { pair, certificate }
    }

    pub(super) fn sha256(&self) -> String {
        sekisho_saml::keys::IdpKey::from_certificate(&self.certificate).unwrap().fingerprint().to_owned()
    }

    /// The certificate's SHA-256, as people compare it.
    pub(super) fn shown(&self) -> String {
        sekisho_certs::describe(&self.certificate).unwrap().sha256
    }

    /// An answer at `now`. All of it is written in its canonical form already (exclusive XML canonicalization).
    pub(super) fn answer(&self, now: i64) -> String {
        let (now, end) = (UnixTime(now).to_xml(), UnixTime(now + 300).to_xml());
        let attribute = |name: &str, value: &str| {
            format!("<s:Attribute Name=\"{name}\"><s:AttributeValue>{value}</s:AttributeValue></s:Attribute>")
        };
        let attributes = [("First", "Alice"), ("Last", "Ng"), ("Email", "alice@example.com")]
            .map(|(name, value)| attribute(name, value));
        let assertion = format!(
            "<s:Assertion xmlns:s=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_a\" IssueInstant=\"{now}\" \
             Version=\"2.0\"><s:Issuer>{ENTITY}</s:Issuer><s:Subject><s:NameID>alice</s:NameID><s:SubjectConfirmation \
             Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\"><s:SubjectConfirmationData InResponseTo=\"_q\" \
             NotOnOrAfter=\"{end}\" Recipient=\"{SP}/saml/sso\"></s:SubjectConfirmationData></s:SubjectConfirmation>\
             </s:Subject><s:Conditions NotOnOrAfter=\"{end}\"><s:AudienceRestriction><s:Audience>{SP}</s:Audience>\
             </s:AudienceRestriction></s:Conditions><s:AuthnStatement AuthnInstant=\"{now}\"><s:AuthnContext>\
             </s:AuthnContext></s:AuthnStatement><s:AttributeStatement>{}</s:AttributeStatement></s:Assertion>",
            attributes.concat()
        );
        let signed = assertion.replacen("</s:Issuer>", &format!("</s:Issuer>{}", self.signature(&assertion)), 1);
        format!(
            "<p:Response xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_r\" Version=\"2.0\" \
             IssueInstant=\"{now}\" Destination=\"{SP}/saml/sso\" InResponseTo=\"_q\"><s:Issuer \
             xmlns:s=\"urn:oasis:names:tc:SAML:2.0:assertion\">{ENTITY}</s:Issuer><p:Status><p:StatusCode \
             Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></p:Status>{signed}</p:Response>"
        )
    }

    fn signature(&self, element: &str) -> String {
        let exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
        let info = format!(
            "<d:SignedInfo xmlns:d=\"http://www.w3.org/2000/09/xmldsig#\"><d:CanonicalizationMethod \
             Algorithm=\"{exclusive}\"></d:CanonicalizationMethod><d:SignatureMethod \
             Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256\"></d:SignatureMethod><d:Reference \
             URI=\"#_a\"><d:Transforms><d:Transform \
             Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></d:Transform><d:Transform \
             Algorithm=\"{exclusive}\"></d:Transform></d:Transforms><d:DigestMethod \
             Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></d:DigestMethod><d:DigestValue>{}</d:DigestValue>\
             </d:Reference></d:SignedInfo>",
            BASE64.encode(digest(&SHA256, element.as_bytes()).as_ref())
        );
        let value = self.pair.sign(&SystemRandom::new(), info.as_bytes()).unwrap();
        format!(
            "<d:Signature xmlns:d=\"http://www.w3.org/2000/09/xmldsig#\">{info}<d:SignatureValue>{}</d:SignatureValue>\
             </d:Signature>",
            BASE64.encode(value.as_ref())
        )
    }
}

/// Metadata of an identity provider with these keys. `more`: further attributes.
pub(super) fn metadata(entity: &str, keys: &[&Key], sign_in: &str, more: &str) -> String {
    let key = |key: &&Key| {
        format!(
            "<m:KeyDescriptor use=\"signing\"><d:KeyInfo><d:X509Data><d:X509Certificate>{}</d:X509Certificate>\
             </d:X509Data></d:KeyInfo></m:KeyDescriptor>",
            BASE64.encode(&key.certificate)
        )
    };
    format!(
        "<m:EntityDescriptor xmlns:m=\"urn:oasis:names:tc:SAML:2.0:metadata\" \
         xmlns:d=\"http://www.w3.org/2000/09/xmldsig#\" entityID=\"{entity}\" {more}><m:IDPSSODescriptor \
         protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">{}<m:SingleSignOnService \
         Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" Location=\"{sign_in}\"/></m:IDPSSODescriptor>\
         </m:EntityDescriptor>",
        keys.iter().map(key).collect::<String>()
    )
}
