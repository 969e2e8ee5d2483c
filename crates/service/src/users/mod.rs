//! The users of the connection: known ones sign in without the hub; new ones are made at the hub first, read back, and
//! only then handed over (R11).

mod addresses;
mod claims;
mod following;
mod held;
mod recognising;
mod removals;
mod shredding;
mod told;
mod vaults;
mod writer;

use std::sync::Arc;
use std::time::Duration;

use sekisho_config::Email;
use sekisho_fault::{Fault, Result};
use sekisho_keys::derive::{Purpose, Secret};
use sekisho_keys::fact::{Decision, Placing, Said};
use sekisho_keys::factor::Factors;
use sekisho_keys::ids::ConnectionId;
use sekisho_keys::user::{self, Record, State};
use sekisho_signin::capabilities::{Entry, Later};
use sekisho_signin::{Admits, Identity, Profile, User, codes};

pub(crate) use addresses::complete as complete_addresses;
pub use claims::HubClaims;
pub use held::Waiting;
pub(crate) use removals::Removals;
pub(crate) use shredding::{Observed, due};
pub use vaults::HubVaults;
use writer::Known;
pub use writer::Writer;

use crate::connected::Connected;
use crate::domains::Proofs;
pub(crate) use told::placed;
use told::{Told, is_locked, placing, told};

/// The users, for the public face.
pub struct HubUsers {
    connected: Arc<Connected>,
    proofs: Arc<Proofs>,
    followed: Followed,
}

/// Told whose record has followed the identity provider, and why one does not.
type Followed = Arc<dyn Fn(&Profile, Option<Fault>) + Send + Sync>;

impl HubUsers {
    /// The users of whatever connection this server belongs to.
    pub(crate) fn new(connected: Arc<Connected>, proofs: Arc<Proofs>, followed: Followed) -> Self {
        Self { connected, proofs, followed }
    }
}

impl HubUsers {
    /// The account that is this stranger's already: as an administrator has said of the two, and else by the address, while a window
    /// is open for users of reserved domains (R16).
    async fn known(
        &self,
        identity: &Identity,
        profile: &Profile,
        admits: &Admits,
        decisions: &[Decision],
    ) -> Result<Option<Known>> {
        if let Some(decision) = recognising::decision(&self.connected, identity, decisions).map_err(unavailable)? {
            return recognising::approved(&self.connected, profile, decision).await.map_err(unavailable);
        }
        match &admits.recognised {
            Some(window) if admits.outside.is_none() => {
                let found = recognising::recognised(&self.connected, profile, window).await;
                found.map_err(|fault| if fault.code == codes::RECOGNISED_ALREADY { fault } else { unavailable(fault) })
            }
            _ => Ok(None),
        }
    }

    /// A known user's record, and the user as they stand now; nobody, where the identity is not known or its secret is gone.
    ///
    /// Codes: `REMOVED`, `LOCKED`, `USERS`, and why the address is refused.
    async fn stood(
        &self,
        identity: &Identity,
        profile: &Profile,
        admits: &Admits,
    ) -> Result<Option<(user::User, User)>> {
        let refused = |code| Fault::new(code).with("email", profile.email.as_str());
        let Some(found) = find(&self.connected, identity).await.map_err(unavailable)? else { return Ok(None) };
        // By the address of the record: the identity provider may call who was removed by another one now.
        let told = told(&self.connected, &found.email).await.map_err(unavailable)?;
        if let Some(Said::Removed(_)) = told.said {
            return Err(refused(codes::REMOVED));
        }
        // A domain that is lost or released locks nobody out who is known by the same address (ADR 13).
        if found.email != profile.email.as_str() {
            is_inside(admits, told.said)?;
        }
        if found.is_shredded() {
            return Ok(None);
        }
        if found.state == State::Locked || is_locked(&self.connected, &found.email).map_err(unavailable)? {
            return Err(refused(codes::LOCKED));
        }
        let placing = placing(&self.connected, &found).await.map_err(unavailable)?;
        let user = opened(&self.connected, &found, Entry::Known, placing).await.map_err(unavailable)?;
        Ok(Some((found, user)))
    }

    /// Lets the record of a known user follow, while the user is on the way already.
    fn follow(&self, identity: &Identity, profile: &Profile) {
        let (connected, proofs, followed) = (self.connected.clone(), self.proofs.clone(), self.followed.clone());
        let (identity, profile) = (identity.clone(), profile.clone());
        tokio::spawn(async move {
            let not = |code| Fault::new(code).with("email", profile.email.as_str());
            match following::follow(&connected, &proofs, &identity, &profile).await {
                Ok(true) => followed(&profile, None),
                Ok(false) => {}
                Err(fault) if fault.code == codes::EMAIL_TAKEN => {
                    followed(&profile, Some(not(crate::codes::NOT_FOLLOWED)));
                }
                Err(fault) if DOMAIN.contains(&fault.code) => {
                    followed(&profile, Some(not(crate::codes::NOT_FOLLOWED_DOMAIN)));
                }
                Err(fault) => {
                    tracing::warn!(code = %fault.code, "a user's record does not follow the identity provider");
                }
            }
        });
    }
}

/// The user of an identity, as stored here.
async fn find(connected: &Connected, identity: &Identity) -> Result<Option<user::User>> {
    let member = connected.member()?;
    let keyring = member.newest_keyring()?;
    record_of(connected, &writer::user_id(&keyring, identity).to_string()).await
}

async fn record_of(connected: &Connected, id: &str) -> Result<Option<user::User>> {
    let Some(row) = connected.replica.row("user", id).await? else { return Ok(None) };
    let record = Record::read(&row.body)?;
    let keyring = connected.member()?.keyring(record.header().context.epoch)?;
    record.open(&keyring).map(Some)
}

/// How long a page is kept waiting for what other servers have written.
const MOMENT: Duration = Duration::from_secs(2);
/// What keeps a record from following to another domain.
const DOMAIN: [sekisho_fault::Code; 3] = [codes::DOMAIN_NOT_RESERVED, codes::DOMAIN_NOT_PROVEN, codes::DOMAIN_NOT_TOLD];
/// What goes wrong at this server itself while a user is written, whether the hub can be asked or not.
const HERE: [sekisho_fault::Code; 3] = [crate::codes::FILE, crate::codes::DATABASE, crate::codes::RANDOM];
/// Identities that one account may have had one after the other.
const MOST_LINKS: usize = 32;

async fn opened(connected: &Connected, found: &user::User, entry: Entry, placing: Option<Placing>) -> Result<User> {
    let root = with_factors(connected, found).await?;
    let secret = Secret::new(found.secret);
    Ok(User {
        email: Email::parse(&found.email)?,
        vault_key: secret.derive(Purpose::VaultKey, b""),
        client_password: secret.derive(Purpose::ClientPassword, b""),
        entry,
        factors: factors(&root, placing.as_ref()),
        placing,
        account: found.account(),
        hub_seed: user::hub_seed(&secret),
    })
}

/// Whose record has the second factors of an account: the first identity's, for all of them. Where that record is not here, each has the
/// copy that it was made with.
async fn with_factors(connected: &Connected, found: &user::User) -> Result<user::User> {
    let mut root = found.clone();
    for _ in 0..MOST_LINKS {
        let Some(linked) = root.linked else { break };
        let before = record_of(connected, &linked.from.to_string()).await?;
        match before.filter(|before| !before.is_shredded() && before.account() == found.account()) {
            Some(before) => root = before,
            None => break,
        }
    }
    Ok(root)
}

/// The second factors that count: those that an administrator has voided since do not.
fn factors(found: &user::User, placing: Option<&Placing>) -> Factors {
    let own = found.factors.clone().unwrap_or_default();
    if placing.is_none_or(|placing| placing.leaves(own.since)) { own } else { Factors::default() }
}

impl HubUsers {
    /// Writes a user's second factors where those that count are as they were. True when they were.
    async fn write_factors(&self, identity: &Identity, before: &Factors, after: Factors) -> Result<bool> {
        let Some(found) = find(&self.connected, identity).await? else { return Ok(false) };
        let placing = placing(&self.connected, &found).await?;
        let root = with_factors(&self.connected, &found).await?;
        if factors(&root, placing.as_ref()) != *before {
            return Ok(false);
        }
        let holder = Identity { idp: root.idp, source: root.source, value: root.subject };
        let known = root.factors.unwrap_or_default();
        // Set up anew after those that were voided, whatever the clocks say.
        let void = placing.as_ref().and_then(|placing| placing.void_factors).unwrap_or(0).max(known.since);
        let since = if before.is_empty() { after.since.max(void + 1) } else { after.since };
        self.connected.writer.set_factors(&self.connected, &holder, &known, Factors { since, ..after }).await
    }
}

impl sekisho_signin::Users for HubUsers {
    fn sign_in<'a>(
        &'a self,
        identity: &'a Identity,
        profile: &'a Profile,
        admits: &'a Admits,
    ) -> Later<'a, Result<User>> {
        Box::pin(async move {
            let refused = |code| Fault::new(code).with("email", profile.email.as_str());
            if let Some((found, user)) = self.stood(identity, profile, admits).await? {
                if following::differs(&found, profile) {
                    self.follow(identity, profile);
                }
                return Ok(user);
            }
            let Told { said, decisions, .. } =
                told(&self.connected, profile.email.as_str()).await.map_err(unavailable)?;
            if is_locked(&self.connected, profile.email.as_str()).map_err(unavailable)? {
                return Err(refused(codes::LOCKED));
            }
            if let Some(Said::Removed(_)) = said {
                return Err(refused(codes::REMOVED));
            }
            is_inside(admits, said)?;
            let known = self.known(identity, profile, admits, &decisions).await?;
            if known.is_none()
                && let Some(Said::Elsewhere(other)) = said
                && let Some(domain) = domain_of(&self.connected, other).map_err(unavailable)?
            {
                return Err(refused(codes::INVITED_ELSEWHERE).with("domain", domain));
            }
            let may_create = admits.made || said == Some(Said::Invited);
            if known.is_none() && !may_create {
                return Err(refused(codes::UNKNOWN_USER));
            }
            // Nobody is made in a connection that is deleted.
            let member = self.connected.member().map_err(unavailable)?;
            if member.detachment().is_some() {
                return Err(refused(codes::DETACHED));
            }
            // Whom no administrator has named comes from a domain that is shown to be the connection's.
            if known.is_none() && said != Some(Said::Invited) {
                self.proofs.admit(&member, &profile.email).await?;
            }
            // In a task of its own: a browser that is closed half-way does not cut it off.
            let (connected, own, theirs) = (self.connected.clone(), identity.clone(), profile.clone());
            let entry = if known.is_some() { Entry::Recognised } else { Entry::Made };
            let made =
                tokio::spawn(async move { connected.writer.make(&connected, &own, &theirs, known.as_ref()).await });
            let made = made.await.unwrap_or_else(|_| Err(Fault::new(codes::USERS)));
            let is_own = made.map_err(|fault| {
                if fault.code == sekisho_hub_api::codes::TAKEN {
                    if entry == Entry::Recognised {
                        return refused(codes::RECOGNISED_ALREADY);
                    }
                    if let Err(fault) = self.connected.waiting.note(&self.connected, identity, profile) {
                        tracing::error!(%fault, "who waits for an administrator");
                    }
                    refused(codes::HELD)
                } else if fault.code == sekisho_hub_api::codes::DELETED {
                    refused(codes::DETACHED)
                } else {
                    tracing::error!(%fault, "a new user");
                    if HERE.contains(&fault.code) { Fault::new(codes::USERS) } else { refused(codes::HUB_NEEDED) }
                }
            })?;
            let entry = if is_own { entry } else { Entry::Known };
            read_back(&self.connected, identity, profile, entry).await
        })
    }

    fn stands<'a>(
        &'a self,
        identity: &'a Identity,
        profile: &'a Profile,
        admits: &'a Admits,
    ) -> Later<'a, Result<User>> {
        Box::pin(async move {
            let unknown = || Fault::new(codes::UNKNOWN_USER).with("email", profile.email.as_str());
            // Its record follows the identity provider at sign-ins alone: what the page shows may be older than another one.
            self.stood(identity, profile, admits).await?.map(|(_, user)| user).ok_or_else(unknown)
        })
    }

    fn catch_up(&self) -> Later<'_, bool> {
        Box::pin(async move {
            let caught_up = tokio::time::timeout(MOMENT, self.connected.catch_up()).await;
            caught_up.is_ok_and(|outcome| outcome.is_ok())
        })
    }

    fn set_factors<'a>(&'a self, identity: &'a Identity, before: &'a Factors, after: Factors) -> Later<'a, Result<()>> {
        Box::pin(async move {
            match self.write_factors(identity, before, after).await {
                Ok(true) => Ok(()),
                Ok(false) => Err(Fault::new(codes::VAULT_STALE)),
                Err(fault) => {
                    tracing::warn!(%fault, "a user's second factors");
                    Err(Fault::new(codes::HUB_NEEDED))
                }
            }
        })
    }
}

/// A user who was written a moment ago: what counts is what the hub's feed has brought and this server has verified, whoever
/// wrote it.
async fn read_back(connected: &Connected, identity: &Identity, profile: &Profile, entry: Entry) -> Result<User> {
    let refused = |code| Fault::new(code).with("email", profile.email.as_str());
    let found = find(connected, identity).await.map_err(unavailable)?;
    // A hub that has taken nothing, or withholds it, leaves what stood there: of a user who begins anew, no secret.
    let found = found.filter(|found| !found.is_shredded()).ok_or_else(|| refused(codes::HUB_NEEDED))?;
    // What has come meanwhile counts, too.
    if let Some(Said::Removed(_)) = told(connected, &found.email).await.map_err(unavailable)?.said {
        return Err(refused(codes::REMOVED));
    }
    if found.state == State::Locked || is_locked(connected, &found.email).map_err(unavailable)? {
        return Err(refused(codes::LOCKED));
    }
    let placing = placing(connected, &found).await.map_err(unavailable)?;
    opened(connected, &found, entry, placing).await.map_err(unavailable)
}

/// Whether the address is of a reserved domain, or its user was invited.
fn is_inside(admits: &Admits, said: Option<Said>) -> Result<()> {
    match &admits.outside {
        Some(fault) if said != Some(Said::Invited) => Err(fault.clone()),
        _ => Ok(()),
    }
}

/// The Enterprise Domain of another connection of the organisation, while it is there.
fn domain_of(connected: &Connected, other: ConnectionId) -> Result<Option<String>> {
    let organisation = connected.member()?.organisation();
    let found = organisation.connections.get(&other).filter(|found| found.deleted.is_none());
    Ok(found.map(|found| found.enterprise_domain.clone()))
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn unavailable(fault: Fault) -> Fault {
    tracing::error!(%fault, "users");
    Fault::new(codes::USERS)
}

#[cfg(test)]
mod tests {
    use sekisho_keys::removal::Removal;
    use sekisho_signin::Users;

    use super::*;
    use crate::enrolment::example::{bring, connected, fact_row, identity, keyring, record, user, user_row};
    use crate::store::SealedFile;

    /// Alice signs in, whom the identity provider calls by another address now.
    async fn sign_in(users: &HubUsers) -> Option<sekisho_fault::Code> {
        let who = Identity { idp: "idp".into(), source: "name_id".into(), value: "alice".into() };
        let email = Email::parse("alice.suzuki@example.com").unwrap();
        let profile = Profile { email, first_name: String::new(), last_name: String::new(), groups: Vec::new() };
        let admits = Admits { made: true, ..Admits::default() };
        users.sign_in(&who, &profile, &admits).await.err().map(|fault| fault.code)
    }

    #[tokio::test]
    async fn who_was_removed_is_not_made_anew_under_another_address() {
        let folder = tempfile::tempdir().unwrap();
        let proofs = SealedFile::new(folder.path(), "domains.sealed", &Secret::new([1; 32]));
        let proofs = Arc::new(Proofs::open(proofs, sekisho_resolver::Resolver::default()));
        proofs.saw("example.com");
        let users = HubUsers::new(Arc::new(connected(folder.path()).await), proofs, Arc::new(|_, _| ()));
        let act = sekisho_keys::log::Act::ReserveDomain {
            connection: crate::enrolment::example::PLACE.connection,
            domain: "example.com".into(),
            proven: None,
        };
        crate::enrolment::example::follow(&users.connected.member().unwrap(), act);
        let (alice, founder) = (user("alice"), identity(10));
        let first = record(&alice, &keyring(), None, 1);
        bring(&users.connected, vec![user_row(&first)]).await;
        assert_eq!(sign_in(&users).await, None, "a known user does without the hub");

        let removal = Removal { at: 1_800_000_000, users: 1, approved: None, invited: false };
        bring(&users.connected, vec![fact_row(&alice.email, Said::Removed(removal), 1, &founder)]).await;
        assert_eq!(sign_in(&users).await, Some(codes::REMOVED));
        let shredded = record(&alice.clone().shred(), &keyring(), Some(&first), 2);
        bring(&users.connected, vec![user_row(&shredded)]).await;
        assert_eq!(sign_in(&users).await, Some(codes::REMOVED));

        // Where that is taken back, an account is made again, for which the hub is needed.
        bring(&users.connected, vec![fact_row(&alice.email, Said::Restored, 2, &founder)]).await;
        assert_eq!(sign_in(&users).await, Some(codes::HUB_NEEDED));
    }

    #[tokio::test]
    async fn what_was_written_is_handed_over_as_it_was_read_back_and_nothing_that_stood_there_before() {
        let folder = tempfile::tempdir().unwrap();
        let connected = connected(folder.path()).await;
        let (alice, founder) = (user("alice"), identity(10));
        let who = Identity { idp: "idp".into(), source: "name_id".into(), value: "alice".into() };
        let email = Email::parse(&alice.email).unwrap();
        let profile = Profile { email, first_name: String::new(), last_name: String::new(), groups: Vec::new() };
        let back = async || read_back(&connected, &who, &profile, Entry::Made).await.err().map(|fault| fault.code);
        assert_eq!(back().await, Some(codes::HUB_NEEDED), "the hub says that it has taken what it has not");
        let first = record(&alice, &keyring(), None, 1);
        bring(&connected, vec![user_row(&first)]).await;
        assert_eq!(back().await, None);
        let locked = record(&user::User { state: State::Locked, ..alice.clone() }, &keyring(), Some(&first), 2);
        bring(&connected, vec![user_row(&locked)]).await;
        assert_eq!(back().await, Some(codes::LOCKED), "meanwhile");
        let shredded = record(&alice.clone().shred(), &keyring(), Some(&locked), 3);
        bring(&connected, vec![user_row(&shredded)]).await;
        assert_eq!(back().await, Some(codes::HUB_NEEDED), "nobody has a vault without a secret");
        let removal = Removal { at: 1_800_000_000, users: 1, approved: None, invited: false };
        let again = record(&alice, &keyring(), Some(&shredded), 4);
        bring(&connected, vec![user_row(&again), fact_row(&alice.email, Said::Removed(removal), 1, &founder)]).await;
        assert_eq!(back().await, Some(codes::REMOVED));
    }

    #[tokio::test]
    async fn what_is_said_anew_of_a_user_counts_whatever_the_hub_counts() {
        let folder = tempfile::tempdir().unwrap();
        let connected = connected(folder.path()).await;
        let (alice, founder) = (user("alice"), identity(10));
        let in_force = async || connected.removals().await.unwrap().in_force().count();
        let removal = Removal { at: 1_800_000_000, users: 1, approved: None, invited: false };
        // Each is the first that was ever written, as the hub says, or one of more than can be added up.
        let said =
            |said, number, rev| sekisho_hub_api::wire::Row { rev, ..fact_row(&alice.email, said, number, &founder) };
        bring(&connected, vec![said(Said::Removed(removal), 1, 1)]).await;
        assert_eq!(in_force().await, 1);
        bring(&connected, vec![said(Said::Restored, 2, 1)]).await;
        assert_eq!(in_force().await, 0);
        let bob = fact_row("bob@example.com", Said::Removed(removal), 1, &founder);
        let bob = sekisho_hub_api::wire::Row { rev: u64::MAX, ..bob };
        bring(&connected, vec![said(Said::Removed(removal), 3, u64::MAX), bob]).await;
        assert_eq!(in_force().await, 2);
    }
}
