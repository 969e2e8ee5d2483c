//! Users are told how to come, when an administrator asks for it.

use data_encoding::HEXLOWER;
use sekisho_admin_api::mail::{InvitationSent, Invitee, TextLanguage};
use sekisho_config::mail::Language;
use sekisho_config::urls::{self, Urls};
use sekisho_config::{Email, codes as config_codes};
use sekisho_fault::{Fault, Result};

use super::letter::{self, Way};
use super::random;
use crate::lifecycle::House;
use crate::{clock, codes};

impl House {
    /// Sends a user the text that leads to the vault, by the mail server that is applied, at once and once.
    ///
    /// Codes: `EMAIL` and `MISSING` of the configuration, `NOT_ENROLLED`, `MAIL_NOT_APPLIED`, `MAIL_PASSWORD`, as `Egress::mail`.
    pub(crate) async fn send_invitation(&self, wish: &Invitee) -> Result<InvitationSent> {
        let email = Email::parse(wish.email.trim()).map_err(|fault| fault.on("email"))?;
        let member = self.connected.member()?;
        let document = self.applied.read().await.document.clone();
        let mut mail = document.mail.clone();
        let (Some(server), Some(_)) = (&mail.server, &mail.from) else {
            return Err(Fault::new(codes::MAIL_NOT_APPLIED));
        };
        let server = server.to_string();
        match wish.language {
            Some(TextLanguage::En) => mail.language = Language::English,
            Some(TextLanguage::Ja) => mail.language = Language::Japanese,
            None => {}
        }
        let host = document.advertised_host.as_ref();
        let host = host.ok_or_else(|| Fault::new(config_codes::MISSING).on("advertised_host"))?;
        let membership = self.connected.membership().ok_or_else(|| Fault::new(codes::NOT_ENROLLED))?;
        let way = Way {
            page: &format!("{}/", membership.hub.trim_end_matches('/')),
            vault: &Urls::new(host, document.advertised_port).at(urls::VAULT),
            domain: &membership.enterprise_domain,
        };
        let id = HEXLOWER.encode(&random::<16>()?);
        let written = letter::invitation(&mail, &email, &way, &id, clock::now())?;
        let keys = self.keys(&member, &document).await?;
        let taken = self.post_mail(&mail, &keys, &written).await?;
        Ok(InvitationSent { server, answer: taken.answer })
    }
}
