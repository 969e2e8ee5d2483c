//! Real connections against the port.

use axum::extract::Extension;
use axum::routing::get;
use sekisho_signin::Peer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::certificates::{Certificates, Named};

const HOST: &str = "sso.example.com";
const LONG: Duration = Duration::from_hours(1);
const SHORT: Duration = Duration::from_millis(100);
/// Nothing but patience of its own ends here by itself.
const PATIENT: Bounds = Bounds {
    connections: 64,
    of_one_network: 64,
    patience: LONG,
    idle: LONG,
    farewell: Duration::from_secs(5),
    keeps_open: true,
};

/// A port, and what ends it when it is dropped.
struct Port {
    address: SocketAddr,
    certificates: Arc<Certificates>,
    _stop: oneshot::Sender<()>,
}

async fn open(bounds: Bounds, is_proxy: bool) -> Port {
    let certificates = Arc::new(Certificates::default());
    certificates.serve(&Named::of(HOST, &pair(), &[]).unwrap());
    let listener = bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let router = Router::new().route("/", get(async |Extension(Peer(peer))| peer.to_string()));
    let is_proxy: IsProxy = Arc::new(move |_| is_proxy);
    tokio::spawn(serve(listener, certificates.acceptor(), router, (bounds, is_proxy), stopped));
    Port { address, certificates, _stop: stop }
}

fn pair() -> sekisho_certs::Pair {
    sekisho_certs::trial::certificate(HOST, crate::clock::now()).unwrap()
}

impl Port {
    async fn plain(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// A connection after its handshake, if it is served.
    async fn tls(&self) -> std::io::Result<tokio_rustls::client::TlsStream<TcpStream>> {
        self.tls_for(HOST).await
    }

    async fn tls_for(&self, host: &str) -> std::io::Result<tokio_rustls::client::TlsStream<TcpStream>> {
        let name = rustls::pki_types::ServerName::try_from(host.to_owned()).unwrap();
        tokio_rustls::TlsConnector::from(Arc::new(anybody())).connect(name, self.plain().await).await
    }
}

/// A client that takes any certificate: who the server is, is not what is tested.
fn anybody() -> rustls::ClientConfig {
    #[derive(Debug)]
    struct Anybody;
    impl rustls::client::danger::ServerCertVerifier for Anybody {
        fn verify_server_cert(
            &self,
            _: &rustls::pki_types::CertificateDer<'_>,
            _: &[rustls::pki_types::CertificateDer<'_>],
            _: &rustls::pki_types::ServerName<'_>,
            _: &[u8],
            _: rustls::pki_types::UnixTime,
        ) -> std::result::Result<rustls::client::danger::ServerCertVerified, rustls::Error> {
            Ok(rustls::client::danger::ServerCertVerified::assertion())
        }

        fn verify_tls12_signature(
            &self,
            _: &[u8],
            _: &rustls::pki_types::CertificateDer<'_>,
            _: &rustls::DigitallySignedStruct,
        ) -> std::result::Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
            Ok(rustls::client::danger::HandshakeSignatureValid::assertion())
        }

        fn verify_tls13_signature(
            &self,
            _: &[u8],
            _: &rustls::pki_types::CertificateDer<'_>,
            _: &rustls::DigitallySignedStruct,
        ) -> std::result::Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
            Ok(rustls::client::danger::HandshakeSignatureValid::assertion())
        }

        fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
            let provider = rustls::crypto::aws_lc_rs::default_provider();
            provider.signature_verification_algorithms.supported_schemes()
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    builder.dangerous().with_custom_certificate_verifier(Arc::new(Anybody)).with_no_client_auth()
}

/// What comes until the end.
async fn rest(stream: &mut (impl AsyncReadExt + Unpin)) -> String {
    let mut bytes = Vec::new();
    let _ = timeout(Duration::from_secs(30), stream.read_to_end(&mut bytes)).await.expect("it ends");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn a_request_is_answered_and_knows_where_it_comes_from() {
    let port = open(PATIENT, false).await;
    let mut stream = port.tls().await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("127.0.0.1"), "{answer}");
}

#[tokio::test]
async fn who_says_nothing_in_the_handshake_is_let_go() {
    let port = open(Bounds { patience: SHORT, ..PATIENT }, false).await;
    assert_eq!(rest(&mut port.plain().await).await, "");
}

#[tokio::test]
async fn half_a_head_is_not_waited_for() {
    let port = open(Bounds { patience: SHORT, ..PATIENT }, false).await;
    let mut stream = port.tls().await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n").await.unwrap();
    assert!(!rest(&mut stream).await.contains("200"));
}

#[tokio::test]
async fn a_head_has_its_largest_size() {
    let port = open(PATIENT, false).await;
    let mut stream = port.tls().await.unwrap();
    let head = format!("GET / HTTP/1.1\r\nHost: a\r\nCookie: {}\r\n\r\n", "a".repeat(65 * 1024));
    let _ = stream.write_all(head.as_bytes()).await;
    let answer = rest(&mut stream).await;
    assert!(!answer.contains("200"), "{answer}");
}

#[tokio::test]
async fn a_connection_that_lies_quiet_ends_before_and_after_a_request() {
    let port = open(Bounds { idle: SHORT, ..PATIENT }, false).await;
    assert_eq!(rest(&mut port.tls().await.unwrap()).await, "");
    let mut stream = port.tls().await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    assert!(rest(&mut stream).await.ends_with("127.0.0.1"), "it was answered, and then ended");
}

#[tokio::test]
async fn one_network_holds_its_share_of_the_connections_and_a_proxy_any_number() {
    for (is_proxy, third) in [(false, false), (true, true)] {
        let port = open(Bounds { of_one_network: 2, ..PATIENT }, is_proxy).await;
        let held = (port.tls().await.unwrap(), port.tls().await.unwrap());
        assert_eq!(port.tls().await.is_ok(), third);
        drop(held.0);
        // Its place is free when the server has seen the end.
        let again = async { while port.tls().await.is_err() {} };
        timeout(Duration::from_secs(30), again).await.expect("a place is given back");
    }
}

#[tokio::test]
async fn without_tls_each_connection_has_one_answer_and_no_network_takes_every_place() {
    for (is_proxy, ninth) in [(false, false), (true, true)] {
        let listener = bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", get(async || "answered"));
        let serving = tokio::spawn(serve_plainly(listener, router, Arc::new(move |_| is_proxy)));
        let asked = async || {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
            rest(&mut stream).await
        };
        // It ends by itself, though the client would have gone on.
        assert!(asked().await.ends_with("answered"));
        let mut silent = Vec::new();
        for _ in 0..PLAIN.1 {
            silent.push(TcpStream::connect(address).await.unwrap());
        }
        assert_eq!(asked().await.ends_with("answered"), ninth);
        silent.clear();
        let again = async { while !asked().await.ends_with("answered") {} };
        timeout(Duration::from_secs(30), again).await.expect("the places are given back");
        serving.abort();
    }
}

/// Asks once, and leaves the connection open.
async fn ask(stream: &mut tokio_rustls::client::TlsStream<TcpStream>) -> String {
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"127.0.0.1") {
        let mut part = [0; 1024];
        let read = timeout(LONG, stream.read(&mut part)).await.expect("it answers").expect("it is open");
        assert!(read > 0, "it was closed after {}", String::from_utf8_lossy(&answer));
        answer.extend_from_slice(&part[..read]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn two_hundred_open_connections_live_on_when_the_certificate_changes_and_the_next_one_sees_the_new() {
    let port = open(Bounds { connections: 512, of_one_network: 512, ..PATIENT }, false).await;
    let mut held = Vec::new();
    for _ in 0..200 {
        let mut stream = port.tls().await.unwrap();
        ask(&mut stream).await;
        held.push(stream);
    }
    let served = async || port.tls().await.unwrap().get_ref().1.peer_certificates().unwrap()[0].to_vec();
    let before = served().await;
    // Half of them are amid a request when it changes.
    for stream in held.iter_mut().step_by(2) {
        stream.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    }
    let next = pair();
    port.certificates.serve(&Named::of(HOST, &next, &[]).unwrap());
    for (at, stream) in held.iter_mut().enumerate() {
        if at % 2 == 0 {
            stream.write_all(b"Host: a\r\nX-Rest: ").await.unwrap();
        }
        assert!(ask(stream).await.starts_with("HTTP/1.1 200"), "{at}");
    }
    let after = served().await;
    assert_eq!(after, next.leaf());
    assert_ne!(after, before);
}

#[tokio::test]
async fn each_name_is_answered_with_its_own_certificate_and_any_other_with_the_advertised_ones() {
    let port = open(PATIENT, false).await;
    let served =
        async |host: &str| port.tls_for(host).await.unwrap().get_ref().1.peer_certificates().unwrap()[0].to_vec();
    let of = |host: &str| sekisho_certs::trial::certificate(host, crate::clock::now()).unwrap();
    let (own, new, tried) = (pair(), of("new.example.com"), of("tried.example.com"));
    let others = [("new.example.com".to_owned(), Some(new)), ("shared.example.com".to_owned(), None)];
    port.certificates.serve(&Named::of(HOST, &own, &others).unwrap());
    let all = [("tried.example.com".to_owned(), None), ("shared.example.com".to_owned(), None)];
    port.certificates.try_for(&Named::of("new.example.com", &tried, &all).unwrap());
    let new = others[0].1.as_ref().unwrap();
    for (host, expected) in [
        (HOST, &own),
        ("new.example.com", new),
        ("shared.example.com", &own),
        ("tried.example.com", &tried),
        ("127.0.0.1", &own),
        ("else.example.com", &own),
    ] {
        assert_eq!(served(host).await, expected.leaf(), "{host}");
    }
    // Users of names that are answered never meet a draft's; without a trial nobody does.
    port.certificates.end_trial();
    assert_eq!(served("tried.example.com").await, own.leaf());
}
