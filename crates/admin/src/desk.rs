//! The desk: one place where console and command line bring their wishes, by method name. It holds the session.

use std::path::Path;

use sekisho_fault::{Fault, Result};
use sekisho_keys::ids::Hash;
use sekisho_keys::kit::Kit;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::acts::{
    AcceptInvitation, AddConnection, AdminSession, AskForSync, BeginFounding, CertificateToFile, DeleteConnection,
    EnrolServer, ExportToFile, FoundOrganisation, GiveRevisionBack, HubWay, InviteAdministrator, InviteUser, KitSheet,
    MailDomain, MakeToken, MarkItem, OpenExport, Preflight, RecoverOrganisation, RehearseKit, RemovedAdministrator,
    SignIn, SignSave, Suggested, WhichAdministrator, WhichConnection, WhichInvitation, WhichServer, WhichServers,
    WhichUsersNext,
};
use crate::founding::{self, Founding, Newcomer};
use crate::memory::Memory;
use crate::session::{Session, now, random};
use crate::unanswered::is_unanswered;
use crate::way::{Destination, client};
use crate::{authenticator, codes, inviting, passphrase, signing_in};

/// The administrator's desk in this process.
pub struct Desk {
    memory: Memory,
    session: Option<Session>,
    totp_secret: Option<[u8; 20]>,
    kit: Option<Kit>,
    /// An organisation that was sent to a hub, and of which nobody has said whether it is founded.
    founding: Option<Founding>,
}

impl Desk {
    /// A desk with its memory in a file.
    pub fn new(memory: &Path) -> Self {
        Self { memory: Memory::at(memory), session: None, totp_secret: None, kit: None, founding: None }
    }

    /// The session.
    ///
    /// Code: `SIGNED_OUT`.
    pub fn session(&mut self) -> Result<&mut Session> {
        self.session.as_mut().ok_or_else(|| Fault::new(codes::SIGNED_OUT))
    }

    /// Does what a method's name says.
    ///
    /// Codes: `UNKNOWN_METHOD`, `BAD_PARAMS`, and those of the method.
    pub async fn call(&mut self, method: &str, params: Value) -> Result<Value> {
        let reply = self.act(method, params).await;
        // Whatever was appended or followed is remembered at once: what the hub takes back later is found out.
        let kept = self.session.as_ref().map_or(Ok(()), |session| {
            let organisation = session.organisation();
            let (id, head) = (organisation.id().to_string(), organisation.head());
            self.memory.keep(session.hub().address(), &session.describe().login, &id, head)
        });
        match (reply, kept) {
            // The next call tries to remember it again.
            (Ok(reply), Err(_)) if is_told_once(method) => Ok(reply),
            (reply, kept) => kept.and(reply),
        }
    }

    #[allow(clippy::too_many_lines, reason = "one method after the other, each a few lines: a table")]
    async fn act(&mut self, method: &str, params: Value) -> Result<Value> {
        match method {
            "admin.session" => answer(&self.describe()),
            "admin.preflight" => answer(&self.preflight(&read(method, params)?).await?),
            "admin.suggest_passphrase" => answer(&Suggested { passphrase: passphrase::suggest(random()) }),
            "admin.begin_founding" => {
                let wish: BeginFounding = read(method, params)?;
                let sent = self.founding.as_ref().filter(|sent| sent.login() == wish.login.trim());
                // The account may be there, with that.
                let secret = sent.and_then(Founding::totp_secret).unwrap_or_else(random);
                self.totp_secret = Some(secret);
                answer(&authenticator::show(&secret, &wish.login)?)
            }
            "admin.found" => answer(&self.found(&read(method, params)?).await?),
            "admin.rehearse_kit" => answer(&self.rehearse(&read(method, params)?)?),
            "admin.recover" => answer(&self.recover(&read(method, params)?).await?),
            "admin.accept" => answer(&self.accept(&read(method, params)?).await?),
            "admin.sign_in" => {
                let wish: SignIn = read(method, params)?;
                let (hub, _) = client(&wish.way, &self.memory)?;
                let login = wish.login.trim();
                let opened =
                    signing_in::by_passphrase(&hub, login, &wish.passphrase, &wish.totp_code, &mut self.memory);
                self.session = Some(opened.await?);
                self.founding = None;
                answer(&self.describe())
            }
            "admin.sign_out" => {
                if let Some(session) = self.session.take() {
                    // Gone here in any case; the hub forgets it by itself, too.
                    let _ = session.hub().sign_out().await;
                }
                answer(&())
            }
            "admin.add_connection" => {
                let wish: AddConnection = read(method, params)?;
                answer(&self.session()?.add_connection(&wish).await?)
            }
            "admin.reserve_domain" => {
                let wish: MailDomain = read(method, params)?;
                answer(&self.session()?.reserve_domain(&wish).await?)
            }
            "admin.look_at_domains" => answer(&self.session()?.look_at_domains(&read(method, params)?).await?),
            "admin.look_at_domain" => {
                let wish: MailDomain = read(method, params)?;
                answer(&self.session()?.look_at_domain(&wish).await?)
            }
            "admin.release_domain" => {
                let wish: MailDomain = read(method, params)?;
                answer(&self.session()?.release_domain(&wish).await?)
            }
            "admin.enrol" => {
                let wish: EnrolServer = read(method, params)?;
                answer(&self.session()?.enrol(&wish).await?)
            }
            "admin.make_token" => {
                let wish: MakeToken = read(method, params)?;
                answer(&self.session()?.make_token(&wish).await?)
            }
            "admin.save" => {
                let wish: SignSave = read(method, params)?;
                answer(&self.session()?.save(&wish).await?)
            }
            "admin.give_revision_back" => {
                let wish: GiveRevisionBack = read(method, params)?;
                answer(&self.session()?.give_revision_back(&wish).await?)
            }
            "admin.invite" => {
                let wish: InviteAdministrator = read(method, params)?;
                answer(&self.session()?.invite(&wish).await?)
            }
            "admin.invitations" => answer(&self.session()?.invitations().await?),
            "admin.withdraw" => {
                let wish: WhichInvitation = read(method, params)?;
                answer(&self.session()?.withdraw(&wish.invitation).await?)
            }
            "admin.admit" => {
                let wish: WhichInvitation = read(method, params)?;
                answer(&self.session()?.admit(&wish.invitation).await?)
            }
            "admin.ask_for_sync" => {
                let wish: AskForSync = read(method, params)?;
                answer(&self.session()?.ask_for_sync(&wish).await?)
            }
            "admin.servers" => {
                let wish: WhichServers = read(method, params)?;
                answer(&self.session()?.servers(&wish).await?)
            }
            "admin.retire_server" => {
                let wish: WhichServer = read(method, params)?;
                answer(&self.session()?.retire_server(&wish).await?)
            }
            "admin.compromised_server" => {
                let wish: WhichServer = read(method, params)?;
                answer(&self.session()?.compromised_server(&wish).await?)
            }
            "admin.checklists" => {
                let wish: WhichServers = read(method, params)?;
                answer(&self.session()?.checklists(&wish).await?)
            }
            "admin.mark" => {
                let wish: MarkItem = read(method, params)?;
                answer(&self.session()?.mark(&wish).await?)
            }
            "admin.remove_administrator" => {
                let wish: WhichAdministrator = read(method, params)?;
                let removed = self.session()?.remove(&wish).await?;
                let (kit, sheet) = removed.kit.unzip();
                self.kit = kit.or(self.kit.take());
                answer(&RemovedAdministrator { kit: sheet, unfinished: removed.unfinished })
            }
            "admin.new_kit" => {
                let (kit, sheet) = self.session()?.new_kit().await?;
                self.kit = Some(kit);
                answer(&sheet)
            }
            "admin.next_users" => {
                let wish: WhichUsersNext = read(method, params)?;
                answer(&self.session()?.next_users(&wish).await?)
            }
            "admin.export_to_file" => {
                let wish: ExportToFile = read(method, params)?;
                answer(&self.session()?.export_to_file(&wish).await?)
            }
            "admin.certificate_to_file" => {
                let wish: CertificateToFile = read(method, params)?;
                answer(&self.session()?.certificate_to_file(&wish).await?)
            }
            "admin.open_export" => {
                let wish: OpenExport = read(method, params)?;
                answer(&self.session()?.open_export(&wish).await?)
            }
            "admin.deletion" => {
                let wish: WhichConnection = read(method, params)?;
                answer(&self.session()?.deletion(&wish).await?)
            }
            "admin.delete_connection" => {
                let wish: DeleteConnection = read(method, params)?;
                answer(&self.session()?.delete_connection(&wish).await?)
            }
            "admin.deleted_connections" => answer(&self.session()?.deleted_connections().await?),
            "admin.undelete_connection" => {
                let wish: WhichConnection = read(method, params)?;
                answer(&self.session()?.undelete_connection(&wish).await?)
            }
            "admin.invite_user" => {
                let wish: InviteUser = read(method, params)?;
                answer(&self.session()?.invite_user(&wish).await?)
            }
            "admin.users" => answer(&self.session()?.users(&read(method, params)?).await?),
            "admin.find_users" => answer(&self.session()?.find_users(&read(method, params)?).await?),
            "admin.place_users" => answer(&self.session()?.place_users(&read(method, params)?).await?),
            "admin.waiting_users" => answer(&self.session()?.waiting_users(&read(method, params)?).await?),
            "admin.decide_waiting" => answer(&self.session()?.decide_waiting(&read(method, params)?).await?),
            "admin.lock_users" => answer(&self.session()?.lock_users(&read(method, params)?).await?),
            "admin.unlock_users" => answer(&self.session()?.unlock_users(&read(method, params)?).await?),
            "admin.remove_users" => answer(&self.session()?.remove_users(&read(method, params)?).await?),
            "admin.restore_users" => answer(&self.session()?.restore_users(&read(method, params)?).await?),
            "admin.held_removals" => answer(&self.session()?.held_removals(&read(method, params)?).await?),
            "admin.decide_removals" => answer(&self.session()?.decide_removals(&read(method, params)?).await?),
            other => Err(Fault::new(codes::UNKNOWN_METHOD).with("method", other.chars().take(80).collect::<String>())),
        }
    }

    fn describe(&self) -> AdminSession {
        let hub = self.memory.hub();
        let pin = hub.and_then(|hub| hub.pin).map(|pin| format!(" {pin}")).unwrap_or_default();
        AdminSession {
            signed_in: self.session.as_ref().map(Session::describe),
            last_hub: hub.map(|hub| format!("{}{pin}", hub.url)).unwrap_or_default(),
            last_login: self.memory.login().to_owned(),
        }
    }

    async fn preflight(&self, way: &HubWay) -> Result<Preflight> {
        let (hub, destination) = client(way, &self.memory)?;
        let info = hub.info().await?;
        let address = destination.address().url.to_string();
        let clock_ahead = now() - info.time;
        let invited = if let Destination::Invited(code) = destination { Some(code.login) } else { None };
        Ok(Preflight { hub: address, version: info.version, clock_ahead, invited })
    }

    async fn found(&mut self, wish: &FoundOrganisation) -> Result<KitSheet> {
        let (hub, destination) = client(&wish.way, &self.memory)?;
        let Destination::Setup(code) = destination else { return Err(Fault::new(codes::NEEDS_SETUP_CODE).on("hub")) };
        let name = named(&wish.name, "name")?;
        let who = newcomer(self.totp_secret.as_ref(), &wish.login, &wish.passphrase, &wish.totp_code, &[&name])?;
        let is_sent = self.founding.as_ref().is_some_and(|sent| sent.is_of(&code, &name, &who));
        let mut founding = match self.founding.take_if(|_| is_sent) {
            Some(sent) => sent,
            None => Founding::prepare(&hub, &code, &name, &who).await?,
        };
        let token = match founding.send(&hub, who.totp_code).await {
            Ok(token) => token,
            Err(fault) => {
                if is_sent || is_unanswered(&fault) {
                    self.founding = Some(founding);
                }
                return Err(fault);
            }
        };
        let (kit, sheet, session) = founding.open(&hub, &token)?;
        (self.kit, self.session) = (Some(kit), Some(session));
        Ok(sheet)
    }

    fn rehearse(&self, wish: &RehearseKit) -> Result<()> {
        let kit = self.kit.as_ref().ok_or_else(|| Fault::new(codes::NO_KIT))?;
        let right = wish.line.checked_sub(1).is_some_and(|number| kit.has_line(usize::from(number), &wish.text));
        if right { Ok(()) } else { Err(Fault::new(codes::KIT_LINE).with("line", i64::from(wish.line)).on("line")) }
    }

    async fn recover(&mut self, wish: &RecoverOrganisation) -> Result<KitSheet> {
        let (hub, _) = client(&wish.way, &self.memory)?;
        let kit = Kit::read(wish.lines.iter().map(String::as_str))?;
        let who = newcomer(self.totp_secret.as_ref(), &wish.login, &wish.passphrase, &wish.totp_code, &[])?;
        let fingerprint = Hash::read_shown(&wish.fingerprint).map_err(|fault| fault.on("fingerprint"))?;
        let (next, sheet) = founding::recover(&hub, &kit, fingerprint, &who, &mut self.memory).await?;
        self.kit = Some(next);
        Ok(sheet)
    }

    async fn accept(&mut self, wish: &AcceptInvitation) -> Result<()> {
        let (hub, destination) = client(&wish.way, &self.memory)?;
        let Destination::Invited(code) = destination else {
            return Err(Fault::new(codes::NEEDS_INVITATION).on("hub"));
        };
        let who = newcomer(self.totp_secret.as_ref(), &code.login, &wish.passphrase, &wish.totp_code, &[])?;
        inviting::accept(&hub, &code, &who, &mut self.memory).await
    }
}

/// Whether a method's answer has what is shown once.
fn is_told_once(method: &str) -> bool {
    let told = ["found", "recover", "invite", "make_token", "new_kit", "remove_administrator"];
    method.strip_prefix("admin.").is_some_and(|method| told.contains(&method))
}

/// Judges the passphrase before anything is sent.
///
/// Codes: `NAME`, `WEAK_PASSPHRASE`, `NO_AUTHENTICATOR`.
fn newcomer<'a>(
    totp_secret: Option<&'a [u8; 20]>,
    login: &'a str,
    passphrase: &'a str,
    totp_code: &'a str,
    known: &[&str],
) -> Result<Newcomer<'a>> {
    let login = login.trim();
    if login.is_empty() {
        return Err(Fault::new(codes::NAME).on("login"));
    }
    passphrase::judge(passphrase, &[known, &[login]].concat()).map_err(|fault| fault.on("passphrase"))?;
    let totp_secret = totp_secret.ok_or_else(|| Fault::new(codes::NO_AUTHENTICATOR))?;
    Ok(Newcomer { login, passphrase, totp_secret, totp_code })
}

fn named(text: &str, field: &str) -> Result<String> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Fault::new(codes::NAME).on(field));
    }
    Ok(name.to_owned())
}

fn read<T: DeserializeOwned>(method: &str, params: Value) -> Result<T> {
    serde_json::from_value(params)
        .map_err(|error| Fault::new(codes::BAD_PARAMS).with("method", method).with("detail", error.to_string()))
}

fn answer(reply: &impl Serialize) -> Result<Value> {
    serde_json::to_value(reply).map_err(|error| Fault::new(codes::BAD_PARAMS).with("detail", error.to_string()))
}
