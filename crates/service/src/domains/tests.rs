//! Against a DNS server of the test's own.

use std::sync::{Arc, Mutex};

use sekisho_keys::log::Act;
use tokio::net::UdpSocket;

use super::*;
use crate::enrolment::example::{PLACE, follow_at, member};
use sekisho_keys::derive::Secret;

/// A member whose connection has reserved the domain, `before` so many seconds.
fn reserving(proven: bool, before: i64) -> Member {
    let member = member();
    let act = Act::ReserveDomain { connection: PLACE.connection, domain: "example.com".into(), proven: Some(proven) };
    follow_at(&member, act, clock::now() - before);
    member
}

/// Answers every question with what stands in the cell as a TXT record, or not at all.
async fn dns(says: Arc<Mutex<Option<Vec<String>>>>) -> std::net::SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let at = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            let Some(texts) = says.lock().unwrap().clone() else { continue };
            socket.send_to(&answer(&buffer[..length], &texts), from).await.unwrap();
        }
    });
    at
}

/// An answer as RFC 1035, 4.1 has it: the question, and a TXT record for each text; without any, that the name is not known.
fn answer(question: &[u8], texts: &[String]) -> Vec<u8> {
    let name = question[12..].iter().position(|byte| *byte == 0).unwrap() + 13;
    let question = &question[..name + 4];
    let mut answer = question.to_vec();
    let (code, count) = (if texts.is_empty() { 3 } else { 0 }, u8::try_from(texts.len()).unwrap());
    answer[2..12].copy_from_slice(&[0x85, 0x80 | code, 0, 1, 0, count, 0, 0, 0, 0]);
    for text in texts {
        let length = u8::try_from(text.len()).unwrap();
        answer.extend([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 1, 0, length + 1, length]);
        answer.extend(text.as_bytes());
    }
    answer
}

fn proofs(folder: &std::path::Path, at: std::net::SocketAddr) -> Proofs {
    let resolver = Resolver::default();
    resolver.ask(Some(at));
    Proofs::open(SealedFile::new(folder, "domains.sealed", &Secret::new([1; 32])), resolver)
}

#[tokio::test]
async fn somebody_new_is_taken_in_from_a_domain_whose_proof_this_server_sees_itself() {
    let folder = tempfile::tempdir().unwrap();
    let says = Arc::new(Mutex::new(Some(vec!["v=spf1 -all".to_owned()])));
    let at = dns(says.clone()).await;
    let email = Email::parse("alice@example.com").unwrap();
    let member = reserving(true, 0);
    let proofs = proofs(folder.path(), at);
    let refused = proofs.admit(&member, &email).await.unwrap_err();
    assert_eq!(refused.code, codes::DOMAIN_NOT_PROVEN, "whatever the administrator has signed");
    let faults = proofs.round(&member).await;
    assert_eq!(faults.iter().map(|fault| &fault.code).collect::<Vec<_>>(), [&codes::DOMAIN_NOT_PROVEN]);

    let value = domain::proof(member.organisation().genesis(), PLACE.connection);
    *says.lock().unwrap() = Some(vec!["v=spf1 -all".to_owned(), value]);
    let fresh = super::Proofs::open(SealedFile::new(folder.path(), "other.sealed", &Secret::new([1; 32])), {
        let resolver = Resolver::default();
        resolver.ask(Some(at));
        resolver
    });
    fresh.admit(&member, &email).await.unwrap();
    assert_eq!(fresh.round(&member).await, []);
    let other = fresh.admit(&member, &Email::parse("bob@example.net").unwrap()).await.unwrap_err();
    assert_eq!(other.code, codes::DOMAIN_NOT_RESERVED);
}

#[tokio::test]
async fn while_dns_says_nothing_the_administrators_word_counts_and_without_it_nobody_new_comes() {
    let folder = tempfile::tempdir().unwrap();
    let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let email = Email::parse("alice@example.com").unwrap();
    let proofs = proofs(folder.path(), silent.local_addr().unwrap());
    let refused = proofs.admit(&reserving(false, 0), &email).await.unwrap_err();
    assert_eq!(refused.code, codes::DOMAIN_NOT_TOLD);
    proofs.admit(&reserving(true, 6 * 86_400), &email).await.unwrap();
    let refused = proofs.admit(&reserving(true, 8 * 86_400), &email).await.unwrap_err();
    assert_eq!(refused.code, codes::DOMAIN_NOT_TOLD);
}

#[tokio::test]
async fn what_was_seen_outlives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let member = reserving(false, 0);
    let value = domain::proof(member.organisation().genesis(), PLACE.connection);
    let at = dns(Arc::new(Mutex::new(Some(vec![value])))).await;
    let email = Email::parse("alice@example.com").unwrap();
    proofs(folder.path(), at).admit(&member, &email).await.unwrap();
    let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    proofs(folder.path(), silent.local_addr().unwrap()).admit(&member, &email).await.unwrap();
}
