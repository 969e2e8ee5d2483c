//! Signing in at the hub, by passphrase and code or by key.

use std::sync::Arc;

use sekisho_fault::{Code, Fault, Result};
use sekisho_hub_api::passphrase::{self, ExportKey};
use sekisho_hub_api::wire::{self, FinishSignIn, KeySignIn, StartSignIn, greeting};
use sekisho_hub_api::{Blob, Hub, Signer, codes};
use sekisho_keys::envelope;
use sekisho_keys::identity::{Identity, Signing};
use zeroize::Zeroizing;

use crate::memory::Memory;
use crate::session::{Log, Session, now, random};

/// Signs in by passphrase and code, opens the identity, verifies the organisation log against what this computer has
/// seen, and opens the organisation's key.
///
/// Codes: `SIGN_IN`, `TOO_MANY_TRIES`, `FORK`, and those of the hub and the log.
pub(crate) async fn by_passphrase(
    hub: &Hub,
    login: &str,
    passphrase: &str,
    totp_code: &str,
    memory: &mut Memory,
) -> Result<Session> {
    let (session, export_key) = match prove(hub, login, passphrase, totp_code).await {
        // The answer was lost. If the code was not used up by it, a sign-in from the start gets through.
        Err(fault) if fault.code == codes::UNREACHABLE => prove(hub, login, passphrase, totp_code).await?,
        outcome => outcome?,
    };
    let sealed = session.envelope.ok_or_else(|| Fault::new(codes::SIGN_IN))?;
    // Which organisation is the right one, the administrator's own envelope says, on whatever computer.
    let (owner, identity) = envelope::open(sealed.as_slice(), &export_key)?;
    let hub = hub.with_session(&session.token, signer(&identity));
    let log = Log::read(&hub, Some(owner.genesis)).await?;
    if log.organisation.id() != owner.organisation {
        return Err(Fault::new(sekisho_keys::codes::LOG_WRONG_ORGANISATION));
    }
    memory.check_and_keep(hub.address(), login, &log)?;
    Session::open(hub, log, owner.administrator, identity, login.to_owned())
}

/// Proves passphrase and code, and gives the session and what opens the sealed identity.
async fn prove(hub: &Hub, login: &str, passphrase: &str, totp_code: &str) -> Result<(wire::Session, ExportKey)> {
    let (signing_in, request) = passphrase::sign_in(passphrase)?;
    let started = hub.start_sign_in(&StartSignIn { login: login.to_owned(), request }).await?;
    let secret = Zeroizing::new(passphrase.to_owned());
    let (stretching, response) = (started.stretching, started.response);
    let finished = tokio::task::spawn_blocking(move || signing_in.finish(&secret, stretching, &response)).await;
    let (proof, export_key) = finished.map_err(|_| Fault::new(codes::SIGN_IN))??;
    let finish = FinishSignIn { sign_in: started.sign_in, proof, totp_code: totp_code.trim().to_owned() };
    Ok((hub.finish_sign_in(&finish).await?, export_key))
}

/// Signs in by a key that is used once. `spent` is what it means that the hub does not know the key any more.
///
/// Codes: `spent`, `CLOCK`.
pub(crate) async fn by_key(hub: &Hub, identity: &Identity, spent: Code) -> Result<Hub> {
    let info = hub.info().await?;
    let (keys, nonce, time) = (identity.id().to_string(), Blob(random::<16>().to_vec()), now());
    let signature = identity.sign(Signing::HubSession, &greeting(&keys, &info.hub, &nonce, time));
    let body = KeySignIn { keys, nonce, time, signature: Blob(signature.0.to_vec()) };
    let unknown = |fault: Fault| if fault.code == codes::SESSION { Fault::new(spent) } else { fault };
    let session = hub.sign_in_by_key(&body).await.map_err(unknown)?;
    Ok(hub.with_session(&session.token, signer(identity)))
}

/// What signs what this identity writes at the hub.
pub(crate) fn signer(identity: &Identity) -> Signer {
    Arc::new(identity.signer(Signing::HubWrite))
}
