//! What an administrator asks about the webhook: a test of the draft's address, and its secret.

use std::time::Instant;

use sekisho_admin_api::webhook::{WebhookSecret, WebhookTested};
use sekisho_config::Webhook;
use sekisho_fault::Result;

use super::message::shown;
use super::sending::{self, WARNINGS};
use super::{none, secret};
use crate::clock;
use crate::journal::Line;
use crate::lifecycle::House;

impl House {
    /// Sends a test event to the draft's address, at once and once.
    ///
    /// Codes: `WEBHOOK_NONE`, `NOT_ENROLLED`, as `Egress::post`.
    pub(crate) async fn test_webhook(&self) -> Result<WebhookTested> {
        let member = self.connected.member()?;
        let webhook = self.drafted_webhook().await?;
        let message = sending::message(self, &member, &Line::test());
        let started = Instant::now();
        let answered = self.post_message(&member, &webhook, &message, clock::now()).await;
        let status = answered.map_err(|fault| fault.on("webhook"))?;
        if self.applied.read().await.document.webhook.as_ref() == Some(&webhook) {
            self.runtime.warn(WARNINGS, Vec::new());
            self.webhook_works.notify_one();
        }
        let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(WebhookTested { url: webhook.url, status, milliseconds, id: message.id })
    }

    /// The secret that belongs to the draft's address.
    ///
    /// Codes: `WEBHOOK_NONE`, `NOT_ENROLLED`, those of the keyring.
    pub(crate) async fn webhook_secret(&self) -> Result<WebhookSecret> {
        let member = self.connected.member()?;
        let webhook = self.drafted_webhook().await?;
        let secret = shown(&secret(&member, &webhook)?);
        Ok(WebhookSecret { url: webhook.url, secret })
    }

    async fn drafted_webhook(&self) -> Result<Webhook> {
        self.current().await?.document.webhook.ok_or_else(none)
    }
}
