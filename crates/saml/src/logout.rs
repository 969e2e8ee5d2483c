//! The messages of single logout that we send (SAML core 3.7, profiles 4.4).

use sekisho_fault::Result;

use crate::UnixTime;
use crate::build::Build;
use crate::names::{PARTIAL_LOGOUT, RESPONDER, SAML, SAMLP, SUCCESS};
use crate::outgoing::{Field, Outgoing, issuer};
use crate::response::NameId;

/// A request to end the user's session at the identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutRequest {
    /// A fresh, unguessable ID that starts with a letter or `_`.
    pub id: String,
    /// Now.
    pub issue_instant: UnixTime,
    /// The identity provider's logout address.
    pub destination: String,
    /// Our entity ID.
    pub issuer: String,
    /// Until when the request counts.
    pub not_on_or_after: UnixTime,
    /// The user, as the identity provider named them, qualifiers included.
    pub name_id: NameId,
    /// The identity provider's name of the session.
    pub session_index: Option<String>,
}

/// How a logout went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogoutStatus {
    /// The session is over.
    Success,
    /// It is over here; somebody else who should know could not be told.
    Partial,
    /// It is not over.
    Failed,
}

/// The answer to a logout request of the identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutResponse {
    /// A fresh, unguessable ID that starts with a letter or `_`.
    pub id: String,
    /// Now.
    pub issue_instant: UnixTime,
    /// Where the identity provider wants its answers.
    pub destination: String,
    /// Our entity ID.
    pub issuer: String,
    /// The request's ID.
    pub in_response_to: String,
    /// How it went.
    pub status: LogoutStatus,
}

impl LogoutRequest {
    /// The request as a message.
    ///
    /// Codes: none that its values can cause.
    pub fn message(&self) -> Result<Outgoing> {
        let (instant, until) = (self.issue_instant.to_xml(), self.not_on_or_after.to_xml());
        let attributes = [
            ("xmlns:samlp", SAMLP),
            ("Destination", self.destination.as_str()),
            ("ID", &self.id),
            ("IssueInstant", &instant),
            ("NotOnOrAfter", &until),
            ("Version", "2.0"),
        ];
        let mut build = Build::new();
        build.element("samlp:LogoutRequest", &attributes, |build| {
            issuer(build, &self.issuer)?;
            name_id(build, &self.name_id)?;
            self.session_index.as_ref().map_or(Ok(()), |index| build.text("samlp:SessionIndex", &[], index))
        })?;
        Ok(Outgoing {
            field: Field::Request,
            id: self.id.clone(),
            destination: self.destination.clone(),
            xml: build.finish()?,
        })
    }
}

fn name_id(build: &mut Build, name: &NameId) -> Result<()> {
    let mut attributes = vec![("xmlns:saml", SAML)];
    let optional = [
        ("Format", &name.format),
        ("NameQualifier", &name.name_qualifier),
        ("SPNameQualifier", &name.sp_name_qualifier),
    ];
    for (attribute, value) in optional {
        if let Some(value) = value {
            attributes.push((attribute, value));
        }
    }
    build.text("saml:NameID", &attributes, &name.value)
}

impl LogoutResponse {
    /// The response as a message.
    ///
    /// Codes: none that its values can cause.
    pub fn message(&self) -> Result<Outgoing> {
        let instant = self.issue_instant.to_xml();
        let attributes = [
            ("xmlns:samlp", SAMLP),
            ("Destination", self.destination.as_str()),
            ("ID", &self.id),
            ("InResponseTo", &self.in_response_to),
            ("IssueInstant", &instant),
            ("Version", "2.0"),
        ];
        // The second level says what was not reached (core 3.2.2.2); the first, whether it counts as done.
        let (first, second) = match self.status {
            LogoutStatus::Success => (SUCCESS, None),
            LogoutStatus::Partial => (SUCCESS, Some(PARTIAL_LOGOUT)),
            LogoutStatus::Failed => (RESPONDER, None),
        };
        let mut build = Build::new();
        build.element("samlp:LogoutResponse", &attributes, |build| {
            issuer(build, &self.issuer)?;
            build.element("samlp:Status", &[], |build| {
                build.element("samlp:StatusCode", &[("Value", first)], |build| {
                    second.map_or(Ok(()), |second| build.empty("samlp:StatusCode", &[("Value", second)]))
                })
            })
        })?;
        Ok(Outgoing {
            field: Field::Response,
            id: self.id.clone(),
            destination: self.destination.clone(),
            xml: build.finish()?,
        })
    }
}
