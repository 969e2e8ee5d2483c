//! The request that starts a sign-in (SAML core 3.4, bindings 3.4 and 3.5).

use std::io::Write as _;

use data_encoding::BASE64;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use sekisho_fault::{Fault, Result};
use url::Url;
use url::form_urlencoded::byte_serialize;

use crate::build::Build;
use crate::keys::SpKey;
use crate::names::{DS, ENVELOPED, EXC_C14N, POST, SAML, SAMLP};
use crate::xml::{Xml, shape};
use crate::{UnixTime, codes};

/// A request to authenticate the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthnRequest {
    /// A fresh, unguessable ID that starts with a letter or `_`.
    pub id: String,
    /// Now.
    pub issue_instant: UnixTime,
    /// The identity provider's sign-in address.
    pub destination: String,
    /// Our entity ID.
    pub issuer: String,
    /// Where the response goes.
    pub acs_url: String,
    /// The NameID format that is asked for, if any.
    pub name_id_format: Option<String>,
    /// Asks for a fresh authentication.
    pub force_authn: bool,
    /// Asks that the user sees nothing.
    pub is_passive: bool,
}

impl AuthnRequest {
    fn to_xml(&self, signature: Option<&str>) -> Result<String> {
        let instant = self.issue_instant.to_xml();
        let mut attributes = vec![
            ("xmlns:samlp", SAMLP),
            ("AssertionConsumerServiceURL", self.acs_url.as_str()),
            ("Destination", self.destination.as_str()),
        ];
        if self.force_authn {
            attributes.push(("ForceAuthn", "true"));
        }
        attributes.push(("ID", &self.id));
        if self.is_passive {
            attributes.push(("IsPassive", "true"));
        }
        attributes.extend([("IssueInstant", instant.as_str()), ("ProtocolBinding", POST), ("Version", "2.0")]);
        let mut build = Build::new();
        build.element("samlp:AuthnRequest", &attributes, |build| {
            build.text("saml:Issuer", &[("xmlns:saml", SAML)], &self.issuer)?;
            if signature.is_some() {
                build.empty("ds:Signature", &[])?;
            }
            let mut policy = vec![("AllowCreate", "true")];
            if let Some(format) = &self.name_id_format {
                policy.push(("Format", format));
            }
            build.empty("samlp:NameIDPolicy", &policy)
        })?;
        let xml = build.finish()?;
        Ok(match signature {
            Some(signature) => xml.replacen("<ds:Signature></ds:Signature>", signature, 1),
            None => xml,
        })
    }

    /// The address to send the browser to (Redirect binding, 3.4.4.1): deflated, and signed when there is a key.
    pub fn redirect_url(&self, relay_state: &str, key: Option<&SpKey>) -> Result<String> {
        let failed = |_| Fault::new(codes::NOT_XML);
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
        deflate.write_all(self.to_xml(None)?.as_bytes()).map_err(failed)?;
        let message = BASE64.encode(&deflate.finish().map_err(failed)?);
        let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let mut query = format!("SAMLRequest={}&RelayState={}", encoded(&message), encoded(relay_state));
        if let Some(key) = key {
            query = format!("{query}&SigAlg={}", encoded(key.method()));
            let signature = BASE64.encode(&key.sign(query.as_bytes())?);
            query = format!("{query}&Signature={}", encoded(&signature));
        }
        let mut url = Url::parse(&self.destination).map_err(|_| shape("the sign-in address is no URL"))?;
        let query = match url.query() {
            Some(own) if !own.is_empty() => format!("{own}&{query}"),
            _ => query,
        };
        url.set_query(Some(&query));
        Ok(url.into())
    }

    /// The value of the `SAMLRequest` form field (POST binding, 3.5.4), with an enveloped signature when there is a key.
    pub fn post_value(&self, key: Option<&SpKey>) -> Result<String> {
        let Some(key) = key else { return Ok(BASE64.encode(self.to_xml(None)?.as_bytes())) };
        let signature = enveloped(&self.to_xml(None)?, &self.id, key)?;
        Ok(BASE64.encode(self.to_xml(Some(&signature))?.as_bytes()))
    }
}

/// The signature over a document without one, which goes in after the issuer.
fn enveloped(xml: &str, id: &str, key: &SpKey) -> Result<String> {
    let canonical = |text: &str| {
        let parsed = Xml::parse(text, 64)?;
        let mode = bergshamra_c14n::C14nMode::Exclusive;
        bergshamra_c14n::canonicalize_doc::<&str>(&parsed.document, mode, None, &[])
            .map_err(|_| shape("canonicalization"))
    };
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &canonical(xml)?);
    let mut build = Build::new();
    let (c14n, method) = ([("Algorithm", EXC_C14N)], [("Algorithm", key.method())]);
    build.element("ds:SignedInfo", &[("xmlns:ds", DS)], |build| {
        build.empty("ds:CanonicalizationMethod", &c14n)?;
        build.empty("ds:SignatureMethod", &method)?;
        build.element("ds:Reference", &[("URI", &format!("#{id}"))], |build| {
            build.element("ds:Transforms", &[], |build| {
                build.empty("ds:Transform", &[("Algorithm", ENVELOPED)])?;
                build.empty("ds:Transform", &c14n)
            })?;
            build.empty("ds:DigestMethod", &[("Algorithm", "http://www.w3.org/2001/04/xmlenc#sha256")])?;
            build.text("ds:DigestValue", &[], &BASE64.encode(digest.as_ref()))
        })
    })?;
    let signed_info = build.finish()?;
    let value = BASE64.encode(&key.sign(&canonical(&signed_info)?)?);
    Ok(format!(
        "<ds:Signature xmlns:ds=\"{DS}\">{signed_info}<ds:SignatureValue>{value}</ds:SignatureValue></ds:Signature>"
    ))
}
