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
    connection: Option<Named>,
    trial: Option<Named>,
}

/// The certificates of one configuration.
#[derive(Clone, Debug)]
pub struct Named {
    host: String,
    own: Arc<CertifiedKey>,
    /// Those of further names: their own, or the same.
    others: Vec<(String, Arc<CertifiedKey>)>,
}

impl Named {
    /// Puts them into the form that TLS takes.
    ///
    /// Code: `TLS`.
    pub fn of(host: &str, own: &Pair, others: &[(String, Option<Pair>)]) -> Result<Self> {
        let own = certified(own)?;
        let of_other = |pair: &Option<Pair>| pair.as_ref().map_or_else(|| Ok(own.clone()), certified);
        let others = others.iter().map(|(host, pair)| Ok((host.clone(), of_other(pair)?)));
        Ok(Self { host: host.to_owned(), others: others.collect::<Result<_>>()?, own })
    }

    /// The one for a name; the advertised name's for whatever else is asked for.
    fn at(&self, name: Option<&str>) -> &Arc<CertifiedKey> {
        self.its_own(name).unwrap_or(&self.own)
    }

    /// The one of a name that is one of these.
    fn its_own(&self, name: Option<&str>) -> Option<&Arc<CertifiedKey>> {
        let name = name?;
        let other = self.others.iter().find(|(host, _)| host == name).map(|(_, certificate)| certificate);
        other.or_else(|| (self.host == name).then_some(&self.own))
    }
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
    /// Serves these from the next handshake on.
    pub fn serve(&self, certificates: &Named) {
        self.0.rcu(|served| Served { connection: Some(certificates.clone()), ..Served::clone(served) });
    }

    /// Serves a draft's for its names.
    pub fn try_for(&self, certificates: &Named) {
        self.0.rcu(|served| Served { trial: Some(certificates.clone()), ..Served::clone(served) });
    }

    /// Serves the draft's no longer.
    pub fn end_trial(&self) {
        self.0.rcu(|served| Served { trial: None, ..Served::clone(served) });
    }

    /// The connection's certificate, DER.
    pub fn leaf(&self) -> Option<Vec<u8>> {
        let served = self.0.load();
        served.connection.as_ref().and_then(|named| named.own.cert.first()).map(|der| der.to_vec())
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
        let name = hello.server_name();
        let own = served.connection.as_ref();
        // Users of the connection's own names get its certificates, whatever is on trial.
        let taken = own.and_then(|named| named.its_own(name));
        let tried = served.trial.as_ref().and_then(|named| named.its_own(name));
        // Balancers ask without a name; while nothing is applied, a draft is all there is.
        let rest = || own.or(served.trial.as_ref()).map(|named| named.at(name));
        taken.or(tried).or_else(rest).cloned()
    }
}
