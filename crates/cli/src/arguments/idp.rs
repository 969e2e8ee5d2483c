//! The identity provider.

use clap::Subcommand;

#[derive(Subcommand)]
pub(crate) enum IdpMetadataCommand {
    /// Shows what would change of what is served: by a save of the draft, and by taking what a refresh holds back. `draft
    /// metadata` takes it into the draft, `save` approves it.
    Diff,
}
