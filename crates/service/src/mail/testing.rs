//! What an administrator does about mails: enters the password, and sends a test.

use std::time::Instant;

use data_encoding::{BASE64, HEXLOWER};
use sekisho_admin_api::draft::Draft as View;
use sekisho_admin_api::mail::{MailPassword, MailTested};
use sekisho_config::mail;
use sekisho_fault::Result;

use super::letter::{self, Origin};
use super::{none, random};
use crate::clock;
use crate::lifecycle::House;

impl House {
    /// Keeps the password for the draft's mail server and user.
    ///
    /// Codes: `MAIL_PASSWORD` of the configuration, and those of the draft.
    pub(crate) async fn set_mail_password(&self, wish: &MailPassword) -> Result<View> {
        let sealed = if wish.password.is_empty() { None } else { Some(mail::seal_ready(&wish.password, random()?)?) };
        let change = async |draft: &mut crate::draft::Draft| {
            if let Some(before) = draft.document.mail.password.take() {
                draft.keys.remove(&before);
            }
            if let Some((name, whole)) = sealed {
                draft.keys.insert(name.clone(), BASE64.encode(&whole));
                draft.document.mail.password = Some(name);
            }
            Ok(())
        };
        self.change_draft(change).await
    }

    /// Sends a test mail by the draft's settings, at once and once.
    ///
    /// Codes: `NOT_ENROLLED`, `MAIL_NONE`, `MAIL_PASSWORD`, as `Egress::mail`.
    pub(crate) async fn test_mail(&self) -> Result<MailTested> {
        let member = self.connected.member()?;
        let draft = self.current().await?;
        let mail = &draft.document.mail;
        let server = mail.server.as_ref().ok_or_else(none)?.to_string();
        let keys = self.draft_keys(&draft).await?;
        let status = self.board.read();
        let own = member.server.to_string();
        let connection = status.membership.as_ref().map(|own| own.enterprise_domain.as_str()).unwrap_or_default();
        let origin = Origin { connection, server: &own, name: &status.server_name };
        let id = HEXLOWER.encode(&random::<16>()?);
        let written = letter::test(mail, &origin, &id, clock::now())?;
        let started = Instant::now();
        let taken = self.post_mail(mail, &keys, &written).await.map_err(|fault| match fault.field {
            Some(_) => fault,
            None => fault.on("mail_server"),
        })?;
        if self.applied.read().await.document.mail == *mail {
            self.warn_of_mail(taken.refused.clone());
            self.mail_works.notify_one();
        }
        let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(MailTested { server, answer: taken.answer, to: taken.to, refused: taken.refused, milliseconds })
    }
}
