//! What is known of each identity provider: the names that it sends, what names a user for good, what it can do, and what
//! its administrator has to do (one file each in `idp/`).
//!
//! What is not known is said to be unknown: nothing here is a guess.

mod fill;
mod idp;
mod step;
mod steps;

pub use fill::{Filled, Left, fill};
pub use step::{Step, Value};
pub use steps::{FilledStep, steps};

use sekisho_fault::Result;

use crate::document::{IdpType, Signing};
use crate::field;

/// The identity providers, in the order of the list.
pub const ALL: &[IdpType] = &[
    IdpType::Default,
    IdpType::F5,
    IdpType::Google,
    IdpType::Okta,
    IdpType::AdFs,
    IdpType::Entra,
    IdpType::OneLogin,
    IdpType::AwsSso,
    IdpType::Centrify,
    IdpType::Duo,
    IdpType::Ibm,
    IdpType::JumpCloud,
    IdpType::Ping,
    IdpType::PingOne,
    IdpType::Rsa,
    IdpType::SecureAuth,
    IdpType::Thales,
    IdpType::Auth0,
    IdpType::Cas,
    IdpType::Shibboleth,
];

/// The name of an identity provider's type, as the field has it.
pub fn name(kind: IdpType) -> String {
    field::plain_word(&kind)
}

/// The identity provider of this type.
///
/// Code: `CHOICE`.
pub fn named(name: &str) -> Result<IdpType> {
    field::choice(name).map_err(|fault| fault.on("idp_type"))
}

/// The preset of an identity provider.
pub fn of(kind: IdpType) -> &'static Preset {
    match kind {
        IdpType::Default => &idp::default::PRESET,
        IdpType::F5 => &idp::f5::PRESET,
        IdpType::Google => &idp::google::PRESET,
        IdpType::Okta => &idp::okta::PRESET,
        IdpType::AdFs => &idp::ad_fs::PRESET,
        IdpType::Entra => &idp::entra::PRESET,
        IdpType::OneLogin => &idp::one_login::PRESET,
        IdpType::AwsSso => &idp::aws_sso::PRESET,
        IdpType::Centrify => &idp::centrify::PRESET,
        IdpType::Duo => &idp::duo::PRESET,
        IdpType::Ibm => &idp::ibm::PRESET,
        IdpType::JumpCloud => &idp::jump_cloud::PRESET,
        IdpType::Ping => &idp::ping::PRESET,
        IdpType::PingOne => &idp::ping_one::PRESET,
        IdpType::Rsa => &idp::rsa::PRESET,
        IdpType::SecureAuth => &idp::secure_auth::PRESET,
        IdpType::Thales => &idp::thales::PRESET,
        IdpType::Auth0 => &idp::auth0::PRESET,
        IdpType::Cas => &idp::cas::PRESET,
        IdpType::Shibboleth => &idp::shibboleth::PRESET,
    }
}

/// The names of the attributes, to the letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Names {
    /// First name.
    pub first: &'static str,
    /// Last name.
    pub last: &'static str,
    /// E-mail address.
    pub email: &'static str,
}

impl Names {
    /// The on-prem product's recipe, wherever the administrator of the identity provider can choose the names.
    pub const RECIPE: Self = Self { first: "First", last: "Last", email: "Email" };
}

/// What it sends when nobody has named any attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Not known.
    Unknown,
    /// Nothing.
    Nothing,
    /// These.
    Names(Names),
}

/// The attribute of the recipe that names a user for good, where its name can be chosen.
pub const SUBJECT: &str = "UserId";

/// What names a user for good, once the steps are done (R16).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// This attribute.
    Attribute(&'static str),
    /// The `NameID`, by what the steps put into it.
    NameId,
}

/// What its `NameID` is when nobody has said what it shall be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameId {
    /// Another one in each session, whatever it is called: it never names a user.
    PerSession,
    /// A transient one, unless a persistent one is asked for.
    Transient,
    /// The user name or the e-mail address, which change when a user is renamed.
    Renamed,
    /// One that stays.
    Lasting,
}

/// Single logout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logout {
    /// It has none.
    None,
    /// SAML single logout.
    Saml {
        /// Whether it takes signed requests only.
        signed: Option<bool>,
        /// Where to send users who cannot be logged out by SAML.
        fallback: Option<&'static str>,
    },
}

/// How its metadata can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metadata {
    /// As a file only.
    File,
    /// By address too; its shape, where it is the same at every installation (`<…>` stands for what is not).
    Url(Option<&'static str>),
}

/// What is known of an identity provider.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// The attribute names that are filled in, and written on the sheet for its administrator.
    pub names: Names,
    /// The attribute names that it sends by itself.
    pub sent: Sent,
    /// What names a user for good after the steps; `None`: not known.
    pub subject: Option<Subject>,
    /// Its `NameID` without them; `None`: not known.
    pub name_id: Option<NameId>,
    /// The `NameID` format to ask for. `None`: to ask for nothing, and take what is configured there.
    pub name_id_format: Option<&'static str>,
    /// Whether one application holds two ACS URLs; `None`: not known, or not the same in all its editions.
    pub holds_two_acs: Option<bool>,
    /// Whether one application holds two Entity IDs; `None`: not known.
    pub holds_two_entity_ids: Option<bool>,
    /// What it can sign; empty: not known.
    pub signs: &'static [Signing],
    /// Its single logout; `None`: not known.
    pub logout: Option<Logout>,
    /// How its metadata can be had; `None`: not known.
    pub metadata: Option<Metadata>,
    /// What its administrator has to do, in this order.
    pub steps: &'static [Step],
}

impl Preset {
    /// A product of which nothing is known but that it speaks SAML.
    const UNKNOWN: Self = Self {
        names: Names::RECIPE,
        sent: Sent::Unknown,
        subject: None,
        name_id: None,
        name_id_format: None,
        holds_two_acs: None,
        holds_two_entity_ids: None,
        signs: &[],
        logout: None,
        metadata: None,
        steps: step::ANY,
    };

    /// The attribute that names a user for good, where it is one.
    pub fn subject_attribute(&self) -> Option<&'static str> {
        match self.subject {
            Some(Subject::Attribute(name)) => Some(name),
            Some(Subject::NameId) | None => None,
        }
    }
}

#[cfg(test)]
mod tests;
