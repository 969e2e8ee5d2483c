//! Our own enveloped signature over a document of ours: messages and metadata (SAML core 5.4).

use aws_lc_rs::digest::{SHA256, digest};
use bergshamra_c14n::{C14nMode, canonicalize_doc};
use data_encoding::BASE64;
use sekisho_fault::Result;

use crate::build::Build;
use crate::keys::SpKey;
use crate::names::{DS, ENVELOPED, EXC_C14N};
use crate::xml::{Xml, shape};

/// What we write has fewer elements than this.
const NODES: usize = 2_000;

/// The signature of a document that has none yet. It goes into the root element, which has this ID.
///
/// Code: `KEY`.
pub(crate) fn enveloped(document: &str, id: &str, key: &SpKey) -> Result<String> {
    let digest = BASE64.encode(digest(&SHA256, &canonical(document)?).as_ref());
    let mut build = Build::new();
    let (c14n, method) = ([("Algorithm", EXC_C14N)], [("Algorithm", key.method())]);
    build.element("ds:SignedInfo", &[("xmlns:ds", DS)], |build| {
        build.empty("ds:CanonicalizationMethod", &c14n)?;
        build.empty("ds:SignatureMethod", &method)?;
        build.element("ds:Reference", &[("URI", &format!("#{id}"))], |build| {
            build.element("ds:Transforms", &[], |build| {
                build.empty("ds:Transform", &[("Algorithm", ENVELOPED)])?;
                build.empty("ds:Transform", &c14n)
            })?;
            build.empty("ds:DigestMethod", &[("Algorithm", "http://www.w3.org/2001/04/xmlenc#sha256")])?;
            build.text("ds:DigestValue", &[], &digest)
        })
    })?;
    let info = build.finish()?;
    let value = BASE64.encode(&key.sign(&canonical(&info)?)?);
    Ok(format!("<ds:Signature xmlns:ds=\"{DS}\">{info}<ds:SignatureValue>{value}</ds:SignatureValue></ds:Signature>"))
}

fn canonical(document: &str) -> Result<Vec<u8>> {
    let parsed = Xml::parse(document, NODES)?;
    canonicalize_doc::<&str>(&parsed.document, C14nMode::Exclusive, None, &[]).map_err(|_| shape("canonicalization"))
}
