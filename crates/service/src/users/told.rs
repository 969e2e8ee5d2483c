//! What administrators have said of users: who is invited, removed or locked, where they are put, who else came with an address.

use std::collections::BTreeMap;

use sekisho_fault::Result;
use sekisho_keys::fact::{self, Decision, Fact, Placing, Said};
use sekisho_keys::user::{Record, User};

use crate::connected::Connected;
use crate::enrolment::Member;

/// Rows that are read at once.
const PART: u32 = 500;

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

/// Users, and addresses that are invited, whom administrators have given a role or put on a node, by its name for good. Who was removed
/// does not count, nor what was said of an address that somebody had before.
///
/// Codes: those of the replica and the keys.
pub(crate) async fn placed(connected: &Connected, id: &str) -> Result<usize> {
    // Before the server belongs to a connection there are no users.
    let Ok(member) = connected.member() else { return Ok(0) };
    let has = |placing: &Placing| [&placing.node, &placing.role].iter().any(|one| one.as_deref() == Some(id));
    let mut said = BTreeMap::new();
    let mut after = String::new();
    loop {
        let rows = connected.replica.rows_after("fact", &after, PART).await?;
        let Some(last) = rows.last() else { break };
        after.clone_from(&last.id);
        for row in rows {
            let keyring = member.keyring(fact::epoch(&row.body)?)?;
            let fact = Fact::open(&row.body, &member.organisation(), member.place, &keyring)?;
            let is_there = !matches!(fact.said, Said::Removed(_));
            if is_there && fact.placing.as_ref().is_some_and(has) {
                said.insert(row.id, fact.said);
            }
        }
    }
    let (mut count, mut after) = (0, String::new());
    let newest = member.newest_keyring()?;
    // Mostly nobody: then no user's record is looked at.
    while !said.is_empty() {
        let rows = connected.replica.rows_after("user", &after, PART).await?;
        let Some(last) = rows.last() else { break };
        after.clone_from(&last.id);
        for row in rows {
            let record = Record::read(&row.body)?;
            let user = record.open(&member.keyring(record.header().context.epoch)?)?;
            let own: Vec<String> = user.addresses().map(|address| fact::about(&newest, address).to_string()).collect();
            if user.is_shredded() || !own.iter().any(|one| said.contains_key(one)) {
                continue;
            }
            count += usize::from(placing(connected, &user).await?.as_ref().is_some_and(has));
            // What is said of a user's addresses invites nobody else.
            for one in own {
                said.entry(one).and_modify(|said| *said = Said::Restored);
            }
        }
    }
    Ok(count + said.values().filter(|said| **said == Said::Invited).count())
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
