//! Saving: the prepared document is sealed, signed, and put in its place at the hub, if the place is free.

use data_encoding::BASE64URL_NOPAD;
use sekisho_config::diff;
use sekisho_config::document::{Document, MIN_READER, SCHEMA};
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::Blob;
use sekisho_hub_api::wire::NewRevision;
use sekisho_keys::ids::{Hash, SaveId};
use sekisho_keys::revision::{Context, Draft, Revision};

use crate::acts::{Saved, SignSave};
use crate::codes;
use crate::session::{Session, now, random};

impl Session {
    /// Signs and saves. A save that went through before, though its answer was lost, is told and not repeated.
    ///
    /// Codes: `CONFLICT`, `DOCUMENT` of the configuration, and the hub's.
    pub async fn save(&mut self, wish: &SignSave) -> Result<Saved> {
        self.log.refresh(&self.hub).await?;
        let (place, connection) = self.connection(&wish.connection)?;
        if wish.organisation != place.organisation.to_string() {
            return Err(Fault::new(sekisho_keys::codes::WRONG_PLACE));
        }
        let keyring = self.keyring(place, connection)?;
        let save: SaveId = wish.save.parse()?;
        // What cannot be read by the servers is not signed.
        let document = Document::read(wish.document.as_bytes(), MIN_READER)?;
        let newest = self.newest(place).await?;
        let (at, previous) =
            newest.as_ref().map_or((0, Hash::NONE), |newest| (newest.header().context.revision, newest.hash()));
        if newest.as_ref().is_some_and(|newest| newest.header().save == save) {
            return Ok(Saved { revision: at });
        }
        let conflict = |newest: u64| {
            let number = |number| i64::try_from(number).unwrap_or(i64::MAX);
            Fault::new(codes::CONFLICT).with("base", number(wish.base)).with("newest", number(newest))
        };
        if at != wish.base {
            return Err(conflict(at));
        }
        // The difference is computed here, from what this process has verified itself: a server that shows one change and
        // asks for a signature under another does not get it (R1).
        let before = match &newest {
            Some(newest) => Document::read(&newest.open(&keyring)?, newest.header().context.min_reader)?,
            None => Document::default(),
        };
        // Made by the first save itself, for everybody to see in the history.
        let own = |field: &str| newest.is_none() && (field == "entity_id" || field == "saml");
        let hidden = diff::diff(&before, &document).into_iter().map(|change| change.field);
        let hidden: Vec<String> = hidden.filter(|field| !own(field) && !wish.shown.contains(field)).collect();
        if !hidden.is_empty() {
            return Err(Fault::new(codes::NOT_SHOWN).with("fields", hidden));
        }
        let named = [&document.tls, &document.saml].into_iter().flatten();
        if !wish.objects.iter().all(|(object, _)| named.clone().any(|pair| pair.key == *object)) {
            return Err(Fault::new(codes::NOT_SHOWN).with("fields", vec!["objects".to_owned()]));
        }
        let context = Context { place, revision: at + 1, epoch: keyring.epoch, schema: SCHEMA, min_reader: MIN_READER };
        let draft = Draft { context, previous, time: now(), save, plain: wish.document.as_bytes() };
        let revision = Revision::sign(&draft, &keyring, &self.identity, random())?;
        let wrong = |_| Fault::new(sekisho_keys::codes::FORMAT);
        let objects = wish.objects.iter().map(|(name, sealed)| {
            let bytes = BASE64URL_NOPAD.decode(sealed.as_bytes()).map_err(wrong)?;
            Ok((name.clone(), Blob(bytes)))
        });
        let body = NewRevision { revision: Blob(revision.to_bytes()), objects: objects.collect::<Result<_>>()? };
        match self.hub.save(&wish.connection, at + 1, &body).await {
            Ok(()) => Ok(Saved { revision: at + 1 }),
            Err(fault) if fault.code == sekisho_hub_api::codes::STALE => Err(conflict(at + 1)),
            Err(fault) => Err(fault),
        }
    }
}
