//! What an administrator sets, turns off, asks about and wishes.

use data_encoding::{BASE64, BASE64URL_NOPAD};
use sekisho_admin_api::acme::{self as api, AcmeState, WishedAcme};
use sekisho_admin_api::draft::Draft as View;
use sekisho_config::document::key_name;
use sekisho_config::{Acme, AcmeChallenge, Document, ThisServer};
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::client;
use sekisho_keys::ids::Hash;

use super::account::{self, Made};
use super::door::Door;
use super::{hook, told};
use crate::draft::{Draft, trial_certificate};
use crate::lifecycle::House;
use crate::{clock, codes};

/// The hash of what a certificate is ordered under: the authority, the account, the names.
pub(super) fn hash(document: &Document) -> Option<Hash> {
    let acme = document.acme.as_ref()?;
    let names = document.acme_names();
    let parts = [acme.directory.as_str(), acme.account.as_str()];
    let lines: Vec<&str> = parts.into_iter().chain(names.iter().map(String::as_str)).collect();
    Some(Hash::of(lines.join("\n").as_bytes()))
}

/// The key of an account that the authority knows by other ways: base64url, as authorities give it.
fn external_key(text: &str) -> Result<Vec<u8>> {
    let text = text.trim().trim_end_matches('=').replace('+', "-").replace('/', "_");
    let key = BASE64URL_NOPAD.decode(text.as_bytes()).ok().filter(|key| (16..=512).contains(&key.len()));
    key.ok_or_else(|| Fault::new(codes::ACME_EXTERNAL_KEY).on("acme"))
}

impl House {
    /// Turns ACME on in the draft, with an account at the authority; the one there is stays where nothing else is asked.
    ///
    /// Codes: `ACME_TERMS`, `ACME_INSIDE`, `ACME_EXTERNAL_KEY`, those of the way and of the authority, those of the draft.
    pub(crate) async fn set_acme(&self, wish: &WishedAcme) -> Result<View> {
        if !wish.terms_agreed {
            return Err(Fault::new(codes::ACME_TERMS).on("acme"));
        }
        let before = self.current().await?.document;
        let mut acme = Acme {
            directory: wish.directory.trim().to_owned(),
            contact: trimmed(&wish.contact),
            challenge: match wish.challenge {
                api::AcmeChallenge::Http01 => AcmeChallenge::Http01,
                api::AcmeChallenge::Dns01 => AcmeChallenge::Dns01,
            },
            names: trimmed(&wish.names),
            account: String::new(),
            account_url: None,
            root: wish.root.clone().filter(|root| !root.trim().is_empty()),
            unknown: before.acme.as_ref().map(|acme| acme.unknown.clone()).unwrap_or_default(),
        };
        fit(&before, &acme)?;
        let known = before.acme.as_ref().filter(|known| known.directory == acme.directory);
        let kept = known.filter(|known| known.contact == acme.contact && wish.external_account.is_none());
        let mut made = None;
        if let Some(known) = kept {
            (acme.account, acme.account_url) = (known.account.clone(), known.account_url.clone());
        } else {
            let account = self.new_account(&acme, wish).await.map_err(|fault| fault.on("acme"))?;
            acme.account = key_name(&account.pkcs8)?;
            acme.account_url.clone_from(&account.url);
            made = Some(account);
        }
        let change = async |draft: &mut Draft| {
            if let Some(made) = made {
                draft.keys.insert(acme.account.clone(), BASE64.encode(&made.pkcs8));
            }
            draft.document.acme = Some(acme);
            // Something has to be served until the authority has issued one.
            if draft.document.tls.is_none() {
                trial_certificate(draft, clock::now())?;
            }
            Ok(())
        };
        self.change_draft(change).await
    }

    /// An account is made at once where the authority may be asked before a save; inside the company with the first order.
    async fn new_account(&self, acme: &Acme, wish: &WishedAcme) -> Result<Made> {
        let external = wish.external_account.as_ref();
        let external = external.map(|one| Ok((one.name.trim().to_owned(), external_key(&one.key)?))).transpose()?;
        let bound = external.as_ref().map(|(name, key)| (name.clone(), key.as_slice()));
        match account::register(self.acme_door(acme).await?, acme, bound).await {
            Err(fault) if fault.code == codes::ACME_ADDRESS => {
                if external.is_some() {
                    return Err(Fault::new(codes::ACME_INSIDE).with("host", acme.host()));
                }
                Ok(Made { pkcs8: account::key()?, url: None })
            }
            outcome => outcome,
        }
    }

    /// The way to an authority: of an address inside the company, once it is saved.
    ///
    /// Code: `CONNECTION_SETTINGS` of the hub.
    pub(super) async fn acme_door(&self, acme: &Acme) -> Result<Door> {
        let applied = self.applied.read().await;
        let signed = applied.document.acme.as_ref().map(|acme| acme.directory.clone());
        let mut authorities = self.authorities()?;
        authorities.extend(client::authorities(acme.root.as_deref().unwrap_or_default())?);
        Ok(Door::new(self.egress.clone(), signed, authorities))
    }

    /// Turns it off in the draft.
    ///
    /// Codes: those of the draft.
    pub(crate) async fn end_acme(&self) -> Result<View> {
        let change = async |draft: &mut Draft| {
            draft.document.acme = None;
            Ok(())
        };
        self.change_draft(change).await
    }

    /// How it stands, for people.
    ///
    /// Codes: `DATABASE`, `FILE`.
    pub(crate) async fn acme_state(&self) -> Result<AcmeState> {
        let (drafted, applied) = (self.current().await?.document, self.applied.read().await.document.clone());
        let records = self.acme_records().await.unwrap_or_default();
        let names = self.server_names();
        let (settings, port) = (self.settings.read(), self.acme.port_fault());
        Ok(told::state(&drafted, &applied, &records, &names, (&settings, port), clock::now()))
    }

    /// Orders one now.
    ///
    /// Codes: `ACME_OFF`, `ACME_NO_HOOK`.
    pub(crate) async fn order_by_acme(&self) -> Result<AcmeState> {
        let applied = self.applied.read().await.document.clone();
        let acme = applied.acme.as_ref().ok_or_else(|| Fault::new(codes::ACME_OFF))?;
        let program = self.settings.read().acme_hook;
        if acme.challenge == AcmeChallenge::Dns01 && program.is_none() {
            return Err(Fault::new(codes::ACME_NO_HOOK));
        }
        self.acme.wish();
        self.acme_state().await
    }
}

/// What cannot become a certificate is told before anybody is asked.
fn fit(before: &Document, acme: &Acme) -> Result<()> {
    let mut document = before.clone();
    document.acme = Some(acme.clone());
    if document.advertised_host.is_none() {
        return Err(Fault::new(sekisho_config::codes::MISSING).on("advertised_host"));
    }
    client::authorities(acme.root.as_deref().unwrap_or_default()).map_err(|fault| fault.on("acme"))?;
    sekisho_config::acme_check::check(&document).into_iter().next().map_or(Ok(()), Err)
}

/// That a program for dns-01 is one that is run.
///
/// Code: `ACME_HOOK_FILE`.
pub(crate) fn hook_works(settings: &ThisServer) -> Result<()> {
    settings.acme_hook.as_deref().map_or(Ok(()), hook::look)
}

fn trimmed(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect()
}
