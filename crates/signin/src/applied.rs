//! A configuration in the form in which it serves: every part read, every file parsed.

use sekisho_config::file::Signing;
use sekisho_config::{Configuration, Urls};
use sekisho_fault::Result;
use sekisho_keys::derive::{Purpose, Secret};
use sekisho_saml::SigningRule;
use sekisho_saml::keys::{IdpKey, SpKey};
use sekisho_saml::metadata::IdpMetadata;
use sekisho_saml::sp_metadata::SpMetadata;

/// Our SAML key with its certificate.
#[derive(Clone, Debug)]
pub struct SamlPair {
    /// The certificate, DER.
    pub certificate: Vec<u8>,
    /// The key.
    pub key: SpKey,
}

/// What is being served.
pub struct Applied {
    pub(crate) configuration: Configuration,
    pub(crate) urls: Urls,
    pub(crate) entity_id: String,
    pub(crate) idp: IdpMetadata,
    pub(crate) idp_keys: Vec<IdpKey>,
    pub(crate) saml: Option<SamlPair>,
    secret: Secret,
}

impl Applied {
    /// Puts a configuration together. `secret` is the server's own; keys of sign-ins are derived from it.
    ///
    /// Codes: those of the metadata's certificates.
    pub fn new(configuration: Configuration, idp: IdpMetadata, saml: Option<SamlPair>, secret: Secret) -> Result<Self> {
        Ok(Self {
            urls: configuration.urls(),
            entity_id: configuration.entity_id(),
            idp_keys: idp.keys()?,
            configuration,
            idp,
            saml,
            secret,
        })
    }

    /// The addresses.
    pub fn urls(&self) -> &Urls {
        &self.urls
    }

    /// The key for a purpose on the day of `now`; it changes daily (R20).
    pub(crate) fn daily(&self, purpose: Purpose, day: i64) -> Secret {
        self.secret.derive(purpose, &day.to_be_bytes())
    }

    pub(crate) fn signing(&self) -> SigningRule {
        match self.configuration.connection.signing {
            Signing::Either => SigningRule::Either,
            Signing::Response => SigningRule::Response,
            Signing::Assertion => SigningRule::Assertion,
            Signing::Both => SigningRule::Both,
        }
    }

    /// Our metadata, as XML.
    ///
    /// Codes: none that a configuration can cause.
    pub fn sp_metadata(&self) -> Result<String> {
        let certificates: Vec<Vec<u8>> = self.saml.iter().map(|pair| pair.certificate.clone()).collect();
        let metadata = SpMetadata {
            entity_id: self.entity_id.clone(),
            acs: vec![self.urls.at(sekisho_config::urls::ACS)],
            slo: None,
            authn_requests_signed: !certificates.is_empty(),
            want_assertions_signed: matches!(self.signing(), SigningRule::Assertion | SigningRule::Both),
            signing: certificates.clone(),
            encryption: certificates,
        };
        metadata.to_xml()
    }
}
