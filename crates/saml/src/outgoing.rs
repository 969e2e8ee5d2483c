//! A message of ours on its way to the identity provider (SAML bindings 3.4 and 3.5).

use std::io::Write as _;

use data_encoding::BASE64;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use sekisho_fault::{Fault, Result};
use url::Url;
use url::form_urlencoded::byte_serialize;

use crate::build::Build;
use crate::keys::SpKey;
use crate::names::SAML;
use crate::xml::shape;
use crate::{codes, sign};

/// The parameter that a message travels in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// `SAMLRequest`.
    Request,
    /// `SAMLResponse`.
    Response,
}

impl Field {
    /// The parameter's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "SAMLRequest",
            Self::Response => "SAMLResponse",
        }
    }
}

/// A message with all it says, not signed yet: each binding signs in its own way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// The parameter it travels in.
    pub field: Field,
    pub(crate) id: String,
    pub(crate) destination: String,
    pub(crate) xml: String,
}

/// The issuer, which every message begins with, and behind which an enveloped signature has its place.
pub(crate) fn issuer(build: &mut Build, entity_id: &str) -> Result<()> {
    build.text("saml:Issuer", &[("xmlns:saml", SAML)], entity_id)
}

impl Outgoing {
    /// The address to send the browser to (Redirect binding, 3.4.4.1): deflated, and signed when there is a key.
    ///
    /// Codes: `SHAPE`, when the destination is no URL; `KEY`.
    pub fn redirect_url(&self, relay_state: Option<&str>, key: Option<&SpKey>) -> Result<String> {
        let failed = |_| Fault::new(codes::NOT_XML);
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
        deflate.write_all(self.xml.as_bytes()).map_err(failed)?;
        let message = BASE64.encode(&deflate.finish().map_err(failed)?);
        let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let mut query = format!("{}={}", self.field.name(), encoded(&message));
        if let Some(relay_state) = relay_state {
            query = format!("{query}&RelayState={}", encoded(relay_state));
        }
        if let Some(key) = key {
            query = format!("{query}&SigAlg={}", encoded(key.method()));
            let signature = BASE64.encode(&key.sign(query.as_bytes())?);
            query = format!("{query}&Signature={}", encoded(&signature));
        }
        let mut url = Url::parse(&self.destination).map_err(|_| shape("the destination is no URL"))?;
        let query = match url.query() {
            Some(own) if !own.is_empty() => format!("{own}&{query}"),
            _ => query,
        };
        url.set_query(Some(&query));
        Ok(url.into())
    }

    /// The value of the form field (POST binding, 3.5.4), with an enveloped signature when there is a key.
    ///
    /// Code: `KEY`.
    pub fn post_value(&self, key: Option<&SpKey>) -> Result<String> {
        let Some(key) = key else { return Ok(BASE64.encode(self.xml.as_bytes())) };
        let signature = sign::enveloped(&self.xml, &self.id, key)?;
        // The first of these is the tag's end: within its text, `<` is escaped.
        let signed = self.xml.replacen("</saml:Issuer>", &format!("</saml:Issuer>{signature}"), 1);
        Ok(BASE64.encode(signed.as_bytes()))
    }
}
