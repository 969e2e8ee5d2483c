//! Fetching from addresses that an administrator typed (R26): https, a vetted public address, no redirects, bounded.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use sekisho_fault::{Fault, Result};
use url::Url;

use crate::codes;

/// Whether the service connects to this address for somebody else.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let special = v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_multicast();
            !(special || shared || v4.is_broadcast() || v4.is_documentation() || a == 0 || a >= 240)
        }
        IpAddr::V6(v6) => {
            let [first, second, ..] = v6.segments();
            // Global unicast alone (2000::/3), without what carries IPv4 addresses inside (6to4, Teredo).
            (first & 0xe000) == 0x2000 && first != 0x2002 && !(first == 0x2001 && second == 0)
        }
    }
}

/// Fetches a text.
///
/// Codes: `FETCH_ADDRESS`, `FETCH`.
pub(super) async fn fetch(address: &str, limit: usize) -> Result<String> {
    let refused = || Fault::new(codes::FETCH_ADDRESS).with("url", address).on("idp_metadata");
    let failed =
        |detail: String| Fault::new(codes::FETCH).with("url", address).with("detail", detail).on("idp_metadata");
    let url = Url::parse(address).map_err(|_| refused())?;
    let (Some(host), "https") = (url.host_str(), url.scheme()) else { return Err(refused()) };
    let port = url.port().unwrap_or(443);
    let resolved = tokio::net::lookup_host((host.trim_matches(['[', ']']), port)).await;
    let resolved: Vec<SocketAddr> = resolved.map_err(|error| failed(error.to_string()))?.collect();
    if resolved.is_empty() || !resolved.iter().all(|address| is_public(address.ip())) {
        return Err(refused());
    }
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let client = reqwest::Client::builder()
        .https_only(true)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        // The vetted addresses and no others: the name is not looked up again.
        .resolve_to_addrs(host, &resolved)
        .timeout(Duration::from_secs(15))
        .build()
        .map_err(|error| failed(error.to_string()))?;
    let mut response = client.get(url.clone()).send().await.map_err(|error| failed(error.to_string()))?;
    if !response.status().is_success() {
        return Err(failed(response.status().to_string()));
    }
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|error| failed(error.to_string()))? {
        body.extend_from_slice(&part);
        if body.len() > limit {
            return Err(Fault::new(sekisho_saml::codes::TOO_LARGE).with("size", body.len()).with("limit", limit));
        }
    }
    String::from_utf8(body).map_err(|_| failed("UTF-8".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_fetched_from() {
        for inside in [
            "127.0.0.1",
            "10.0.0.1",
            "192.168.1.1",
            "172.16.0.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "fe80::1",
            "fc00::1",
            "::ffff:8.8.8.8",
            "2002:7f00:1::",
            "2001:0:1::",
            "ff02::1",
        ] {
            assert!(!is_public(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["8.8.8.8", "203.0.112.1", "2606:4700::1111"] {
            assert!(is_public(outside.parse().unwrap()), "{outside}");
        }
    }

    #[tokio::test]
    async fn other_schemes_and_inside_addresses_are_refused_by_their_code() {
        for url in ["http://example.com/x", "file:///etc/passwd", "https://127.0.0.1/x", "https://[::1]/", "x"] {
            assert_eq!(fetch(url, 10).await.unwrap_err().code, codes::FETCH_ADDRESS, "{url}");
        }
    }
}
