//! Putting back what a hub has lost: revisions that a server has kept, as they were signed.

use data_encoding::BASE64URL_NOPAD;
use sekisho_config::document::key_name;
use sekisho_fault::{Fault, Result};
use sekisho_hub_api::Blob;
use sekisho_hub_api::wire::NewRevision;
use sekisho_keys::ids::Hash;
use sekisho_keys::keyring::{Keyring, Place};
use sekisho_keys::log::Organisation;
use sekisho_keys::object;
use sekisho_keys::revision::Revision;
use zeroize::Zeroizing;

use crate::acts::{GaveRevisionBack, GiveRevisionBack};
use crate::codes;
use crate::saving;
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

/// Whether the hub lacks this revision, and it is the next one: it follows the newest that the hub has, and an administrator
/// has signed it.
///
/// Codes: `CONFLICT`, and those of the revision.
fn is_next(revision: &Revision, newest: Option<&Revision>, organisation: &Organisation, place: Place) -> Result<bool> {
    let (at, hash) = newest.map_or((0, Hash::NONE), |newest| (newest.header().context.revision, newest.hash()));
    let number = revision.header().context.revision;
    if number <= at {
        return Ok(false);
    }
    revision.verify(organisation, place, None)?;
    if number != at + 1 || revision.header().previous != hash {
        let shown = |number| i64::try_from(number).unwrap_or(i64::MAX);
        return Err(Fault::new(codes::CONFLICT).with("base", shown(number - 1)).with("newest", shown(at)));
    }
    Ok(true)
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
        let newest = self.newest(place).await?;
        if !is_next(&revision, newest.as_ref(), &self.log.organisation, place)? {
            return Ok(GaveRevisionBack { given: false });
        }
        let context = revision.header().context;
        let sealed = |(name, sealed): &(String, String)| key(&keyring, place, name, decoded(sealed)?);
        let objects = wish.objects.iter().map(sealed).collect::<Result<_>>()?;
        // What it says of the way there counts again, too.
        let signpost = saving::read(&revision, &keyring).ok().as_ref().and_then(saving::signpost);
        let domains = connection.domains.keys().cloned().collect();
        let revision = Blob(revision.to_bytes());
        let body = NewRevision { epoch: context.epoch, revision, objects, signpost, domains };
        self.hub.save(&wish.connection, context.revision, &body).await?;
        Ok(GaveRevisionBack { given: true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sekisho_config::document::{MIN_READER, SCHEMA};
    use sekisho_keys::derive::Secret;
    use sekisho_keys::identity::Identity;
    use sekisho_keys::ids::{AdministratorId, ConnectionId, NodeId, OrganisationId, SaveId};
    use sekisho_keys::keyring::{self, OrganisationKey};
    use sekisho_keys::log::{Act, Administrator, Body, Entry, Epoch, FORMAT, Head, Scope};
    use sekisho_keys::revision::{Context, Draft};

    use crate::session::random;

    struct World {
        administrator: Identity,
        organisation: Organisation,
        place: Place,
        keyring: Keyring,
    }

    /// An organisation with one administrator and one connection.
    fn world() -> World {
        let (administrator, kit) = (Identity::new(Secret::new([1; 32])), Identity::new(Secret::new([2; 32])));
        let key = OrganisationKey::first(Secret::new([3; 32]));
        let (id, node, connection) = (OrganisationId([4; 16]), NodeId([5; 16]), ConnectionId([6; 16]));
        let place = Place { organisation: id, connection };
        let keyring = Keyring::first(Secret::new([7; 32]), Secret::new([8; 32]));
        let name = || keyring::seal_name(&key, &id.0, random(), "name").unwrap();
        let seal = |identity: &Identity| keyring::seal_organisation_key(&key, id, identity.public()).unwrap();
        let sign = |head: Option<Head>, act| {
            let (sequence, previous) = head.map_or((0, Hash::NONE), |head| (head.sequence + 1, head.hash));
            let author = administrator.id();
            let body = Body { format: FORMAT, organisation: id, sequence, previous, time: 1, author, act };
            Entry::sign(body, &administrator)
        };
        let keys = *administrator.public();
        let founder =
            Administrator { id: AdministratorId([9; 16]), login: "tanaka".into(), keys, scope: Scope::Organisation };
        let kit_keys = *kit.public();
        let key_of_both = vec![seal(&administrator), seal(&kit)];
        let found = Act::Found { name: name(), administrator: founder, kit: kit_keys, key: key_of_both };
        let mut organisation = Organisation::found(&sign(None, found), None).unwrap();
        let sealed = keyring.seal_under(&key, place, random()).unwrap();
        let epoch = Epoch { number: 1, organisation: sealed, servers: vec![] };
        let enterprise_domain = "example".to_owned();
        for act in [
            Act::AddNode { node, parent: None, name: name() },
            Act::AddConnection { connection, node, enterprise_domain, name: name(), epoch },
        ] {
            organisation.apply(&sign(Some(organisation.head()), act)).unwrap();
        }
        World { administrator, organisation, place, keyring }
    }

    impl World {
        fn revision(&self, number: u64, previous: Hash, author: &Identity) -> Revision {
            let (schema, min_reader) = (SCHEMA, MIN_READER);
            let context = Context { place: self.place, revision: number, epoch: 1, schema, min_reader };
            let draft = Draft { context, previous, time: 1, save: SaveId([0; 16]), plain: b"{}" };
            Revision::sign(&draft, &self.keyring, author, random()).unwrap()
        }

        fn is_next(&self, revision: &Revision, newest: Option<&Revision>) -> Result<bool, sekisho_fault::Code> {
            is_next(revision, newest, &self.organisation, self.place).map_err(|fault| fault.code)
        }
    }

    #[test]
    fn a_revision_is_given_back_after_the_one_before_it_and_no_other() {
        let world = world();
        let first = world.revision(1, Hash::NONE, &world.administrator);
        let second = world.revision(2, first.hash(), &world.administrator);
        let third = world.revision(3, second.hash(), &world.administrator);
        assert_eq!(world.is_next(&first, None), Ok(true));
        assert_eq!(world.is_next(&second, Some(&first)), Ok(true));
        assert_eq!(world.is_next(&second, Some(&second)), Ok(false), "the hub has it");
        assert_eq!(world.is_next(&first, Some(&second)), Ok(false), "the hub has newer ones");
        assert_eq!(world.is_next(&third, Some(&first)), Err(codes::CONFLICT), "one between them is missing");
        let other = world.revision(1, Hash::NONE, &world.administrator);
        assert_eq!(world.is_next(&second, Some(&other)), Err(codes::CONFLICT), "the hub has another first one");
    }

    #[test]
    fn a_revision_that_no_administrator_has_signed_is_not_given_back() {
        let world = world();
        let stranger = Identity::new(Secret::new([66; 32]));
        let forged = world.revision(1, Hash::NONE, &stranger);
        assert_eq!(world.is_next(&forged, None), Err(sekisho_keys::codes::LOG_AUTHOR));
    }
}
