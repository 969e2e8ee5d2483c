//! Where a hub is, and how it is recognised; and the one code that tells both to whoever founds an organisation.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use sekisho_fault::{Fault, Result};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::codes;

/// SHA-256 of the hub's public key (`SubjectPublicKeyInfo`), for a hub whose certificate no system knows.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pin(pub [u8; 32]);

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64URL_NOPAD.encode(&self.0))
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pin({self})")
    }
}

impl TryFrom<String> for Pin {
    type Error = Fault;

    fn try_from(text: String) -> Result<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| Fault::new(codes::ADDRESS).with("value", text))
    }
}

impl From<Pin> for String {
    fn from(pin: Pin) -> Self {
        pin.to_string()
    }
}

impl Serialize for Pin {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Pin {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// Where a hub is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HubAddress {
    /// Scheme, host and port.
    pub url: Url,
    /// Its key, when no system root vouches for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<Pin>,
}

impl HubAddress {
    /// An address: https, a host, and nothing behind it.
    ///
    /// Code: `ADDRESS`.
    pub fn new(url: &str, pin: Option<Pin>) -> Result<Self> {
        let wrong = || Fault::new(codes::ADDRESS).with("value", url);
        let url = Url::parse(url).map_err(|_| wrong())?;
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let named = url.host_str().is_some() && url.username().is_empty() && url.password().is_none();
        if url.scheme() == "https" && bare && named { Ok(Self { url, pin }) } else { Err(wrong()) }
    }
}

/// What the hub prints for whoever founds an organisation: address, key and a token that counts once and for an hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetupCode {
    /// The hub.
    pub hub: HubAddress,
    /// 128 random bits.
    pub token: [u8; 16],
}

const PREFIX: &str = "sekisho-setup";

impl fmt::Display for SetupCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pin = self.hub.pin.map(|pin| pin.to_string()).unwrap_or_default();
        write!(f, "{PREFIX} {} {} {pin}", self.hub.url, BASE64URL_NOPAD.encode(&self.token))
    }
}

impl SetupCode {
    /// Reads a code, wherever lines were broken.
    ///
    /// Code: `SETUP_CODE`.
    pub fn read(text: &str) -> Result<Self> {
        let wrong = || Fault::new(codes::SETUP_CODE);
        let mut words = text.split_whitespace();
        if words.next() != Some(PREFIX) {
            return Err(wrong());
        }
        let (url, token) = words.next().zip(words.next()).ok_or_else(wrong)?;
        let pin = words.next().map(|pin| Pin::try_from(pin.to_owned())).transpose().map_err(|_| wrong())?;
        let token = BASE64URL_NOPAD.decode(token.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        if words.next().is_some() {
            return Err(wrong());
        }
        Ok(Self { hub: HubAddress::new(url, pin).map_err(|_| wrong())?, token: token.ok_or_else(wrong)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_setup_code_reads_as_it_is_printed(token: [u8; 16], pin: Option<[u8; 32]>) {
            let hub = HubAddress::new("https://hub.example.com:8444", pin.map(Pin)).unwrap();
            let code = SetupCode { hub, token };
            prop_assert_eq!(SetupCode::read(&code.to_string()).unwrap(), code.clone());
            prop_assert_eq!(SetupCode::read(&code.to_string().replace(' ', "\r\n ")).unwrap(), code);
        }

        #[test]
        fn any_text_gives_a_code_or_a_fault(text in ".{0,100}") {
            let _ = SetupCode::read(&text);
        }
    }

    #[test]
    fn a_hub_is_reached_over_https_alone() {
        for url in ["http://hub.example.com", "https://a@hub.example.com", "https://hub.example.com/x", "hub", ""] {
            assert_eq!(HubAddress::new(url, None).unwrap_err().code, codes::ADDRESS, "{url}");
        }
    }
}
