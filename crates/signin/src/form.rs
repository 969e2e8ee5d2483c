//! The form that the identity provider lets the browser post, and how it stands to this browser.

use axum::http::HeaderMap;
use axum::response::Response;
use sekisho_config::Urls;
use sekisho_fault::{Fault, Result};
use sekisho_saml::outgoing::Field;
use url::form_urlencoded;

use crate::flow::Handle;
use crate::login::Login;
use crate::pages;
use crate::test_login::Test;

/// The fields of the posted form.
pub(crate) struct Form {
    /// Whether it is a request or an answer.
    pub(crate) field: Field,
    /// The message, base64.
    pub(crate) message: String,
    pub(crate) relay_state: Option<String>,
    /// Whether our own page posted it again.
    pub(crate) reposted: bool,
    /// How many of our names have passed it on.
    passed: usize,
}

/// How a posted answer stands to this browser.
pub(crate) enum Arrived {
    /// It answers a sign-in of this browser, whose sealed state came with it.
    Login(Handle, String),
    /// It answers a test of this browser.
    Test(Handle, String),
    /// It names a flow, but the browser did not send the cookie: a cross-site post does not carry it.
    WithoutCookie,
    /// It came by itself.
    Unsolicited,
}

impl Form {
    /// Each known field once; a field that comes twice is refused, because two readers could take two values.
    ///
    /// Code: `FORM`.
    pub(crate) fn read(body: &[u8]) -> Result<Self> {
        let wrong = |detail: &str| Fault::new(crate::codes::FORM).with("detail", detail);
        let mut form =
            Self { field: Field::Response, message: String::new(), relay_state: None, reposted: false, passed: 0 };
        let mut seen = Vec::new();
        for (name, value) in form_urlencoded::parse(body) {
            if seen.contains(&name) {
                return Err(wrong(&format!("{} twice", name.chars().take(40).collect::<String>())));
            }
            match &*name {
                "SAMLResponse" | "SAMLRequest" if !form.message.is_empty() => return Err(wrong("two messages")),
                "SAMLResponse" => form.message = value.into_owned(),
                "SAMLRequest" => (form.field, form.message) = (Field::Request, value.into_owned()),
                "RelayState" => form.relay_state = Some(value.into_owned()),
                "reposted" => form.reposted = true,
                "passed" => form.passed = value.parse().map_err(|_| wrong("passed"))?,
                _ => {}
            }
            seen.push(name);
            if seen.len() > 16 {
                return Err(wrong("too many fields"));
            }
        }
        if form.message.is_empty() { Err(wrong("SAMLResponse")) } else { Ok(form) }
    }

    /// The form, if it is an answer.
    ///
    /// Code: `FORM`.
    pub(crate) fn answer(self) -> Result<Self> {
        match self.field {
            Field::Response => Ok(self),
            Field::Request => Err(Fault::new(crate::codes::FORM).with("detail", "SAMLRequest")),
        }
    }

    /// How it stands to this browser.
    pub(crate) fn arrived(&self, headers: &HeaderMap) -> Arrived {
        // A RelayState that is no handle of ours is the identity provider's own, or nobody's: never an address to go to.
        let Some(handle) = self.relay_state.as_deref().and_then(Handle::parse) else { return Arrived::Unsolicited };
        if let Some(sealed) = handle.kept::<Test>(headers) {
            let sealed = sealed.to_owned();
            return Arrived::Test(handle, sealed);
        }
        match handle.kept::<Login>(headers).map(str::to_owned) {
            Some(sealed) => Arrived::Login(handle, sealed),
            None => Arrived::WithoutCookie,
        }
    }

    /// The name to look for the cookie at next: what was begun at one of our names may arrive at another, where the identity
    /// provider knows that one alone. None, when all have been asked.
    pub(crate) fn next<'a>(&self, names: &'a [Urls], here: &Urls) -> Option<&'a Urls> {
        let place = names.iter().position(|name| name == here)?;
        if self.passed.saturating_add(1) >= names.len() {
            return None;
        }
        names.get((place + 1) % names.len())
    }

    /// Posts the form to the same address under another of our names.
    pub(crate) fn pass_on(&self, address: &str) -> Response {
        let passed = (self.passed + 1).to_string();
        let relay_state = self.relay_state.as_deref().unwrap_or_default();
        let fields = [(self.field.name(), self.message.as_str()), ("RelayState", relay_state), ("passed", &passed)];
        pages::post_form(address, &fields)
    }

    /// Posts the form once more, from our own page to ourselves: this time the cookie comes along, if there is one.
    pub(crate) fn repost(&self, path: &str) -> Response {
        let relay_state = self.relay_state.as_deref().unwrap_or_default();
        let passed = self.passed.to_string();
        let mut fields =
            vec![(self.field.name(), self.message.as_str()), ("RelayState", relay_state), ("reposted", "1")];
        if self.passed > 0 {
            fields.push(("passed", &passed));
        }
        pages::post_form(path, &fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_field_that_comes_twice_is_refused() {
        let fault = Form::read(b"SAMLResponse=a&SAMLResponse=b").err().unwrap();
        assert_eq!(fault.code, crate::codes::FORM);
        assert_eq!(Form::read(b"RelayState=a").err().unwrap().code, crate::codes::FORM);
    }

    proptest! {
        #[test]
        fn any_body_is_read_or_refused_without_a_panic(body: Vec<u8>) {
            let _ = Form::read(&body);
        }
    }
}
