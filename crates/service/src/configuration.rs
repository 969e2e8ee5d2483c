//! From a configuration file to what can be served: built whole, or not at all.

use std::net::SocketAddr;
use std::net::{IpAddr, Ipv6Addr};
use std::path::Path;
use std::sync::Arc;

use sekisho_certs::{Pair, check, pem};
use sekisho_config::Configuration;
use sekisho_fault::{Fault, Result, Severity};
use sekisho_keys::derive::Secret;
use sekisho_saml::keys::SpKey;
use sekisho_saml::metadata::IdpMetadata;
use sekisho_signin::Applied;
use sekisho_signin::applied::SamlPair;

use crate::codes;
use crate::secret::file_fault;

/// A configuration that is ready to serve.
pub struct Ready {
    /// The public face's part.
    pub applied: Arc<Applied>,
    /// TLS certificate and key.
    pub tls: Pair,
    /// Where to listen.
    pub address: SocketAddr,
    /// Where users sign in.
    pub login_url: String,
    /// What an administrator should look at.
    pub warnings: Vec<Fault>,
}

/// Reads the file and everything that it names.
///
/// Codes: `FILE`, and those of configuration, metadata and certificates.
pub fn read(path: &Path, secret: &Secret, now: i64) -> Result<Ready> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let configuration = Configuration::parse(&String::from_utf8_lossy(&file(path)?))?;
    let connection = &configuration.connection;
    let idp =
        IdpMetadata::parse(&file(&folder.join(&connection.idp_metadata))?).map_err(|fault| fault.on("idp_metadata"))?;
    let tls = pair(&folder.join(&connection.tls_certificate)).map_err(|fault| fault.on("tls_certificate"))?;
    let saml = connection.saml_certificate.as_ref().map(|path| saml_pair(&folder.join(path))).transpose();
    let saml = saml.map_err(|fault| fault.on("saml_certificate"))?;

    let host = connection.advertised_host.as_str();
    let (errors, mut warnings): (Vec<Fault>, Vec<Fault>) =
        check::pair(&tls, &[host], now)?.into_iter().partition(|fault| fault.severity == Severity::Error);
    if let Some(error) = errors.into_iter().next() {
        return Err(error.on("tls_certificate"));
    }
    if connection.allow_sha1 {
        warnings.push(Fault::new(codes::SHA1_ALLOWED).on("allow_sha1").as_severity(Severity::Warning));
    }
    let ip = configuration.server.private_ip.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
    Ok(Ready {
        tls,
        warnings,
        address: SocketAddr::new(ip, configuration.listening_port()),
        login_url: configuration.urls().at(sekisho_config::urls::VAULT),
        applied: Arc::new(Applied::new(configuration, idp, saml, secret.clone())?),
    })
}

fn file(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| file_fault(path, &error))
}

fn pair(path: &Path) -> Result<Pair> {
    let contents = pem::read(&file(path)?)?;
    let key = contents.key.ok_or_else(|| Fault::new(sekisho_certs::codes::NO_KEY))?;
    Pair::assemble(&contents.certificates, key)
}

fn saml_pair(path: &Path) -> Result<SamlPair> {
    let pair = pair(path)?;
    Ok(SamlPair { certificate: pair.leaf().to_vec(), key: SpKey::from_pkcs8(pair.key().pkcs8())? })
}
