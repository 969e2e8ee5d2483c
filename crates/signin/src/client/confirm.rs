//! The page between the identity provider and the token: who signs in to what, and with which key.

use axum::http::StatusCode;
use axum::response::Response;
use data_encoding::BASE64URL_NOPAD;
use sekisho_fault::Result;
use sekisho_messages::{Language, text};
use sekisho_saml::Verified;

use super::RELEASE;
use super::key::ClientKey;
use super::request::OnPrem;
use super::token::{Code, Token};
use crate::pages::{self, escaped};
use crate::session::Session;
use crate::{Applied, Profile, User};

/// The page that asks for the click. Nothing has been handed over yet; the code in it is of no use without the
/// client's private key.
pub(crate) fn confirm(
    applied: &Applied,
    asking: &OnPrem,
    user: &User,
    profile: &Profile,
    statement: &Verified,
    now: i64,
    language: Language,
) -> Result<Response> {
    let key = ClientKey::parse(&asking.key)?;
    let token = Token {
        result: "success".to_owned(),
        email: user.email.as_str().to_owned(),
        password: key.encrypt(&BASE64URL_NOPAD.encode(user.client_password.expose()))?,
        provider_name: applied.configuration.provider.clone(),
        session_id: Session::of(user.email.as_str(), statement).seal(applied)?,
    };
    let code = Code::seal(applied, asking.dest, token, now)?;
    let say = |key: &str, args: &[(&str, &str)]| escaped(&text(language, key, args));
    let client = text(language, asking.dest.name(), &[]);
    let name = format!("{} {}", profile.first_name, profile.last_name);
    let body = format!(
        "<p>{}</p><dl><dt>{}</dt><dd id=\"client\">{}</dd><dt>{}</dt><dd id=\"account\">{} {}</dd>\
         <dt>{}</dt><dd id=\"check\" class=\"mono\">{}</dd></dl><p>{}</p>\
         <form method=\"post\" action=\"{RELEASE}\"><input type=\"hidden\" name=\"code\" value=\"{}\">\
         <button class=\"primary\">{}</button></form>",
        say("signin.client.confirm.lead", &[]),
        say("signin.client.confirm.client", &[]),
        escaped(&client),
        say("signin.client.confirm.account", &[]),
        escaped(user.email.as_str()),
        escaped(name.trim()),
        say("signin.client.confirm.check", &[]),
        escaped(&key.check()),
        say("signin.client.confirm.warning", &[]),
        escaped(&code),
        say("signin.client.confirm.button", &[("client", &client)]),
    );
    let title = text(language, "signin.client.confirm.title", &[]);
    Ok(pages::page(language, StatusCode::OK, &title, &body, "form-action 'self'"))
}
