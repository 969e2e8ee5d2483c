//! The shape of a response, checked before any signature: what no identity provider sends is refused here.

use sekisho_fault::Result;
use uppsala::NodeId;

use crate::names::{DS, SAML, SAMLP};
use crate::xml::{Xml, shape};

/// A message over this many elements is refused.
pub(crate) const NODES: usize = 2_000;

/// The parts of a response.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) issuer: Option<NodeId>,
    pub(crate) status: NodeId,
    pub(crate) content: Option<Content>,
}

/// The one assertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Plain(NodeId),
    Encrypted(NodeId),
}

/// Takes a response apart. Issuer, Signature, Extensions, Status and one (Encrypted)Assertion, in this order, and nothing else.
pub(crate) fn response(xml: &Xml<'_>) -> Result<Response> {
    if !xml.is(xml.root, SAMLP, "Response") {
        return Err(shape("not a Response"));
    }
    xml.unique_ids()?;
    version(xml, xml.root)?;
    let (mut issuer, mut status, mut content) = (None, None, None);
    // The order of SAML core 3.2.2.
    let mut last = 0;
    for child in xml.children(xml.root)? {
        let place = if xml.is(child, SAML, "Issuer") {
            issuer = Some(child);
            1
        } else if xml.is(child, DS, "Signature") {
            2
        } else if xml.is(child, SAMLP, "Extensions") {
            // Never read. Statements have no business in it.
            if xml
                .elements(child)
                .any(|id| xml.element(id).is_some_and(|e| e.name.namespace_uri.as_deref() == Some(SAML)))
            {
                return Err(shape("a statement in Extensions"));
            }
            3
        } else if xml.is(child, SAMLP, "Status") {
            status = Some(child);
            4
        } else if xml.is(child, SAML, "Assertion") {
            content = Some(Content::Plain(child));
            5
        } else if xml.is(child, SAML, "EncryptedAssertion") {
            content = Some(Content::Encrypted(child));
            5
        } else {
            return Err(shape("an unknown part of the Response"));
        };
        if place <= last {
            return Err(shape("parts of the Response twice or in another order"));
        }
        last = place;
    }
    let status = status.ok_or_else(|| shape("Status is missing"))?;
    let assertion = match content {
        Some(Content::Plain(id)) => Some(id),
        _ => None,
    };
    nothing_hidden(xml, assertion)?;
    Ok(Response { issuer, status, content })
}

/// The same for an assertion that stands alone: signed octets, or what came out of a decryption.
pub(crate) fn assertion(xml: &Xml<'_>) -> Result<()> {
    if !xml.is(xml.root, SAML, "Assertion") {
        return Err(shape("not an Assertion"));
    }
    xml.unique_ids()?;
    nothing_hidden(xml, Some(xml.root))
}

pub(crate) fn version(xml: &Xml<'_>, id: NodeId) -> Result<()> {
    if xml.attribute(id, "Version") == Some("2.0") { Ok(()) } else { Err(shape("not SAML 2.0")) }
}

/// No assertion, response or signature stands anywhere but where it is looked for.
pub(crate) fn nothing_hidden(xml: &Xml<'_>, assertion: Option<NodeId>) -> Result<()> {
    for id in xml.elements(xml.root) {
        if id == xml.root || Some(id) == assertion {
            continue;
        }
        let Some(element) = xml.element(id) else { continue };
        let parent = xml.document.parent(id);
        let name = &*element.name.local_name;
        let wrong = match name {
            "Assertion" | "Response" => true,
            "EncryptedAssertion" => parent != Some(xml.root) || assertion.is_some(),
            "Signature" => {
                element.name.namespace_uri.as_deref() != Some(DS) || !(parent == Some(xml.root) || parent == assertion)
            }
            "SignedInfo" | "SignatureValue" | "DigestValue" | "Reference" => !below_signature(xml, id),
            "Object" | "Manifest" => element.name.namespace_uri.as_deref() == Some(DS),
            _ => false,
        };
        if wrong {
            return Err(shape(&format!("{name} at a wrong place")));
        }
    }
    Ok(())
}

fn below_signature(xml: &Xml<'_>, id: NodeId) -> bool {
    xml.document.ancestors(id).into_iter().any(|ancestor| xml.is(ancestor, DS, "Signature"))
}
