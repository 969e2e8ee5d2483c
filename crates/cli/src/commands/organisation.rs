//! The organisation: founding and recovering it, connections, administrators.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use qrcode::QrCode;
use qrcode::render::unicode;
use sekisho_admin::acts::{
    AdminSession, Authenticator, ConnectionInfo, DomainProof, InvitationText, KitSheet, OpenInvitation, ProofState,
    RemovedAdministrator,
};
use sekisho_admin_api::draft::GetDraft;
use sekisho_admin_api::status::GetStatus;
use sekisho_config::field::Field;
use sekisho_fault::{Fault, Result};
use sekisho_messages::Language;
use serde::de::DeserializeOwned;
use serde_json::json;
use zeroize::Zeroizing;

use super::Context;
use super::login::{code, connection as meant, passphrase, signed_in, way};
use crate::administrator::Administrator;
use crate::arguments::{AdministratorsCommand, ConnectionCommand, Login};
use crate::print::Printer;
use crate::secrets;

/// Makes the authenticator's secret and gives its first code. It is shown, or lies beside the file that it is for until
/// the account is there: a failed try must not replace the secret of an account that exists.
async fn authenticator(printer: Printer, administrator: &mut Administrator, login: &Login) -> Result<String> {
    let made: Authenticator = administrator.call("admin.begin_founding", json!({"login": login.name})).await?;
    if let Some(file) = &login.totp_secret_file {
        set_aside(&fresh(file))?;
        secrets::write(&fresh(file), &made.secret)?;
        return secrets::code_of(&made.secret);
    }
    if let Ok(code) = QrCode::new(made.uri.as_bytes()) {
        eprintln!("{}", code.render::<unicode::Dense1x2>().build());
    }
    eprintln!("{}", printer.say("scan", &[("secret", &made.secret)]));
    code(login)
}

fn fresh(file: &Path) -> PathBuf {
    file.with_extension("new")
}

/// Where a try was cut off, the account may be there, with the secret that was made then: it stays under another name.
fn set_aside(file: &Path) -> Result<()> {
    if !file.exists() {
        return Ok(());
    }
    let names = (1..).map(|number| file.with_extension(format!("new-{number}")));
    let Some(free) = names.into_iter().find(|name| !name.exists()) else { return Ok(()) };
    std::fs::rename(file, free).map_err(|error| secrets::file_fault(file, &error))
}

/// The account is there: its secret takes its place.
fn keep_authenticator(login: &Login) -> Result<()> {
    let Some(file) = &login.totp_secret_file else { return Ok(()) };
    std::fs::rename(fresh(file), file).map_err(|error| secrets::file_fault(file, &error))
}

async fn newcomer(
    context: &Context,
    login: &Login,
    administrator: &mut Administrator,
) -> Result<(Zeroizing<String>, String)> {
    let passphrase = passphrase(login)?;
    let code = authenticator(context.printer, administrator, login).await?;
    Ok((passphrase, code))
}

fn kit(context: &Context, sheet: &KitSheet, file: Option<PathBuf>) -> Result<()> {
    let printer = context.printer;
    let lines = |printer: Printer| {
        let mut lines = vec![
            printer.say("kit_title", &[]),
            printer.pair("organisation", &sheet.organisation),
            printer.pair("hub", &sheet.hub),
            printer.pair("fingerprint", &sheet.fingerprint),
        ];
        lines.extend(sheet.lines.iter().cloned());
        lines.push(printer.say("kit_keep", &[]));
        lines.extend(sheet.unsure.then(|| printer.say("kit_unsure", &[])));
        lines
    };
    let written = file.map(|file| secrets::write(&file, &(lines(printer).join("\n") + "\n")));
    if written.as_ref().is_none_or(Result::is_err) {
        // Where it cannot be written after all, it is not lost.
        printer.reply(sheet, lines);
    }
    written.unwrap_or(Ok(()))
}

/// The kit is shown once: where it goes has to be there before it is made.
///
/// Code: `FILE`.
fn may_be_written(file: Option<&Path>) -> Result<()> {
    let Some(file) = file else { return Ok(()) };
    let fault = |kind: ErrorKind| secrets::file_fault(file, &kind.into());
    if file.is_dir() {
        return Err(fault(ErrorKind::IsADirectory));
    }
    let name = file.file_name().ok_or_else(|| fault(ErrorKind::InvalidFilename))?;
    let tried = file.with_file_name(format!(".{}.{}", name.to_string_lossy(), std::process::id()));
    secrets::write(&tried, "")?;
    std::fs::remove_file(&tried).map_err(|error| secrets::file_fault(&tried, &error))
}

/// A kit in the place of another.
fn replaced(context: &Context, sheet: &KitSheet, file: Option<PathBuf>) -> Result<()> {
    kit(context, sheet, file)?;
    context.printer.aside(|printer| vec![printer.say("kit_replaced", &[])]);
    Ok(())
}

/// Makes another recovery kit.
pub(super) async fn new_kit(context: &Context, login: &Login, file: Option<PathBuf>) -> Result<()> {
    let mut administrator = signed_in(login).await?;
    may_be_written(file.as_deref())?;
    let sheet: KitSheet = administrator.call("admin.new_kit", json!(null)).await?;
    replaced(context, &sheet, file)
}

/// Has the name typed of what goes for good.
///
/// Codes: `NOT_CONFIRMED`, `NOBODY_THERE`.
pub(super) fn confirm(printer: Printer, question: &str, name: &str) -> Result<()> {
    let typed = secrets::line(&printer.say(question, &[("name", name)]), "")?;
    if typed == name { Ok(()) } else { Err(Fault::new(crate::codes::NOT_CONFIRMED)) }
}

/// Founds an organisation; the commands after it are signed in.
pub(super) async fn found(context: &Context, login: &Login, name: &str, file: Option<PathBuf>) -> Result<()> {
    let mut administrator = Administrator::lasting().await?;
    let (passphrase, code) = newcomer(context, login, &mut administrator).await?;
    let wish = json!({
        "way": way(login)?, "name": name, "login": login.name, "passphrase": passphrase.as_str(), "totp_code": code,
    });
    may_be_written(file.as_deref())?;
    let sheet: KitSheet = administrator.call("admin.found", wish).await?;
    let told = kit(context, &sheet, file);
    keep_authenticator(login)?;
    told
}

/// Recovers an organisation with its kit.
pub(super) async fn recover(
    context: &Context,
    login: &Login,
    lines: &Path,
    fingerprint: &str,
    file: Option<PathBuf>,
) -> Result<()> {
    // Should nobody answer, both kits have to be kept.
    if let Some(file) = file.as_deref().filter(|file| file.exists()) {
        return Err(secrets::file_fault(file, &ErrorKind::AlreadyExists.into()));
    }
    let mut administrator = Administrator::here();
    let lines = secrets::read(lines)?;
    let (passphrase, code) = newcomer(context, login, &mut administrator).await?;
    let wish = json!({
        "way": way(login)?, "lines": lines.lines().collect::<Vec<_>>(), "fingerprint": fingerprint, "login": login.name,
        "passphrase": passphrase.as_str(), "totp_code": code,
    });
    may_be_written(file.as_deref())?;
    let sheet: KitSheet = administrator.call("admin.recover", wish).await?;
    let told = kit(context, &sheet, file);
    keep_authenticator(login)?;
    told
}

/// Connections.
pub(super) async fn connection(context: &Context, command: ConnectionCommand) -> Result<()> {
    match command {
        ConnectionCommand::Add { login, name, enterprise_domain } => {
            let mut administrator = signed_in(&login).await?;
            let wish = json!({"name": name, "enterprise_domain": enterprise_domain});
            let made: ConnectionInfo = administrator.call("admin.add_connection", wish).await?;
            context.printer.reply(&made, |printer| vec![printer.pair("connection", &made.id)]);
            Ok(())
        }
        ConnectionCommand::ReserveDomain { login, connection, domain } => {
            let proof: DomainProof = domain_of(context, &login, &connection, &domain, "admin.reserve_domain").await?;
            tell(context, &proof);
            Ok(())
        }
        ConnectionCommand::Ways { login, connection } => {
            let mut administrator = signed_in(&login).await?;
            let connection = meant(&mut administrator, &connection).await?;
            let session: AdminSession = administrator.call("admin.session", json!(null)).await?;
            let hub = session.last_hub.trim_end_matches('/').to_owned();
            let (page, link) = (format!("{hub}/"), format!("{hub}/to/{}", connection.enterprise_domain));
            // The vault is that of this machine's service, where it is one of the connection's.
            let vault = vault_of(context, &connection.enterprise_domain).await;
            let shown = vault.as_deref().unwrap_or("–");
            let known = [("page", &*page), ("domain", &*connection.enterprise_domain), ("vault", shown)];
            let announcement = |language| sekisho_messages::text(language, "console.provisioning.text", &known);
            let reply = json!({
                "page": page, "link": link, "vault": vault, "domains": connection.domains,
                "announcement": {"en": announcement(Language::English), "ja": announcement(Language::Japanese)},
            });
            context.printer.reply(&reply, |printer| {
                let mut lines = vec![
                    printer.pair("ways.page", &page),
                    printer.pair("ways.link", &link),
                    printer.pair("ways.vault", shown),
                    printer.pair("ways.domains", connection.domains.join(", ")),
                    String::new(),
                ];
                lines.extend(announcement(printer.language).lines().map(str::to_owned));
                lines
            });
            Ok(())
        }
        ConnectionCommand::DomainProof { login, connection, domain } => {
            let proof: DomainProof = domain_of(context, &login, &connection, &domain, "admin.look_at_domain").await?;
            tell(context, &proof);
            Ok(())
        }
        ConnectionCommand::ReleaseDomain { login, connection, domain } => {
            domain_of(context, &login, &connection, &domain, "admin.release_domain").await
        }
        ConnectionCommand::Whole(command) => super::whole::whole(context, command).await,
    }
}

async fn domain_of<T: DeserializeOwned>(
    context: &Context,
    login: &Login,
    connection: &str,
    domain: &str,
    method: &str,
) -> Result<T> {
    let mut administrator = signed_in(login).await?;
    let connection = meant(&mut administrator, connection).await?;
    let resolver = resolver(context).await;
    administrator.call(method, json!({"connection": connection.id, "domain": domain, "resolver": resolver})).await
}

/// The DNS server of this machine's service, where it has one that answers; else this machine's own is asked.
pub(super) async fn resolver(context: &Context) -> String {
    let draft = match context.service().await {
        Ok(service) => service.call::<GetDraft>(()).await.ok(),
        Err(_) => None,
    };
    let name = Field::Resolver.name();
    let fields = draft.into_iter().flat_map(|draft| draft.fields);
    fields.into_iter().find(|one| one.field == name).map(|one| one.value).unwrap_or_default()
}

/// What proves a domain, and whether it does.
pub(super) fn tell(context: &Context, proof: &DomainProof) {
    context.printer.reply(proof, |printer| lines(printer, proof));
}

/// What proves a domain, in words.
pub(super) fn lines(printer: Printer, proof: &DomainProof) -> Vec<String> {
    let known = [("domain", proof.domain.as_str()), ("record", &proof.record), ("value", &proof.value)];
    let record = printer.say("domain.record", &known);
    match &proof.state {
        ProofState::Proven => vec![printer.say("domain.proven", &known)],
        ProofState::Missing { found } if found.is_empty() => vec![printer.say("domain.missing", &known), record],
        ProofState::Missing { found } => {
            let found = found.join(" · ");
            vec![printer.say("domain.other", &[known[0], ("found", &found)]), record]
        }
        ProofState::Unknown { detail } => vec![printer.say("domain.unknown", &[known[0], ("detail", detail)]), record],
    }
}

/// Administrators.
pub(super) async fn administrators(context: &Context, command: AdministratorsCommand) -> Result<()> {
    match command {
        AdministratorsCommand::Invite { login, invited } => {
            let mut administrator = signed_in(&login).await?;
            let text: InvitationText = administrator.call("admin.invite", json!({"login": invited})).await?;
            context.printer.reply(&text, |_| vec![text.text.clone()]);
            Ok(())
        }
        AdministratorsCommand::Accept { login } => {
            let mut administrator = Administrator::here();
            let (passphrase, code) = newcomer(context, &login, &mut administrator).await?;
            let wish = json!({"way": way(&login)?, "passphrase": passphrase.as_str(), "totp_code": code});
            administrator.call::<serde_json::Value>("admin.accept", wish).await?;
            keep_authenticator(&login)
        }
        AdministratorsCommand::Admit { login, invited } => {
            let mut administrator = signed_in(&login).await?;
            let missing = || Fault::new(sekisho_admin::codes::NOT_ACCEPTED).with("login", invited.as_str());
            let Some(invitation) = open_invitation(&mut administrator, &invited).await? else {
                // Admitted by a try that nobody has answered, or by somebody else.
                let session: AdminSession = administrator.call("admin.session", json!(null)).await?;
                let there = session.signed_in.is_some_and(|here| here.administrators.contains(&invited));
                return if there { Ok(()) } else { Err(missing()) };
            };
            administrator.call("admin.admit", json!({"invitation": invitation})).await
        }
        AdministratorsCommand::Remove { login, removed, yes, kit_file } => {
            let mut administrator = signed_in(&login).await?;
            if !yes {
                confirm(context.printer, "ask.remove", &removed)?;
            }
            may_be_written(kit_file.as_deref())?;
            let wish = json!({"login": removed});
            let removed: RemovedAdministrator = administrator.call("admin.remove_administrator", wish).await?;
            if let Some(sheet) = removed.kit {
                replaced(context, &sheet, kit_file)?;
            } else {
                context.printer.reply(&json!({"kit": null}), |printer| vec![printer.say("removed_before", &[])]);
            }
            removed.unfinished.map_or(Ok(()), Err)
        }
        AdministratorsCommand::Withdraw { login, invited } => {
            let mut administrator = signed_in(&login).await?;
            let missing = || Fault::new(crate::codes::NO_INVITATION).with("login", invited.as_str());
            let invitation = open_invitation(&mut administrator, &invited).await?.ok_or_else(missing)?;
            administrator.call("admin.withdraw", json!({"invitation": invitation})).await
        }
    }
}

/// The vault of a connection, where this machine's service is one of its servers.
async fn vault_of(context: &Context, enterprise_domain: &str) -> Option<String> {
    let status = context.service().await.ok()?.call::<GetStatus>(()).await.ok()?;
    status.membership.filter(|one| one.enterprise_domain == enterprise_domain)?;
    let origin: Vec<&str> = status.login_url.as_deref()?.splitn(4, '/').take(3).collect();
    Some(format!("{}/vault/", origin.join("/")))
}

/// The open invitation of a name, or by its own.
async fn open_invitation(administrator: &mut Administrator, invited: &str) -> Result<Option<String>> {
    let open: Vec<OpenInvitation> = administrator.call("admin.invitations", json!(null)).await?;
    let found = open.into_iter().find(|one| one.login == invited || one.invitation == invited);
    Ok(found.map(|one| one.invitation))
}
