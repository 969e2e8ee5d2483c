//! Handing a mail to a mail server, over an encrypted connection and to vetted addresses only.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{Error, response::Response};
use sekisho_config::mail::Security;
use sekisho_fault::{Code, Fault, Result};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::post::is_of_tls;
use super::{Closed, Egress};
use crate::codes;

/// For all of it. Mail servers keep strangers waiting on purpose.
const PATIENCE: Duration = Duration::from_secs(45);
/// What the other side says is told up to here, in characters.
const ANSWER: usize = 200;
/// The answers by which a mail server says that who sends is not known, or has to say who it is.
const SIGN_IN: [&str; 4] = ["530", "534", "535", "538"];

/// What is to be sent, and how.
pub(crate) struct Letter<'a> {
    /// The mail server.
    pub(crate) host: &'a str,
    pub(crate) port: u16,
    pub(crate) security: Security,
    /// An administrator has signed this server: of its host, private addresses may be reached too.
    pub(crate) signed: bool,
    /// Certificates (DER) of authorities that are trusted besides the system's.
    pub(crate) authorities: &'a [Vec<u8>],
    /// User and password.
    pub(crate) credentials: Option<(&'a str, &'a str)>,
    /// This machine's name.
    pub(crate) hello: &'a str,
    pub(crate) from: &'a Address,
    pub(crate) to: &'a [Address],
    /// The mail with its headers.
    pub(crate) message: &'a [u8],
}

/// What became of a mail that was taken.
#[derive(Debug)]
pub(crate) struct Taken {
    /// What the mail server answered.
    pub(crate) answer: String,
    /// To whom it takes it.
    pub(crate) to: Vec<String>,
    /// Why it does not take it for the others.
    pub(crate) refused: Vec<Fault>,
}

impl Egress {
    /// Hands a mail over.
    ///
    /// Codes: `MAIL_ADDRESS`, `MAIL_NAME`, `MAIL_CONNECTION`, `MAIL_NO_TLS`, `MAIL_TLS`, `MAIL_SIGN_IN`, `MAIL_LATER`,
    /// `MAIL_REFUSED`, `MAIL_SILENT`.
    pub(crate) async fn mail(&self, letter: &Letter<'_>) -> Result<Taken> {
        let silent = || letter.fault(codes::MAIL_SILENT).with("seconds", PATIENCE.as_secs().to_string());
        tokio::time::timeout(PATIENCE, self.mail_patiently(letter)).await.unwrap_or_else(|_| Err(silent()))
    }

    async fn mail_patiently(&self, letter: &Letter<'_>) -> Result<Taken> {
        let vetted = self.vetted(letter.host, letter.port, letter.signed).await;
        let addresses = vetted.map_err(|closed| match closed {
            Closed::Unresolved(detail) => letter.fault(codes::MAIL_NAME).with("detail", detail),
            Closed::Refused | Closed::Client(_) => letter.fault(codes::MAIL_ADDRESS),
        })?;
        let mut connection = letter.connect(&addresses).await?;
        let taken = letter.hand_over(&mut connection).await;
        // It has taken the mail or not: what it says to the good-bye changes nothing.
        let _ = connection.quit().await;
        taken
    }
}

impl Letter<'_> {
    fn fault(&self, code: Code) -> Fault {
        Fault::new(code).with("host", self.host)
    }

    /// What has failed, by the mail server's own words where it has said something.
    fn because(&self, error: &Error) -> Fault {
        if let Some(status) = error.status() {
            let status = status.to_string();
            let code = match status.as_bytes() {
                _ if SIGN_IN.contains(&status.as_str()) => codes::MAIL_SIGN_IN,
                [b'4', ..] => codes::MAIL_LATER,
                _ => codes::MAIL_REFUSED,
            };
            let words = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
            return self.fault(code).with("answer", plain(&format!("{status} {words}")));
        }
        let code = if is_of_tls(error) || error.is_tls() { codes::MAIL_TLS } else { codes::MAIL_CONNECTION };
        self.fault(code).with("detail", plain(&innermost(error)))
    }

    /// A connection that is encrypted, with a certificate for this host that is trusted.
    async fn connect(&self, addresses: &[SocketAddr]) -> Result<AsyncSmtpConnection> {
        let because = |error: Error| self.because(&error);
        let hello = ClientId::Domain(self.hello.to_owned());
        let tls = self.tls().map_err(because)?;
        if self.security == Security::Tls {
            let connected = AsyncSmtpConnection::connect_tokio1(addresses, None, &hello, Some(tls), None).await;
            return connected.map_err(because);
        }
        let broken = |error: io::Error| self.fault(codes::MAIL_CONNECTION).with("detail", error.to_string());
        let stream = Box::new(ByteByByte(TcpStream::connect(addresses).await.map_err(broken)?));
        let mut connection = AsyncSmtpConnection::connect_with_transport(stream, &hello).await.map_err(because)?;
        if !connection.can_starttls() {
            connection.abort().await;
            return Err(self.fault(codes::MAIL_NO_TLS));
        }
        connection.starttls(tls, &hello).await.map_err(because)?;
        Ok(connection)
    }

    fn tls(&self) -> Result<TlsParameters, Error> {
        // The other parts of the process that need a provider take the same one; a second time changes nothing.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let mut tls = TlsParameters::builder(self.host.to_owned());
        for der in self.authorities {
            tls = tls.add_root_certificate(Certificate::from_der(der.clone())?);
        }
        tls.build()
    }

    async fn hand_over(&self, connection: &mut AsyncSmtpConnection) -> Result<Taken> {
        let because = |error: Error| self.because(&error);
        if let Some((user, password)) = self.credentials {
            let known = [Mechanism::Plain, Mechanism::Login];
            if connection.server_info().get_auth_mechanism(&known).is_none() {
                return Err(self.fault(codes::MAIL_SIGN_IN).with("answer", "AUTH PLAIN, LOGIN: –"));
            }
            let credentials = Credentials::new(user.to_owned(), password.to_owned());
            connection.auth(&known, &credentials).await.map_err(because)?;
        }
        connection.command(Mail::new(Some(self.from.clone()), Vec::new())).await.map_err(because)?;
        let (mut to, mut refused) = (Vec::new(), Vec::new());
        for recipient in self.to {
            match connection.command(Rcpt::new(recipient.clone(), Vec::new())).await {
                Ok(_) => to.push(recipient.to_string()),
                // Nothing is heard of the others either.
                Err(error) if error.status().is_none() => return Err(because(error)),
                Err(error) => refused.push(because(error)),
            }
        }
        // One that is wrong keeps no mail from the others.
        if let (true, Some(first)) = (to.is_empty(), refused.first()) {
            return Err(first.clone());
        }
        connection.command(Data).await.map_err(because)?;
        let answered = connection.message(self.message).await.map_err(because)?;
        Ok(Taken { answer: words(&answered), to, refused })
    }
}

fn words(response: &Response) -> String {
    let said: Vec<&str> = response.message().collect();
    plain(&format!("{} {}", response.code(), said.join(" ")))
}

/// What others have written, without line ends, and not more than a line of it.
fn plain(text: &str) -> String {
    let spaced = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    spaced.take(ANSWER).collect::<String>().trim().to_owned()
}

/// The one reason at the end of the chain.
fn innermost(error: &Error) -> String {
    let mut reason: &dyn std::error::Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    reason.to_string()
}

/// Reads one byte at a time, so that nothing that came in plain text, before encryption, waits to be taken for an answer that
/// came after it.
struct ByteByByte(TcpStream);

impl fmt::Debug for ByteByByte {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ByteByByte")
    }
}

impl AsyncTokioStream for ByteByByte {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.peer_addr()
    }
}

impl AsyncRead for ByteByByte {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if into.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        let mut byte = [0];
        let mut one = ReadBuf::new(&mut byte);
        ready!(Pin::new(&mut self.0).poll_read(cx, &mut one))?;
        into.put_slice(one.filled());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for ByteByByte {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
