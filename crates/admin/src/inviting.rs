//! A second administrator: invited by a secret out of band, accepted, admitted into the log (R3).

use sekisho_fault::{Fault, Result};
use sekisho_hub_api::wire::{Accept, Credential, NewInvitation, Role};
use sekisho_hub_api::{Blob, Hub};
use sekisho_keys::derive::Secret;
use sekisho_keys::envelope::Owner;
use sekisho_keys::identity::{Identity, PublicIdentity};
use sekisho_keys::ids::{AdministratorId, InvitationId};
use sekisho_keys::invitation::{Invitation, Terms};
use sekisho_keys::keyring;
use sekisho_keys::log::{Act, Administrator, Scope};

use crate::account;
use crate::acts::{InvitationText, InviteAdministrator, OpenInvitation};
use crate::codes;
use crate::founding::Newcomer;
use crate::memory::Memory;
use crate::session::{Effects, Log, Session, no_effects, now, random};
use crate::signing_in::by_key;
use crate::unanswered::is_unanswered;
use crate::way::InvitationCode;

/// How long an invitation may be used, in seconds.
const LIFETIME: i64 = 7 * 24 * 3600;

impl Session {
    /// Invites an administrator.
    ///
    /// Codes: `NAME`, and the hub's.
    pub async fn invite(&mut self, wish: &InviteAdministrator) -> Result<InvitationText> {
        let login = wish.login.trim().to_owned();
        if login.is_empty() || login.len() > 120 {
            return Err(Fault::new(codes::NAME).on("login"));
        }
        self.refresh().await?;
        let number = self.key.number;
        let unanswered = self.unanswered.invitation.take();
        let (sent, code) = match unanswered.filter(|(sent, _, under)| sent.login == login && *under == number) {
            Some((sent, code, _)) => (sent, code),
            None => self.new_invitation(login)?,
        };
        if let Err(fault) = self.hub.invite(&sent).await {
            self.unanswered.invitation = is_unanswered(&fault).then_some((sent, code, number));
            return Err(fault);
        }
        Ok(InvitationText { text: code.to_string(), ends: sent.ends })
    }

    fn new_invitation(&self, login: String) -> Result<(NewInvitation, InvitationCode)> {
        let (id, secret) = (InvitationId(random()), random());
        let invitation = Invitation::new(id, &secret);
        let credential = invitation.credential();
        let ends = now() + LIFETIME;
        let sealed = invitation.seal(&self.key, &Terms { login: &login, ends }, random())?;
        let sent = NewInvitation {
            invitation: id.to_string(),
            login: login.clone(),
            credential: Credential {
                keys: credential.id().to_string(),
                signing: Blob(credential.public().signing.to_vec()),
                role: Role::Invitation { invitation: id.to_string(), login: login.clone() },
            },
            sealed: Blob(sealed),
            ends,
        };
        let genesis = self.log.organisation.genesis();
        Ok((sent, InvitationCode { hub: self.hub.address().clone(), id, secret, genesis, login }))
    }

    /// The invitations that are open. Who was admitted meanwhile is known from then on, too.
    ///
    /// Codes: the hub's, and those of the log.
    pub async fn invitations(&mut self) -> Result<Vec<OpenInvitation>> {
        self.refresh().await?;
        let open = self.hub.invitations().await?;
        let shown = open.into_iter().map(|one| OpenInvitation {
            invitation: one.invitation.invitation,
            login: one.invitation.login,
            ends: one.invitation.ends,
            accepted: one.accepted.is_some(),
        });
        Ok(shown.collect())
    }

    /// Takes an invitation back, accepted or not: its name is free for the next one.
    ///
    /// Codes: the hub's.
    pub async fn withdraw(&mut self, invitation: &str) -> Result<()> {
        let invitation: InvitationId = invitation.parse()?;
        self.unanswered.invitation = None;
        self.hub.withdraw(&invitation.to_string()).await
    }

    /// Admits an invited administrator whose keys were made with the invitation.
    ///
    /// Codes: `NOT_ACCEPTED`, `INVITATION` of the keys, `LOG_RULE`.
    pub async fn admit(&mut self, invitation: &str) -> Result<()> {
        self.refresh().await?;
        let sent = self.unanswered.admission.take();
        if let Some((_, id)) = sent.filter(|(sent, _)| sent == invitation)
            && self.log.organisation.members.get(&id).is_some_and(|member| member.active)
        {
            return Ok(());
        }
        let open = self.hub.invitations().await?;
        let missing = || Fault::new(sekisho_hub_api::codes::NOT_FOUND).with("what", "invitation");
        let found = open.into_iter().find(|one| one.invitation.invitation == invitation).ok_or_else(missing)?;
        let (login, ends) = (found.invitation.login, found.invitation.ends);
        if now() > ends {
            return Err(missing());
        }
        let (keys, mark) =
            found.accepted.ok_or_else(|| Fault::new(codes::NOT_ACCEPTED).with("login", login.as_str()))?;
        let id: InvitationId = invitation.parse()?;
        let keys = PublicIdentity::from_bytes(keys.as_slice())?;
        let terms = Terms { login: &login, ends };
        let secret = Invitation::open(id, &self.key, &terms, found.invitation.sealed.as_slice())?;
        secret.verify(&login, &keys, mark.as_slice())?;
        let acts = |session: &Self| {
            let (login, scope) = (login.clone(), Scope::Organisation);
            let key = keyring::seal_organisation_key(&session.key, session.log.organisation.id(), &keys)?;
            let administrator = Administrator { id: administrator(&keys), login, keys, scope };
            let act = Act::AdmitAdministrator { administrator, invitation: id, key: Some(key) };
            Ok((vec![act], Effects { invitation: Some(invitation.to_owned()), ..no_effects() }))
        };
        self.unanswered.admission = Some((invitation.to_owned(), administrator(&keys)));
        self.append_made(acts).await?;
        self.unanswered.admission = None;
        Ok(())
    }
}

/// The invited one's name for good follows from the keys, so that both sides know it.
fn administrator(keys: &PublicIdentity) -> AdministratorId {
    let mut id = [0; 16];
    id.copy_from_slice(&keys.id().0[..16]);
    AdministratorId(id)
}

/// Accepts an invitation: makes keys and account, and leaves both for those who admit.
///
/// Codes: `INVITATION_CLOSED`, `FORK`, and those of the hub and the log.
pub(crate) async fn accept(hub: &Hub, code: &InvitationCode, who: &Newcomer<'_>, memory: &mut Memory) -> Result<()> {
    let invitation = Invitation::new(code.id, &code.secret);
    let hub = by_key(hub, &invitation.credential(), codes::INVITATION_CLOSED).await?;
    // The invitation names the organisation: a hub that shows another one gets no account.
    let log = Log::read(&hub, Some(code.genesis)).await?;
    memory.check_and_keep(hub.address(), who.login, &log)?;
    let identity = Identity::new(Secret::new(random()));
    let owner = Owner {
        administrator: administrator(identity.public()),
        organisation: log.organisation.id(),
        genesis: code.genesis,
        device: false,
    };
    let account = account::make(&hub, None, &who.applies(owner, &identity)).await?;
    let accept = Accept {
        account,
        keys: Blob(identity.public().to_bytes()),
        mark: Blob(invitation.authenticate(who.login, identity.public())),
    };
    hub.accept(&accept).await
}
