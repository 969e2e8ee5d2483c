//! XML signatures of the SAML profile (SAML core 5.4): one enveloped signature, one reference, to its own parent.

use aws_lc_rs::{constant_time, digest};
use sekisho_fault::{Fault, Result};
use uppsala::NodeId;

use crate::canonical::{Canonicalization, Comments};
use crate::keys::IdpKey;
use crate::names::{DS, ENVELOPED, EXC_C14N};
use crate::signed::Signed;
use crate::xml::{Xml, base64, shape};
use crate::{algorithms, codes};

/// A signature whose shape is right; nothing is verified yet.
pub(crate) struct Enveloped {
    element: NodeId,
    parent: NodeId,
    signed_info: NodeId,
    signed_info_c14n: Canonicalization,
    signature_method: String,
    value: Vec<u8>,
    transform_c14n: Canonicalization,
    digest_method: String,
    digest: Vec<u8>,
}

/// Reads the signature of a message's part, which must be its second child element, after the issuer.
pub(crate) fn of(xml: &Xml<'_>, parent: NodeId) -> Result<Option<Enveloped>> {
    at(xml, parent, 1)
}

/// Reads the signature of a part of metadata, which must be its first child element (SAML metadata 2.3).
pub(crate) fn of_metadata(xml: &Xml<'_>, parent: NodeId) -> Result<Option<Enveloped>> {
    at(xml, parent, 0)
}

fn at(xml: &Xml<'_>, parent: NodeId, place: usize) -> Result<Option<Enveloped>> {
    let children = xml.children(parent)?;
    let is_signature = |child: &NodeId| xml.is(*child, DS, "Signature");
    match children.iter().filter(|child| is_signature(child)).count() {
        0 => Ok(None),
        1 => {
            let element = children.get(place).copied().filter(is_signature);
            read(xml, parent, element.ok_or_else(|| shape("Signature at a wrong place"))?).map(Some)
        }
        _ => Err(shape("Signature at a wrong place")),
    }
}

fn read(xml: &Xml<'_>, parent: NodeId, element: NodeId) -> Result<Enveloped> {
    let parts = xml.children(element)?;
    let (signed_info, value) = match parts.as_slice() {
        [info, value] => (*info, *value),
        [info, value, key] if xml.is(*key, DS, "KeyInfo") => (*info, *value),
        _ => return Err(shape("Signature with other parts")),
    };
    if !xml.is(signed_info, DS, "SignedInfo") || !xml.is(value, DS, "SignatureValue") {
        return Err(shape("Signature with other parts"));
    }
    let [c14n, method, reference] = xml.children(signed_info)?[..] else {
        return Err(shape("SignedInfo with other parts"));
    };
    if !xml.is(c14n, DS, "CanonicalizationMethod")
        || !xml.is(method, DS, "SignatureMethod")
        || !xml.is(reference, DS, "Reference")
    {
        return Err(shape("SignedInfo with other parts"));
    }
    if !xml.children(method)?.is_empty() {
        return Err(shape("SignatureMethod with parameters"));
    }
    let id = xml.required_attribute(parent, "ID")?;
    if xml.attribute(reference, "URI").and_then(|uri| uri.strip_prefix('#')) != Some(id) {
        return Err(shape("a signature of something else"));
    }
    let [transforms, digest_method, digest] = xml.children(reference)?[..] else {
        return Err(shape("Reference with other parts"));
    };
    let named = xml.is(transforms, DS, "Transforms") && xml.is(digest_method, DS, "DigestMethod");
    if !named || !xml.is(digest, DS, "DigestValue") || !xml.children(digest_method)?.is_empty() {
        return Err(shape("Reference with other parts"));
    }
    let [enveloped, canonical] = xml.children(transforms)?[..] else {
        return Err(shape("other transforms than enveloped signature and canonicalization"));
    };
    let both = xml.is(enveloped, DS, "Transform") && xml.is(canonical, DS, "Transform");
    if !both || xml.attribute(enveloped, "Algorithm") != Some(ENVELOPED) || !xml.children(enveloped)?.is_empty() {
        return Err(shape("other transforms than enveloped signature and canonicalization"));
    }
    let bytes = |id| base64(xml.text(id)?).ok_or_else(|| shape("base64"));
    Ok(Enveloped {
        element,
        parent,
        signed_info,
        signed_info_c14n: canonicalization(xml, c14n)?,
        signature_method: xml.required_attribute(method, "Algorithm")?.to_owned(),
        value: bytes(value)?,
        transform_c14n: canonicalization(xml, canonical)?,
        digest_method: xml.required_attribute(digest_method, "Algorithm")?.to_owned(),
        digest: bytes(digest)?,
    })
}

/// A canonicalization with its prefix list, if it is an exclusive one with such.
fn canonicalization(xml: &Xml<'_>, id: NodeId) -> Result<Canonicalization> {
    let mode = algorithms::canonicalization(xml.required_attribute(id, "Algorithm")?)?;
    let prefixes = match xml.children(id)?[..] {
        [] => Vec::new(),
        [list] if mode.is_exclusive() && xml.is(list, EXC_C14N, "InclusiveNamespaces") => {
            let names = xml.required_attribute(list, "PrefixList")?.split_ascii_whitespace();
            // `#default` names the default namespace, which the canonicalizer knows as the empty prefix.
            names.map(|name| if name == "#default" { String::new() } else { name.to_owned() }).collect()
        }
        _ => return Err(shape("canonicalization with parameters")),
    };
    Ok(Canonicalization { mode, prefixes })
}

impl Enveloped {
    /// Verifies the signature with the configured keys alone; `KeyInfo` is never read.
    ///
    /// Codes: `ALGORITHM`, `DIGEST`, `SIGNATURE`.
    pub(crate) fn verify<'a>(&self, xml: Xml<'a>, keys: &[IdpKey], sha1: bool) -> Result<Signed<'a>> {
        let algorithm = algorithms::verification(&self.signature_method, sha1)?;
        let hash = algorithms::digest(&self.digest_method, sha1)?;
        let octets = self.transform_c14n.octets(&xml, self.parent, Some(self.element), Comments::Never)?;
        let computed = digest::digest(hash, octets.as_bytes());
        constant_time::verify_slices_are_equal(computed.as_ref(), &self.digest)
            .map_err(|_| Fault::new(codes::DIGEST))?;
        let signed_info = self.signed_info_c14n.octets(&xml, self.signed_info, None, Comments::AsCanonicalized)?;
        let by = keys.iter().find(|key| key.verifies(algorithm, signed_info.as_bytes(), &self.value));
        let by = by.ok_or_else(|| {
            let known: Vec<String> = keys.iter().map(|key| key.fingerprint().to_owned()).collect();
            Fault::new(codes::SIGNATURE).with("known", known)
        })?;
        Ok(Signed::new(xml, self.parent, self.element, octets, by.fingerprint().to_owned()))
    }
}
