//! What administrators have said of users: who is invited, removed or locked, where they are put, who else came with an address.

use sekisho_fault::Result;
use sekisho_keys::fact::{self, Decision, Fact, Placing, Said};
use sekisho_keys::user::User;

use crate::connected::Connected;
use crate::enrolment::Member;

/// What is said of an address.
#[derive(Default)]
pub(super) struct Told {
    /// Whether they may come; a removal that waits is not said yet.
    pub(super) said: Option<Said>,
    pub(super) placing: Option<Placing>,
    pub(super) decisions: Vec<Decision>,
}

/// What is said of an address, as far as it has come here.
///
/// Codes: those of the replica and the keys.
pub(super) async fn told(connected: &Connected, email: &str) -> Result<Told> {
    let member = connected.member()?;
    let keyring = member.newest_keyring()?;
    let id = fact::about(&keyring, email).to_string();
    let Some(row) = connected.replica.row("fact", &id).await? else { return Ok(Told::default()) };
    let keyring = member.keyring(fact::epoch(&row.body)?)?;
    let fact = Fact::open(&row.body, &member.organisation(), member.place, &keyring)?;
    let said = match fact.said {
        Said::Removed(removal) if connected.removals().await?.is_held(fact.about) => Said::without(removal),
        said => said,
    };
    Ok(Told { said: Some(said), placing: fact.placing, decisions: fact.decisions })
}

/// Where a user is put. Administrators have spoken of the address that the user had then.
///
/// Codes: those of the replica and the keys.
pub(super) async fn placing(connected: &Connected, user: &User) -> Result<Option<Placing>> {
    for address in user.addresses() {
        let placing = told(connected, address).await?.placing.filter(|placing| placing.is_of(user.account()));
        if placing.is_some() {
            return Ok(placing);
        }
    }
    Ok(None)
}

/// Whether an administrator has locked an address.
///
/// Codes: those of the keys.
pub(super) fn is_locked(connected: &Connected, email: &str) -> Result<bool> {
    let member = connected.member()?;
    let about = fact::about(&member.newest_keyring()?, email);
    let organisation = member.organisation();
    Ok(Member::connection(&organisation, member.place)?.locked.contains(&about))
}
