//! The pages at the end of a session. Their script tells the vault pages of this browser, by their marks.

use axum::http::StatusCode;
use axum::response::Response;
use sekisho_messages::{Language, text};
use url::Url;

use crate::pages::{self, escaped};

const ENDED_JS: &str = include_str!("ended.js");
/// Where that script is.
pub(crate) const SCRIPT: &str = "/sso-connect/saml/ended.js";

/// How a logout went.
#[derive(Clone, Copy)]
pub(super) enum How {
    /// The identity provider has ended the session, and all that hang on it.
    Everywhere,
    /// It has ended the session, but not all that hang on it.
    NotEverywhere,
    /// The session has ended here; at the identity provider it goes on.
    HereOnly,
    /// There was none.
    Nothing,
}

/// Where the browser goes on to.
pub(super) enum Onward {
    /// An address.
    Address(String),
    /// A form with the answer.
    Form {
        /// Where it is posted to.
        action: String,
        /// The answer.
        message: String,
        /// What the identity provider gave along.
        relay_state: Option<String>,
    },
}

/// The last page of a logout.
pub(super) fn page(language: Language, how: How, marks: &[String]) -> Response {
    let name = match how {
        How::Everywhere => "everywhere",
        How::NotEverywhere => "not_everywhere",
        How::HereOnly => "here_only",
        How::Nothing => "nothing",
    };
    let body = format!(
        "<p id=\"how\" data-how=\"{name}\">{}</p><p><a href=\"{}\">{}</a></p>",
        say(language, &format!("signin.logout.{name}")),
        sekisho_config::urls::VAULT,
        say(language, "signin.logout.back"),
    );
    shown(language, &body, marks, "form-action 'none'")
}

/// A page on the way back to the identity provider. Without scripts the user goes on with a click.
pub(super) fn on_the_way(language: Language, marks: &[String], onward: &Onward) -> Response {
    let go = say(language, "signin.logout.go_on");
    let (body, target) = match onward {
        Onward::Address(address) => {
            (format!("<p><a id=\"onward\" href=\"{}\">{go}</a></p>", escaped(address)), "'none'".to_owned())
        }
        Onward::Form { action, message, relay_state } => {
            let state = relay_state.as_deref().map_or_else(String::new, |state| {
                format!("<input type=\"hidden\" name=\"RelayState\" value=\"{}\">", escaped(state))
            });
            let form = format!(
                "<form id=\"onward\" method=\"post\" action=\"{}\"><input type=\"hidden\" name=\"SAMLResponse\" \
                 value=\"{}\">{state}<button>{go}</button></form>",
                escaped(action),
                escaped(message),
            );
            // The form may go where it is meant to go, and nowhere else.
            let origin =
                Url::parse(action).map_or_else(|_| "'none'".to_owned(), |url| url.origin().ascii_serialization());
            (form, origin)
        }
    };
    shown(language, &body, marks, &format!("form-action {target}"))
}

fn shown(language: Language, body: &str, marks: &[String], policy: &str) -> Response {
    let body = format!("{body}<script src=\"{SCRIPT}\" data-marks=\"{}\"></script>", escaped(&marks.join(" ")));
    let title = text(language, "signin.logout.title", &[]);
    pages::page(language, StatusCode::OK, &title, &body, &format!("script-src 'self'; {policy}"))
}

fn say(language: Language, key: &str) -> String {
    escaped(&text(language, key, &[]))
}

/// The script of these pages.
pub(crate) async fn script() -> Response {
    pages::script(ENDED_JS)
}
