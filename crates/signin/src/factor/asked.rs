//! What the page is asked, in the place of a key.

use std::fmt::Write as _;

use qrcode::{Color, QrCode};
use sekisho_fault::{Fault, Result};
use sekisho_keys::factor::{totp, webauthn};
use serde::Serialize;

use super::ticket::{Pending, Ticket};
use super::{is_required, ways};
use crate::face::Serving;
use crate::{User, codes};

/// What kind of question it is.
pub(super) const SIGN_IN: &str = "factor";

/// A question for the second factor.
#[derive(Serialize)]
pub(crate) struct Asked {
    asks: Question,
}

#[derive(Serialize)]
struct Question {
    ticket: String,
    /// Whose sign-in it is.
    email: String,
    /// Whether there is an authenticator app.
    app: bool,
    /// The credentials of the security keys.
    keys: Vec<String>,
    /// Whether there is a recovery code left.
    recovery: bool,
    security_key: SecurityKey,
    /// Where there is no factor yet: how to set one up.
    set_up: Option<NewApp>,
}

/// What a browser asks a security key.
#[derive(Serialize)]
pub(super) struct SecurityKey {
    challenge: String,
    /// The name that keys are bound to.
    host: String,
    /// The algorithms that new keys may have.
    algorithms: [i64; 3],
}

impl SecurityKey {
    pub(super) fn of<T>(serving: &Serving, ticket: &Ticket<T>) -> Self
    where
        T: Serialize + serde::de::DeserializeOwned,
    {
        let host = serving.at().host().to_owned();
        Self { challenge: ticket.challenge_text().to_owned(), host, algorithms: webauthn::ALGORITHMS }
    }
}

/// An authenticator app that is about to be set up.
#[derive(Serialize)]
pub(super) struct NewApp {
    /// In base32, to type.
    seed: String,
    uri: String,
    qr: Qr,
}

/// A QR code: a square of so many modules, and its dark ones as the path of a drawing.
#[derive(Serialize)]
struct Qr {
    size: usize,
    path: String,
}

impl NewApp {
    /// The app of a user, with this seed.
    ///
    /// Code: `USERS`, where it cannot be shown.
    pub(super) fn of(seed: &[u8], user: &User, issuer: &str) -> Result<Self> {
        let failed = |_| Fault::new(codes::USERS);
        let shown = totp::shown(seed, user.email.as_str(), issuer).map_err(failed)?;
        let code = QrCode::new(shown.uri.as_bytes()).map_err(|_| Fault::new(codes::USERS))?;
        let size = code.width();
        let mut path = String::new();
        for (at, color) in code.to_colors().into_iter().enumerate() {
            if color == Color::Dark {
                // Writing to a string cannot fail.
                let _ = write!(path, "M{} {}h1v1h-1z", at % size, at / size);
            }
        }
        Ok(Self { seed: shown.seed, uri: shown.uri, qr: Qr { size, path } })
    }
}

/// Asks for the second factor of a sign-in, as its user stands now.
///
/// Codes: those of [`crate::Users::stands`], and `BUSY`.
pub(crate) async fn asked(serving: &Serving, pending: Pending) -> Result<Asked> {
    let (applied, now) = (serving.applied(), serving.now());
    let user = match serving.stands(&pending.identity, &pending.profile).await {
        // Made at another server a moment ago.
        Err(fault) if fault.code == codes::UNKNOWN_USER && serving.catch_up().await => {
            serving.stands(&pending.identity, &pending.profile).await?
        }
        user => user?,
    };
    let required = is_required(applied, &user, &pending.profile);
    let ticket = Ticket::new(pending, now)?;
    let (app, keys) = ways(&user.factors);
    let set_up = (required && user.factors.is_empty())
        .then(|| NewApp::of(&ticket.seed()?, &user, &applied.configuration.provider))
        .transpose()?;
    let security_key = SecurityKey::of(serving, &ticket);
    let recovery = !user.factors.recovery.is_empty();
    let ticket = ticket.seal(applied, SIGN_IN, now)?;
    let email = user.email.as_str().to_owned();
    Ok(Asked { asks: Question { ticket, email, app, keys, recovery, security_key, set_up } })
}
