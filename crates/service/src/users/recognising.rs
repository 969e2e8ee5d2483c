//! Users of whom the identity provider says another name than before, recognised by their address while a window for it is
//! open (R16): each once, and only who was named as the window says.

use std::collections::BTreeSet;

use sekisho_config::Relink;
use sekisho_fault::{Fault, Result};
use sekisho_keys::fact::Decision;
use sekisho_keys::ids::UserId;
use sekisho_keys::user::{Linked, Record, User, blinded};
use sekisho_signin::{Identity, Profile, codes};
use zeroize::Zeroizing;

use super::writer::{Known, user_id};
use crate::connected::Connected;

/// The account that a stranger with a verified address has already; none where nobody with this address was named so.
///
/// Codes: `RECOGNISED_ALREADY`, and those of the replica and the keys.
pub(super) async fn recognised(connected: &Connected, profile: &Profile, window: &Relink) -> Result<Option<Known>> {
    let identities = at(connected, profile).await?;
    let already = |(_, user): &(_, User)| user.linked.is_some_and(|linked| linked.window == window.opened);
    if identities.iter().any(already) {
        return Err(Fault::new(codes::RECOGNISED_ALREADY).with("email", profile.email.as_str()));
    }
    Ok(one_of(&identities, |user| window.takes(&user.idp, &user.source)).map(|one| known(one, window.opened)))
}

/// What an administrator has said last of an identity.
///
/// Codes: those of the keys.
pub(super) fn decision<'a>(
    connected: &Connected,
    identity: &Identity,
    decisions: &'a [Decision],
) -> Result<Option<&'a Decision>> {
    if decisions.is_empty() {
        return Ok(None);
    }
    let own = user_id(&connected.member()?.newest_keyring()?, identity);
    Ok(decisions.iter().filter(|one| one.identity == own).max_by_key(|one| one.time))
}

/// The account that an administrator has said to be this newcomer's: that one alone, whoever has its address now.
///
/// Codes: those of the replica and the keys.
pub(super) async fn approved(connected: &Connected, profile: &Profile, decision: &Decision) -> Result<Option<Known>> {
    let identities = at(connected, profile).await?;
    let found = one_of(&identities, |user| decision.same && user.account() == decision.account);
    Ok(found.map(|one| known(one, decision.time)))
}

fn known((from, user): &(UserId, User), window: i64) -> Known {
    let (linked, secret) = (Linked { from: *from, window }, Zeroizing::new(user.secret));
    Known { linked, secret, factors: user.factors.clone() }
}

/// The identity that came last of those that fit. Where these are of several people, an administrator says whose the address is.
fn one_of(identities: &[(UserId, User)], fits: impl Fn(&User) -> bool) -> Option<&(UserId, User)> {
    let followed: BTreeSet<_> = identities.iter().filter_map(|(_, user)| Some(user.linked?.from)).collect();
    let mut newest = identities.iter().filter(|(id, user)| !followed.contains(id) && fits(user));
    let first = newest.next()?;
    newest.all(|(_, user)| user.account() == first.1.account()).then_some(first)
}

/// The identities of an address that have a secret.
async fn at(connected: &Connected, profile: &Profile) -> Result<Vec<(UserId, User)>> {
    let member = connected.member()?;
    let address = blinded(&member.newest_keyring()?, &["email", profile.email.as_str()]).to_string();
    let mut identities = Vec::new();
    for row in connected.replica.users_at(&address).await? {
        let record = Record::read(&row.body)?;
        let context = record.header().context;
        let user = record.open(&member.keyring(context.epoch)?)?;
        // The order by addresses is this server's own note: what counts is what was sealed.
        if user.email == profile.email.as_str() && !user.is_shredded() {
            identities.push((context.user, user));
        }
    }
    Ok(identities)
}

#[cfg(test)]
mod tests {
    use sekisho_config::Email;
    use sekisho_fault::Code;
    use sekisho_keys::ids::UserId;

    use super::*;
    use crate::enrolment::example::{bring, connected, keyring, record, user, user_row};

    const UNTIL: i64 = 1_800_000_000;

    fn window(until: i64, idp: &str) -> Relink {
        let from = serde_json::json!([{"idp": idp, "attribute": "uid"}]);
        serde_json::from_value(serde_json::json!({"opened": until, "until": until, "from": from})).unwrap()
    }

    fn at(idp: &str, linked: Option<Linked>) -> User {
        User { idp: idp.into(), source: "attribute:uid".into(), linked, ..user("alice") }
    }

    async fn found(connected: &Connected, window: &Relink) -> std::result::Result<Option<UserId>, Code> {
        let email = Email::parse("alice@example.com").unwrap();
        let profile = Profile { email, first_name: String::new(), last_name: String::new(), groups: Vec::new() };
        let known = recognised(connected, &profile, window).await.map_err(|fault| fault.code)?;
        assert!(known.as_ref().is_none_or(|known| *known.secret == [5; 32] && known.linked.window == window.opened));
        Ok(known.map(|known| known.linked.from))
    }

    #[tokio::test]
    async fn a_user_is_recognised_once_in_a_window_and_by_the_identity_that_came_last() {
        let folder = tempfile::tempdir().unwrap();
        let connected = connected(folder.path()).await;
        let first = record(&at("a", None), &keyring(), None, 1);
        let named = |record: &Record| record.header().context.user;
        bring(&connected, vec![user_row(&first), user_row(&record(&user("bob"), &keyring(), None, 2))]).await;
        let to_b = window(UNTIL, "a");
        assert_eq!(found(&connected, &to_b).await, Ok(Some(named(&first))));
        assert_eq!(found(&connected, &window(UNTIL, "other")).await, Ok(None), "nobody of this identity provider's");

        let second = at("b", Some(Linked { from: named(&first), window: UNTIL }));
        let second = record(&second, &keyring(), None, 3);
        bring(&connected, vec![user_row(&second)]).await;
        assert_eq!(found(&connected, &to_b).await, Err(codes::RECOGNISED_ALREADY));
        // The next change is another window: the newest identity goes on, and the first is followed already.
        assert_eq!(found(&connected, &window(UNTIL + 1, "b")).await, Ok(Some(named(&second))));
        assert_eq!(found(&connected, &window(UNTIL + 1, "a")).await, Ok(None));
    }

    #[tokio::test]
    async fn an_approval_opens_the_vault_that_was_looked_at_to_the_identity_that_was_looked_at_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let connected = connected(folder.path()).await;
        let holder = at("a", None);
        let first = record(&holder, &keyring(), None, 1);
        bring(&connected, vec![user_row(&first)]).await;
        let named = |value: &str| Identity { idp: "b".into(), source: "attribute:uid".into(), value: value.into() };
        let newcomer = user_id(&keyring(), &named("alice-2"));
        let said = |same, time| Decision { identity: newcomer, account: holder.account(), same, time };
        let of = |who: &str, decisions: &[Decision]| decision(&connected, &named(who), decisions).unwrap().copied();
        assert_eq!(of("mallory", &[said(true, 5)]), None, "of another identity nothing is said");
        assert_eq!(of("alice-2", &[said(true, 5), said(false, 6)]), Some(said(false, 6)), "the last word counts");
        let email = Email::parse("alice@example.com").unwrap();
        let profile = Profile { email, first_name: String::new(), last_name: String::new(), groups: Vec::new() };
        let opens = async |decision: Decision| {
            let known = approved(&connected, &profile, &decision).await.unwrap();
            known.map(|known| (known.linked.from, known.linked.window))
        };
        assert_eq!(opens(said(true, 5)).await, Some((first.header().context.user, 5)));
        assert_eq!(opens(said(false, 6)).await, None);

        // The address is somebody else's now: what was said of the one before opens nothing.
        let other = User { secret: [9; 32], subject: "other".into(), ..at("a", None) };
        let gone = User { email: "alice.suzuki@example.com".into(), ..holder.clone() };
        let moved = record(&gone, &keyring(), Some(&first), 2);
        bring(&connected, vec![user_row(&moved)]).await;
        bring(&connected, vec![user_row(&record(&other, &keyring(), None, 3))]).await;
        assert_eq!(opens(said(true, 5)).await, None);
        // And where both have it still, a window recognises neither.
        bring(&connected, vec![user_row(&record(&holder, &keyring(), Some(&moved), 4))]).await;
        assert_eq!(found(&connected, &window(UNTIL, "a")).await, Ok(None));
        assert_eq!(opens(said(true, 5)).await, Some((first.header().context.user, 5)));
    }

    #[tokio::test]
    async fn whoever_has_no_secret_any_more_is_not_recognised() {
        let folder = tempfile::tempdir().unwrap();
        let connected = connected(folder.path()).await;
        let first = record(&at("a", None), &keyring(), None, 1);
        let gone = record(&at("a", None).shred(), &keyring(), Some(&first), 2);
        bring(&connected, vec![user_row(&first)]).await;
        bring(&connected, vec![user_row(&gone)]).await;
        assert_eq!(found(&connected, &window(UNTIL, "a")).await, Ok(None));
    }

    #[tokio::test]
    async fn users_who_came_before_their_addresses_were_kept_are_found_when_these_are_completed() {
        let folder = tempfile::tempdir().unwrap();
        let connected = connected(folder.path()).await;
        let first = record(&at("a", None), &keyring(), None, 1);
        bring(&connected, vec![user_row(&first)]).await;
        // As the version before has left it.
        let mut row = connected.replica.row("user", &first.header().context.user.to_string()).await.unwrap().unwrap();
        row.address = None;
        let part = crate::replication::Part { rows: vec![row], ..crate::replication::Part::default() };
        connected.replica.take(&part).await.unwrap();
        assert_eq!(found(&connected, &window(UNTIL, "a")).await, Ok(None));
        crate::users::complete_addresses(&connected).await.unwrap();
        assert_eq!(found(&connected, &window(UNTIL, "a")).await, Ok(Some(first.header().context.user)));
        assert!(connected.replica.without_address(10).await.unwrap().is_empty());
    }
}
