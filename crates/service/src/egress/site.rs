//! For tests: an https site on this machine's loopback, with an authority of its own, and a door that may reach it.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use super::{Egress, Place, Resolved, address};

/// The name that its certificate is for; no resolver but that of the tests knows it.
pub(crate) const HOST: &str = "idp.example.test";

/// A site.
pub(crate) struct Site {
    pub(crate) url: String,
    /// Its authority, DER.
    pub(crate) authority: Vec<u8>,
    pub(crate) answer: Arc<Mutex<Answer>>,
    serving: JoinHandle<()>,
}

/// What it answers, and how often it did.
pub(crate) struct Answer {
    pub(crate) status: &'static str,
    pub(crate) body: String,
    pub(crate) asked: usize,
}

/// A door for which every name leads to this machine, and this machine's loopback into the Internet.
pub(crate) fn door() -> Egress {
    Egress::of(loopback, |address| if address.is_loopback() { Place::Public } else { address::place(address) })
}

/// Every name leads to this machine.
pub(crate) fn loopback(_: String, port: u16) -> Resolved {
    Box::pin(async move { Ok(vec![SocketAddr::new(IpAddr::from([127, 0, 0, 1]), port)]) })
}

impl Site {
    pub(crate) async fn open(body: &str) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let (ca_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let der = authority.self_signed(&ca_key).unwrap().der().to_vec();
        let mut own = CertificateParams::new(vec![HOST.to_owned()]).unwrap();
        own.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
        let own = own.signed_by(&key, &Issuer::new(authority, ca_key)).unwrap();
        let key = rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let tls = rustls::ServerConfig::builder().with_no_client_auth();
        let tls = TlsAcceptor::from(Arc::new(tls.with_single_cert(vec![own.der().clone()], key).unwrap()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{HOST}:{}/metadata", listener.local_addr().unwrap().port());
        let answer = Arc::new(Mutex::new(Answer { status: "200 OK", body: body.to_owned(), asked: 0 }));
        let serving = tokio::spawn(serve(listener, tls, answer.clone()));
        Self { url, authority: der, answer, serving }
    }

    pub(crate) fn says(&self, body: &str) {
        body.clone_into(&mut self.answer.lock().unwrap().body);
    }

    pub(crate) fn asked(&self) -> usize {
        self.answer.lock().unwrap().asked
    }

    /// From here on nobody answers.
    pub(crate) async fn close(&mut self) {
        self.serving.abort();
        let _ = (&mut self.serving).await;
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, tls: TlsAcceptor, answer: Arc<Mutex<Answer>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let Ok(mut stream) = tls.accept(stream).await else { continue };
        let mut request = Vec::new();
        // What is sent here is a JSON object.
        let is_whole =
            |request: &[u8]| request.ends_with(if request.starts_with(b"POST") { &b"}"[..] } else { b"\r\n\r\n" });
        while !is_whole(&request) && stream.read_buf(&mut request).await.is_ok_and(|read| read > 0) {}
        let reply = {
            let mut answer = answer.lock().unwrap();
            answer.asked += 1;
            let (status, body) = (answer.status, &answer.body);
            let head = format!("HTTP/1.1 {status}\r\nLocation: /elsewhere\r\nConnection: close\r\n");
            format!("{head}Content-Length: {}\r\n\r\n{body}", body.len())
        };
        let _ = stream.write_all(reply.as_bytes()).await;
        let _ = stream.shutdown().await;
    }
}
