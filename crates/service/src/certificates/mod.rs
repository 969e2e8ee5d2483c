//! The certificates that are served: the connection's, and a draft's for its own name while it is on trial. They change
//! without a dropped connection.

use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::{default_provider, sign::any_supported_type};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use sekisho_certs::Pair;
use sekisho_fault::{Fault, Result};
use tokio_rustls::TlsAcceptor;

use crate::codes;

#[derive(Clone, Debug, Default)]
struct Served {
    connection: Option<(String, Arc<CertifiedKey>)>,
    trial: Option<(String, Arc<CertifiedKey>)>,
}

/// The certificates that are served.
#[derive(Debug, Default)]
pub struct Certificates(ArcSwap<Served>);

/// The TLS form of a pair.
///
/// Code: `TLS`.
pub fn certified(pair: &Pair) -> Result<Arc<CertifiedKey>> {
    let failed = |error: rustls::Error| Fault::new(codes::TLS).with("detail", error.to_string());
    let chain = pair.chain().iter().map(|der| CertificateDer::from(der.clone())).collect();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(pair.key().pkcs8().to_vec()));
    let certified = CertifiedKey::new(chain, any_supported_type(&key).map_err(failed)?);
    certified.keys_match().map_err(failed)?;
    Ok(Arc::new(certified))
}

impl Certificates {
    /// Serves this one, of this host, from the next handshake on.
    pub fn serve(&self, host: &str, certificate: &Arc<CertifiedKey>) {
        let connection = Some((host.to_owned(), certificate.clone()));
        self.0.rcu(|served| Served { connection: connection.clone(), ..Served::clone(served) });
    }

    /// Serves a draft's for its name.
    pub fn try_for(&self, host: &str, certificate: &Arc<CertifiedKey>) {
        self.0.rcu(|served| Served { trial: Some((host.to_owned(), certificate.clone())), ..Served::clone(served) });
    }

    /// Serves the draft's no longer.
    pub fn end_trial(&self) {
        self.0.rcu(|served| Served { trial: None, ..Served::clone(served) });
    }

    /// The connection's certificate, DER.
    pub fn leaf(&self) -> Option<Vec<u8>> {
        let served = self.0.load();
        served.connection.as_ref().and_then(|(_, certificate)| certificate.cert.first()).map(|der| der.to_vec())
    }

    /// TLS with whatever is served at each handshake.
    pub fn acceptor(self: &Arc<Self>) -> TlsAcceptor {
        let builder = ServerConfig::builder_with_provider(Arc::new(default_provider()));
        // aws-lc-rs has cipher suites for both default versions.
        let Ok(builder) = builder.with_safe_default_protocol_versions() else { unreachable!("TLS 1.2 and 1.3") };
        let mut config = builder.with_no_client_auth().with_cert_resolver(self.clone());
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        TlsAcceptor::from(Arc::new(config))
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let served = self.0.load();
        let own = served.connection.as_ref().map(|(_, certificate)| certificate.clone());
        // Users of the connection's own name get its certificate, whatever is on trial.
        let taken = served.connection.as_ref().map(|(host, _)| host.as_str());
        match &served.trial {
            Some((host, certificate)) if hello.server_name() == Some(host) && taken != Some(host) => {
                Some(certificate.clone())
            }
            // Balancers ask without a name; while nothing is applied, a draft is all there is.
            Some((_, certificate)) => own.or_else(|| Some(certificate.clone())),
            None => own,
        }
    }
}
