//! Signs an element where it stands in a document, rightly or in every wrong way that a test asks for.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA384, SHA512, digest};
use bergshamra_c14n::{C14nMode, canonicalize_doc};
use bergshamra_xml::NodeSet;
use data_encoding::BASE64;
use uppsala::{Document, NodeId};

use super::keys::{Key, hmac};

pub const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
pub const MORE: &str = "http://www.w3.org/2001/04/xmldsig-more#";
pub const DS11: &str = "http://www.w3.org/2007/05/xmldsig-more#";
pub const XENC: &str = "http://www.w3.org/2001/04/xmlenc#";
pub const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
pub const ENVELOPED: &str = "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>";

/// How to sign. Everything not asked for is as a good identity provider does it.
#[derive(Clone)]
pub struct Signing<'a> {
    pub key: &'a Key,
    /// Keys an HMAC instead.
    pub secret: Option<&'a [u8]>,
    pub method: String,
    /// What stands in `SignatureMethod`.
    pub method_parameters: &'a str,
    pub digest: String,
    pub c14n: &'a str,
    pub prefixes: &'a str,
    pub info_c14n: &'a str,
    pub info_prefixes: &'a str,
    /// The reference, if not to the element.
    pub uri: Option<String>,
    /// All transforms, if not the two.
    pub transforms: Option<&'a str>,
    /// What stands in `SignedInfo` after the reference.
    pub more_info: &'a str,
    /// What stands after `SignatureValue`.
    pub after_value: String,
    /// The digest, if not that of the element.
    pub digest_value: Option<String>,
}

impl<'a> Signing<'a> {
    pub fn by(key: &'a Key) -> Self {
        Self {
            key,
            secret: None,
            method: key.method(),
            method_parameters: "",
            digest: format!("{XENC}sha256"),
            c14n: EXCLUSIVE,
            prefixes: "",
            info_c14n: EXCLUSIVE,
            info_prefixes: "",
            uri: None,
            transforms: None,
            more_info: "",
            after_value: String::new(),
            digest_value: None,
        }
    }

    /// The document with the signature of the element of this ID after its issuer.
    pub fn sign(&self, document: &str, id: &str) -> String {
        let octets =
            canonical(document, |parsed, at| parsed.get_attribute(at, "ID") == Some(id), self.c14n, self.prefixes);
        let algorithm = match self.digest.rsplit('#').next().unwrap_or_default() {
            "sha1" => &SHA1_FOR_LEGACY_USE_ONLY,
            "sha384" => &SHA384,
            "sha512" => &SHA512,
            _ => &SHA256,
        };
        let digest = self.digest_value.clone().unwrap_or_else(|| BASE64.encode(digest(algorithm, &octets).as_ref()));
        let transform = algorithm_element("ds:Transform", self.c14n, self.prefixes);
        let both = format!("{ENVELOPED}{transform}");
        let uri = self.uri.clone().unwrap_or_else(|| format!("#{id}"));
        let signature = format!(
            "<ds:Signature xmlns:ds=\"{DSIG}\"><ds:SignedInfo>{}<ds:SignatureMethod Algorithm=\"{}\">{}\
             </ds:SignatureMethod><ds:Reference URI=\"{uri}\"><ds:Transforms>{}</ds:Transforms><ds:DigestMethod \
             Algorithm=\"{}\"/><ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>{}</ds:SignedInfo>\
             <ds:SignatureValue>to be made</ds:SignatureValue>{}</ds:Signature>",
            algorithm_element("ds:CanonicalizationMethod", self.info_c14n, self.info_prefixes),
            self.method,
            self.method_parameters,
            self.transforms.unwrap_or(&both),
            self.digest,
            self.more_info,
            self.after_value,
        );
        let unsigned = after_issuer_of(document, id, &signature);
        let info = canonical(&unsigned, is_new, self.info_c14n, self.info_prefixes);
        let value = match self.secret {
            Some(secret) => hmac(secret, &self.method, &info),
            None => self.key.sign(&self.method, &info),
        };
        unsigned.replacen("to be made", &BASE64.encode(&value), 1)
    }
}

fn algorithm_element(name: &str, uri: &str, prefixes: &str) -> String {
    if prefixes.is_empty() {
        return format!("<{name} Algorithm=\"{uri}\"/>");
    }
    format!(
        "<{name} Algorithm=\"{uri}\"><ec:InclusiveNamespaces xmlns:ec=\"{EXCLUSIVE}\" PrefixList=\"{prefixes}\"/></{name}>"
    )
}

/// The `SignedInfo` whose value is still to be made.
fn is_new(document: &Document<'_>, at: NodeId) -> bool {
    document.next_sibling(at).and_then(|value| document.element_text(value)) == Some("to be made")
}

/// Puts something after the issuer of the element of this ID.
pub fn after_issuer_of(document: &str, id: &str, what: &str) -> String {
    let element = document.find(&format!("ID=\"{id}\"")).unwrap();
    let issuer = element + document[element..].find("</saml:Issuer>").unwrap() + "</saml:Issuer>".len();
    format!("{}{what}{}", &document[..issuer], &document[issuer..])
}

/// The canonical octets of the first element that fits.
pub fn canonical(document: &str, fits: impl Fn(&Document<'_>, NodeId) -> bool, c14n: &str, prefixes: &str) -> Vec<u8> {
    let parsed = uppsala::parse(document).unwrap();
    let id = parsed.descendants(parsed.root()).into_iter().find(|at| fits(&parsed, *at)).unwrap();
    // A reference by ID leaves comments out, whatever the canonicalization does with them.
    let nodes = NodeSet::tree_without_comments(id, &parsed);
    let prefixes: Vec<&str> =
        prefixes.split_whitespace().map(|prefix| if prefix == "#default" { "" } else { prefix }).collect();
    let mode = C14nMode::from_uri(c14n).unwrap_or(C14nMode::Exclusive);
    canonicalize_doc(&parsed, mode, Some(&nodes), &prefixes).unwrap()
}
