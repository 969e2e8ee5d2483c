//! Metadata for a draft.

use sekisho_admin_api::draft::{Draft as View, SetMetadata};
use sekisho_fault::Result;

use crate::draft;
use crate::egress::Wish;
use crate::lifecycle::House;

impl House {
    /// Takes metadata into the draft; fetched first, where an address was given.
    ///
    /// Codes: those of the metadata, `FETCH`, `FETCH_ADDRESS`, `CONNECTION_SETTINGS` of the hub.
    pub async fn set_metadata(&self, wish: SetMetadata) -> Result<View> {
        // Fetched before the draft is held: others edit it meanwhile.
        let (xml, url) = match wish {
            SetMetadata::Text { xml } => (xml, None),
            SetMetadata::Url { url } => (self.fetch_metadata(&url).await?, Some(url)),
        };
        self.change_draft(async |draft| draft::metadata(draft, xml, url)).await
    }

    /// A draft is signed by nobody yet: what it reaches inside the company is what is applied already.
    async fn fetch_metadata(&self, url: &str) -> Result<String> {
        let signed = self.applied.read().await.document.idp.metadata_url.clone();
        let authorities = self.authorities()?;
        let limit = sekisho_saml::metadata::LIMIT;
        let wish = Wish { url, signed: signed.as_deref(), authorities: &authorities, limit };
        self.egress.fetch(&wish).await.map_err(|fault| fault.on("idp_metadata"))
    }
}
