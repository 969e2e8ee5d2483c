//! Listens in between servers and their hub, with the hub's own key: whatever they say is written down as it is within TLS, and an
//! answer can be lost.

use std::fs;
use std::io;
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::hub::Hub;

/// A started wiretap; it ends with the test's process.
pub struct Wiretap {
    said: Arc<Said>,
}

/// What is said between the two.
#[derive(Default)]
struct Said {
    /// The octets of one direction of one connection in each.
    heard: Mutex<Vec<Vec<u8>>>,
    /// Which of the hub's answers are lost, each with its connection.
    lose: Mutex<Option<Lose>>,
}

struct Lose {
    /// Those to requests with these words.
    words: String,
    /// And all that follow them.
    then_all: bool,
    begun: bool,
}

impl Said {
    /// Writes down what comes in one direction, and gives its place.
    fn listen(&self) -> usize {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.push(Vec::new());
        heard.len() - 1
    }

    fn write_down(&self, place: usize, part: &[u8]) {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)[place].extend_from_slice(part);
    }

    /// Whether the answer to this is to be lost.
    fn is_to_be_lost(&self, asked: &[u8]) -> bool {
        let mut lose = self.lose.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(lose) = lose.as_mut() else { return false };
        lose.begun |= has(asked, &lose.words);
        if lose.then_all { lose.begun } else { std::mem::take(&mut lose.begun) }
    }
}

fn has(octets: &[u8], text: &str) -> bool {
    octets.windows(text.len()).any(|part| part == text.as_bytes())
}

impl Wiretap {
    /// Starts one before a started hub, which is reached through it from here on. No ALPN: HTTP/1.1, whose bodies are as they are.
    pub fn before(hub: &mut Hub) -> Self {
        let pem = fs::read(hub.folder.join("tls.pem")).unwrap();
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&pem).map(Result::unwrap).collect();
        let key = PrivateKeyDer::from_pem_slice(&pem).unwrap();
        // The other parts of the process that need a provider take the same one; a second time changes nothing.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let mut roots = RootCertStore::empty();
        roots.add(chain[0].clone()).unwrap();
        let to_hub = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let as_hub = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap();
        let (to_hub, as_hub) = (TlsConnector::from(Arc::new(to_hub)), TlsAcceptor::from(Arc::new(as_hub)));

        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        hub.url = format!("https://{}", listener.local_addr().unwrap());
        let (port, said) = (hub.port(), Arc::<Said>::default());
        let written = said.clone();
        std::thread::spawn(move || {
            Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                while let Ok((client, _)) = listener.accept().await {
                    tokio::spawn(pass(client, port, to_hub.clone(), as_hub.clone(), written.clone()));
                }
            });
        });
        Self { said }
    }

    /// Whether somebody has said this.
    pub fn has_heard(&self, text: &str) -> bool {
        let heard = self.said.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.iter().any(|said| has(said, text))
    }

    /// Meanwhile requests with these words reach the hub, and its answers to them reach nobody.
    pub fn while_answers_are_lost<T>(&self, words: &str, act: impl FnOnce() -> T) -> T {
        self.losing(Lose { words: words.to_owned(), then_all: false, begun: false }, act)
    }

    /// Meanwhile, from the first request with these words on, all requests reach the hub, and none of its answers reaches anybody.
    pub fn while_nothing_is_heard_from<T>(&self, words: &str, act: impl FnOnce() -> T) -> T {
        self.losing(Lose { words: words.to_owned(), then_all: true, begun: false }, act)
    }

    fn losing<T>(&self, what: Lose, act: impl FnOnce() -> T) -> T {
        let lose = |what| *self.said.lose.lock().unwrap_or_else(PoisonError::into_inner) = what;
        lose(Some(what));
        let outcome = act();
        lose(None);
        outcome
    }
}

/// Passes one connection on, until either side ends it.
async fn pass(
    client: TcpStream,
    port: u16,
    to_hub: TlsConnector,
    as_hub: TlsAcceptor,
    said: Arc<Said>,
) -> io::Result<()> {
    let client = as_hub.accept(client).await?;
    let hub = TcpStream::connect(("127.0.0.1", port)).await?;
    let hub = to_hub.connect(ServerName::try_from("127.0.0.1").unwrap(), hub).await?;
    let ((client_reads, client_writes), (hub_reads, hub_writes)) = (split(client), split(hub));
    let lost = AtomicBool::new(false);
    let asking = listen_in(client_reads, hub_writes, &said, |part| {
        if said.is_to_be_lost(part) {
            lost.store(true, Ordering::Relaxed);
        }
        Ok(())
    });
    let answering = listen_in(hub_reads, client_writes, &said, |_| {
        if lost.load(Ordering::Relaxed) { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(()) }
    });
    tokio::select! {
        asked = asking => asked,
        answered = answering => answered,
    }
}

async fn listen_in(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    said: &Said,
    may_pass: impl Fn(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let place = said.listen();
    let mut part = [0; 16 * 1024];
    loop {
        let read = from.read(&mut part).await?;
        if read == 0 {
            return to.shutdown().await;
        }
        may_pass(&part[..read])?;
        said.write_down(place, &part[..read]);
        to.write_all(&part[..read]).await?;
        to.flush().await?;
    }
}
