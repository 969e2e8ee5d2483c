//! The identity provider's metadata (SAML metadata 2.3 and 2.4).

mod certificates;
pub mod difference;
mod entity;
pub mod entra;
pub mod refresh;
mod validity;

use std::borrow::Cow;

use sekisho_fault::{Fault, Result};
use serde::{Deserialize, Serialize};

use crate::keys::IdpKey;
use crate::names::MD;
use crate::scan::normalized;
use crate::xml::Xml;
use crate::{UnixTime, codes, signature};
pub use certificates::CertificateSummary;

/// The largest metadata, in bytes.
pub const LIMIT: usize = 5 * 1024 * 1024;

/// The most elements: more than fit into [`LIMIT`] of what federations publish.
const NODES: usize = 200_000;

/// How a message travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Binding {
    /// HTTP Redirect.
    Redirect,
    /// HTTP POST.
    Post,
}

/// An address for one binding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// The binding.
    pub binding: Binding,
    /// The address.
    pub location: String,
    /// Where answers go, if elsewhere (SAML metadata 2.2.2).
    pub response_location: Option<String>,
}

impl Endpoint {
    /// Where answers to its requests go.
    pub fn answers_to(&self) -> &str {
        self.response_location.as_deref().unwrap_or(&self.location)
    }
}

/// What an identity provider says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdpMetadata {
    /// Its entity ID.
    pub entity_id: String,
    /// Certificates of its signing keys, DER, at least one.
    pub signing_certificates: Vec<Vec<u8>>,
    /// Sign-in addresses with the Redirect or POST binding, at least one.
    pub sso: Vec<Endpoint>,
    /// Logout addresses with these bindings.
    pub slo: Vec<Endpoint>,
    /// The NameID formats that it offers, in its order.
    pub name_id_formats: Vec<String>,
    /// Whether it wants our requests signed.
    pub want_authn_requests_signed: bool,
    /// Until when the metadata may be used: the earliest of what the provider and all around it say.
    pub valid_until: Option<UnixTime>,
    /// How long the metadata may be kept without asking again, in seconds: the shortest likewise.
    pub cache_seconds: Option<i64>,
}

/// What metadata says, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The entity ID.
    pub entity_id: String,
    /// Sign-in addresses.
    pub sso: Vec<Endpoint>,
    /// Logout addresses.
    pub slo: Vec<Endpoint>,
    /// The signing certificates.
    pub signing: Vec<CertificateSummary>,
    /// The NameID formats that it offers.
    pub name_id_formats: Vec<String>,
    /// Whether it wants our requests signed.
    pub want_authn_requests_signed: bool,
    /// Until when it may be used.
    pub valid_until: Option<UnixTime>,
}

impl IdpMetadata {
    /// Reads the metadata of the only identity provider in it.
    ///
    /// Codes: as [`Self::parse_for`].
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        Self::parse_for(bytes, None)
    }

    /// Reads metadata: an `EntityDescriptor`, or `EntitiesDescriptor`s around many, of which `entity_id` chooses one.
    /// Without it there has to be exactly one identity provider. Nothing is verified, see [`Self::parse_signed`].
    ///
    /// Codes: `TOO_LARGE`, `NOT_XML`, `SHAPE`, `TIME`, and those that begin with `METADATA_`.
    pub fn parse_for(bytes: &[u8], entity_id: Option<&str>) -> Result<Self> {
        let text = text(bytes)?;
        let xml = Xml::parse_metadata(&text, NODES)?;
        entity::read(&xml, &entity::choose(&xml, entity_id)?)
    }

    /// The same, but the provider itself or something around it must be signed by one of `anchors`, and nothing is read
    /// but what was signed.
    ///
    /// Codes: as [`Self::parse_for`], and `METADATA_UNSIGNED`, `METADATA_SIGNATURE`, `DIGEST`, `ALGORITHM`.
    pub fn parse_signed(bytes: &[u8], entity_id: Option<&str>, anchors: &[IdpKey]) -> Result<Self> {
        let text = text(bytes)?;
        let xml = Xml::parse_metadata(&text, NODES)?;
        let chosen = entity::choose(&xml, entity_id)?;
        for around in &chosen.path {
            let Some(found) = signature::of_metadata(&xml, *around)? else { continue };
            let signed = found.verify(xml, anchors, false).map_err(|fault| match fault {
                fault if fault.code == codes::SIGNATURE => Fault { code: codes::METADATA_SIGNATURE, ..fault },
                fault => fault,
            })?;
            let authentic = Xml::parse_metadata(&signed.octets, NODES)?;
            return entity::read(&authentic, &entity::choose(&authentic, entity_id)?);
        }
        Err(Fault::new(codes::METADATA_UNSIGNED))
    }

    /// Whether it may still be used.
    ///
    /// Code: `METADATA_EXPIRED`.
    pub fn check_valid(&self, now: UnixTime) -> Result<()> {
        match self.valid_until {
            Some(until) if until <= now => {
                Err(Fault::new(codes::METADATA_EXPIRED).at("until", until.0).with("entity_id", self.entity_id.as_str()))
            }
            _ => Ok(()),
        }
    }

    /// The keys that verify its messages.
    ///
    /// Code: `METADATA_CERTIFICATE`.
    pub fn keys(&self) -> Result<Vec<IdpKey>> {
        self.signing_certificates.iter().map(|der| IdpKey::from_certificate(der)).collect()
    }

    /// Its signing certificates, for people.
    ///
    /// Code: `METADATA_CERTIFICATE`.
    pub fn certificates(&self) -> Result<Vec<CertificateSummary>> {
        self.signing_certificates.iter().map(|der| certificates::summary(der)).collect()
    }

    /// All of it, for people.
    ///
    /// Code: `METADATA_CERTIFICATE`.
    pub fn summary(&self) -> Result<Summary> {
        Ok(Summary {
            entity_id: self.entity_id.clone(),
            sso: self.sso.clone(),
            slo: self.slo.clone(),
            signing: self.certificates()?,
            name_id_formats: self.name_id_formats.clone(),
            want_authn_requests_signed: self.want_authn_requests_signed,
            valid_until: self.valid_until,
        })
    }

    /// Where users are sent to sign in: the Redirect binding where there is one, since it needs no form.
    pub fn sign_in(&self) -> Option<&Endpoint> {
        preferred(&self.sso)
    }

    /// Where users are sent to log out, chosen in the same way.
    pub fn logout(&self) -> Option<&Endpoint> {
        preferred(&self.slo)
    }

    /// Its sign-in address for a binding.
    pub fn sso_by(&self, binding: &Binding) -> Option<&Endpoint> {
        self.sso.iter().find(|endpoint| endpoint.binding == *binding)
    }

    /// The same, as an address.
    pub fn sso_for(&self, binding: &Binding) -> Option<&str> {
        self.sso_by(binding).map(|endpoint| endpoint.location.as_str())
    }
}

fn preferred(endpoints: &[Endpoint]) -> Option<&Endpoint> {
    endpoints.iter().find(|endpoint| endpoint.binding == Binding::Redirect).or(endpoints.first())
}

/// UTF-8, with or without a byte order mark, and white space before the document, as people paste it.
fn text(bytes: &[u8]) -> Result<Cow<'_, str>> {
    if bytes.len() > LIMIT {
        return Err(Fault::new(codes::TOO_LARGE).with("size", bytes.len()).with("limit", LIMIT));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| Fault::new(codes::NOT_XML))?;
    Ok(normalized(text.trim_start()))
}

/// Whether the element is one of metadata's.
fn is(xml: &Xml<'_>, id: uppsala::NodeId, name: &str) -> bool {
    xml.is(id, MD, name)
}
