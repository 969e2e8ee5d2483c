//! An https site whose certificate an authority of its own has signed.

use std::io::{Read, Write};
use std::net::{IpAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What it answers to whatever is asked; nothing: it closes the connection.
pub type Answer = Box<dyn Fn() -> Option<String> + Send>;

/// A started site; it ends with the test's process.
pub struct Https {
    /// Its address, without a path.
    pub origin: String,
    /// Its authority, PEM.
    pub authority: String,
    answer: Arc<Mutex<Answer>>,
    asked: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Https {
    /// Starts one at this address.
    pub fn start(address: IpAddr, answer: Answer) -> Self {
        let (authority, tls) = certified(address);
        let listener = TcpListener::bind((address, 0)).unwrap();
        let origin = format!("https://{}", listener.local_addr().unwrap());
        let (answer, asked) = (Arc::new(Mutex::new(answer)), Arc::new(AtomicUsize::new(0)));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let site = Self { origin, authority, answer: answer.clone(), asked: asked.clone(), requests: requests.clone() };
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let reply = || answer.lock().unwrap_or_else(PoisonError::into_inner)();
                // A client that goes away in the middle is its own business.
                if let Ok(request) = serve(client, &tls, reply) {
                    requests.lock().unwrap_or_else(PoisonError::into_inner).push(request);
                }
                asked.fetch_add(1, Ordering::SeqCst);
            }
        });
        site
    }

    /// From here on it answers this.
    pub fn answers(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    /// What was asked and answered, head and body, the oldest first.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// How many connections are over.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn certified(address: IpAddr) -> (String, Arc<ServerConfig>) {
    // The other parts of the process that need a provider take the same one; a second time changes nothing.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let (of_authority, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let pem = authority.self_signed(&of_authority).unwrap().pem();
    let mut own = CertificateParams::new(vec![address.to_string()]).unwrap();
    own.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let own = own.signed_by(&key, &Issuer::new(authority, of_authority)).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let tls = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![own.der().clone()], key).unwrap();
    (pem, Arc::new(tls))
}

fn serve(client: TcpStream, tls: &Arc<ServerConfig>, answer: impl Fn() -> Option<String>) -> std::io::Result<String> {
    client.set_read_timeout(Some(Duration::from_secs(10)))?;
    let connection = ServerConnection::new(tls.clone()).map_err(std::io::Error::other)?;
    let mut stream = StreamOwned::new(connection, client);
    let (mut request, mut part) = (Vec::new(), [0; 1024]);
    while !is_whole(&request) {
        match stream.read(&mut part)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            read => request.extend_from_slice(&part[..read]),
        }
    }
    let Some(body) = answer() else { return Err(std::io::ErrorKind::ConnectionAborted.into()) };
    write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len())?;
    stream.conn.send_close_notify();
    stream.flush()?;
    Ok(String::from_utf8_lossy(&request).into_owned())
}

/// Whether head and body have come.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length =
        head.to_ascii_lowercase().lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    body.len() >= length.unwrap_or(0)
}
