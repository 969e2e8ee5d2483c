//! Users: inviting, locking, removing, taking that back.

use std::path::Path;

use sekisho_admin::users::{ChangedUsers, FindUsers, FoundUsers, HeldRemovals, UserInfo, UserState, table};
use sekisho_admin_api::roles::Roles;
use sekisho_fault::Result;
use sekisho_messages::time;
use serde_json::json;

use super::login::{connection as meant, signed_in};
use super::organisation::confirm;
use super::{Context, placing};
use crate::administrator::Administrator;
use crate::arguments::{OfConnection, RemovalsCommand, StateWish, UsersCommand};
use crate::print::Printer;
use crate::secrets;

/// Users.
pub(super) async fn users(context: &Context, command: UsersCommand) -> Result<()> {
    match command {
        UsersCommand::List(of) => {
            let (mut administrator, connection) = open(&of).await?;
            let users: Vec<UserInfo> = administrator.call("admin.users", json!({"connection": connection})).await?;
            let roles = names(context, &users).await;
            context.printer.reply(&users, |printer| users.iter().map(|user| shown(printer, user, &roles)).collect());
            Ok(())
        }
        UsersCommand::Find { of, words, state } => find(context, &of, &words.join(" "), state).await,
        UsersCommand::Export { of, file } => {
            let (mut administrator, connection) = open(&of).await?;
            let users: Vec<UserInfo> = administrator.call("admin.users", json!({"connection": connection})).await?;
            let roles = names(context, &users).await;
            secrets::write(&file, &table(&users, |user| place(user, &roles), time))?;
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
            let () = administrator.call("admin.invite_user", wish).await?;
            let said = json!({"invited": email});
            context.printer.reply(&said, |printer| vec![printer.say("users.invited", &[("email", &email)])]);
            Ok(())
        }
        UsersCommand::Move { of, node, emails } => placing::to_node(context, &of, &node, emails).await,
        UsersCommand::Role { of, role, emails } => placing::to_role(context, &of, &role, emails).await,
        UsersCommand::ResetFactors { of, emails } => placing::without_factors(context, &of, emails).await,
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

/// Those in whose address or name all words of a text stand.
async fn find(context: &Context, of: &OfConnection, text: &str, state: Option<StateWish>) -> Result<()> {
    let (mut administrator, connection) = open(of).await?;
    let wish = FindUsers { connection, text: text.to_owned(), state: state.map(meant_state), fresh: true };
    let found: FoundUsers = administrator.call("admin.find_users", json!(wish)).await?;
    let roles = names(context, &found.users).await;
    context.printer.reply(&found, |printer| {
        let numbers = [found.users.len() as u64, found.matches, found.all].map(|number| number.to_string());
        let [shown_here, matches, all] = &numbers;
        let numbers = [("shown", shown_here.as_str()), ("matches", matches), ("all", all)];
        let lines = found.users.iter().map(|user| shown(printer, user, &roles));
        lines.chain([printer.say("users.found", &numbers)]).collect()
    });
    Ok(())
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

/// The names of roles and nodes, as far as this machine's service knows them.
async fn names(context: &Context, users: &[UserInfo]) -> Roles {
    let is_placed = users.iter().any(|user| user.node.is_some() || user.role.is_some());
    if is_placed { placing::applied(context).await.unwrap_or_default() } else { Roles::default() }
}

fn place<'a>(user: &'a UserInfo, roles: &'a Roles) -> [&'a str; 2] {
    roles.names(user.node.as_ref(), user.role.as_ref())
}

fn meant_state(wish: StateWish) -> UserState {
    match wish {
        StateWish::Invited => UserState::Invited,
        StateWish::Active => UserState::Active,
        StateWish::Locked => UserState::Locked,
        StateWish::Waiting => UserState::Waiting,
        StateWish::Removed => UserState::Removed,
        StateWish::Gone => UserState::Gone,
    }
}

fn shown(printer: Printer, user: &UserInfo, roles: &Roles) -> String {
    let state = printer.say(&format!("users.state.{}", user.state.word()), &[]);
    let since = user.removed.map(|at| format!(" ({})", time(at))).unwrap_or_default();
    let place = place(user, roles).join(" ");
    format!("{}  {}  {state}{since}  {place}", user.email, user.name).trim_end().to_owned()
}

fn waiting(printer: Printer, held: &HeldRemovals) -> Vec<String> {
    if held.removals.is_empty() {
        return vec![printer.say("users.none_waiting", &[])];
    }
    held.removals.iter().map(|one| format!("{}  {}  {}", one.email, one.by, time(one.at))).collect()
}
