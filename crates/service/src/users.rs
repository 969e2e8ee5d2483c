//! The users: one record each, sealed; names and addresses are blinded, so that the database tells nothing.

use std::path::Path;

use aws_lc_rs::{hmac, rand};
use data_encoding::BASE64URL_NOPAD;
use sekisho_config::Email;
use sekisho_fault::{Fault, Result};
use sekisho_keys::derive::{Purpose, Secret};
use sekisho_keys::sealed;
use sekisho_signin::capabilities::Later;
use sekisho_signin::{Identity, Profile, User, codes};
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::sqlite::SqlitePool;

use crate::store;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS users \
    (id BLOB PRIMARY KEY, email BLOB NOT NULL UNIQUE, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID";

/// The users of this server.
pub struct LocalUsers {
    pool: SqlitePool,
    records: Secret,
    blind: Secret,
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Record {
    email: String,
    secret: String,
}

impl LocalUsers {
    /// Opens the users of a data folder. `secret` is the server's own.
    ///
    /// Code: `DATABASE`.
    pub async fn open(folder: &Path, secret: &Secret) -> Result<Self> {
        let pool = store::open(&folder.join("users.sqlite"), TABLE).await?;
        Ok(Self {
            pool,
            records: secret.derive(Purpose::Record, b"users"),
            blind: secret.derive(Purpose::Blind, b"users"),
        })
    }

    /// A stable name that tells nothing without the key.
    fn blinded(&self, parts: &[&str]) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, self.blind.expose()));
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        context.sign().as_ref().to_vec()
    }

    async fn find(&self, id: &[u8]) -> Result<Option<User>> {
        let row = sqlx::query("SELECT sealed FROM users WHERE id = ?").bind(id).fetch_optional(&self.pool).await;
        let Some(row) = row.map_err(|error| unavailable(&error))? else { return Ok(None) };
        let plain = sealed::open(&self.records.derive(Purpose::Record, id), id, row.get::<&[u8], _>(0))?;
        let damaged = || Fault::new(codes::USERS);
        let record: Record = serde_json::from_slice(&plain).map_err(|_| damaged())?;
        let secret = BASE64URL_NOPAD.decode(record.secret.as_bytes()).map_err(|_| damaged())?;
        let secret = Secret::new(secret.try_into().map_err(|_| damaged())?);
        Ok(Some(User {
            email: Email::parse(&record.email)?,
            vault_key: secret.derive(Purpose::VaultKey, b""),
            is_new: false,
        }))
    }

    async fn make(&self, id: &[u8], email: &Email) -> Result<bool> {
        let (mut secret, mut nonce) = ([0; 32], [0; sealed::NONCE]);
        let drawn = rand::fill(&mut secret).and_then(|()| rand::fill(&mut nonce));
        drawn.map_err(|_| Fault::new(codes::USERS))?;
        let record = Record { email: email.as_str().to_owned(), secret: BASE64URL_NOPAD.encode(&secret) };
        let plain = serde_json::to_vec(&record).map_err(|_| Fault::new(codes::USERS))?;
        let body = sealed::seal(&self.records.derive(Purpose::Record, id), nonce, id, &plain)?;
        let insert = "INSERT INTO users (id, email, sealed) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
        let address = self.blinded(&["email", email.as_str()]);
        let done = sqlx::query(insert).bind(id).bind(address).bind(body).execute(&self.pool).await;
        Ok(done.map_err(|error| unavailable(&error))?.rows_affected() == 1)
    }
}

fn unavailable(error: &sqlx::Error) -> Fault {
    tracing::error!(%error, "users");
    Fault::new(codes::USERS)
}

impl sekisho_signin::Users for LocalUsers {
    fn sign_in<'a>(
        &'a self,
        identity: &'a Identity,
        profile: &'a Profile,
        may_create: bool,
    ) -> Later<'a, Result<User>> {
        Box::pin(async move {
            let id = self.blinded(&["identity", &identity.idp, &identity.source, &identity.value]);
            if let Some(user) = self.find(&id).await? {
                return Ok(user);
            }
            if !may_create {
                return Err(Fault::new(codes::UNKNOWN_USER).with("email", profile.email.as_str()));
            }
            let is_new = self.make(&id, &profile.email).await?;
            // Read back: what another sign-in of the same user made a moment ago is the user, not what was made here.
            let user = self.find(&id).await?;
            let user = user.ok_or_else(|| Fault::new(codes::EMAIL_TAKEN).with("email", profile.email.as_str()))?;
            Ok(User { is_new, ..user })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_signin::Users;

    fn identity(value: &str) -> Identity {
        Identity { idp: "https://idp.example.com".into(), source: "name_id:x".into(), value: value.into() }
    }

    fn profile(email: &str) -> Profile {
        Profile { email: Email::parse(email).unwrap(), first_name: String::new(), last_name: String::new() }
    }

    async fn users(folder: &Path) -> LocalUsers {
        LocalUsers::open(folder, &Secret::new([9; 32])).await.unwrap()
    }

    #[tokio::test]
    async fn a_user_is_made_once_and_keeps_the_key() {
        let folder = tempfile::tempdir().unwrap();
        let users = users(folder.path()).await;
        let (alice, profile) = (identity("alice"), profile("alice@example.com"));
        let unknown = users.sign_in(&alice, &profile, false).await.unwrap_err();
        assert_eq!(unknown.code, codes::UNKNOWN_USER);
        let first = users.sign_in(&alice, &profile, true).await.unwrap();
        let second = users.sign_in(&alice, &profile, false).await.unwrap();
        assert!(first.is_new && !second.is_new);
        assert_eq!(first.vault_key, second.vault_key);
    }

    #[tokio::test]
    async fn two_first_sign_ins_at_once_get_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let users = users(folder.path()).await;
        let (alice, profile) = (identity("alice"), profile("alice@example.com"));
        let (one, two) = tokio::join!(users.sign_in(&alice, &profile, true), users.sign_in(&alice, &profile, true));
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_eq!(one.vault_key, two.vault_key);
        assert!(one.is_new != two.is_new);
    }

    #[tokio::test]
    async fn another_identity_cannot_take_over_an_address() {
        let folder = tempfile::tempdir().unwrap();
        let users = users(folder.path()).await;
        let profile = profile("alice@example.com");
        users.sign_in(&identity("alice"), &profile, true).await.unwrap();
        let taken = users.sign_in(&identity("mallory"), &profile, true).await.unwrap_err();
        assert_eq!(taken.code, codes::EMAIL_TAKEN);
    }

    #[tokio::test]
    async fn the_database_holds_no_name_and_no_address() {
        let folder = tempfile::tempdir().unwrap();
        let users = users(folder.path()).await;
        users.sign_in(&identity("alice-subject"), &profile("alice@example.com"), true).await.unwrap();
        users.pool.close().await;
        for file in std::fs::read_dir(folder.path()).unwrap().flatten() {
            let bytes = std::fs::read(file.path()).unwrap();
            assert!(!String::from_utf8_lossy(&bytes).contains("alice"), "{}", file.path().display());
        }
    }
}
