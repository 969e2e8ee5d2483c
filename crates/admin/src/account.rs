//! Making an account: the passphrase is registered, the identity sealed under what only the passphrase gives.

use sekisho_fault::Result;
use sekisho_hub_api::passphrase::{self, STRETCHING};
use sekisho_hub_api::wire::{NewAccount, StartRegistration};
use sekisho_hub_api::{Blob, Hub};
use sekisho_keys::envelope::{self, Owner};
use sekisho_keys::identity::Identity;
use zeroize::Zeroizing;

use crate::session::random;

/// Who makes an account.
pub(crate) struct Applicant<'a> {
    pub(crate) login: &'a str,
    pub(crate) passphrase: &'a str,
    pub(crate) totp_secret: &'a [u8; 20],
    pub(crate) totp_code: &'a str,
    pub(crate) owner: Owner,
    pub(crate) identity: &'a Identity,
}

/// Registers the passphrase and gives the account to be sent. `setup_token` when there is no session yet.
pub(crate) async fn make(hub: &Hub, setup_token: Option<Blob>, who: &Applicant<'_>) -> Result<NewAccount> {
    let (registering, request) = passphrase::register(who.passphrase)?;
    let start = StartRegistration { login: who.login.to_owned(), setup_token, request };
    let started = hub.start_registration(&start).await?;
    let secret = Zeroizing::new(who.passphrase.to_owned());
    // Stretching takes a second: not on a thread that others wait for.
    let finished = tokio::task::spawn_blocking(move || registering.finish(&secret, &started.response)).await;
    let (record, export_key) = finished.map_err(|_| sekisho_fault::Fault::new(sekisho_hub_api::codes::SIGN_IN))??;
    let envelope = envelope::seal(who.owner, who.identity, &export_key, random())?;
    Ok(NewAccount {
        login: who.login.to_owned(),
        record,
        stretching: STRETCHING,
        envelope: Blob(envelope),
        signing: Blob(who.identity.public().signing.to_vec()),
        totp_secret: Blob(who.totp_secret.to_vec()),
        totp_code: who.totp_code.trim().to_owned(),
    })
}
