//! Where users are put: on a node below the connection's own, under a role, and without their second factors. Node and role are named as the connection's document names them;
//! what the names mean, the servers say by the revision that is applied.

use sekisho_config::roles::Id;
use sekisho_fault::Result;
use sekisho_keys::fact::{Placing, Said};

use super::acts::{ChangedUsers, Place, PlaceUsers};
use super::directory::Person;
use super::known;
use crate::session::Session;

impl Session {
    /// Puts users on a node, or gives them a role. All of them, or none if one is not known.
    ///
    /// Codes: `NO_CONNECTION`, `NO_USER`, `EMAIL` and `ROLE_ID` of the configuration, and the hub's.
    pub async fn place_users(&mut self, wish: &PlaceUsers) -> Result<ChangedUsers> {
        check(&wish.place)?;
        let (place, keyring, directory) = self.directory(&wish.connection).await?;
        let moved = known(&directory, &wish.emails)?.into_iter().filter_map(|person| put(person, &wish.place));
        let changes: Vec<(Person, Said)> = moved.collect();
        self.say(place, &keyring, &directory, &changes).await?;
        Ok(ChangedUsers { changed: changes.len() as u64, waiting: 0 })
    }
}

/// Names that the document could have.
///
/// Code: `ROLE_ID` of the configuration.
pub(super) fn check(place: &Place) -> Result<()> {
    let name = match place {
        Place::Node { node: name } | Place::Role { role: name } => name,
        Place::NoFactors => &None,
    };
    name.as_deref().map(Id::parse).transpose().map(drop)
}

/// The user in another place; none where they are there already.
pub(super) fn put(mut person: Person, place: &Place) -> Option<(Person, Said)> {
    let before = person.placing.clone().unwrap_or_default();
    let after = match place {
        Place::Node { node } => Placing { node: node.clone(), ..before.clone() },
        Place::Role { role } => Placing { role: role.clone(), ..before.clone() },
        Place::NoFactors => Placing { void_factors: Some(person.factors_since()?), ..before.clone() },
    };
    if after == before {
        return None;
    }
    person.placing = Some(Placing { account: person.account(), ..after });
    let said = person.said().unwrap_or(Said::Restored);
    Some((person, said))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_put_on_a_node_and_keeps_the_role_and_the_other_way_round() {
        let node = |node: &str| Place::Node { node: Some(node.into()) };
        let (osaka, _) = put(Person::unknown("a@example.com"), &node("osaka")).unwrap();
        assert!(put(osaka.clone(), &node("osaka")).is_none(), "there already");
        let (strict, said) = put(osaka, &Place::Role { role: Some("strict".into()) }).unwrap();
        let placing = strict.placing.clone().unwrap();
        assert_eq!((placing.node.as_deref(), placing.role.as_deref()), (Some("osaka"), Some("strict")));
        assert_eq!(said, Said::Restored, "an administrator who moves a user invites nobody");
        let (back, _) = put(strict, &Place::Node { node: None }).unwrap();
        assert!(put(back.clone(), &Place::NoFactors).is_none(), "nobody has a factor there");
        assert_eq!(back.placing.unwrap().role.as_deref(), Some("strict"));
        assert_eq!(check(&node("Osaka")).unwrap_err().code, sekisho_config::codes::ROLE_ID);
    }
}
