//! The addresses of a server. The paths are those of the on-prem product, so that an existing application at the
//! identity provider needs no change.

use crate::host::Host;

/// Path of the Entity ID; our metadata is served there.
pub const ENTITY_ID: &str = "/sso-connect";
/// Path of the assertion consumer service.
pub const ACS: &str = "/sso-connect/saml/sso";
/// Path that starts a sign-in.
pub const LOGIN: &str = "/sso-connect/saml/login";
/// Path that ends a session: for clients, and for the identity provider.
pub const LOGOUT: &str = "/sso-connect/saml/logout";
/// Path of the vault page.
pub const VAULT: &str = "/vault/";
/// Path of the health check.
pub const PING: &str = "/ping";

/// The addresses that follow from host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Urls {
    host: String,
    port: u16,
    origin: String,
}

impl Urls {
    /// The addresses under this host and port. Port 443 is left out, as browsers leave it out of an origin.
    pub fn new(host: &Host, port: u16) -> Self {
        let host = host.in_url();
        let origin = if port == 443 { format!("https://{host}") } else { format!("https://{host}:{port}") };
        Self { host, port, origin }
    }

    /// The host, as it stands in a URL.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The address of one of this module's paths.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_addresses_are_the_on_prem_products() {
        let urls = Urls::new(&Host::parse("sso.example.com").unwrap(), 8443);
        assert_eq!(urls.at(ACS), "https://sso.example.com:8443/sso-connect/saml/sso");
        assert_eq!(Urls::new(&Host::parse("::1").unwrap(), 443).origin(), "https://[::1]");
    }
}
