//! Users: inviting, locking, removing, taking that back.

use std::path::Path;

use sekisho_admin::users::{ChangedUsers, HeldRemovals, UserInfo, UserState};
use sekisho_fault::Result;
use sekisho_messages::time;
use serde_json::json;

use super::login::{connection as meant, signed_in};
use super::organisation::confirm;
use super::{Context, placing};
use crate::administrator::Administrator;
use crate::arguments::{OfConnection, RemovalsCommand, UsersCommand};
use crate::print::Printer;
use crate::secrets;

/// Users.
pub(super) async fn users(context: &Context, command: UsersCommand) -> Result<()> {
    match command {
        UsersCommand::List(of) => {
            let (mut administrator, connection) = open(&of).await?;
            let users: Vec<UserInfo> = administrator.call("admin.users", json!({"connection": connection})).await?;
            context.printer.reply(&users, |printer| users.iter().map(|user| shown(printer, user)).collect());
            Ok(())
        }
        UsersCommand::Export { of, file } => {
            let (mut administrator, connection) = open(&of).await?;
            let users: Vec<UserInfo> = administrator.call("admin.users", json!({"connection": connection})).await?;
            secrets::write(&file, &csv(&users))?;
            let count = users.len().to_string();
            let known = [("count", count.as_str()), ("file", &file.to_string_lossy())];
            let reply = json!({"users": users.len()});
            context.printer.reply(&reply, |printer| vec![printer.say("users.exported", &known)]);
            Ok(())
        }
        UsersCommand::Invite { of, email, node, role } => {
            let (node, role) = placing::meant(context, node, role).await?;
            let (mut administrator, connection) = open(&of).await?;
            let wish = json!({"connection": connection, "email": email, "node": node, "role": role});
            administrator.call("admin.invite_user", wish).await
        }
        UsersCommand::Move { of, node, emails } => placing::to_node(context, &of, &node, emails).await,
        UsersCommand::Role { of, role, emails } => placing::to_role(context, &of, &role, emails).await,
        UsersCommand::Waiting(command) => placing::waiting(context, command).await,
        UsersCommand::Remove { of, mut emails, file } => {
            if let Some(file) = file {
                emails.extend(addresses(&file)?);
            }
            let (mut administrator, connection) = open(&of).await?;
            let wish = json!({"connection": connection, "emails": emails});
            tell(context, "users.removed", administrator.call("admin.remove_users", wish).await?);
            Ok(())
        }
        UsersCommand::Lock { of, emails } => {
            let (mut administrator, connection) = open(&of).await?;
            let wish = json!({"connection": connection, "emails": emails});
            tell(context, "users.locked", administrator.call("admin.lock_users", wish).await?);
            Ok(())
        }
        UsersCommand::Unlock { of, emails } => {
            let (mut administrator, connection) = open(&of).await?;
            let wish = json!({"connection": connection, "emails": emails});
            tell(context, "users.unlocked", administrator.call("admin.unlock_users", wish).await?);
            Ok(())
        }
        UsersCommand::Restore { of, emails } => {
            let (mut administrator, connection) = open(&of).await?;
            let wish = json!({"connection": connection, "emails": emails});
            tell(context, "users.restored", administrator.call("admin.restore_users", wish).await?);
            Ok(())
        }
        UsersCommand::Removals(RemovalsCommand::List(of)) => {
            let (mut administrator, connection) = open(&of).await?;
            let held = held(&mut administrator, &connection).await?;
            context.printer.reply(&held, |printer| waiting(printer, &held));
            Ok(())
        }
        UsersCommand::Removals(RemovalsCommand::Approve { of, yes }) => {
            let (mut administrator, connection) = open(&of).await?;
            let held = held(&mut administrator, &connection).await?;
            if !yes {
                for line in waiting(context.printer, &held) {
                    eprintln!("{line}");
                }
                confirm(context.printer, "ask.removals", &held.removals.len().to_string())?;
            }
            let wish = json!({"connection": connection, "set": held.set, "approve": true});
            tell(context, "users.removed", administrator.call("admin.decide_removals", wish).await?);
            Ok(())
        }
        UsersCommand::Removals(RemovalsCommand::Reject(of)) => {
            let (mut administrator, connection) = open(&of).await?;
            let held = held(&mut administrator, &connection).await?;
            let wish = json!({"connection": connection, "set": held.set, "approve": false});
            tell(context, "users.restored", administrator.call("admin.decide_removals", wish).await?);
            Ok(())
        }
    }
}

pub(super) async fn open(of: &OfConnection) -> Result<(Administrator, String)> {
    let mut administrator = signed_in(&of.login).await?;
    let connection = meant(&mut administrator, &of.connection).await?.id;
    Ok((administrator, connection))
}

async fn held(administrator: &mut Administrator, connection: &str) -> Result<HeldRemovals> {
    administrator.call("admin.held_removals", json!({"connection": connection})).await
}

/// The lines of a file that are not empty.
fn addresses(file: &Path) -> Result<Vec<String>> {
    let text =
        if file == Path::new("-") { std::io::read_to_string(std::io::stdin()) } else { std::fs::read_to_string(file) };
    let text = text.map_err(|error| secrets::file_fault(file, &error))?;
    Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

pub(super) fn tell(context: &Context, text: &str, done: ChangedUsers) {
    let (changed, waiting) = (done.changed.to_string(), done.waiting.to_string());
    context.printer.reply(&done, |printer| {
        let mut lines = vec![printer.say(text, &[("count", &changed)])];
        if done.waiting > 0 {
            lines.push(printer.say("users.waiting", &[("count", &waiting)]));
        }
        lines
    });
}

/// The users as a table (RFC 4180), with one line for each.
fn csv(users: &[UserInfo]) -> String {
    let row = |user: &UserInfo| {
        let removed = user.removed.map(time).unwrap_or_default();
        let [node, role] = [&user.node, &user.role].map(|id| id.as_deref().unwrap_or_default());
        [&*user.email, &*user.name, word(user.state), &*removed, node, role].map(cell).join(",") + "\r\n"
    };
    let head = "email,name,state,removed,node,role\r\n".to_owned();
    std::iter::once(head).chain(users.iter().map(row)).collect()
}

/// A cell: quoted, and never a formula to a program that opens the table.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!("\"{}{}\"", if formula { "'" } else { "" }, text.replace('"', "\"\""))
}

fn word(state: UserState) -> &'static str {
    match state {
        UserState::Invited => "invited",
        UserState::Active => "active",
        UserState::Locked => "locked",
        UserState::Waiting => "waiting",
        UserState::Removed => "removed",
        UserState::Gone => "gone",
    }
}

fn shown(printer: Printer, user: &UserInfo) -> String {
    let state = word(user.state);
    let state = printer.say(&format!("users.state.{state}"), &[]);
    let since = user.removed.map(|at| format!(" ({})", time(at))).unwrap_or_default();
    format!("{}  {}  {state}{since}", user.email, user.name)
}

fn waiting(printer: Printer, held: &HeldRemovals) -> Vec<String> {
    if held.removals.is_empty() {
        return vec![printer.say("users.none_waiting", &[])];
    }
    held.removals.iter().map(|one| format!("{}  {}  {}", one.email, one.by, time(one.at))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_users_is_one_line_each_and_holds_no_formula() {
        let user = |email: &str, name: &str, removed| UserInfo {
            email: email.to_owned(),
            name: name.to_owned(),
            state: UserState::Active,
            removed,
            node: Some("osaka".to_owned()),
            role: None,
        };
        let table =
            csv(&[user("a@example.com", "=cmd|' /C calc'!A0", None), user("b@example.com", "O\"Neil, 花子", Some(0))]);
        let lines: Vec<&str> = table.split_terminator("\r\n").collect();
        assert_eq!(lines[0], "email,name,state,removed,node,role");
        assert_eq!(lines[1], r#""a@example.com","'=cmd|' /C calc'!A0","active","","osaka","""#);
        assert!(lines[2].starts_with(r#""b@example.com","O""Neil, 花子","active","1970"#), "{}", lines[2]);
        assert_eq!(lines.len(), 3);
    }
}
