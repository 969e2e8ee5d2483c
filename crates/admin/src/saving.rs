//! Saving: the prepared document is sealed, signed, and put in its place at the hub, if the place is free.

use data_encoding::BASE64URL_NOPAD;
use sekisho_config::diff;
use sekisho_config::document::{Document, MIN_READER, SCHEMA, key_name};
use sekisho_config::urls::VAULT;
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::Blob;
use sekisho_hub_api::wire::{NewRevision, Signpost};
use sekisho_keys::ids::{Hash, SaveId};
use sekisho_keys::keyring::{Keyring, Place};
use sekisho_keys::object;
use sekisho_keys::revision::{Context, Draft, Revision};

use zeroize::Zeroizing;

use crate::acts::{Saved, ShownChange, SignSave};
use crate::codes;
use crate::session::{Session, now, random};

/// The fields whose difference was not shown as it is, once: what was shown and what is signed are the same list.
fn not_shown(before: &Document, document: &Document, shown: &[ShownChange]) -> Vec<String> {
    let changes = diff::diff(before, document);
    let is = |one: &ShownChange, change: &diff::Change| {
        (&one.field, &one.from, &one.to) == (&change.field, &change.from, &change.to)
    };
    let told = |field: &str| shown.iter().filter(|one| one.field == field).count();
    let hidden = changes.iter().filter(|change| match told(&change.field) {
        0 => !diff::follows(before, document, &change.field),
        1 => !shown.iter().any(|one| is(one, change)),
        _ => true,
    });
    // What is no difference must not have been shown as one.
    let invented = shown.iter().filter(|one| !changes.iter().any(|change| change.field == one.field));
    hidden.map(|change| change.field.clone()).chain(invented.map(|one| one.field.clone())).collect()
}

/// Where users go by this document, for the hub's page that leads them.
pub(crate) fn signpost(document: &Document) -> Option<Signpost> {
    let vault = document.urls()?.at(VAULT);
    Some(Signpost { vault, idp: document.idp_host() })
}

/// The document of a revision.
///
/// Codes: `WRONG_EPOCH` and `NOT_AUTHENTIC` of the keys, and those of the document.
pub(crate) fn read(revision: &Revision, keyring: &Keyring) -> Result<Document> {
    let context = revision.header().context;
    Document::read(&revision.open(&keyring.of_epoch(context.epoch)?)?, context.min_reader)
}

/// Whether the sealed keys are what their names say: the hub keeps what comes first under a name.
fn are_keys(objects: &[(String, Vec<u8>)], keyring: &Keyring, place: Place) -> Result<bool> {
    for (name, sealed) in objects {
        let key = Zeroizing::new(object::open(keyring, place, name.parse()?, sealed)?);
        if key_name(&key)? != *name {
            return Ok(false);
        }
    }
    Ok(true)
}

impl Session {
    /// Signs and saves. A save that went through before, though its answer was lost, is told and not repeated.
    ///
    /// Codes: `CONFLICT`, `DOCUMENT` of the configuration, and the hub's.
    pub async fn save(&mut self, wish: &SignSave) -> Result<Saved> {
        self.refresh().await?;
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
        // This very save, and no other thing under its name, went through before.
        if let Some(newest) = newest.as_ref().filter(|newest| newest.header().save == save)
            && newest.header().author == self.identity.id()
            && newest.open(&keyring.of_epoch(newest.header().context.epoch)?)? == wish.document.as_bytes()
        {
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
        let before = newest.as_ref().map(|newest| read(newest, &keyring)).transpose()?.unwrap_or_default();
        let mut hidden = not_shown(&before, &document, &wish.shown);
        if (&document.reason, &document.change_number) != (&wish.reason, &wish.change_number) {
            hidden.push("reason".to_owned());
        }
        let wrong = |_| Fault::new(sekisho_keys::codes::FORMAT);
        let objects = wish.objects.iter().map(|(name, sealed)| {
            let bytes = BASE64URL_NOPAD.decode(sealed.as_bytes()).map_err(wrong)?;
            Ok((name.clone(), bytes))
        });
        let objects: Vec<(String, Vec<u8>)> = objects.collect::<Result<_>>()?;
        if !objects.iter().all(|(object, _)| document.sealed_names().any(|name| name == *object))
            || !are_keys(&objects, &keyring, place)?
        {
            hidden.push("objects".to_owned());
        }
        if !hidden.is_empty() {
            return Err(Fault::new(codes::NOT_SHOWN).with("fields", hidden));
        }
        let context = Context { place, revision: at + 1, epoch: keyring.epoch, schema: SCHEMA, min_reader: MIN_READER };
        let draft = Draft { context, previous, time: now(), save, plain: wish.document.as_bytes() };
        let revision = Revision::sign(&draft, &keyring, &self.identity, random())?;
        let objects = objects.into_iter().map(|(name, sealed)| (name, Blob(sealed))).collect();
        let (revision, signpost) = (Blob(revision.to_bytes()), signpost(&document));
        let domains = self.connection(&wish.connection)?.1.domains.keys().cloned().collect();
        let body = NewRevision { epoch: keyring.epoch, revision, objects, signpost, domains };
        match self.hub.save(&wish.connection, at + 1, &body).await {
            Ok(()) => Ok(Saved { revision: at + 1 }),
            Err(fault) if fault.code == sekisho_hub_api::codes::STALE => Err(conflict(at + 1)),
            Err(fault) => Err(fault),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_config::document::KeyPair;
    use sekisho_config::field::{Field, set};

    fn with(changes: &[(Field, &str)]) -> Document {
        let mut document = Document::default();
        for (field, text) in changes {
            set(&mut document, *field, text).unwrap();
        }
        document
    }

    fn told(from: &Document, to: &Document) -> Vec<ShownChange> {
        let told = |change: diff::Change| ShownChange { field: change.field, from: change.from, to: change.to };
        diff::diff(from, to).into_iter().map(told).collect()
    }

    #[test]
    fn what_was_shown_is_signed() {
        let (before, after) = (with(&[]), with(&[(Field::AdvertisedHost, "a.example"), (Field::JustInTime, "true")]));
        assert!(not_shown(&before, &after, &told(&before, &after)).is_empty());
    }

    #[test]
    fn another_value_than_the_shown_one_is_not_signed() {
        let before = with(&[(Field::AdvertisedHost, "a.example")]);
        let shown = told(&before, &with(&[(Field::AdvertisedHost, "b.example")]));
        let asked = with(&[(Field::AdvertisedHost, "evil.example")]);
        assert_eq!(not_shown(&before, &asked, &shown), ["advertised_host"]);
        // Nor under another old value, which makes a change look smaller than it is.
        let (wrong, after) =
            (with(&[(Field::AdvertisedHost, "c.example")]), with(&[(Field::AdvertisedHost, "b.example")]));
        assert_eq!(not_shown(&wrong, &after, &shown), ["advertised_host"]);
    }

    #[test]
    fn what_is_shown_twice_or_shown_and_not_changed_is_not_signed() {
        let (before, after) = (with(&[]), with(&[(Field::AdvertisedHost, "a.example"), (Field::JustInTime, "true")]));
        let mut twice = told(&before, &after);
        twice.push(twice[0].clone());
        assert_eq!(not_shown(&before, &after, &twice), [twice[0].field.clone()]);
        let mut more = told(&before, &after);
        more.push(ShownChange { field: "force_authn".into(), from: "false".into(), to: "true".into() });
        assert_eq!(not_shown(&before, &after, &more), ["force_authn"]);
    }

    #[test]
    fn a_saml_pair_is_made_unseen_by_the_first_save_only() {
        let pair =
            || KeyPair { certificates: "a".into(), key: "0".repeat(64), trial: false, unknown: serde_json::Map::new() };
        let (empty, mut first) = (with(&[]), with(&[(Field::AdvertisedHost, "a.example")]));
        let host = first.clone();
        let shown = told(&empty, &first);
        first.saml = Some(pair());
        assert!(not_shown(&empty, &first, &shown).is_empty());
        let mut later = host.clone();
        later.saml = Some(pair());
        assert_eq!(not_shown(&host, &later, &[]), ["saml"]);
    }

    #[test]
    fn metadata_and_certificates_that_look_alike_are_told_apart() {
        let metadata = |end: &str| {
            let mut document = Document::default();
            document.idp.metadata = Some(format!("<EntityDescriptor>{}{end}", " ".repeat(300)));
            document
        };
        let shown = told(&Document::default(), &metadata("a"));
        assert_eq!(not_shown(&Document::default(), &metadata("b"), &shown), ["idp_metadata"]);
        let pair = |certificates: &str| {
            let (certificates, key) = (certificates.to_owned(), "0".repeat(64));
            let mut document = Document::default();
            document.tls = Some(KeyPair { certificates, key, trial: false, unknown: serde_json::Map::new() });
            document
        };
        let shown = told(&Document::default(), &pair("a"));
        assert_eq!(not_shown(&Document::default(), &pair("b"), &shown), ["tls"]);
    }

    #[test]
    fn the_entity_id_that_follows_from_the_host_need_not_be_shown_and_any_other_must() {
        let before = with(&[]);
        let host = with(&[(Field::AdvertisedHost, "a.example")]);
        let shown = told(&before, &host);
        let frozen = |id: Option<String>| {
            let mut document = host.clone();
            document.entity_id = id;
            document
        };
        assert!(not_shown(&before, &frozen(host.entity_id()), &shown).is_empty());
        assert_eq!(not_shown(&before, &frozen(Some("https://evil.example".into())), &shown), ["entity_id"]);
    }
}
