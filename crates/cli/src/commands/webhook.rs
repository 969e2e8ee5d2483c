//! `sekisho webhook`: a test of the draft's address, and its secret.

use sekisho_admin_api::webhook::{GetWebhookSecret, TestWebhook};
use sekisho_fault::Result;

use super::Context;
use crate::arguments::WebhookCommand;

/// The webhook.
pub(super) async fn webhook(context: &Context, command: WebhookCommand) -> Result<()> {
    let service = context.service().await?;
    match command {
        WebhookCommand::Test => {
            let tested = service.call::<TestWebhook>(()).await?;
            let (status, milliseconds) = (tested.status.to_string(), tested.milliseconds.to_string());
            let known = [
                ("url", tested.url.as_str()),
                ("status", status.as_str()),
                ("milliseconds", milliseconds.as_str()),
                ("id", tested.id.as_str()),
            ];
            context.printer.reply(&tested, |printer| vec![printer.say("webhook.took", &known)]);
        }
        WebhookCommand::Secret => {
            let secret = service.call::<GetWebhookSecret>(()).await?;
            context.printer.reply(&secret, |_| vec![secret.secret.clone()]);
        }
    }
    Ok(())
}
