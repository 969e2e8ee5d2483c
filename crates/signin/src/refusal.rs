//! A refusal: browsers get a reference number, the administrator gets the reason (in the activity).

use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::Response;
use data_encoding::BASE32;
use sekisho_config::urls;
use sekisho_fault::Fault;
use sekisho_messages::Language;

use crate::face::Serving;
use crate::flow::random;
use crate::{Activity, SignIn, pages, why};

/// A number to be found again by: eight letters and digits without those that look alike. Not a secret.
pub(crate) fn reference() -> String {
    random::<5>().map_or_else(|_| "BUSY".to_owned(), |bytes| BASE32.encode(&bytes))
}

/// Writes the refusal down and sends the browser to the vault page, which shows the number, and what the user can do.
pub(crate) fn refuse(serving: &Serving, fault: Fault, sign_in: SignIn) -> Response {
    let why = why::word(&fault).map(|word| format!("&why={word}")).unwrap_or_default();
    let reference = note(serving.activity(), fault, sign_in);
    pages::see_other(LOCATION, &format!("{}#error={reference}{why}", urls::VAULT))
}

/// Writes the refusal down and shows the number on a page of its own, which needs nothing to be served.
pub(crate) fn plain(activity: &dyn Activity, fault: Fault, language: Language) -> Response {
    let reference = note(activity, fault, SignIn::default());
    pages::told(language, StatusCode::FORBIDDEN, "refused", Some(&reference))
}

/// The same for a logout: the page does not speak of signing in.
pub(crate) fn logout(activity: &dyn Activity, fault: Fault, language: Language) -> Response {
    let reference = note(activity, fault, SignIn::default());
    pages::told(language, StatusCode::FORBIDDEN, "not_out", Some(&reference))
}

fn note(activity: &dyn Activity, fault: Fault, sign_in: SignIn) -> String {
    let reference = reference();
    tracing::info!(code = %fault.code, %reference, "refused");
    activity.sign_in(SignIn { reference: Some(reference.clone()), refusal: Some(fault), ..sign_in });
    reference
}
