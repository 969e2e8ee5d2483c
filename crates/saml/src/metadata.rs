//! The identity provider's metadata (SAML metadata 2.4).

use aws_lc_rs::digest;
use sekisho_fault::{Fault, Result};
use serde::Serialize;
use uppsala::NodeId;

use crate::keys::{IdpKey, fingerprint};
use crate::names::{DS, MD, POST, REDIRECT};
use crate::xml::{Xml, base64};
use crate::{UnixTime, codes};

/// The largest metadata, in bytes.
pub const LIMIT: usize = 5 * 1024 * 1024;

/// How a message travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Binding {
    /// HTTP Redirect.
    Redirect,
    /// HTTP POST.
    Post,
}

/// An address for one binding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Endpoint {
    /// The binding.
    pub binding: Binding,
    /// The address.
    pub location: String,
    /// Where answers go, if it is another address.
    pub response_location: Option<String>,
}

impl Endpoint {
    /// Where answers to its requests go (SAML metadata 2.2.2).
    pub fn answers_to(&self) -> &str {
        self.response_location.as_deref().unwrap_or(&self.location)
    }
}

/// What an identity provider says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdpMetadata {
    /// Its entity ID.
    pub entity_id: String,
    /// Certificates of its signing keys, DER, at least one.
    pub signing_certificates: Vec<Vec<u8>>,
    /// Sign-in addresses with the Redirect or POST binding, at least one.
    pub sso: Vec<Endpoint>,
    /// Logout addresses with these bindings.
    pub slo: Vec<Endpoint>,
    /// Whether it wants our requests signed.
    pub want_authn_requests_signed: bool,
    /// Until when the metadata may be used.
    pub valid_until: Option<UnixTime>,
}

/// A signing certificate, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CertificateSummary {
    /// The subject's name.
    pub subject: String,
    /// When it ends, seconds since 1970. It goes on working as a key: only people are warned.
    pub not_after: i64,
    /// As AD FS shows it.
    pub sha1: String,
    /// As everybody else does.
    pub sha256: String,
}

impl IdpMetadata {
    /// Reads metadata: an `EntityDescriptor`, or an `EntitiesDescriptor` with exactly one identity provider.
    ///
    /// Codes: `TOO_LARGE`, `NOT_XML`, `SHAPE`, and those that begin with `METADATA_`.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        if bytes.len() > LIMIT {
            return Err(Fault::new(codes::TOO_LARGE).with("size", bytes.len()).with("limit", LIMIT));
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|_| Fault::new(codes::NOT_XML))?;
        let xml = Xml::parse(text.trim_start(), 200_000)?;
        let entities: Vec<NodeId> = xml.elements(xml.root).filter(|id| xml.is(*id, MD, "EntityDescriptor")).collect();
        let mut providers = Vec::new();
        let mut services = 0;
        for entity in entities {
            if let Some(descriptor) = xml.named(entity, MD, "IDPSSODescriptor")?.first() {
                providers.push((entity, *descriptor));
            }
            services += xml.named(entity, MD, "SPSSODescriptor")?.len();
        }
        match providers.as_slice() {
            [] if services > 0 => Err(Fault::new(codes::METADATA_IS_SP)),
            [] => Err(Fault::new(codes::METADATA_NO_IDP)),
            [(entity, descriptor)] => provider(&xml, *entity, *descriptor),
            several => {
                let found = several.iter().filter_map(|(entity, _)| xml.attribute(*entity, "entityID"));
                Err(Fault::new(codes::METADATA_SEVERAL_IDPS)
                    .with("found", found.map(str::to_owned).collect::<Vec<_>>()))
            }
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
        self.signing_certificates.iter().map(|der| summary(der)).collect()
    }

    /// Where users are sent to sign in: the Redirect binding where there is one, since it needs no form.
    pub fn sign_in(&self) -> Option<&Endpoint> {
        preferred(&self.sso)
    }

    /// Where users are sent to log out, chosen in the same way.
    pub fn logout(&self) -> Option<&Endpoint> {
        preferred(&self.slo)
    }
}

fn preferred(endpoints: &[Endpoint]) -> Option<&Endpoint> {
    endpoints.iter().find(|endpoint| endpoint.binding == Binding::Redirect).or(endpoints.first())
}

fn provider(xml: &Xml<'_>, entity: NodeId, descriptor: NodeId) -> Result<IdpMetadata> {
    let entity_id = xml.required_attribute(entity, "entityID")?.to_owned();
    let mut signing_certificates: Vec<Vec<u8>> = Vec::new();
    for key in xml.named(descriptor, MD, "KeyDescriptor")? {
        // Without `use` a key is for both (SAML metadata 2.4.1.1).
        if xml.attribute(key, "use") == Some("encryption") {
            continue;
        }
        for id in xml.elements(key).filter(|id| xml.is(*id, DS, "X509Certificate")) {
            let der = base64(xml.text(id)?).ok_or_else(|| Fault::new(codes::METADATA_CERTIFICATE))?;
            IdpKey::from_certificate(&der)?;
            if !signing_certificates.contains(&der) {
                signing_certificates.push(der);
            }
        }
    }
    if signing_certificates.is_empty() {
        return Err(Fault::new(codes::METADATA_NO_CERTIFICATE).with("entity_id", entity_id));
    }
    let sso = endpoints(xml, descriptor, "SingleSignOnService")?;
    if sso.is_empty() {
        return Err(Fault::new(codes::METADATA_NO_SSO).with("entity_id", entity_id));
    }
    Ok(IdpMetadata {
        entity_id,
        signing_certificates,
        sso,
        slo: endpoints(xml, descriptor, "SingleLogoutService")?,
        want_authn_requests_signed: matches!(xml.attribute(descriptor, "WantAuthnRequestsSigned"), Some("true" | "1")),
        valid_until: xml.attribute(entity, "validUntil").map(UnixTime::parse).transpose()?,
    })
}

fn endpoints(xml: &Xml<'_>, descriptor: NodeId, name: &str) -> Result<Vec<Endpoint>> {
    let mut endpoints = Vec::new();
    for id in xml.named(descriptor, MD, name)? {
        let binding = match xml.attribute(id, "Binding") {
            Some(REDIRECT) => Binding::Redirect,
            Some(POST) => Binding::Post,
            _ => continue,
        };
        let location = xml.required_attribute(id, "Location")?;
        let response_location = xml.attribute(id, "ResponseLocation").map(str::to_owned);
        // A `javascript:` address would run in our page's place.
        let plain = |address: &str| url::Url::parse(address).is_ok_and(|url| ["https", "http"].contains(&url.scheme()));
        if plain(location) && response_location.as_deref().is_none_or(plain) {
            endpoints.push(Endpoint { binding, location: location.to_owned(), response_location });
        }
    }
    Ok(endpoints)
}

fn summary(der: &[u8]) -> Result<CertificateSummary> {
    let (_, certificate) =
        x509_parser::parse_x509_certificate(der).map_err(|_| Fault::new(codes::METADATA_CERTIFICATE))?;
    Ok(CertificateSummary {
        subject: certificate.subject().to_string(),
        not_after: certificate.validity().not_after.timestamp(),
        sha1: fingerprint(&digest::SHA1_FOR_LEGACY_USE_ONLY, der),
        sha256: fingerprint(&digest::SHA256, der),
    })
}
