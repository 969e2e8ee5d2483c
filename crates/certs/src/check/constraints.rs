//! Whether an issuer may issue for the names of a certificate (name constraints, RFC 5280 section 4.2.1.10).

use std::net::IpAddr;

use sekisho_fault::Fault;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{GeneralName, GeneralSubtree, NameConstraints};

use crate::codes;
use crate::coverage::{Name, address, alternatives};
use crate::describe::title;

/// The names of the leaf that an issuer of the chain may not vouch for. One is enough for clients to refuse it all.
pub(super) fn violated(leaf: &X509Certificate<'_>, issuers: &[X509Certificate<'_>]) -> Vec<Fault> {
    let names = alternatives(leaf);
    let mut faults = Vec::new();
    for issuer in issuers {
        let Ok(Some(constraints)) = issuer.name_constraints() else { continue };
        let forbidden = names.iter().filter(|name| !allowed(name, constraints.value));
        let fault = |name: &Name| Fault::new(codes::NAME_CONSTRAINTS).with("host", name.to_string());
        faults.extend(forbidden.map(|name| fault(name).with("issuer", title(issuer))));
    }
    faults
}

/// Subtrees bind only names of their own form: who permits DNS names alone says nothing of addresses.
fn allowed(name: &Name, constraints: &NameConstraints<'_>) -> bool {
    let permitted: Vec<bool> = places(name, constraints.permitted_subtrees.as_deref(), under).collect();
    let mut excluded = places(name, constraints.excluded_subtrees.as_deref(), touches);
    (permitted.is_empty() || permitted.contains(&true)) && !excluded.any(|inside| inside)
}

/// For each subtree of the name's form, whether the name lies in it; of DNS names `dns` tells that.
fn places<'a>(
    name: &'a Name,
    subtrees: Option<&'a [GeneralSubtree<'a>]>,
    dns: fn(&str, &str) -> bool,
) -> impl Iterator<Item = bool> + 'a {
    subtrees.unwrap_or_default().iter().filter_map(move |subtree| match (name, &subtree.base) {
        (Name::Dns(name), GeneralName::DNSName(domain)) => Some(dns(name, &domain.to_ascii_lowercase())),
        (Name::Address(address), GeneralName::IPAddress(range)) => Some(in_range(*address, range)),
        _ => None,
    })
}

/// Whether a DNS name is a domain or under it. With a dot in front, as many authorities write it, only under it.
fn under(name: &str, domain: &str) -> bool {
    match name.strip_suffix(domain) {
        Some("") => true,
        Some(front) => domain.is_empty() || domain.starts_with('.') || front.ends_with('.'),
        None => false,
    }
}

/// Whether a DNS name lies in an excluded domain, or is a wildcard that covers a name in it.
fn touches(name: &str, domain: &str) -> bool {
    let covered = || {
        let covering = name.strip_prefix("*.")?;
        let (_, parent) = domain.split_once('.').filter(|(label, _)| !label.is_empty())?;
        Some(parent == covering)
    };
    under(name, domain) || covered() == Some(true)
}

/// Whether an address lies in a range, which is an address and a mask of the same length.
fn in_range(one: IpAddr, range: &[u8]) -> bool {
    let (base, mask) = range.split_at(range.len() / 2);
    let bits = |address: IpAddr| match address {
        IpAddr::V4(four) => (4, u128::from(u32::from(four))),
        IpAddr::V6(sixteen) => (16, u128::from(sixteen)),
    };
    let (Some(base), Some(mask)) = (address(base).map(bits), address(mask).map(bits)) else { return false };
    let one = bits(one);
    one.0 == base.0 && one.1 & mask.1 == base.1 & mask.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_holds_itself_and_what_is_under_it() {
        assert!(under("example.com", "example.com") && under("a.b.example.com", "example.com"));
        assert!(under("*.example.com", "example.com") && under("anything", ""));
        assert!(under("sso.example.com", ".example.com") && !under("example.com", ".example.com"));
        assert!(!under("notexample.com", "example.com") && !under("*.example.com", "sso.example.com"));
    }

    #[test]
    fn a_wildcard_that_covers_an_excluded_name_is_excluded() {
        assert!(touches("*.example.com", "sso.example.com") && touches("sso.example.com", "sso.example.com"));
        assert!(!touches("*.example.com", "a.sso.example.com") && !touches("*.example.com", ".sso.example.com"));
    }

    #[test]
    fn a_range_is_an_address_and_a_mask() {
        let address = |text: &str| text.parse().unwrap();
        assert!(in_range(address("10.1.2.3"), &[10, 0, 0, 0, 255, 0, 0, 0]));
        assert!(!in_range(address("11.1.2.3"), &[10, 0, 0, 0, 255, 0, 0, 0]));
        assert!(!in_range(address("::a01:203"), &[10, 0, 0, 0, 255, 0, 0, 0]));
        assert!(in_range(address("::1"), &[0; 32]) && !in_range(address("10.0.0.1"), &[0; 7]));
    }
}
