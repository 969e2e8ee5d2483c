//! Networks by their prefix, as `10.2.0.0/16`; a lone address is a network of one.

use std::fmt;
use std::net::IpAddr;

use sekisho_fault::{Fault, Result};
use serde::{Deserialize, Serialize};

use crate::codes;

/// A network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    /// Reads one.
    ///
    /// Code: `NETWORK`.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || Fault::new(codes::NETWORK).with("value", text.chars().take(80).collect::<String>());
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(|_| wrong())?;
        // Every address of the world is nobody's proxy: whoever writes this means something else.
        if (1..=most).contains(&bits) { Ok(Self { address, bits }) } else { Err(wrong()) }
    }

    /// Whether an address is of it. An IPv4 address in IPv6 clothes counts as what it is.
    pub fn holds(&self, address: IpAddr) -> bool {
        let apart = match (self.address.to_canonical(), address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => u128::from(own.to_bits() ^ other.to_bits()) << 96,
            (IpAddr::V6(own), IpAddr::V6(other)) => own.to_bits() ^ other.to_bits(),
            _ => return false,
        };
        apart.leading_zeros() >= u32::from(self.bits)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lone = self.bits == if self.address.is_ipv4() { 32 } else { 128 };
        if lone { write!(f, "{}", self.address) } else { write!(f, "{}/{}", self.address, self.bits) }
    }
}

impl TryFrom<String> for Network {
    type Error = Fault;

    fn try_from(text: String) -> Result<Self> {
        Self::parse(&text)
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn holds(network: &str, address: &str) -> bool {
        Network::parse(network).unwrap().holds(address.parse().unwrap())
    }

    #[test]
    fn an_address_is_of_the_network_whose_bits_it_begins_with() {
        assert!(holds("10.2.0.0/16", "10.2.255.1") && !holds("10.2.0.0/16", "10.3.0.1"));
        assert!(holds("10.2.0.7", "10.2.0.7") && !holds("10.2.0.7", "10.2.0.6"));
        assert!(holds("10.2.0.7", "::ffff:10.2.0.7"));
        assert!(holds("2001:db8::/32", "2001:db8:9::1") && !holds("2001:db8::/32", "2001:db9::1"));
        assert!(!holds("10.0.0.0/8", "a00::1"));
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["", "10.2.0", "10.2.0.0/33", "0.0.0.0/0", "::/129", "10.0.0.0/", "proxy.example.com"] {
            assert_eq!(Network::parse(text).unwrap_err().code, codes::NETWORK, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_network_holds_its_own_address_and_reads_back(address: IpAddr, bits in 1_u8..=32) {
            let network = Network::parse(&format!("{address}/{bits}")).unwrap();
            prop_assert_eq!(Network::parse(&network.to_string()).unwrap(), network);
            prop_assume!(address.to_canonical() == address);
            prop_assert!(network.holds(address));
        }
    }
}
