//! Handing mails over, to a mail server that does what real ones do not.

use std::sync::Arc;

use lettre::Address;
use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, KeyPair};
use sekisho_config::mail::Security;
use sekisho_fault::Result;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::site::{HOST, door, loopback};
use super::{Egress, Letter, Place, Taken};
use crate::codes;

/// A mail server that offers STARTTLS, and sends this along with its last answer in plain text; its port and certificate.
async fn server(along: &'static str) -> (u16, Vec<u8>) {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let key = KeyPair::generate().unwrap();
    let mut own = CertificateParams::new(vec![HOST.to_owned()]).unwrap();
    own.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let own = own.self_signed(&key).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let tls = rustls::ServerConfig::builder().with_no_client_auth();
    let tls = TlsAcceptor::from(Arc::new(tls.with_single_cert(vec![own.der().clone()], key).unwrap()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut plain = BufReader::new(stream);
            plain.write_all(b"220 here\r\n").await.unwrap();
            let go = format!("220 go\r\n{along}");
            talk(&mut plain, &["250-here\r\n250 STARTTLS\r\n", &go]).await;
            if let Ok(stream) = tls.accept(plain.into_inner()).await {
                let said =
                    ["250 here\r\n", "250 ok\r\n", "550 nobody\r\n", "250 ok\r\n", "354 go\r\n", "250 taken\r\n"];
                talk(&mut BufReader::new(stream), &said).await;
            }
        }
    });
    (port, own.der().to_vec())
}

/// Answers each line with the next of these; after the one that asks for the mail, all that follows.
async fn talk(stream: &mut (impl AsyncBufReadExt + AsyncRead + AsyncWrite + Unpin), answers: &[&str]) {
    let mut in_mail = false;
    for answer in answers {
        let mut line = String::new();
        while line.is_empty() || (in_mail && line != ".\r\n") {
            line.clear();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return;
            }
        }
        in_mail = answer.starts_with("354");
        let _ = stream.write_all(answer.as_bytes()).await;
    }
    let _ = stream.flush().await;
}

async fn hand_over(egress: &Egress, port: u16, authority: Vec<u8>, signed: bool) -> Result<Taken> {
    let address = |text: &str| text.parse::<Address>().unwrap();
    let letter = Letter {
        host: HOST,
        port,
        security: Security::Starttls,
        signed,
        authorities: &[authority],
        credentials: None,
        hello: "sso1.example",
        from: &address("sekisho@example.com"),
        to: &[address("nobody@example.com"), address("a@example.com")],
        message: b"Subject: x\r\n\r\nhello\r\n",
    };
    egress.mail(&letter).await
}

#[tokio::test]
async fn a_mail_goes_to_those_whom_the_server_takes_it_for() {
    let (port, authority) = server("").await;
    let taken = hand_over(&door(), port, authority, false).await.unwrap();
    assert_eq!((taken.answer.as_str(), taken.to), ("250 taken", vec!["a@example.com".to_owned()]));
    assert_eq!(taken.refused[0].code, codes::MAIL_REFUSED);
}

#[tokio::test]
async fn what_is_slipped_in_before_the_encryption_is_taken_for_no_answer() {
    let (port, authority) = server("250 AUTH PLAIN\r\n").await;
    assert_eq!(hand_over(&door(), port, authority, false).await.unwrap_err().code, codes::MAIL_TLS);
}

#[tokio::test]
async fn nobody_reaches_into_the_company_by_a_server_that_was_not_signed_nor_this_machine_by_one_that_was() {
    let (port, authority) = server("").await;
    let inside = Egress::of(loopback, |_| Place::Inside);
    assert_eq!(hand_over(&inside, port, authority.clone(), false).await.unwrap_err().code, codes::MAIL_ADDRESS);
    assert!(hand_over(&inside, port, authority.clone(), true).await.is_ok());
    let real = Egress::of(loopback, super::address::place);
    assert_eq!(hand_over(&real, port, authority, true).await.unwrap_err().code, codes::MAIL_ADDRESS);
}
