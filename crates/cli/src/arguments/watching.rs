//! Being told what happens.

use clap::Subcommand;

#[derive(Subcommand)]
pub(crate) enum WebhookCommand {
    /// Sends a test event to the draft's address, and says what came back.
    Test,
    /// Prints the secret that the receiver checks signatures with. Another address has another secret.
    Secret,
}
