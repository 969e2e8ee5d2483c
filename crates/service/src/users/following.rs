//! Known users whose address or name has changed at the identity provider: the record follows (R16). Not on the way of a sign-in, which
//! needs no hub.

use sekisho_config::Email;
use sekisho_fault::{Fault, Result};
use sekisho_keys::fact::Said;
use sekisho_keys::user::{User, blinded};
use sekisho_signin::{Identity, Profile, codes};

use super::find;
use super::told::{is_locked, told};
use crate::connected::Connected;
use crate::domains::Proofs;

/// Whether a record says something else than the identity provider says now. A second identity's address is its first one's, which
/// alone holds it.
pub(super) fn differs(user: &User, profile: &Profile) -> bool {
    let of_record = (&*user.email, &*user.first_name, &*user.last_name);
    user.linked.is_none() && of_record != (profile.email.as_str(), &*profile.first_name, &*profile.last_name)
}

/// Lets the record follow. The new address is of a proved domain, and nobody else's: neither another record nor an administrator's word
/// stands under it. True when this server has written it.
///
/// Codes: `EMAIL_TAKEN`, `DOMAIN_NOT_PROVEN`, `DOMAIN_NOT_TOLD` of the sign-in, and those of the writer.
pub(super) async fn follow(
    connected: &Connected,
    proofs: &Proofs,
    identity: &Identity,
    profile: &Profile,
) -> Result<bool> {
    let Some(user) = find(connected, identity).await? else { return Ok(false) };
    if user.is_shredded() || !differs(&user, profile) {
        return Ok(false);
    }
    if user.email != profile.email.as_str() {
        is_free(connected, &profile.email).await?;
        proofs.admit(&*connected.member()?, &profile.email).await?;
    }
    connected.writer.follow(connected, identity, profile).await
}

/// Whether nobody has an address, and nothing was said of it.
async fn is_free(connected: &Connected, email: &Email) -> Result<()> {
    let taken = || Fault::new(codes::EMAIL_TAKEN).with("email", email.as_str());
    let address = blinded(&connected.member()?.newest_keyring()?, &["email", email.as_str()]).to_string();
    let said = told(connected, email.as_str()).await?.said;
    let is_said = matches!(said, Some(Said::Removed(_))) || is_locked(connected, email.as_str())?;
    if is_said || !connected.replica.users_at(&address).await?.is_empty() {
        return Err(taken());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use sekisho_keys::derive::Secret;
    use sekisho_keys::log::Act;
    use sekisho_keys::removal::Removal;
    use sekisho_keys::user::Linked;

    use super::*;
    use crate::enrolment::example::{
        PLACE, bring, connected, fact_row, follow as log, identity, keyring, record, user, user_row,
    };
    use crate::store::SealedFile;

    fn profile(email: &str, last_name: &str) -> Profile {
        Profile {
            email: Email::parse(email).unwrap(),
            first_name: String::new(),
            last_name: last_name.to_owned(),
            groups: Vec::new(),
        }
    }

    #[test]
    fn what_has_changed_is_followed_and_of_a_second_identity_nothing() {
        let alice = user("alice");
        assert!(!differs(&alice, &profile("alice@example.com", "")));
        assert!(
            differs(&alice, &profile("alice.suzuki@example.com", ""))
                && differs(&alice, &profile("alice@example.com", "Suzuki"))
        );
        let linked = User { linked: Some(Linked { from: sekisho_keys::ids::UserId([1; 32]), window: 1 }), ..alice };
        assert!(!differs(&linked, &profile("alice.suzuki@example.com", "")));
    }

    #[tokio::test]
    async fn an_address_that_another_has_or_that_an_administrator_has_spoken_of_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let connected = connected(folder.path()).await;
        let (alice, bob) = (record(&user("alice"), &keyring(), None, 1), record(&user("bob"), &keyring(), None, 2));
        let removal = Removal { at: 1_800_000_000, users: 1, approved: None, invited: false };
        let gone = fact_row("gone@example.com", Said::Removed(removal), 1, &identity(10));
        bring(&connected, vec![user_row(&alice), user_row(&bob), gone]).await;
        let member = connected.member().unwrap();
        let about = sekisho_keys::fact::about(&keyring(), "locked@example.com");
        log(&member, Act::LockUser { connection: PLACE.connection, about, locked: true });
        let proofs = SealedFile::new(folder.path(), "domains.sealed", &Secret::new([1; 32]));
        let proofs = Proofs::open(proofs, sekisho_resolver::Resolver::default());
        let who = Identity { idp: "idp".into(), source: "name_id".into(), value: "alice".into() };
        for taken in ["bob@example.com", "gone@example.com", "locked@example.com"] {
            let refused = follow(&connected, &proofs, &who, &profile(taken, "")).await.unwrap_err();
            assert_eq!(refused.code, codes::EMAIL_TAKEN, "{taken}");
        }
        assert!(!follow(&connected, &proofs, &who, &profile("alice@example.com", "")).await.unwrap());
    }
}
