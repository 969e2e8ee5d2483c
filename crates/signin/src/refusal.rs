//! A refusal: browsers get a reference number, the administrator gets the reason (in the activity).

use axum::http::header::LOCATION;
use axum::response::Response;
use data_encoding::BASE32;
use sekisho_config::urls;
use sekisho_fault::Fault;

use crate::flow::random;
use crate::routes::Shared;
use crate::{SignIn, pages};

/// Writes the refusal down and sends the browser to the vault page, which shows the number and what to do.
pub(crate) fn refuse(shared: &Shared, fault: Fault, sign_in: SignIn) -> Response {
    // Eight letters and digits without those that look alike; only to be found again, not a secret.
    let reference = random::<5>().map_or_else(|_| "BUSY".to_owned(), |bytes| BASE32.encode(&bytes));
    tracing::info!(code = %fault.code, %reference, "sign-in refused");
    shared.activity.sign_in(SignIn { reference: Some(reference.clone()), refusal: Some(fault), ..sign_in });
    pages::see_other(LOCATION, &format!("{}#error={reference}", urls::VAULT))
}
