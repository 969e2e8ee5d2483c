//! Founding an organisation, and recovering one with its kit.

use sekisho_fault::Result;
use sekisho_hub_api::wire::{Append, Credential, Found, Role};
use sekisho_hub_api::{Blob, Hub, SetupCode};
use sekisho_keys::derive::Secret;
use sekisho_keys::envelope::Owner;
use sekisho_keys::identity::Identity;
use sekisho_keys::ids::{AdministratorId, Hash, OrganisationId};
use sekisho_keys::keyring::{self, OrganisationKey};
use sekisho_keys::kit::Kit;
use sekisho_keys::log::{Act, Administrator, Body, Entry, FORMAT, Head, Organisation, Scope};
use zeroize::Zeroizing;

use crate::account::{self, Applicant};
use crate::acts::KitSheet;
use crate::codes;
use crate::memory::Memory;
use crate::session::{Log, Session, no_effects, now, random};
use crate::signing_in::{by_key, signer};
use crate::unanswered::is_unanswered;

/// What the founder or the recovering administrator says of themselves.
pub(crate) struct Newcomer<'a> {
    pub(crate) login: &'a str,
    pub(crate) passphrase: &'a str,
    pub(crate) totp_secret: &'a [u8; 20],
    pub(crate) totp_code: &'a str,
}

impl<'a> Newcomer<'a> {
    /// The account that they make.
    pub(crate) fn applies(&self, owner: Owner, identity: &'a Identity) -> Applicant<'a> {
        Applicant {
            login: self.login,
            passphrase: self.passphrase,
            totp_secret: self.totp_secret,
            totp_code: self.totp_code,
            owner,
            identity,
        }
    }
}

pub(crate) fn kit_credential(kit: &Identity) -> Credential {
    let signing = Blob(kit.public().signing.to_vec());
    Credential { keys: kit.id().to_string(), signing, role: Role::Kit }
}

pub(crate) fn sheet(organisation: &str, hub: &Hub, genesis: Hash, kit: &Kit) -> KitSheet {
    let address = hub.address();
    let pin = address.pin.map(|pin| format!(" {pin}")).unwrap_or_default();
    KitSheet {
        organisation: organisation.to_owned(),
        hub: format!("{}{pin}", address.url),
        fingerprint: genesis.shown(),
        lines: kit.lines(),
        unsure: false,
    }
}

/// An organisation, ready to be sent. The same one is sent again where nobody has answered.
pub(crate) struct Founding {
    name: String,
    login: String,
    passphrase: Zeroizing<String>,
    sent: Found,
    organisation: Organisation,
    head: Head,
    administrator: AdministratorId,
    identity: Identity,
    kit: Kit,
}

impl Founding {
    /// Makes an organisation, its recovery kit, and its founder's account.
    pub(crate) async fn prepare(hub: &Hub, code: &SetupCode, name: &str, who: &Newcomer<'_>) -> Result<Self> {
        let (id, administrator) = (OrganisationId(random()), AdministratorId(random()));
        let identity = Identity::new(Secret::new(random()));
        let kit = Kit::new(Secret::new(random()));
        let key = OrganisationKey::first(Secret::new(random()));
        let kit_identity = kit.identity();
        let act = Act::Found {
            name: keyring::seal_name(&key, &id.0, random(), name)?,
            administrator: Administrator {
                id: administrator,
                login: who.login.to_owned(),
                keys: *identity.public(),
                scope: Scope::Organisation,
            },
            kit: *kit_identity.public(),
            key: vec![
                keyring::seal_organisation_key(&key, id, identity.public())?,
                keyring::seal_organisation_key(&key, id, kit_identity.public())?,
            ],
        };
        let body = Body {
            format: FORMAT,
            organisation: id,
            sequence: 0,
            previous: Hash::NONE,
            time: now(),
            author: identity.id(),
            act,
        };
        let entry = Entry::sign(body, &identity);
        let organisation = Organisation::found(&entry, None)?;
        let token = Blob(code.token.to_vec());
        let owner = Owner { administrator, organisation: id, genesis: organisation.genesis(), device: false };
        let account = account::make(hub, Some(token.clone()), &who.applies(owner, &identity)).await?;
        let sent = Found {
            organisation: id.to_string(),
            setup_token: token,
            account,
            genesis: Blob(entry.to_bytes()),
            kit: kit_credential(&kit_identity),
        };
        let (name, login, passphrase) = (name.to_owned(), who.login.to_owned(), who.passphrase.to_owned().into());
        Ok(Self { name, login, passphrase, sent, organisation, head: entry.head(), administrator, identity, kit })
    }

    /// The founder's name at sign-in.
    pub(crate) fn login(&self) -> &str {
        &self.login
    }

    /// The secret of the founder's authenticator.
    pub(crate) fn totp_secret(&self) -> Option<[u8; 20]> {
        self.sent.account.totp_secret.as_slice().try_into().ok()
    }

    /// Whether it is what is wished again.
    pub(crate) fn is_of(&self, code: &SetupCode, name: &str, who: &Newcomer<'_>) -> bool {
        let same_code = self.sent.setup_token.as_slice() == code.token.as_slice();
        let same_founder = self.login == who.login && self.passphrase.as_str() == who.passphrase;
        same_code && same_founder && self.name == name && self.totp_secret().as_ref() == Some(who.totp_secret)
    }

    /// Sends it with the authenticator's code of now, and gives the founder's session token.
    ///
    /// Codes: the hub's.
    pub(crate) async fn send(&mut self, hub: &Hub, totp_code: &str) -> Result<String> {
        totp_code.trim().clone_into(&mut self.sent.account.totp_code);
        Ok(hub.found(&self.sent).await?.token)
    }

    /// The recovery kit, and the founder's session.
    pub(crate) fn open(self, hub: &Hub, token: &str) -> Result<(Kit, KitSheet, Session)> {
        let sheet = sheet(&self.name, hub, self.organisation.genesis(), &self.kit);
        let log = Log { organisation: self.organisation, heads: vec![self.head] };
        let hub = hub.with_session(token, signer(&self.identity));
        let session = Session::open(hub, log, self.administrator, self.identity, self.login)?;
        Ok((self.kit, sheet, session))
    }
}

/// Makes a new administrator with the kit, and the next kit: each is used once. The fingerprint on the kit says which
/// organisation is the right one.
///
/// Codes: `KIT_SPENT`, `FORK`, and those of the hub and the log.
pub(crate) async fn recover(
    hub: &Hub,
    kit: &Kit,
    fingerprint: Hash,
    who: &Newcomer<'_>,
    memory: &mut Memory,
) -> Result<(Kit, KitSheet)> {
    let kit_identity = kit.identity();
    let hub = by_key(hub, &kit_identity, codes::KIT_SPENT).await?;
    let mut log = Log::read(&hub, Some(fingerprint)).await?;
    // Before anything is made: from then on nothing may keep the next kit from being told.
    memory.check_and_keep(hub.address(), who.login, &log)?;
    let organisation = &log.organisation;
    let id = organisation.id();
    let missing = || sekisho_fault::Fault::new(sekisho_keys::codes::NOT_AUTHENTIC);
    let sealed = organisation.kit_key.as_ref().ok_or_else(missing)?;
    let key = keyring::open_organisation_key(&kit_identity, id, sealed)?;
    let name = keyring::open_name(&key, &id.0, &organisation.name)?;

    let (administrator, identity) = (AdministratorId(random()), Identity::new(Secret::new(random())));
    let next = Kit::new(Secret::new(random()));
    let next_identity = next.identity();
    let owner = Owner { administrator, organisation: id, genesis: fingerprint, device: false };
    let account = account::make(&hub, None, &who.applies(owner, &identity)).await?;
    let head = organisation.head();
    let act = Act::Recover {
        administrator: Administrator {
            id: administrator,
            login: who.login.to_owned(),
            keys: *identity.public(),
            scope: Scope::Organisation,
        },
        kit: *next_identity.public(),
        key: vec![
            keyring::seal_organisation_key(&key, id, identity.public())?,
            keyring::seal_organisation_key(&key, id, next_identity.public())?,
        ],
    };
    let body = Body {
        format: FORMAT,
        organisation: id,
        sequence: head.sequence + 1,
        previous: head.hash,
        time: now(),
        author: kit_identity.id(),
        act,
    };
    let entry = Entry::sign(body, &kit_identity);
    log.organisation.apply(&entry)?;
    let append = Append {
        after: log.heads.len() as u64,
        entries: vec![Blob(entry.to_bytes())],
        admit: vec![kit_credential(&next_identity)],
        revoke: vec![kit_identity.id().to_string()],
        account: Some(account),
        ..no_effects()
    };
    let mut unsure = false;
    if let Err(fault) = hub.append(&append).await {
        // Where the next kit opens the hub, it was done and the answer was lost: this kit is used up, and cannot ask again.
        unsure = match by_key(&hub, &next_identity, codes::KIT_SPENT).await {
            Ok(_) => false,
            // The next kit is told: it may be the one that counts, or come to count.
            Err(_) if is_unanswered(&fault) => true,
            Err(_) => return Err(fault),
        };
    }
    let sheet = sheet(&name, &hub, log.organisation.genesis(), &next);
    Ok((next, KitSheet { unsure, ..sheet }))
}
