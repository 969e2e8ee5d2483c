//! A server whose connection is deleted: it signs known users in from what it has, and changes nothing.

use sekisho_admin_api::draft::Draft as View;
use sekisho_admin_api::import::ImportedDocument;
use sekisho_fault::Result;

use crate::draft;
use crate::lifecycle::House;

impl House {
    /// Refuses what would change a connection that is deleted.
    ///
    /// Code: `DETACHED`.
    pub(crate) fn not_detached(&self) -> Result<()> {
        let reason = self.connected.member().ok().and_then(|member| member.detachment());
        reason.map_or(Ok(()), Err)
    }

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
}
