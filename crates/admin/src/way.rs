//! The way to a hub: set-up code, invitation or address, proxy and authorities.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::{Hub, HubAddress, Network, Pin, SetupCode};
use sekisho_keys::ids::{Hash, InvitationId};
use url::Url;

use crate::acts::HubWay;
use crate::codes;
use crate::memory::Memory;

/// What an administrator pastes to say which hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// To found an organisation.
    Setup(SetupCode),
    /// To join one as an administrator.
    Invited(InvitationCode),
    /// To sign in.
    Address(HubAddress),
}

/// What an invited administrator is given: hub, organisation and a secret of 128 bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationCode {
    /// The hub.
    pub hub: HubAddress,
    /// The invitation.
    pub id: InvitationId,
    /// Its secret.
    pub secret: [u8; 16],
    /// The first entry of the organisation log.
    pub genesis: Hash,
    /// The name at sign-in that it is for.
    pub login: String,
}

const INVITATION: &str = "sekisho-invitation";

impl fmt::Display for InvitationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secret = BASE64URL_NOPAD.encode(&self.secret);
        let login = BASE64URL_NOPAD.encode(self.login.as_bytes());
        let pin = self.hub.pin.map(|pin| pin.to_string()).unwrap_or_default();
        write!(f, "{INVITATION} {} {} {secret} {} {login} {pin}", self.hub.url, self.id, self.genesis)
    }
}

impl InvitationCode {
    fn read(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let (INVITATION, [url, id, secret, genesis, login, rest @ ..]) = (*words.first()?, &words[1..]) else {
            return None;
        };
        let pin = match rest {
            [] => None,
            [pin] => Some(Pin::try_from((*pin).to_owned()).ok()?),
            _ => return None,
        };
        Some(Self {
            hub: HubAddress::new(url, pin).ok()?,
            id: id.parse().ok()?,
            secret: BASE64URL_NOPAD.decode(secret.as_bytes()).ok()?.try_into().ok()?,
            genesis: genesis.parse().ok()?,
            login: String::from_utf8(BASE64URL_NOPAD.decode(login.as_bytes()).ok()?).ok()?,
        })
    }
}

impl Destination {
    /// Reads what was pasted; empty means the hub that was used last. An address may be followed by its pin.
    ///
    /// Code: `HUB`.
    pub fn read(text: &str, memory: &Memory) -> Result<Self> {
        let wrong = || Fault::new(codes::HUB);
        let text = text.trim();
        if text.is_empty() {
            return memory.hub().cloned().map(Self::Address).ok_or_else(wrong);
        }
        if let Ok(code) = SetupCode::read(text) {
            return Ok(Self::Setup(code));
        }
        if let Some(code) = InvitationCode::read(text) {
            return Ok(Self::Invited(code));
        }
        let mut words = text.split_whitespace();
        let (url, pin) = (words.next().ok_or_else(wrong)?, words.next());
        let pin = pin.map(|pin| Pin::try_from(pin.to_owned())).transpose().map_err(|_| wrong())?;
        let mut address = HubAddress::new(url, pin).map_err(|_| wrong())?;
        // An address that was typed without its pin is recognised by the pin that is known.
        if let Some(known) = memory.hub().filter(|known| pin.is_none() && known.url == address.url) {
            address = known.clone();
        }
        if words.next().is_none() { Ok(Self::Address(address)) } else { Err(wrong()) }
    }

    /// The hub.
    pub fn address(&self) -> &HubAddress {
        match self {
            Self::Setup(code) => &code.hub,
            Self::Invited(code) => &code.hub,
            Self::Address(address) => address,
        }
    }
}

/// A client for the destination.
///
/// Codes: `HUB`, and `CONNECTION_SETTINGS` of the hub's client.
pub fn client(way: &HubWay, memory: &Memory) -> Result<(Hub, Destination)> {
    let destination = Destination::read(&way.hub, memory)?;
    let wrong = |detail: String| Fault::new(sekisho_hub_api::codes::CONNECTION_SETTINGS).with("detail", detail);
    let proxy = match way.proxy.trim() {
        "" => None,
        proxy => Some(Url::parse(proxy).map_err(|error| wrong(error.to_string()))?),
    };
    let network = Network { proxy, authorities: sekisho_hub_api::client::authorities(&way.authorities)? };
    Ok((Hub::at(destination.address().clone(), &network)?, destination))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn an_invitation_reads_as_it_is_written() {
        let hub = HubAddress::new("https://hub.example.com:8444", Some(Pin([1; 32]))).unwrap();
        let code = InvitationCode {
            hub,
            id: InvitationId([2; 16]),
            secret: [3; 16],
            genesis: Hash([4; 32]),
            login: "田中".to_owned(),
        };
        let memory = Memory::at(Path::new("/nowhere"));
        assert_eq!(Destination::read(&code.to_string(), &memory).unwrap(), Destination::Invited(code));
        assert_eq!(Destination::read("http://hub.example.com", &memory).unwrap_err().code, codes::HUB);
        assert_eq!(Destination::read("", &memory).unwrap_err().code, codes::HUB);
    }
}
