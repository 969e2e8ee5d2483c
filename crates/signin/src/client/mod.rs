//! The protocol of the on-prem product's clients (R5). They open the login address in a browser view with a key of
//! their own, and read a token out of the page at the end. A lured user could carry an attacker's key through this:
//! so it is off by default, stays in a top-level window, and hands nothing over before a click on a page that names
//! client, account and key.

mod confirm;
mod key;
mod release;
mod request;
mod token;

pub(crate) use confirm::confirm;
pub(crate) use release::{copy, release};
pub(crate) use request::{OnPrem, allowed, asks, requested};

/// Where the click goes.
pub(crate) const RELEASE: &str = "/sso-connect/saml/release";
/// The script of the page with the token for command lines.
pub(crate) const COPY: &str = "/sso-connect/saml/copy.js";
