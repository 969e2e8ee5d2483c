//! Finds one identity provider in metadata, and reads it.

use sekisho_fault::{Fault, Result};
use uppsala::NodeId;

use super::{Binding, Endpoint, IdpMetadata, certificates, is, validity};
use crate::codes;
use crate::names::{MD, POST, REDIRECT, SAMLP};
use crate::xml::{Xml, shape};

/// One identity provider: its role, and the elements from the root down to its `EntityDescriptor`.
pub(super) struct Chosen {
    pub(super) path: Vec<NodeId>,
    entity: NodeId,
    role: NodeId,
}

/// Chooses the provider of this entity ID, or without one the only provider there is.
///
/// Codes: `METADATA_IS_SP`, `METADATA_NO_IDP`, `METADATA_NO_SUCH_ENTITY`, `METADATA_SEVERAL_IDPS`, `SHAPE`.
pub(super) fn choose(xml: &Xml<'_>, entity_id: Option<&str>) -> Result<Chosen> {
    let mut all = All::default();
    all.gather(xml, &[], xml.root)?;
    let id_of = |chosen: &Chosen| xml.attribute(chosen.entity, "entityID").map(str::to_owned);
    if let Some(wanted) = entity_id {
        let mut fitting: Vec<Chosen> =
            all.providers.into_iter().filter(|chosen| id_of(chosen).as_deref() == Some(wanted)).collect();
        return match (fitting.pop(), fitting.is_empty()) {
            (Some(one), true) => Ok(one),
            (Some(_), false) => Err(shape("an entity ID used twice")),
            (None, _) => Err(Fault::new(codes::METADATA_NO_SUCH_ENTITY).with("entity_id", wanted)),
        };
    }
    if all.providers.len() > 1 {
        // A federation has thousands: a few show which file it is.
        let found: Vec<String> = all.providers.iter().take(10).filter_map(id_of).collect();
        return Err(Fault::new(codes::METADATA_SEVERAL_IDPS).with("found", found));
    }
    let none = if all.services { codes::METADATA_IS_SP } else { codes::METADATA_NO_IDP };
    all.providers.pop().ok_or_else(|| Fault::new(none))
}

#[derive(Default)]
struct All {
    providers: Vec<Chosen>,
    services: bool,
}

impl All {
    fn gather(&mut self, xml: &Xml<'_>, above: &[NodeId], id: NodeId) -> Result<()> {
        let path = [above, &[id]].concat();
        if is(xml, id, "EntityDescriptor") {
            let roles = xml.named(id, MD, "IDPSSODescriptor")?;
            if let Some(role) = roles.into_iter().find(|role| speaks_saml2(xml, *role)) {
                self.providers.push(Chosen { path, entity: id, role });
            }
            self.services |= !xml.named(id, MD, "SPSSODescriptor")?.is_empty();
        } else if is(xml, id, "EntitiesDescriptor") {
            for child in xml.children(id)? {
                self.gather(xml, &path, child)?;
            }
        }
        Ok(())
    }
}

/// A provider may have a role of its own for each generation of SAML.
fn speaks_saml2(xml: &Xml<'_>, role: NodeId) -> bool {
    let protocols = xml.attribute(role, "protocolSupportEnumeration");
    protocols.is_none_or(|protocols| protocols.split_ascii_whitespace().any(|protocol| protocol == SAMLP))
}

/// Reads the chosen provider.
///
/// Codes: `METADATA_NO_CERTIFICATE`, `METADATA_CERTIFICATE`, `METADATA_NO_SSO`, `SHAPE`, `TIME`.
pub(super) fn read(xml: &Xml<'_>, chosen: &Chosen) -> Result<IdpMetadata> {
    let entity_id = xml.required_attribute(chosen.entity, "entityID")?.to_owned();
    let signing_certificates = certificates::signing(xml, chosen.role)?;
    if signing_certificates.is_empty() {
        return Err(Fault::new(codes::METADATA_NO_CERTIFICATE).with("entity_id", entity_id));
    }
    let sso = endpoints(xml, chosen.role, "SingleSignOnService")?;
    if sso.is_empty() {
        return Err(Fault::new(codes::METADATA_NO_SSO).with("entity_id", entity_id));
    }
    let mut name_id_formats = Vec::new();
    for id in xml.named(chosen.role, MD, "NameIDFormat")? {
        name_id_formats.push(xml.full_text(id)?.trim().to_owned());
    }
    let wants = xml.attribute(chosen.role, "WantAuthnRequestsSigned");
    Ok(IdpMetadata {
        entity_id,
        signing_certificates,
        sso,
        slo: endpoints(xml, chosen.role, "SingleLogoutService")?,
        name_id_formats,
        want_authn_requests_signed: matches!(wants, Some("true" | "1")),
        valid_until: validity::valid_until(xml, &chosen.path, chosen.role)?,
        cache_seconds: validity::cache_seconds(xml, &chosen.path, chosen.role)?,
    })
}

fn endpoints(xml: &Xml<'_>, role: NodeId, name: &str) -> Result<Vec<Endpoint>> {
    let mut endpoints = Vec::new();
    for id in xml.named(role, MD, name)? {
        let binding = match xml.attribute(id, "Binding") {
            Some(REDIRECT) => Binding::Redirect,
            Some(POST) => Binding::Post,
            _ => continue,
        };
        if let Some(location) = address(xml.required_attribute(id, "Location")?) {
            let response_location = xml.attribute(id, "ResponseLocation").and_then(address);
            endpoints.push(Endpoint { binding, location, response_location });
        }
    }
    Ok(endpoints)
}

/// An address that a browser may be sent to. `javascript:` would run in our page's place; a line break within an address
/// is dropped by some and not by others.
fn address(text: &str) -> Option<String> {
    let text = text.trim_ascii();
    let plain = !text.bytes().any(|byte| byte.is_ascii_control() || byte == b' ');
    let url = url::Url::parse(text).ok().filter(|url| plain && ["https", "http"].contains(&url.scheme()));
    url.map(|_| text.to_owned())
}
