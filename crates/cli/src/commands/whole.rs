//! A connection as a whole: as one encrypted file, and its deletion.

use std::path::Path;

use sekisho_admin::acts::{ConnectionInfo, DeletedConnection, Deletion, ExportedFile, Going, NextUsers, OpenedExport};
use sekisho_admin_api::Client;
use sekisho_admin_api::import::{HandedUsers, ImportDraft, ImportUsers, ImportedDocument, ImportedUsers};
use sekisho_admin_api::status::GetStatus;
use sekisho_fault::{Fault, Result};
use sekisho_messages::time;
use serde_json::json;

use super::Context;
use super::draft::reviewed;
use super::login::{connection as meant, signed_in};
use crate::administrator::Administrator;
use crate::arguments::WholeConnection;
use crate::codes;
use crate::print::Printer;
use crate::secrets::{self, file_fault};

/// Exports, imports, deletes, takes back.
pub(super) async fn whole(context: &Context, command: WholeConnection) -> Result<()> {
    match command {
        WholeConnection::Export { login, connection, to } => {
            let mut administrator = signed_in(&login).await?;
            let connection = meant(&mut administrator, &connection).await?;
            export(context, &mut administrator, &connection, &to).await
        }
        WholeConnection::Import { login, file, export_passphrase_file, users } => {
            let mut administrator = signed_in(&login).await?;
            import(context, &mut administrator, &file, export_passphrase_file.as_deref(), users).await
        }
        WholeConnection::Delete { login, connection, export_to, name } => {
            let mut administrator = signed_in(&login).await?;
            let connection = meant(&mut administrator, &connection).await?;
            delete(context, &mut administrator, &connection, export_to.as_deref(), name).await
        }
        WholeConnection::Deleted { login } => {
            let deleted = deleted(&mut signed_in(&login).await?).await?;
            context.printer.reply(&deleted, |printer| match deleted.as_slice() {
                [] => vec![printer.say("whole.none_deleted", &[])],
                some => some.iter().map(|one| until(printer, one)).collect(),
            });
            Ok(())
        }
        WholeConnection::Undelete { login, connection } => {
            let mut administrator = signed_in(&login).await?;
            let found = deleted(&mut administrator).await?;
            let only = connection.is_empty() && found.len() == 1;
            let is_meant = |one: &&DeletedConnection| {
                only || [&one.connection, &one.enterprise_domain, &one.name].contains(&&connection)
            };
            // The desk says what is wrong with a connection that is not deleted.
            let which = found.iter().find(is_meant).map_or(connection.clone(), |one| one.connection.clone());
            administrator.call("admin.undelete_connection", json!({"connection": which})).await
        }
    }
}

/// The desk may be another process, in another folder.
pub(super) fn absolute(path: &Path) -> Result<std::path::PathBuf> {
    std::path::absolute(path).map_err(|error| file_fault(path, &error))
}

async fn export(
    context: &Context,
    administrator: &mut Administrator,
    connection: &ConnectionInfo,
    to: &Path,
) -> Result<()> {
    let path = absolute(to)?;
    let (folder, name) = (path.parent().map(Path::display), path.file_name().map(|name| name.to_string_lossy()));
    let wish = json!({
        "connection": connection.id, "folder": folder.map(|folder| folder.to_string()), "name": name,
    });
    let exported: ExportedFile = administrator.call("admin.export_to_file", wish).await?;
    let ExportedFile { passphrase, revision, users, .. } = exported;
    let shown = json!({ "file": to, "passphrase": passphrase, "revision": revision, "users": users });
    context.printer.reply(&shown, |printer| {
        let (file, users) = (to.display().to_string(), users.to_string());
        let revision = revision.map_or_else(|| "–".to_owned(), |revision| revision.to_string());
        vec![
            printer.say("whole.exported", &[("file", &file), ("revision", &revision), ("users", &users)]),
            printer.pair("whole.passphrase", &passphrase),
            printer.say("whole.keep", &[]),
        ]
    });
    Ok(())
}

async fn import(
    context: &Context,
    administrator: &mut Administrator,
    file: &Path,
    passphrase_file: Option<&Path>,
    with_users: bool,
) -> Result<()> {
    let service = context.service().await?;
    let membership = service.call::<GetStatus>(()).await?.membership;
    let connection = membership.map(|membership| membership.connection).unwrap_or_default();
    let path = absolute(file)?;
    let question = context.printer.say("whole.passphrase", &[]);
    let passphrase = secrets::secret(passphrase_file, &question)?;
    let wish = json!({
        "connection": connection, "file": {"from": "path", "path": path}, "passphrase": passphrase.as_str(),
    });
    let opened: OpenedExport = administrator.call("admin.open_export", wish).await?;
    let OpenedExport { document, min_reader, objects, .. } = opened.clone();
    let draft = service.call::<ImportDraft>(ImportedDocument { document, min_reader, objects }).await?;
    let users =
        if with_users { hand_over(administrator, &service, &connection).await? } else { ImportedUsers::default() };
    context.printer.reply(&json!({ "changes": draft.changes, "users": users }), |printer| {
        let (revision, left) = (opened.revision.to_string(), opened.users.to_string());
        let args = [
            ("name", opened.name.as_str()),
            ("domain", opened.enterprise_domain.as_str()),
            ("revision", revision.as_str()),
            ("author", opened.author.as_str()),
            ("time", &time(opened.time)),
        ];
        let mut lines = vec![printer.say("whole.opened", &args)];
        if with_users {
            let (made, there) = (users.made.to_string(), users.there.to_string());
            lines.push(printer.say("whole.users_made", &[("made", &made), ("there", &there)]));
            lines.extend(users.faults.iter().map(|fault| printer.fault(fault)));
        } else if opened.users > 0 {
            lines.push(printer.say("whole.users_stay", &[("users", &left)]));
        }
        lines.extend(reviewed(printer, &draft));
        lines.push(printer.say("whole.save_next", &[]));
        lines
    });
    Ok(())
}

/// Hands the users of the file over to the service, part by part.
async fn hand_over(administrator: &mut Administrator, service: &Client, connection: &str) -> Result<ImportedUsers> {
    let (mut all, mut left) = (ImportedUsers::default(), None::<u64>);
    loop {
        let wish = json!({"connection": connection, "left": left});
        let next: NextUsers = administrator.call("admin.next_users", wish).await?;
        let Some(batch) = next.batch else { return Ok(all) };
        let part = service.call::<ImportUsers>(HandedUsers { batch }).await?;
        all.made += part.made;
        all.there += part.there;
        all.faults.extend(part.faults);
        left = Some(next.left);
    }
}

fn going(printer: Printer, going: &Going) -> Vec<String> {
    let list = |names: &[String]| if names.is_empty() { "–".to_owned() } else { names.join(", ") };
    vec![
        printer.say("whole.goes", &[]),
        printer.pair("connection", &going.name),
        printer.pair("enterprise_domain", &going.enterprise_domain),
        printer.pair("whole.domains", list(&going.domains)),
        printer.pair("whole.servers", list(&going.servers)),
        printer.pair("users", going.users),
        printer.say("whole.detached", &[]),
    ]
}

async fn delete(
    context: &Context,
    administrator: &mut Administrator,
    connection: &ConnectionInfo,
    export_to: Option<&Path>,
    name: Option<String>,
) -> Result<()> {
    if let Some(to) = export_to {
        export(context, administrator, connection, to).await?;
    }
    let found: Deletion = administrator.call("admin.deletion", json!({"connection": connection.id})).await?;
    context.printer.aside(|printer| going(printer, &found.going));
    if found.needs_export {
        return Err(Fault::new(sekisho_admin::codes::EXPORT_NEEDED));
    }
    let typed = match name {
        Some(name) => name,
        None => secrets::line(&context.printer.say("ask.delete", &[("name", &found.going.name)]), "")?,
    };
    if typed.is_empty() {
        return Err(Fault::new(codes::NOT_CONFIRMED));
    }
    let wish = json!({"connection": connection.id, "typed": typed, "shown": found.going});
    let gone: DeletedConnection = administrator.call("admin.delete_connection", wish).await?;
    context.printer.reply(&gone, |printer| vec![until(printer, &gone)]);
    Ok(())
}

async fn deleted(administrator: &mut Administrator) -> Result<Vec<DeletedConnection>> {
    administrator.call("admin.deleted_connections", json!(null)).await
}

fn until(printer: Printer, one: &DeletedConnection) -> String {
    let args = [("name", one.name.as_str()), ("domain", &one.enterprise_domain), ("until", &time(one.until))];
    printer.say("whole.deleted", &args)
}
