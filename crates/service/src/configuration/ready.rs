//! A configuration that is ready to serve.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use sekisho_certs::Pair;
use sekisho_certs::codes::EXPIRED;
use sekisho_config::check::{self, Facts};
use sekisho_config::codes::JIT_WITHOUT_DOMAIN;
use sekisho_config::{Configuration, Document, Domain, ThisServer, urls};
use sekisho_fault::{Fault, Result, Severity};
use sekisho_saml::keys::SpKey;
use sekisho_signin::Applied;
use sekisho_signin::applied::{Ids, StateSecrets};

use super::ends::Ends;
use super::pairs::{self, FindKey, Pairs};
use crate::idp_metadata::Kept;

/// What a document is served with.
pub struct Source<'a> {
    /// The document.
    pub document: &'a Document,
    /// This server's own settings.
    pub server: &'a ThisServer,
    /// The private keys (PKCS#8) that the document names.
    pub key: &'a FindKey<'a>,
    /// What the identity provider's metadata has come to since it was saved.
    pub(crate) refreshed: Option<Kept>,
    /// The reserved mail domains.
    pub domains: Vec<Domain>,
    /// The Enterprise Domain.
    pub provider: String,
    /// Whose connection it is.
    pub ids: Ids,
    /// What sign-ins are sealed with.
    pub secrets: StateSecrets,
    /// Now: seconds since 1970.
    pub now: i64,
}

/// A configuration that is ready to serve.
pub struct Ready {
    /// The public face's part.
    pub applied: Applied,
    /// TLS certificate and key.
    pub tls: Pair,
    /// The advertised host.
    pub host: String,
    /// The further names, with the certificates of those that have one of their own.
    pub others: Vec<(String, Option<Pair>)>,
    /// Where to listen.
    pub address: SocketAddr,
    /// Where users sign in.
    pub login_url: String,
    /// When its certificates end.
    pub ends: Ends,
    /// What an administrator should look at.
    pub warnings: Vec<Fault>,
}

/// Builds it whole.
///
/// Codes: the first error of the checks, and those of certificates and metadata.
pub fn build(source: Source<'_>) -> Result<Ready> {
    let document = source.document;
    let (Pairs { tls, saml, others }, closed) = pairs::open(document, source.key);
    if let Some(fault) = closed.into_iter().next() {
        return Err(fault);
    }
    let (domains, now) = (&*source.domains, source.now);
    let facts = Facts { tls: tls.as_ref(), others: &others, saml: saml.as_ref(), domains, now };
    let found = check::document(document, &facts);
    let (mut errors, mut warnings): (Vec<Fault>, Vec<Fault>) =
        found.into_iter().partition(|fault| fault.severity == Severity::Error);
    // What was right when it was saved, and went wrong by itself, must not stop those who can still sign in.
    let passed = |fault: &Fault| [JIT_WITHOUT_DOMAIN, EXPIRED].contains(&fault.code);
    warnings.extend(errors.extract_if(.., |fault| passed(fault)));
    if let Some(error) = errors.into_iter().next() {
        return Err(error);
    }
    let missing = |field: &str| Fault::new(sekisho_config::codes::MISSING).on(field);
    let keys = document.saml_pairs().zip(["saml", "saml_second"]).map(|(pair, field)| {
        let opened = pairs::pair_of(pair, source.key).and_then(|pair| SpKey::from_pkcs8(pair.key().pkcs8()));
        opened.map_err(|fault| fault.on(field))
    });
    let keys = keys.collect::<Result<Vec<_>>>()?;
    let saved = check::metadata(document)?;
    let idp = match &source.refreshed {
        Some(kept) => kept.served(document, saved),
        None => saved,
    };
    let configuration = Configuration::new(document.clone(), source.domains, source.provider)?;
    let ip = source.server.private_ip.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
    let port = source.server.private_port.unwrap_or(document.advertised_port);
    let named = document.other_names.iter().zip(others);
    Ok(Ready {
        others: named.map(|(other, pair)| (other.host.as_str().to_owned(), pair)).collect(),
        tls: tls.ok_or_else(|| missing("tls"))?,
        warnings: warnings.into_iter().filter(|fault| fault.severity >= Severity::Warning).collect(),
        ends: Ends::of(document),
        host: configuration.host().as_str().to_owned(),
        address: SocketAddr::new(ip, port),
        login_url: configuration.urls().at(urls::VAULT),
        applied: Applied::new(configuration, source.ids, idp, keys, source.secrets)?,
    })
}
