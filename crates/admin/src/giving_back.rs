//! Putting back what a hub has lost: revisions that a server has kept, as they were signed.

use data_encoding::BASE64URL_NOPAD;
use sekisho_config::document::key_name;
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::Blob;
use sekisho_hub_api::wire::NewRevision;
use sekisho_keys::ids::Hash;
use sekisho_keys::keyring::{Keyring, Place};
use sekisho_keys::object;
use sekisho_keys::revision::Revision;
use zeroize::Zeroizing;

use crate::acts::{GaveRevisionBack, GiveRevisionBack};
use crate::codes;
use crate::session::Session;

fn decoded(text: &str) -> Result<Vec<u8>> {
    BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| Fault::new(sekisho_keys::codes::FORMAT))
}

/// A sealed key, if it is what its name says.
fn key(keyring: &Keyring, place: Place, name: &str, sealed: Vec<u8>) -> Result<(String, Blob)> {
    let keyring = keyring.of_epoch(object::epoch(&sealed)?)?;
    let key = Zeroizing::new(object::open(&keyring, place, name.parse()?, &sealed)?);
    if key_name(&key)? != name {
        return Err(Fault::new(sekisho_keys::codes::FORMAT));
    }
    Ok((name.to_owned(), Blob(sealed)))
}

impl Session {
    /// Puts a revision back, as it was signed. The server that kept it is not believed: an administrator must have signed
    /// it, and it must follow the newest that the hub has.
    ///
    /// Codes: `NO_CONNECTION`, `CONFLICT`, those of the revision, and the hub's.
    pub async fn give_revision_back(&mut self, wish: &GiveRevisionBack) -> Result<GaveRevisionBack> {
        self.refresh().await?;
        let (place, connection) = self.connection(&wish.connection)?;
        let keyring = self.keyring(place, connection)?;
        let revision = Revision::read(&decoded(&wish.revision)?)?;
        let context = revision.header().context;
        let newest = self.newest(place).await?;
        let (at, hash) =
            newest.as_ref().map_or((0, Hash::NONE), |newest| (newest.header().context.revision, newest.hash()));
        if context.revision <= at {
            return Ok(GaveRevisionBack { given: false });
        }
        revision.verify(&self.log.organisation, place, None)?;
        if context.revision != at + 1 || revision.header().previous != hash {
            let number = |number| i64::try_from(number).unwrap_or(i64::MAX);
            let base = context.revision - 1;
            return Err(Fault::new(codes::CONFLICT).with("base", number(base)).with("newest", number(at)));
        }
        let sealed = |(name, sealed): &(String, String)| key(&keyring, place, name, decoded(sealed)?);
        let objects = wish.objects.iter().map(sealed).collect::<Result<_>>()?;
        let body = NewRevision { epoch: context.epoch, revision: Blob(revision.to_bytes()), objects };
        self.hub.save(&wish.connection, context.revision, &body).await?;
        Ok(GaveRevisionBack { given: true })
    }
}
