//! Which addresses the service connects to for somebody else.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where an address leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Into the Internet.
    Public,
    /// Into the company: private ranges (RFC 1918, RFC 4193), and those shared with a provider (RFC 6598).
    Inside,
    /// To this machine, to its neighbours, to what a cloud tells its machines, or to an address hidden in another one.
    Never,
}

/// What clouds tell their machines, at addresses that would else be private or public: Alibaba, Azure, AWS, Google.
const CLOUD: [IpAddr; 4] = [
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
];

/// Where this address leads.
pub(crate) fn place(address: IpAddr) -> Place {
    match address {
        _ if CLOUD.contains(&address) => Place::Never,
        IpAddr::V4(v4) => v4_place(v4),
        IpAddr::V6(v6) => v6_place(v6),
    }
}

fn v4_place(address: Ipv4Addr) -> Place {
    let [a, b, c, _] = address.octets();
    let special = address.is_loopback() || address.is_link_local() || address.is_multicast();
    // The registry of special addresses (RFC 6890): "this" network, protocol assignments, 6to4 relays, benchmarks, the future.
    let reserved = a == 0
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19))
        || a >= 240;
    if special || reserved || address.is_documentation() {
        return Place::Never;
    }
    let shared = a == 100 && (64..128).contains(&b);
    if address.is_private() || shared { Place::Inside } else { Place::Public }
}

fn v6_place(address: Ipv6Addr) -> Place {
    let [first, second, ..] = address.segments();
    if first & 0xfe00 == 0xfc00 {
        return Place::Inside;
    }
    // Global unicast alone (2000::/3): mapped, translated and local addresses lie outside of it.
    let global = first & 0xe000 == 0x2000;
    // Teredo and other protocol assignments (2001::/23), documentation, 6to4.
    let reserved =
        (first == 0x2001 && (second < 0x200 || second == 0xdb8)) || first == 0x2002 || first & 0xfff0 == 0x3ff0;
    if global && !reserved { Place::Public } else { Place::Never }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(addresses: &[&str], wanted: Place) {
        for address in addresses {
            assert_eq!(place(address.parse().unwrap()), wanted, "{address}");
        }
    }

    #[test]
    fn this_machine_its_neighbours_and_clouds_are_never_reached() {
        let v4 =
            ["127.0.0.1", "0.0.0.0", "169.254.169.254", "224.0.0.1", "255.255.255.255", "192.0.0.192", "198.18.0.1"];
        all(&v4, Place::Never);
        all(&["100.100.100.200", "168.63.129.16", "fd00:ec2::254", "fd20:ce::254"], Place::Never);
        all(&["::", "::1", "fe80::1", "fec0::1", "ff02::1", "2001:db8::1"], Place::Never);
    }

    #[test]
    fn an_address_inside_another_one_is_never_reached() {
        all(&["::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:1::"], Place::Never);
    }

    #[test]
    fn private_addresses_lie_inside() {
        all(
            &["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "fc00::1", "fd12::1"],
            Place::Inside,
        );
    }

    #[test]
    fn all_others_are_public() {
        all(
            &["8.8.8.8", "172.32.0.1", "100.128.0.1", "203.0.112.1", "2606:4700::1111", "2001:4860:4860::8888"],
            Place::Public,
        );
    }
}
