//! The account at an authority: made when an administrator asks for it, or with the first order.

use data_encoding::BASE64URL_NOPAD;
use instant_acme::{Account, ExternalAccountKey, Key, NewAccount};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use sekisho_config::Acme;
use sekisho_fault::{Fault, Result};
use serde_json::json;
use zeroize::Zeroizing;

use super::door::{Door, Nowhere, reason};
use crate::codes;

/// A key and, once it is known, the account's address.
pub(super) struct Made {
    pub(super) pkcs8: Zeroizing<Vec<u8>>,
    pub(super) url: Option<String>,
}

/// A new key for an account that is made later.
///
/// Code: `RANDOM`.
pub(super) fn key() -> Result<Zeroizing<Vec<u8>>> {
    let (_, pkcs8) = Key::generate_pkcs8().map_err(|_| Fault::new(codes::RANDOM))?;
    Ok(Zeroizing::new(pkcs8.secret_pkcs8_der().to_vec()))
}

fn mail(contact: &[String]) -> Vec<String> {
    contact.iter().map(|address| format!("mailto:{address}")).collect()
}

/// Makes an account; `external`: name and HMAC key of one that the authority knows by other ways, which is used this once.
///
/// Codes: those of the way and of the authority.
pub(super) async fn register(door: Door, acme: &Acme, external: Option<(String, &[u8])>) -> Result<Made> {
    let contact = mail(&acme.contact);
    let contact: Vec<&str> = contact.iter().map(String::as_str).collect();
    let account = NewAccount { contact: &contact, terms_of_service_agreed: true, only_return_existing: false };
    let external = external.map(|(name, key)| ExternalAccountKey::new(name, key));
    let made = Account::builder_with_http(Box::new(door)).create(&account, acme.directory.clone(), external.as_ref());
    let (account, credentials) = made.await.map_err(|error| reason(&acme.host(), error))?;
    let pkcs8 = Zeroizing::new(credentials.private_key().secret_pkcs8_der().to_vec());
    Ok(Made { pkcs8, url: Some(account.id().to_owned()) })
}

/// The account, to order with; made now where it was not made before.
///
/// Codes: those of the way and of the authority.
pub(super) async fn opened(door: Door, acme: &Acme, pkcs8: &[u8]) -> Result<Account> {
    let failed = |error| reason(&acme.host(), error);
    let builder = Account::builder_with_http(Box::new(door));
    let der = PrivatePkcs8KeyDer::from(pkcs8.to_vec());
    if let Some(url) = &acme.account_url {
        return builder.from_parts(url.clone(), der, acme.directory.clone()).await.map_err(failed);
    }
    let key = Key::from_pkcs8_der(PrivatePkcs8KeyDer::from(pkcs8)).map_err(failed)?;
    let made = builder.create_from_key((key, PrivateKeyDer::Pkcs8(der)), acme.directory.clone()).await;
    let (account, _) = made.map_err(failed)?;
    if !acme.contact.is_empty() {
        let contact = mail(&acme.contact);
        let contact: Vec<&str> = contact.iter().map(String::as_str).collect();
        account.update_contacts(&contact).await.map_err(failed)?;
    }
    Ok(account)
}

/// What stands behind each token in an answer to http-01 (RFC 7638): of the key alone, so that every server knows it.
///
/// Code: `ACME_ANSWER`.
pub(super) async fn thumbprint(pkcs8: &[u8]) -> Result<String> {
    let failed = |detail: String| Fault::new(codes::ACME_ANSWER).with("host", "").with("detail", detail);
    let urls = json!({ "newNonce": "", "newAccount": "", "newOrder": "" });
    let key = BASE64URL_NOPAD.encode(pkcs8);
    let credentials = serde_json::from_value(json!({ "id": "", "key_pkcs8": key, "urls": urls }));
    let credentials = credentials.map_err(|error| failed(error.to_string()))?;
    let account = Account::builder_with_http(Box::new(Nowhere)).from_credentials(credentials).await;
    Ok(account.map_err(|error| failed(error.to_string()))?.key_thumbprint().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_key_has_one_thumbprint_that_needs_no_network() {
        let (one, other) = (key().unwrap(), key().unwrap());
        let print = thumbprint(&one).await.unwrap();
        assert_eq!(print.len(), 43);
        assert_eq!(thumbprint(&one).await.unwrap(), print);
        assert_ne!(thumbprint(&other).await.unwrap(), print);
        assert!(sekisho_certs::PrivateKey::from_pkcs8(&one).is_ok(), "it is sealed as other keys are");
    }
}
