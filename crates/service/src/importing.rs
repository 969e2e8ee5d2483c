//! What was exported comes in: a document into the draft, users into the connection.

use data_encoding::BASE64URL_NOPAD;
use sekisho_admin_api::draft::Draft as View;
use sekisho_admin_api::import::{HandedUsers, ImportedDocument, ImportedUsers};
use sekisho_config::Email;
use sekisho_fault::{Fault, Result};
use sekisho_keys::transfer;
use sekisho_keys::user::User;

use crate::lifecycle::House;
use crate::{clock, draft};

impl House {
    /// Puts a document that was exported into the draft.
    ///
    /// Codes: `NOT_ENROLLED`, `DETACHED`, and those of the import.
    pub async fn import_draft(&self, wish: &ImportedDocument) -> Result<View> {
        let _editing = self.editing.lock().await;
        self.not_detached()?;
        let member = self.connected.member()?;
        let today = self.applied.read().await.clone();
        let draft = draft::import(&member, &self.connected.replica, wish, &today).await?;
        self.keep_draft(&draft).await?;
        self.show(&draft).await
    }

    /// Makes users whom an administrator hands over, but for those who are there.
    ///
    /// Codes: `NOT_ENROLLED`, `DETACHED`, those of the transfer, the hub's.
    pub async fn import_users(&self, wish: &HandedUsers) -> Result<ImportedUsers> {
        self.not_detached()?;
        let member = self.connected.member()?;
        let wrong = |_| Fault::new(sekisho_keys::codes::FORMAT);
        let bytes = BASE64URL_NOPAD.decode(wish.batch.as_bytes()).map_err(wrong)?;
        // What others have made, and who signs, is known before anything is judged by it.
        self.connected.catch_up().await?;
        let organisation = member.organisation();
        let keyring = |epoch| member.keyring(epoch);
        let users = transfer::open(&bytes, &organisation, member.place, keyring, clock::now())?;
        let mut imported = ImportedUsers::default();
        for user in users {
            match self.import_user(&user).await {
                Ok(true) => imported.made += 1,
                Ok(false) => imported.there += 1,
                Err(fault) if imported.faults.iter().any(|known| known.code == fault.code) => {}
                Err(fault) => imported.faults.push(fault),
            }
        }
        self.connected.catch_up().await?;
        self.tell_membership().await;
        Ok(imported)
    }

    async fn import_user(&self, user: &User) -> Result<bool> {
        let (email, domains) = (Email::parse(&user.email)?, self.connected.domains());
        if !domains.is_empty() && !email.is_in(&domains) {
            let domain = email.as_str().rsplit('@').next().unwrap_or_default();
            let reserved: Vec<String> = domains.iter().map(|domain| domain.as_str().to_owned()).collect();
            let refused = Fault::new(sekisho_signin::codes::DOMAIN_NOT_RESERVED);
            return Err(refused.with("domain", domain).with("reserved", reserved));
        }
        self.connected.writer.import(&self.connected, user).await
    }
}
