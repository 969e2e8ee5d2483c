//! The address that is told what happens: a test of it, and the secret that its receiver needs.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Call;

/// A test event that the receiver took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WebhookTested {
    /// The address.
    pub url: String,
    /// The status of the answer (200 to 299).
    pub status: u16,
    /// How long it took, in milliseconds.
    pub milliseconds: u64,
    /// The name of the event, as the receiver has it.
    pub id: String,
}

/// Sends a test event to the draft's address.
pub struct TestWebhook;

impl Call for TestWebhook {
    const METHOD: &'static str = "webhook.test";
    type Params = ();
    type Reply = WebhookTested;
}

/// What the receiver checks signatures with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WebhookSecret {
    /// The address that it belongs to: another address has another secret.
    pub url: String,
    /// The secret, as receivers take it (`whsec_…`).
    pub secret: String,
}

impl std::fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WebhookSecret")
    }
}

/// The secret that belongs to the draft's address.
pub struct GetWebhookSecret;

impl Call for GetWebhookSecret {
    const METHOD: &'static str = "webhook.secret";
    type Params = ();
    type Reply = WebhookSecret;
}
