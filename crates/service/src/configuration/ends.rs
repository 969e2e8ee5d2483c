//! When what is served comes to its end.

use sekisho_certs::{describe, pem};
use sekisho_config::Document;
use sekisho_config::document::KeyPair;

/// Last moments, in seconds since 1970; of what is not there, nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ends {
    /// The TLS certificate's.
    pub tls: Option<i64>,
    /// That of the certificate whose key signs for SAML.
    pub saml: Option<i64>,
    /// That of the second one, while one follows the other.
    pub saml_second: Option<i64>,
    /// That of the identity provider's metadata.
    pub idp_metadata: Option<i64>,
}

impl Ends {
    /// Those of a document's certificates.
    pub fn of(document: &Document) -> Self {
        let end = |pair: &KeyPair| {
            let read = pem::read(pair.certificates.as_bytes()).ok()?;
            Some(describe(read.certificates.first()?).ok()?.not_after)
        };
        Self {
            // Under whichever name: the one that ends first.
            tls: document.tls_pairs().filter_map(end).min(),
            saml: document.saml_pair().and_then(end),
            saml_second: document.saml_second.as_ref().and_then(|second| end(&second.pair)),
            idp_metadata: None,
        }
    }

    /// Each that is known, by its name.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, i64)> {
        let all = [
            ("tls_certificate", self.tls),
            ("saml_certificate", self.saml),
            ("saml_second_certificate", self.saml_second),
            ("idp_metadata", self.idp_metadata),
        ];
        all.into_iter().filter_map(|(name, end)| Some((name, end?)))
    }
}
