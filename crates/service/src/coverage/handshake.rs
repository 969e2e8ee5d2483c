//! A TLS handshake that looks at the certificate and trusts nothing: no byte is sent over it (R26).

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use sekisho_fault::{Fault, Result};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::codes;

/// How long all of it may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The chain (DER, the server's first) that comes at an address for this host: in the handshake (SNI) if it is a name.
///
/// Code: `PROBE_SILENT`.
pub(super) async fn chain(host: &str, address: SocketAddr) -> Result<Vec<Vec<u8>>> {
    let silent =
        |detail: String| Fault::new(codes::PROBE_SILENT).with("address", address.to_string()).with("detail", detail);
    match tokio::time::timeout(PATIENCE, shake(host, address)).await {
        Ok(Ok(chain)) if !chain.is_empty() => Ok(chain),
        Ok(Ok(_)) => Err(silent("certificate".to_owned())),
        Ok(Err(error)) => Err(silent(error.to_string())),
        Err(late) => Err(silent(late.to_string())),
    }
}

async fn shake(host: &str, address: SocketAddr) -> std::io::Result<Vec<Vec<u8>>> {
    let name = match host.parse::<IpAddr>() {
        Ok(address) => ServerName::from(address),
        Err(_) => ServerName::try_from(host.to_owned()).map_err(std::io::Error::other)?,
    };
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions();
    let config = config.map_err(std::io::Error::other)?.dangerous();
    let config = config.with_custom_certificate_verifier(Arc::new(Looking(provider))).with_no_client_auth();
    let stream = TcpStream::connect(address).await?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    let (_, connection) = stream.get_ref();
    Ok(connection.peer_certificates().unwrap_or_default().iter().map(|der| der.to_vec()).collect())
}

/// Takes every certificate whose key the server has: what it is worth is judged afterwards.
#[derive(Debug)]
struct Looking(Arc<CryptoProvider>);

impl ServerCertVerifier for Looking {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
