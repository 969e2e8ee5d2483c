//! One step of the identity provider's administrator: a text by its key, and the values that go into it.

use crate::document::Document;
use crate::urls::{self, Urls};

/// A value of the connection that a step names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// Our Entity ID.
    EntityId,
    /// Our ACS URL.
    Acs,
    /// Our ACS URL as a regular expression that matches it and nothing else.
    AcsPattern,
    /// Where a sign-in starts.
    Login,
    /// Where a session ends.
    Logout,
    /// Where our metadata is, as soon as the server serves.
    Metadata,
    /// Name of the first name's attribute.
    First,
    /// Name of the last name's attribute.
    Last,
    /// Name of the e-mail address's attribute.
    Email,
    /// Name of the attribute that names a user for good.
    Subject,
}

impl Value {
    /// All values.
    pub const ALL: &[Self] = &[
        Self::EntityId,
        Self::Acs,
        Self::AcsPattern,
        Self::Login,
        Self::Logout,
        Self::Metadata,
        Self::First,
        Self::Last,
        Self::Email,
        Self::Subject,
    ];

    /// Its name in the texts.
    pub fn name(self) -> &'static str {
        match self {
            Self::EntityId => "entity_id",
            Self::Acs => "acs",
            Self::AcsPattern => "acs_pattern",
            Self::Login => "login",
            Self::Logout => "logout",
            Self::Metadata => "metadata",
            Self::First => "first",
            Self::Last => "last",
            Self::Email => "email",
            Self::Subject => "subject",
        }
    }

    /// Its value in a document, whose addresses are given.
    pub(super) fn of(self, document: &Document, own: &Urls) -> String {
        let attributes = &document.attributes;
        // Of several names it may be another one at which answers arrive.
        let acs = || document.answers_at().as_ref().unwrap_or(own).at(urls::ACS);
        match self {
            Self::EntityId => document.entity_id.clone().unwrap_or_else(|| own.at(urls::ENTITY_ID)),
            Self::Acs => acs(),
            Self::AcsPattern => pattern(&acs()),
            Self::Login => own.at(urls::LOGIN),
            Self::Logout => own.at(urls::LOGOUT),
            Self::Metadata => own.at(urls::ENTITY_ID),
            Self::First => attributes.first.clone(),
            Self::Last => attributes.last.clone(),
            Self::Email => attributes.email.clone(),
            Self::Subject => attributes.subject.clone().unwrap_or_else(|| super::SUBJECT.to_owned()),
        }
    }
}

/// A regular expression for exactly this address.
fn pattern(address: &str) -> String {
    let mut pattern = String::from("^");
    for letter in address.chars() {
        if !letter.is_ascii_alphanumeric() && !matches!(letter, ':' | '-' | '_') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('$');
    pattern
}

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The key of its text in `messages/preset`, after `step.`.
    pub key: &'static str,
    /// The values that the text names.
    pub values: &'static [Value],
    /// What is to be pasted there, with the values' names in braces.
    pub paste: Option<&'static str>,
    /// Needed only where the names differ from those that are sent anyway.
    pub if_renamed: bool,
}

impl Step {
    pub(super) const fn new(key: &'static str, values: &'static [Value]) -> Self {
        Self { key, values, paste: None, if_renamed: false }
    }

    pub(super) const fn paste(self, paste: &'static str) -> Self {
        Self { paste: Some(paste), ..self }
    }

    pub(super) const fn if_renamed(self) -> Self {
        Self { if_renamed: true, ..self }
    }
}

pub(super) const NAMES: &[Value] = &[Value::First, Value::Last, Value::Email];
pub(super) const ADDRESSES: &[Value] = &[Value::EntityId, Value::Acs];

// Steps in words that fit every product.
pub(super) const CREATE: Step = Step::new("any.create", &[]);
pub(super) const ENTER: Step = Step::new("any.addresses", ADDRESSES);
pub(super) const ATTRIBUTES: Step = Step::new("any.attributes", NAMES);
pub(super) const LASTING: Step = Step::new("any.lasting", &[Value::Subject]);
pub(super) const SIGN: Step = Step::new("any.sign", &[]);
pub(super) const ASSIGN: Step = Step::new("any.assign", &[]);
pub(super) const SEND_BACK: Step = Step::new("any.send_back", &[]);

/// All that every product needs.
pub(super) const ANY: &[Step] = &[CREATE, ENTER, ATTRIBUTES, LASTING, SIGN, ASSIGN, SEND_BACK];

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn a_pattern_matches_dots_and_slashes_as_they_are() {
        assert_eq!(pattern("https://a.example:8443/x-y"), r"^https:\/\/a\.example:8443\/x-y$");
    }
}
