//! An enveloped XML signature, RSA-SHA256 over exclusive C14N, around text that is canonical already.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use data_encoding::BASE64;

use super::credential::Credential;

/// The namespace of XML signatures.
pub const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const EXC_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// A signature.
pub struct Signature {
    /// The element, to be put into what it signs.
    pub xml: String,
    /// Octets that whoever verifies it hashes.
    pub hashed: usize,
}

/// Signs the element `id`, whose canonical form this is.
pub fn sign(signer: &Credential, id: &str, canonical: &str) -> Signature {
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
    let mut value = vec![0; signer.pair.public_modulus_len()];
    let alone = info(&format!(" xmlns:ds=\"{DS}\""));
    signer.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), alone.as_bytes(), &mut value).expect("a signature");
    let (within, value, certificate) = (info(""), BASE64.encode(&value), signer.certificate_base64());
    let xml = format!(
        "<ds:Signature xmlns:ds=\"{DS}\">{within}<ds:SignatureValue>{value}</ds:SignatureValue><ds:KeyInfo><ds:X509Data>\
         <ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>"
    );
    Signature { xml, hashed: canonical.len() + alone.len() }
}
