//! The request that starts a sign-in (SAML core 3.4).

use sekisho_fault::Result;

use crate::UnixTime;
use crate::build::Build;
use crate::names::{POST, SAML, SAMLP};
use crate::outgoing::{Field, Outgoing, issuer};

/// How the classes of a [`AuthnContext`] are meant (SAML core 3.3.2.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// One of them.
    Exact,
    /// One of them, or a stronger one.
    Minimum,
}

/// How the user has to authenticate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthnContext {
    /// Classes, in the order of preference.
    pub classes: Vec<String>,
    /// How they are meant.
    pub comparison: Comparison,
}

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
    /// How the user has to authenticate, if it is not left to the identity provider.
    pub authn_context: Option<AuthnContext>,
    /// Asks for a fresh authentication.
    pub force_authn: bool,
    /// Asks that the user sees nothing.
    pub is_passive: bool,
}

impl AuthnRequest {
    /// The request as a message.
    ///
    /// Codes: none that its values can cause.
    pub fn message(&self) -> Result<Outgoing> {
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
            issuer(build, &self.issuer)?;
            let mut policy = vec![("AllowCreate", "true")];
            if let Some(format) = &self.name_id_format {
                policy.push(("Format", format));
            }
            build.empty("samlp:NameIDPolicy", &policy)?;
            self.authn_context.as_ref().map_or(Ok(()), |context| requested(build, context))
        })?;
        Ok(Outgoing {
            field: Field::Request,
            id: self.id.clone(),
            destination: self.destination.clone(),
            xml: build.finish()?,
        })
    }
}

fn requested(build: &mut Build, context: &AuthnContext) -> Result<()> {
    let comparison = match context.comparison {
        Comparison::Exact => "exact",
        Comparison::Minimum => "minimum",
    };
    build.element("samlp:RequestedAuthnContext", &[("Comparison", comparison)], |build| {
        for class in &context.classes {
            build.text("saml:AuthnContextClassRef", &[("xmlns:saml", SAML)], class)?;
        }
        Ok(())
    })
}
