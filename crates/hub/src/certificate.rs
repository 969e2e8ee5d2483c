//! The hub's own certificate: an administrator's `tls.pem`, or one that is made at the first start and recognised by the
//! pin in the set-up code.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::Pin;

use crate::codes;

/// Certificate, key and pin of a hub.
pub struct Identity {
    /// For the TLS listener.
    pub tls: Arc<ServerConfig>,
    /// What a set-up code tells of it.
    pub pin: Pin,
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn fault(path: &Path, detail: impl ToString) -> Fault {
    Fault::new(codes::TLS).with("path", path.display().to_string()).with("detail", detail.to_string())
}

/// Reads `tls.pem` in the data folder (certificates, then the key), or makes one for these names. It lasts for long:
/// its key is pinned, and nobody could renew it from afar.
///
/// Code: `TLS`.
pub fn read_or_make(folder: &Path, names: &[String]) -> Result<Identity> {
    let path = folder.join("tls.pem");
    let pem = match fs::read(&path) {
        Ok(pem) => pem,
        Err(error) if error.kind() == ErrorKind::NotFound => make(&path, names)?,
        Err(error) => return Err(fault(&path, error)),
    };
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(&pem).collect::<Result<_, _>>().map_err(|error| fault(&path, error))?;
    let key = PrivateKeyDer::from_pem_slice(&pem).map_err(|error| fault(&path, error))?;
    let leaf = chain.first().ok_or_else(|| fault(&path, "no certificate"))?;
    let pin = sekisho_hub_api::client::pin_of(leaf)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key));
    let mut config = config.map_err(|error| fault(&path, error))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Identity { tls: Arc::new(config), pin })
}

fn make(path: &Path, names: &[String]) -> Result<Vec<u8>> {
    let made = || {
        let key = rcgen::KeyPair::generate()?;
        let mut parameters = rcgen::CertificateParams::new(names.to_vec())?;
        parameters.distinguished_name.push(rcgen::DnType::CommonName, "Sekisho hub");
        parameters.not_after = rcgen::date_time_ymd(2049, 12, 31);
        let certificate = parameters.self_signed(&key)?;
        Ok::<_, rcgen::Error>(certificate.pem() + &key.serialize_pem())
    };
    let pem = made().map_err(|error| fault(path, error))?.into_bytes();
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| file.write_all(&pem).and_then(|()| file.sync_all()));
    written.map_err(|error| fault(path, error))?;
    Ok(pem)
}
