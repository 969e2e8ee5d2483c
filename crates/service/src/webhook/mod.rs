//! What the log says of a changed status is sent to an address of the administrators' choice as well (R26).
//!
//! `message` says what is sent and signs it, `outbox` says when: both are pure. `sending` goes on for as long as the service
//! runs, `testing` answers the administrator's calls.

mod message;
mod outbox;
mod sending;
mod testing;

use sekisho_config::Webhook;
use sekisho_fault::{Fault, Result};
use sekisho_keys::derive::{Purpose, Secret};

use crate::codes;
use crate::egress::Delivery;
use crate::enrolment::Member;
use crate::lifecycle::House;
use message::Message;

/// The secret of a webhook: an address's own, of the epoch in which it was set.
///
/// Codes: those of the keyring.
fn secret(member: &Member, webhook: &Webhook) -> Result<Secret> {
    let keyring = member.keyring(webhook.epoch)?;
    Ok(keyring.key.derive(Purpose::Webhook, webhook.url.as_bytes()))
}

impl House {
    /// Sends a message, signed now; the status of the answer. Into the company it goes where an administrator has signed
    /// the address.
    ///
    /// Codes: as `Egress::post`, those of the keyring, `CONNECTION_SETTINGS` of the hub.
    async fn post_message(&self, member: &Member, webhook: &Webhook, message: &Message, now: i64) -> Result<u16> {
        let secret = secret(member, webhook)?;
        let applied = self.applied.read().await.document.webhook.clone();
        let authorities = self.authorities()?;
        let delivery = Delivery {
            url: &webhook.url,
            signed: applied.as_ref().map(|applied| applied.url.as_str()),
            authorities: &authorities,
            headers: &message.headers(&secret, now),
            body: &message.body,
        };
        self.egress.post(&delivery).await
    }
}

fn none() -> Fault {
    Fault::new(codes::WEBHOOK_NONE).on("webhook")
}
