//! A DNS server that answers, and one that does not.

use std::net::Ipv4Addr;

use hickory_resolver::proto::op::{Message, MessageType, ResponseCode};
use hickory_resolver::proto::rr::{RData, Record, RecordType};
use tokio::net::UdpSocket;

use super::*;

/// Answers every question for one name with one address, and that it knows no other.
async fn server(name: &'static str, address: Ipv4Addr) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let at = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            let mut message = Message::from_vec(&buffer[..length]).unwrap();
            message.metadata.message_type = MessageType::Response;
            let question = message.queries[0].clone();
            if question.name().to_string() != name {
                message.metadata.response_code = ResponseCode::NXDomain;
            } else if question.query_type() == RecordType::A {
                message.answers.push(Record::from_rdata(question.name().clone(), 60, RData::A(address.into())));
            }
            socket.send_to(&message.to_vec().unwrap(), from).await.unwrap();
        }
    });
    at
}

#[tokio::test]
async fn names_are_looked_up_at_the_dns_server_of_the_settings_and_by_this_machine_without_one() {
    let resolver = Resolver::default();
    assert!(resolver.addresses("login.sekisho.test", 8443).await.is_err());
    resolver.ask(Some(server("login.sekisho.test.", Ipv4Addr::new(10, 1, 2, 3)).await));
    let found = resolver.addresses("login.sekisho.test", 8443).await.unwrap();
    assert_eq!(found, ["10.1.2.3:8443".parse().unwrap()]);
    assert!(resolver.addresses("localhost.sekisho.test", 8443).await.is_err(), "only that server is asked");
    assert_eq!(resolver.addresses("::1", 443).await.unwrap(), ["[::1]:443".parse().unwrap()]);
    resolver.ask(None);
    assert!(resolver.addresses("login.sekisho.test", 8443).await.is_err());
    assert!(!resolver.addresses("localhost", 8443).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_dns_server_that_does_not_answer_is_an_error_and_not_another_resolvers_answer() {
    let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let resolver = Resolver::default();
    resolver.ask(Some(silent.local_addr().unwrap()));
    assert!(resolver.addresses("sso.example.com", 8443).await.is_err());
}
