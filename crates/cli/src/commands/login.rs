//! Signing in, for one command or for those after it.

use sekisho_admin::acts::{AdminSession, ConnectionInfo, DeletedConnection, HubWay};
use sekisho_fault::{Arg, Fault, Result};
use serde_json::json;
use zeroize::Zeroizing;

use super::Context;
use crate::administrator::Administrator;
use crate::arguments::Login;
use crate::codes;
use crate::print::Printer;
use crate::secrets;

/// The way to the hub, as it was typed.
pub(super) fn way(login: &Login) -> Result<HubWay> {
    let hub = match &login.hub_file {
        Some(file) => secrets::read(file)?.to_string(),
        // Other accounts of this machine read arguments: a secret in one is a secret no more.
        None if login.hub.trim().starts_with("sekisho-") => return Err(Fault::new(codes::SECRET_IN_ARGUMENTS)),
        None => login.hub.clone(),
    };
    let authorities = login.ca.as_deref().map(secrets::read).transpose()?;
    let authorities = authorities.map(|pem| pem.to_string()).unwrap_or_default();
    Ok(HubWay { hub, proxy: login.proxy.clone(), authorities })
}

pub(super) fn passphrase(login: &Login) -> Result<Zeroizing<String>> {
    secrets::secret(login.passphrase_file.as_deref(), "Passphrase")
}

pub(super) fn code(login: &Login) -> Result<String> {
    match (&login.code_file, &login.totp_secret_file) {
        (Some(file), _) => secrets::read(file).map(|code| code.to_string()),
        (None, Some(file)) => secrets::code_of(&secrets::read(file)?),
        (None, None) => secrets::line("Code", ""),
    }
}

async fn open(administrator: &mut Administrator, login: &Login, way: HubWay) -> Result<AdminSession> {
    let known: AdminSession = administrator.call("admin.session", json!(null)).await?;
    let name = if login.name.is_empty() && known.last_login.is_empty() {
        secrets::line("Login", "")?
    } else if login.name.is_empty() {
        known.last_login
    } else {
        login.name.clone()
    };
    let passphrase = passphrase(login)?;
    let wish = json!({
        "way": way, "login": name, "passphrase": passphrase.as_str(), "totp_code": code(login)?,
    });
    administrator.call("admin.sign_in", wish).await
}

/// An administrator who is signed in: by the agent, or now.
pub(super) async fn signed_in(login: &Login) -> Result<Administrator> {
    signed_in_by(login, way(login)?).await
}

/// The same, by a way to the hub that was told.
pub(super) async fn signed_in_by(login: &Login, way: HubWay) -> Result<Administrator> {
    let mut administrator = Administrator::find().await;
    let session: AdminSession = administrator.call("admin.session", json!(null)).await?;
    if session.signed_in.is_none() {
        open(&mut administrator, login, way).await?;
    }
    Ok(administrator)
}

/// Signs in for the commands after this one.
pub(super) async fn sign_in(context: &Context, login: &Login) -> Result<()> {
    let mut administrator = Administrator::lasting().await?;
    let session = open(&mut administrator, login, way(login)?).await?;
    context.printer.reply(&session, |printer| who(printer, &session));
    Ok(())
}

/// Ends the session.
pub(super) async fn sign_out() -> Result<()> {
    Administrator::find().await.call("admin.sign_out", json!(null)).await
}

/// Who is signed in.
pub(super) async fn whoami(context: &Context) -> Result<()> {
    let session: AdminSession = Administrator::find().await.call("admin.session", json!(null)).await?;
    context.printer.reply(&session, |printer| who(printer, &session));
    Ok(())
}

fn who(printer: Printer, session: &AdminSession) -> Vec<String> {
    let Some(signed_in) = &session.signed_in else { return vec![printer.say("signed_out", &[])] };
    let mut lines = vec![
        printer.pair("organisation", &signed_in.organisation),
        printer.pair("login", &signed_in.login),
        printer.pair("hub", &signed_in.hub),
        printer.pair("administrators", signed_in.administrators.join(", ")),
    ];
    lines.extend(signed_in.connections.iter().map(|one| {
        let shown = format!("{} ({})  {}", one.name, one.enterprise_domain, one.domains.join(", "));
        printer.pair("connection", shown)
    }));
    lines
}

/// The connection that is meant: by name, Enterprise Domain or id, or the only one.
pub(super) async fn connection(administrator: &mut Administrator, meant: &str) -> Result<ConnectionInfo> {
    let session: AdminSession = administrator.call("admin.session", json!(null)).await?;
    let connections = session.signed_in.map(|signed_in| signed_in.connections).unwrap_or_default();
    let (none, only) = (connections.is_empty(), meant.is_empty() && connections.len() == 1);
    let found = connections
        .into_iter()
        .find(|one| only || one.id == meant || one.enterprise_domain == meant || one.name == meant);
    match found {
        Some(found) => Ok(found),
        None => Err(not_there(administrator, meant, none).await),
    }
}

/// Why a connection is not there: it may be deleted.
async fn not_there(administrator: &mut Administrator, meant: &str, none: bool) -> Fault {
    let deleted = administrator.call("admin.deleted_connections", json!(null)).await;
    let deleted: Vec<DeletedConnection> = deleted.unwrap_or_default();
    let only = none && meant.is_empty() && deleted.len() == 1;
    let found = deleted
        .iter()
        .find(|one| only || [&one.connection, &one.enterprise_domain, &one.name].contains(&&meant.to_owned()));
    match found {
        Some(one) => Fault::new(sekisho_admin::codes::CONNECTION_DELETED).with("until", Arg::Time(one.until)),
        None => Fault::new(sekisho_admin::codes::NO_CONNECTION).with("connection", meant),
    }
}
