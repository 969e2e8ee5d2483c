//! What is fetched, and from where.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use sekisho_fault::{Arg, Code, Result};
use sekisho_resolver::Resolver;

use super::site::{Site, door, loopback};
use super::{Delivery, Egress, Place, Resolved, Wish, address};
use crate::codes;

async fn fetch(egress: &Egress, site: &Site, signed: Option<&str>) -> Result<String> {
    let authorities = [site.authority.clone()];
    egress.fetch(&Wish { url: &site.url, signed, authorities: &authorities, limit: 10 }).await
}

async fn refused(egress: &Egress, url: &str, signed: Option<&str>) -> Code {
    egress.fetch(&Wish { url, signed, authorities: &[], limit: 10 }).await.unwrap_err().code
}

fn to(addresses: &[&str]) -> Resolved {
    let addresses: Vec<SocketAddr> =
        addresses.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 443)).collect();
    Box::pin(async move { Ok(addresses) })
}

#[tokio::test]
async fn a_text_is_fetched_over_tls_that_an_own_authority_vouches_for() {
    let site = Site::open("text").await;
    assert_eq!(fetch(&door(), &site, None).await.unwrap(), "text");
    let stranger = Wish { url: &site.url, signed: None, authorities: &[], limit: 10 };
    assert_eq!(door().fetch(&stranger).await.unwrap_err().code, codes::FETCH);
    assert_eq!(site.asked(), 1);
}

#[tokio::test]
async fn what_is_too_large_redirected_or_refused_is_not_taken() {
    let site = Site::open("eleven char").await;
    assert_eq!(fetch(&door(), &site, None).await.unwrap_err().code, sekisho_saml::codes::TOO_LARGE);
    site.says("");
    for (status, asked) in [("302 Found", 2), ("404 Not Found", 3), ("500 Internal Server Error", 4)] {
        site.answer.lock().unwrap().status = status;
        assert_eq!(fetch(&door(), &site, None).await.unwrap_err().code, codes::FETCH, "{status}");
        assert_eq!(site.asked(), asked, "a redirect is not followed");
    }
}

#[tokio::test]
async fn an_inside_address_is_reached_for_the_host_that_was_signed_and_no_other() {
    let site = Site::open("inside").await;
    let egress = Egress::of(loopback, |_| Place::Inside);
    for signed in [None, Some("https://example.test/metadata"), Some("https://other.example.test/"), Some("")] {
        assert_eq!(fetch(&egress, &site, signed).await.unwrap_err().code, codes::FETCH_ADDRESS, "{signed:?}");
    }
    assert_eq!(site.asked(), 0);
    assert_eq!(fetch(&egress, &site, Some("https://IDP.example.test/other")).await.unwrap(), "inside");
}

#[tokio::test]
async fn signing_opens_no_way_to_this_machine_or_the_cloud() {
    let never = Egress::new(Resolver::default());
    for host in
        ["127.0.0.1", "[::1]", "169.254.169.254", "[fd00:ec2::254]", "[::ffff:10.0.0.1]", "2130706433", "0x7f.1"]
    {
        let url = format!("https://{host}/metadata");
        assert_eq!(refused(&never, &url, Some(&url)).await, codes::FETCH_ADDRESS, "{host}");
    }
}

#[tokio::test]
async fn a_name_with_one_address_inside_is_refused_as_a_whole() {
    let url = "https://idp.example.test/";
    let beside = Egress::of(|_, _| to(&["8.8.8.8", "10.0.0.1"]), address::place);
    assert_eq!(refused(&beside, url, None).await, codes::FETCH_ADDRESS);
    let beside = Egress::of(|_, _| to(&["10.0.0.1", "169.254.169.254"]), address::place);
    assert_eq!(refused(&beside, url, Some(url)).await, codes::FETCH_ADDRESS);
    let nowhere = Egress::of(|_, _| to(&[]), address::place);
    assert_eq!(refused(&nowhere, url, None).await, codes::FETCH_ADDRESS);
}

/// A name that leads elsewhere the second time it is asked for.
static ASKED: AtomicUsize = AtomicUsize::new(0);

#[tokio::test]
async fn the_vetted_address_is_the_one_that_is_connected_to() {
    let site = Site::open("vetted").await;
    let rebound = Egress::of(
        |host, port| match ASKED.fetch_add(1, Ordering::Relaxed) {
            0 => loopback(host, port),
            _ => to(&["10.0.0.1"]),
        },
        |address| if address.is_loopback() { Place::Public } else { address::place(address) },
    );
    // No other resolver knows the name: what was vetted is what was connected to.
    assert_eq!(fetch(&rebound, &site, None).await.unwrap(), "vetted");
    assert_eq!(ASKED.load(Ordering::Relaxed), 1);
    assert_eq!(fetch(&rebound, &site, None).await.unwrap_err().code, codes::FETCH_ADDRESS);
}

#[tokio::test]
async fn other_schemes_are_refused() {
    for url in ["http://example.com/x", "file:///etc/passwd", "ftp://example.com/", "data:text/xml,x", "x", ""] {
        assert_eq!(refused(&door(), url, None).await, codes::FETCH_ADDRESS, "{url}");
    }
}

async fn send(egress: &Egress, site: &Site, signed: Option<&str>) -> Result<u16> {
    let authorities = [site.authority.clone()];
    let headers = [("webhook-id", "evt_1".to_owned())];
    egress.post(&Delivery { url: &site.url, signed, authorities: &authorities, headers: &headers, body: "{}" }).await
}

#[tokio::test]
async fn an_event_is_sent_where_the_metadata_is_fetched_from_and_nowhere_else() {
    let site = Site::open("").await;
    assert_eq!(send(&door(), &site, None).await.unwrap(), 200);
    let inside = Egress::of(loopback, |_| Place::Inside);
    assert_eq!(send(&inside, &site, None).await.unwrap_err().code, codes::WEBHOOK_ADDRESS);
    assert_eq!(send(&inside, &site, Some("https://idp.example.test/other")).await.unwrap(), 200);
    assert_eq!(
        send(&Egress::new(Resolver::default()), &site, Some(&site.url)).await.unwrap_err().code,
        codes::WEBHOOK_NAME
    );
    let loopback = Egress::of(loopback, address::place);
    assert_eq!(send(&loopback, &site, Some(&site.url)).await.unwrap_err().code, codes::WEBHOOK_ADDRESS);
    assert_eq!(site.asked(), 2);
}

#[tokio::test]
async fn an_event_that_is_not_taken_fails_for_its_one_reason_and_follows_no_redirect() {
    let mut site = Site::open("").await;
    for (status, number) in [("302 Found", 302_i64), ("401 Unauthorized", 401), ("500 Internal Server Error", 500)] {
        site.answer.lock().unwrap().status = status;
        let fault = send(&door(), &site, None).await.unwrap_err();
        assert_eq!(fault.code, codes::WEBHOOK_STATUS);
        assert_eq!(fault.args["status"], Arg::Number(number));
        assert_eq!(fault.args["host"], Arg::Text(super::site::HOST.to_owned()), "the address is not told");
    }
    assert_eq!(site.asked(), 3, "a redirect is not followed");
    let stranger = Delivery { url: &site.url, signed: None, authorities: &[], headers: &[], body: "{}" };
    assert_eq!(door().post(&stranger).await.unwrap_err().code, codes::WEBHOOK_TLS);
    let plain = Delivery { url: "http://idp.example.test/", ..stranger };
    assert_eq!(door().post(&plain).await.unwrap_err().code, codes::WEBHOOK_ADDRESS);
    site.close().await;
    assert_eq!(send(&door(), &site, None).await.unwrap_err().code, codes::WEBHOOK_CONNECTION);
}
