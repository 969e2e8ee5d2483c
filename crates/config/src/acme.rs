//! The SSL certificate that servers get and renew by themselves (ACME, RFC 8555), for as long as an administrator's save says so.

use std::fmt;

use sekisho_certs::sha256;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::document::Document;
use crate::host::Host;

/// How the authority is shown that the names are ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AcmeChallenge {
    /// Each server answers at port 80 of the names (RFC 8555, 8.3).
    #[default]
    Http01,
    /// A program of the server that orders writes a TXT record (8.4): the only way to names with a `*`.
    Dns01,
}

/// What is agreed with the authority. The account's private key is sealed apart, as other keys are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acme {
    /// The authority's directory, an https address.
    pub directory: String,
    /// E-mail addresses that the authority may write to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contact: Vec<String>,
    /// How it is shown that the names are ours.
    #[serde(default)]
    pub challenge: AcmeChallenge,
    /// Names of the certificate; without any, those that are served with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// The fingerprint under which the account's private key is sealed.
    pub account: String,
    /// The account's address at the authority, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_url: Option<String>,
    /// Certificates (PEM) of authorities that are trusted for the directory besides the system's: a private one's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// What a newer version has added.
    #[serde(flatten)]
    pub unknown: Map<String, Value>,
}

impl AcmeChallenge {
    /// As the standard calls it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Http01 => "http-01",
            Self::Dns01 => "dns-01",
        }
    }
}

impl Acme {
    /// The directory's host, for people and logs.
    pub fn host(&self) -> String {
        let url = url::Url::parse(&self.directory).ok();
        url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
    }
}

impl fmt::Display for Acme {
    /// In full, but for what is long: two that differ are never shown alike.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} · {}", self.directory, self.challenge.word())?;
        for part in [self.contact.join(" "), self.names.join(" ")] {
            write!(f, " · {}", if part.is_empty() { "–" } else { &part })?;
        }
        write!(f, " · {}", self.account)?;
        if let Some(url) = &self.account_url {
            write!(f, " · {url}")?;
        }
        if let Some(root) = &self.root {
            write!(f, " · SHA-256 {}", sha256(root.as_bytes()))?;
        }
        if self.unknown.is_empty() { Ok(()) } else { write!(f, " · {}", Value::Object(self.unknown.clone())) }
    }
}

impl Document {
    /// The names that are served with the advertised name's certificate: its own, and those of further names that have none.
    pub fn names_of_tls(&self) -> impl Iterator<Item = &Host> {
        let others = self.other_names.iter().filter(|other| other.tls.is_none()).map(|other| &other.host);
        self.advertised_host.iter().chain(others)
    }

    /// The names that the authority is asked for, in small letters, in the order of the alphabet; none without ACME.
    pub fn acme_names(&self) -> Vec<String> {
        let Some(acme) = &self.acme else { return Vec::new() };
        let mut names: Vec<String> = if acme.names.is_empty() {
            self.names_of_tls().map(|host| host.as_str().to_ascii_lowercase()).collect()
        } else {
            acme.names.iter().map(|name| name.to_ascii_lowercase()).collect()
        };
        names.sort();
        names.dedup();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::diff;
    use crate::document::MIN_READER;
    use crate::field::{Field, set};

    fn document(acme: &str) -> Document {
        let text = format!(r#"{{"advertised_host":"sso.example.com","acme":{acme}}}"#);
        Document::read(text.as_bytes(), MIN_READER).unwrap()
    }

    #[test]
    fn a_document_without_acme_is_written_as_by_versions_that_do_not_know_of_it() {
        let document = Document::default();
        assert!(!String::from_utf8(document.to_json()).unwrap().contains("acme"));
        assert!(document.acme_names().is_empty());
    }

    #[test]
    fn whatever_differs_is_shown_as_different_and_what_is_newer_is_kept() {
        let plain = r#"{"directory":"https://a.example/d","account":"k"}"#;
        let before = document(plain);
        let texts = [
            r#"{"directory":"https://b.example/d","account":"k"}"#,
            r#"{"directory":"https://a.example/d","account":"other"}"#,
            r#"{"directory":"https://a.example/d","account":"k","contact":["a@example.com"]}"#,
            r#"{"directory":"https://a.example/d","account":"k","names":["a@example.com"]}"#,
            r#"{"directory":"https://a.example/d","account":"k","challenge":"dns01"}"#,
            r#"{"directory":"https://a.example/d","account":"k","account_url":"https://a.example/1"}"#,
            r#"{"directory":"https://a.example/d","account":"k","root":"PEM"}"#,
            r#"{"directory":"https://a.example/d","account":"k","profile":"short"}"#,
        ];
        let mut shown: Vec<String> = Vec::new();
        for text in texts {
            let after = document(text);
            assert_eq!(Document::read(&after.to_json(), MIN_READER).unwrap(), after);
            let changes = diff(&before, &after);
            assert_eq!((changes.len(), changes[0].field.as_str()), (1, "acme"));
            shown.push(changes[0].to.clone());
        }
        shown.sort();
        shown.dedup();
        assert_eq!(shown.len(), texts.len(), "{shown:?}");
    }

    #[test]
    fn the_names_are_those_that_share_the_certificate_unless_others_are_named() {
        let mut own = document(r#"{"directory":"https://a.example/d","account":"k"}"#);
        own.add_name(Host::parse("alt.example.com").unwrap(), 8443).unwrap();
        assert_eq!(own.acme_names(), ["alt.example.com", "sso.example.com"]);
        if let Some(acme) = &mut own.acme {
            acme.names = vec!["*.EXAMPLE.com".into()];
        }
        assert_eq!(own.acme_names(), ["*.example.com"]);
        assert!(own.sealed_names().any(|key| key == "k"));
        set(&mut own, Field::AdvertisedPort, "443").unwrap();
    }
}
