//! Our metadata, for the identity provider's administrator (SAML metadata 2.4.4).

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::{BASE64, HEXLOWER};
use sekisho_fault::Result;

use crate::algorithms::{KEY_TRANSPORTS, OPEN_CIPHERS};
use crate::build::Build;
use crate::keys::SpKey;
use crate::names::{DS, MD, POST, REDIRECT, SAMLP, XENC11};
use crate::sign;

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
    /// The metadata as XML, not signed, without a choice of NameID formats.
    ///
    /// Codes: none that its values can cause.
    pub fn to_xml(&self) -> Result<String> {
        self.to_xml_with(&[], None)
    }

    /// The metadata as XML.
    ///
    /// `name_id_formats`: those that are wanted, the best first. `key`: signs it, for providers that check.
    /// Code: `KEY`.
    pub fn to_xml_with(&self, name_id_formats: &[&str], key: Option<&SpKey>) -> Result<String> {
        let plain = self.entity(name_id_formats, None)?;
        let document = match key {
            None => plain,
            Some(key) => {
                // The same content has the same ID, and another content another.
                let id = format!("_{}", HEXLOWER.encode(digest(&SHA256, plain.as_bytes()).as_ref()));
                let unsigned = self.entity(name_id_formats, Some(&id))?;
                let signature = sign::enveloped(&unsigned, &id, key)?;
                // The first of these is the role's: in attributes, which come before, `<` is escaped.
                unsigned.replacen("<md:SPSSODescriptor", &format!("{signature}<md:SPSSODescriptor"), 1)
            }
        };
        Ok(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{document}\n"))
    }

    fn entity(&self, name_id_formats: &[&str], id: Option<&str>) -> Result<String> {
        let mut attributes = vec![("xmlns:md", MD)];
        attributes.extend(id.map(|id| ("ID", id)));
        attributes.push(("entityID", &self.entity_id));
        let mut build = Build::new();
        build.element("md:EntityDescriptor", &attributes, |build| self.role(build, name_id_formats))?;
        build.finish()
    }

    /// The role, its parts in the order of the schema.
    fn role(&self, build: &mut Build, name_id_formats: &[&str]) -> Result<()> {
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
            for format in name_id_formats {
                build.text("md:NameIDFormat", &[], format)?;
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
    }
}

fn truth(value: bool) -> &'static str {
    if value { "true" } else { "false" }
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
