//! The file form of a configuration, for a service that is set up unattended. Unknown fields are refused: a typing
//! error must not be taken for a default.

use std::net::IpAddr;
use std::path::PathBuf;

use sekisho_fault::{Fault, Result};
use serde::Deserialize;

use crate::codes;
use crate::email::Domain;
use crate::host::Host;
use crate::urls::{ENTITY_ID, Urls};

/// A whole configuration. Paths are relative to the file's folder.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// This server's own settings.
    pub server: Server,
    /// What all servers of the connection share.
    pub connection: Connection,
    /// What the identity provider's attributes are called.
    #[serde(default)]
    pub attributes: Attributes,
    /// How users are made.
    #[serde(default)]
    pub provisioning: Provisioning,
}

/// This server's own settings; never replicated.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Private IP address; without one, all addresses of the machine.
    pub private_ip: Option<IpAddr>,
    /// Private port; without one, the advertised one.
    pub private_port: Option<u16>,
}

/// What all servers of the connection share.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Connection {
    /// The name that browsers open.
    pub advertised_host: Host,
    /// The port that browsers open.
    #[serde(default = "port")]
    pub advertised_port: u16,
    /// The Entity ID; derived from host and port when it is not given.
    pub entity_id: Option<String>,
    /// PEM file with the TLS certificate, its chain and its key.
    pub tls_certificate: PathBuf,
    /// PEM file with the pair that signs requests and decrypts assertions.
    pub saml_certificate: Option<PathBuf>,
    /// The identity provider's metadata.
    pub idp_metadata: PathBuf,
    /// What has to be signed.
    #[serde(default)]
    pub signing: Signing,
    /// The NameID format that requests ask for.
    pub name_id_format: Option<String>,
    /// Asks for a fresh authentication at every sign-in.
    #[serde(default)]
    pub force_authn: bool,
    /// Takes SHA-1 signatures; told as a warning.
    #[serde(default)]
    pub allow_sha1: bool,
    /// How far the clocks may differ, in seconds.
    #[serde(default = "skew")]
    pub skew_seconds: i64,
}

/// What has to be signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signing {
    /// The response or the assertion.
    #[default]
    Either,
    /// The response.
    Response,
    /// The assertion.
    Assertion,
    /// Both.
    Both,
}

/// What the identity provider's attributes are called, to the letter.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Attributes {
    /// First name.
    pub first: String,
    /// Last name.
    pub last: String,
    /// E-mail address.
    pub email: String,
    /// The attribute that names a user for good; without one, the NameID does.
    pub subject: Option<String>,
}

impl Default for Attributes {
    fn default() -> Self {
        Self { first: "First".to_owned(), last: "Last".to_owned(), email: "Email".to_owned(), subject: None }
    }
}

/// How users are made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provisioning {
    /// Makes an unknown user at the first verified sign-in.
    #[serde(default)]
    pub just_in_time: bool,
    /// The mail domains that users may have.
    #[serde(default)]
    pub domains: Vec<Domain>,
}

fn port() -> u16 {
    8443
}

fn skew() -> i64 {
    60
}

impl Configuration {
    /// Reads the TOML text.
    ///
    /// Codes: `FILE`, `PORT`, `ENTITY_ID`, `SKEW`, `JIT_WITHOUT_DOMAIN`.
    pub fn parse(text: &str) -> Result<Self> {
        let read: Self =
            toml::from_str(text).map_err(|error| Fault::new(codes::FILE).with("detail", error.to_string()))?;
        let connection = &read.connection;
        if connection.advertised_port == 0 {
            return Err(Fault::new(codes::PORT).on("advertised_port"));
        }
        if read.server.private_port == Some(0) {
            return Err(Fault::new(codes::PORT).on("private_port"));
        }
        let entity_id = read.entity_id();
        if entity_id.is_empty() || entity_id.len() > 1024 || entity_id.contains(char::is_whitespace) {
            return Err(Fault::new(codes::ENTITY_ID).on("entity_id"));
        }
        if !(0..=300).contains(&connection.skew_seconds) {
            return Err(Fault::new(codes::SKEW).with("value", connection.skew_seconds).on("skew_seconds"));
        }
        if read.provisioning.just_in_time && read.provisioning.domains.is_empty() {
            return Err(Fault::new(codes::JIT_WITHOUT_DOMAIN).on("domains"));
        }
        Ok(read)
    }

    /// The addresses of this server.
    pub fn urls(&self) -> Urls {
        Urls::new(&self.connection.advertised_host, self.connection.advertised_port)
    }

    /// The Entity ID.
    pub fn entity_id(&self) -> String {
        self.connection.entity_id.clone().unwrap_or_else(|| self.urls().at(ENTITY_ID))
    }

    /// The port to listen on.
    pub fn listening_port(&self) -> u16 {
        self.server.private_port.unwrap_or(self.connection.advertised_port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[server]\n[connection]\nadvertised_host = \"SSO.example.com\"\ntls_certificate = \"tls.pem\"\n\
        idp_metadata = \"idp.xml\"\n[provisioning]\njust_in_time = true\ndomains = [\"example.com\"]\n";

    fn code(text: &str) -> sekisho_fault::Code {
        Configuration::parse(text).unwrap_err().code
    }

    #[test]
    fn defaults_are_the_on_prem_products() {
        let read = Configuration::parse(GOOD).unwrap();
        assert_eq!(read.entity_id(), "https://sso.example.com:8443/sso-connect");
        assert_eq!((read.attributes.first.as_str(), read.attributes.email.as_str()), ("First", "Email"));
        assert_eq!(read.listening_port(), 8443);
    }

    #[test]
    fn a_typing_error_is_not_taken_for_a_default() {
        assert_eq!(code(&GOOD.replace("advertised_host", "advertized_host")), codes::FILE);
        assert_eq!(code(&format!("{GOOD}jit = true\n")), codes::FILE);
        assert_eq!(code(&GOOD.replace("SSO.example.com", "https://sso.example.com")), codes::FILE);
    }

    #[test]
    fn values_out_of_bounds_are_refused_by_their_code() {
        let with = |line: &str| GOOD.replace("[provisioning]", &format!("{line}\n[provisioning]"));
        assert_eq!(code(&with("advertised_port = 0")), codes::PORT);
        assert_eq!(code(&with("skew_seconds = 301")), codes::SKEW);
        assert_eq!(code(&with("entity_id = \"a b\"")), codes::ENTITY_ID);
        assert_eq!(code(&GOOD.replace("[\"example.com\"]", "[]")), codes::JIT_WITHOUT_DOMAIN);
    }
}
