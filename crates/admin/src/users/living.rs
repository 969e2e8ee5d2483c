//! Users with their secrets, as an export takes them along.

use std::collections::BTreeMap;

use sekisho_hub_api::wire::Row;
use sekisho_keys::ids::UserId;
use sekisho_keys::keyring::{Keyring, Place};
use sekisho_keys::log::Organisation;
use sekisho_keys::user::User;

use super::directory::Directory;
use super::reading::Reading;

/// Those who are neither removed nor shredded; one whose removal waits is there as before. What does not verify is nobody's word.
pub(crate) fn living(rows: &[Row], organisation: &Organisation, place: Place, keyring: &Keyring) -> Vec<User> {
    // A record that was written again while the rows were read comes twice.
    let (mut reading, mut records) = (Reading::default(), BTreeMap::<UserId, User>::new());
    reading.read(rows, organisation, (place, keyring), |id, user| drop(records.insert(id, user)));
    let directory = reading.directory(organisation, place);
    let mut users = BTreeMap::<String, Vec<User>>::new();
    for user in records.into_values().filter(|user| !user.is_shredded()) {
        users.entry(user.email.clone()).or_default().push(user);
    }
    users.into_iter().flat_map(|(email, users)| taken(&directory, &email, users)).collect()
}

/// The identities of one address, with the second factors of the first one, as far as they count.
fn taken(directory: &Directory, email: &str, users: Vec<User>) -> Vec<User> {
    let Some(person) = directory.find(email).filter(|person| directory.stays(person)) else { return Vec::new() };
    let first = users.iter().find(|user| user.linked.is_none()).or_else(|| users.first());
    let factors = first.and_then(|user| user.factors.clone()).filter(|_| person.factors_since().is_some());
    users.into_iter().map(|user| User { factors: factors.clone(), ..user }).collect()
}
