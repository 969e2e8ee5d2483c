//! Our metadata, for the identity provider's administrator (SAML metadata 2.4.4).

use data_encoding::BASE64;
use sekisho_fault::Result;

use crate::algorithms::{KEY_TRANSPORTS, OPEN_CIPHERS};
use crate::build::Build;
use crate::names::{DS, MD, POST, REDIRECT, SAMLP, XENC11};

/// What our metadata says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpMetadata {
    /// Our entity ID.
    pub entity_id: String,
    /// The assertion consumer services, the default one first.
    pub acs: Vec<String>,
    /// The logout address, for both bindings.
    pub slo: Option<String>,
    /// Certificates (DER) of the keys that sign our requests, the current one first.
    pub signing: Vec<Vec<u8>>,
    /// Certificates (DER) of the RSA keys that decrypt, the current one first.
    pub encryption: Vec<Vec<u8>>,
    /// Whether our requests are signed.
    pub authn_requests_signed: bool,
    /// Whether assertions must be signed.
    pub want_assertions_signed: bool,
}

impl SpMetadata {
    /// The metadata as XML.
    pub fn to_xml(&self) -> Result<String> {
        let truth = |value: bool| if value { "true" } else { "false" };
        let mut build = Build::new();
        build.element("md:EntityDescriptor", &[("xmlns:md", MD), ("entityID", &self.entity_id)], |build| {
            let attributes = [
                ("AuthnRequestsSigned", truth(self.authn_requests_signed)),
                ("WantAssertionsSigned", truth(self.want_assertions_signed)),
                ("protocolSupportEnumeration", SAMLP),
            ];
            build.element("md:SPSSODescriptor", &attributes, |build| {
                for der in &self.signing {
                    key(build, "signing", der)?;
                }
                for der in &self.encryption {
                    key(build, "encryption", der)?;
                }
                for binding in [REDIRECT, POST] {
                    if let Some(slo) = &self.slo {
                        build.empty("md:SingleLogoutService", &[("Binding", binding), ("Location", slo)])?;
                    }
                }
                for (index, acs) in self.acs.iter().enumerate() {
                    let attributes = [
                        ("Binding", POST),
                        ("Location", acs.as_str()),
                        ("index", &index.to_string()),
                        ("isDefault", truth(index == 0)),
                    ];
                    build.empty("md:AssertionConsumerService", &attributes)?;
                }
                Ok(())
            })
        })?;
        Ok(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n", build.finish()?))
    }
}

fn key(build: &mut Build, purpose: &str, der: &[u8]) -> Result<()> {
    build.element("md:KeyDescriptor", &[("use", purpose)], |build| {
        build.element("ds:KeyInfo", &[("xmlns:ds", DS)], |build| {
            build.element("ds:X509Data", &[], |build| build.text("ds:X509Certificate", &[], &BASE64.encode(der)))
        })?;
        if purpose == "encryption" {
            encryption_methods(build)?;
        }
        Ok(())
    })
}

/// What we open, strongest first; CBC, which we open on a condition, is not offered.
fn encryption_methods(build: &mut Build) -> Result<()> {
    for cipher in OPEN_CIPHERS {
        build.empty("md:EncryptionMethod", &[("Algorithm", cipher)])?;
    }
    for transport in &KEY_TRANSPORTS {
        build.element("md:EncryptionMethod", &[("Algorithm", transport.uri)], |build| {
            build.empty("ds:DigestMethod", &[("xmlns:ds", DS), ("Algorithm", transport.digest)])?;
            if transport.mask.is_empty() {
                return Ok(());
            }
            build.empty("xenc11:MGF", &[("xmlns:xenc11", XENC11), ("Algorithm", transport.mask)])
        })?;
    }
    Ok(())
}
