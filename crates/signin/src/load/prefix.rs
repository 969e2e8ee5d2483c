//! Where a request comes from: the network of the client's address.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::http::HeaderMap;
use sekisho_config::Network;

/// The header in which proxies say whom they speak for, each adding to the right.
const FORWARDED: &str = "x-forwarded-for";

/// The address at the other end of a connection, as an extension of its requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// A network that is taken for one client: whoever has one address of it mostly has them all (IPv4 /24, IPv6 /56, which
/// is what providers give to one site).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Prefix {
    /// The first 24 bits.
    V4([u8; 3]),
    /// The first 56 bits.
    V6([u8; 7]),
}

impl Prefix {
    /// The network of an address. An IPv4 address in IPv6 clothes counts as what it is.
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => {
                let [a, b, c, _] = address.octets();
                Self::V4([a, b, c])
            }
            IpAddr::V6(address) => {
                let mut first = [0; 7];
                first.copy_from_slice(&address.octets()[..7]);
                Self::V6(first)
            }
        }
    }

    /// The network of a request's client. Only what listed proxies say is believed: from the right, the first address
    /// that is none of theirs (R30).
    pub(crate) fn of_client(peer: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> Self {
        let is_proxy = |address: IpAddr| proxies.iter().any(|network| network.holds(address));
        let values: Vec<&str> = headers.get_all(FORWARDED).iter().filter_map(|value| value.to_str().ok()).collect();
        let mut said = values.iter().rev().flat_map(|value| value.rsplit(','));
        let mut client = peer;
        while is_proxy(client) {
            // A proxy that says nothing that can be read speaks for itself.
            let Some(address) = said.next().and_then(|text| address(text.trim())) else { break };
            client = address;
        }
        Self::of(client)
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::V4([a, b, c]) => write!(f, "{}/24", Ipv4Addr::new(a, b, c, 0)),
            Self::V6(first) => {
                let mut octets = [0; 16];
                octets[..7].copy_from_slice(&first);
                write!(f, "{}/56", Ipv6Addr::from(octets))
            }
        }
    }
}

/// An address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = || text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    bare().or_else(with_port).or_else(in_brackets)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&str]) -> Prefix {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED, value.parse().unwrap());
        }
        let proxies = ["10.0.0.0/24", "2001:db8::1"].map(|text| Network::parse(text).unwrap());
        Prefix::of_client(peer.parse().unwrap(), &headers, &proxies)
    }

    const COMPANY: Prefix = Prefix::V4([203, 0, 113]);

    #[test]
    fn a_network_is_one_client() {
        let prefix = |text: &str| Prefix::of(text.parse().unwrap());
        assert_eq!(prefix("203.0.113.9"), COMPANY);
        assert_eq!(prefix("::ffff:203.0.113.200"), COMPANY);
        assert_eq!(prefix("2001:db8:0:1100::1"), prefix("2001:db8:0:11ff::2"));
        assert_ne!(prefix("2001:db8:0:1100::1"), prefix("2001:db8:0:1200::1"));
        assert_eq!(prefix("203.0.113.9").to_string(), "203.0.113.0/24");
        assert_eq!(prefix("2001:db8:0:11ff::1").to_string(), "2001:db8:0:1100::/56");
    }

    #[test]
    fn what_a_stranger_says_of_its_address_is_not_believed() {
        assert_eq!(client("203.0.113.9", &["198.51.100.1"]), COMPANY);
    }

    #[test]
    fn a_listed_proxy_says_whom_it_speaks_for_and_not_what_it_was_told() {
        for said in ["203.0.113.9", "203.0.113.9:4711", "198.51.100.1, 203.0.113.9", "203.0.113.9,10.0.0.8"] {
            assert_eq!(client("10.0.0.7", &[said]), COMPANY, "{said}");
        }
        assert_eq!(client("2001:db8::1", &["198.51.100.1", "203.0.113.9"]), COMPANY);
        assert_eq!(client("10.0.0.7", &["[2001:db8:0:1100::1]"]), Prefix::of("2001:db8:0:1100::1".parse().unwrap()));
    }

    #[test]
    fn a_proxy_that_says_nothing_to_be_read_speaks_for_itself() {
        for said in [&[][..], &["unknown"], &["203.0.113.9, nonsense"]] {
            assert_eq!(client("10.0.0.7", said), Prefix::V4([10, 0, 0]), "{said:?}");
        }
    }
}
