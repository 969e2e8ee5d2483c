//! Time-based codes (RFC 6238): a secret for the authenticator app, as address, QR code and letters.

use qrcode::QrCode;
use qrcode::render::svg;
use sekisho_fault::{Fault, Result};
use totp_rs::{Algorithm, Builder, Secret};

use crate::acts::Authenticator;
use crate::codes;

/// What goes into the app.
///
/// Code: `NO_AUTHENTICATOR`, when the name cannot stand in the address.
pub fn show(secret: &[u8; 20], login: &str) -> Result<Authenticator> {
    let failed = || Fault::new(codes::NO_AUTHENTICATOR);
    let account = login.replace(':', " ");
    let totp = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_secret(secret.to_vec())
        .with_account_name(account)
        .with_issuer(Some("Sekisho"))
        .build();
    let uri = totp.and_then(|totp| totp.to_url()).map_err(|_| failed())?;
    let code = QrCode::new(uri.as_bytes()).map_err(|_| failed())?;
    let qr = code.render::<svg::Color<'_>>().min_dimensions(220, 220).build();
    Ok(Authenticator { secret: Secret::from(secret.to_vec()).to_base32(), uri, qr })
}
