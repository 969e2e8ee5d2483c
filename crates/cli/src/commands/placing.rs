//! Users on nodes and under roles, and newcomers who wait because another user has their address.

use sekisho_admin::users::{ChangedUsers, PlaceOfUser, PlaceUsers, WaitingUser};
use sekisho_admin_api::draft::GetDraft;
use sekisho_admin_api::roles::Roles;
use sekisho_fault::{Fault, Result};
use sekisho_messages::time;
use serde_json::json;

use super::Context;
use super::roles::{node_id, role_id};
use super::users::{open, tell};
use crate::administrator::Administrator;
use crate::arguments::{OfConnection, WaitingCommand};
use crate::codes;

/// What this machine's service has applied: there names are looked up.
pub(super) async fn applied(context: &Context) -> Result<Roles> {
    Ok(context.service().await?.call::<GetDraft>(()).await?.applied_roles)
}

/// Node and role that are meant, by their names for good.
pub(super) async fn meant(
    context: &Context,
    node: Option<String>,
    role: Option<String>,
) -> Result<(Option<String>, Option<String>)> {
    if node.is_none() && role.is_none() {
        return Ok((None, None));
    }
    let known = applied(context).await?;
    let node = node.map(|node| node_id(&known, &node)).transpose()?;
    Ok((node, role.map(|role| role_id(&known, &role)).transpose()?))
}

/// Puts users on a node (`""`: the connection's own).
pub(super) async fn to_node(context: &Context, of: &OfConnection, node: &str, emails: Vec<String>) -> Result<()> {
    let node = if node.is_empty() { None } else { Some(node_id(&applied(context).await?, node)?) };
    place(context, of, PlaceOfUser::Node { node }, emails).await
}

/// Gives users a role (`""`: the one that groups, node or connection give).
pub(super) async fn to_role(context: &Context, of: &OfConnection, role: &str, emails: Vec<String>) -> Result<()> {
    let role = if role.is_empty() { None } else { Some(role_id(&applied(context).await?, role)?) };
    place(context, of, PlaceOfUser::Role { role }, emails).await
}

/// Voids users' second factors.
pub(super) async fn without_factors(context: &Context, of: &OfConnection, emails: Vec<String>) -> Result<()> {
    place(context, of, PlaceOfUser::NoFactors, emails).await
}

async fn place(context: &Context, of: &OfConnection, place: PlaceOfUser, emails: Vec<String>) -> Result<()> {
    let (mut administrator, connection) = open(of).await?;
    let wish = json!(PlaceUsers { connection, emails, place });
    let done: ChangedUsers = administrator.call("admin.place_users", wish).await?;
    tell(context, "users.placed", done);
    Ok(())
}

/// Newcomers who wait.
pub(super) async fn waiting(context: &Context, command: WaitingCommand) -> Result<()> {
    match command {
        WaitingCommand::List(of) => {
            let (mut administrator, connection) = open(&of).await?;
            let waiting = read(&mut administrator, &connection).await?;
            context.printer.reply(&waiting, |printer| {
                if waiting.is_empty() {
                    return vec![printer.say("users.nobody_waits", &[])];
                }
                waiting.iter().map(line).collect()
            });
            Ok(())
        }
        WaitingCommand::Approve { of, email, subject } => decide(context, &of, (email, subject), true).await,
        WaitingCommand::Reject { of, email, subject } => decide(context, &of, (email, subject), false).await,
    }
}

fn line(one: &WaitingUser) -> String {
    let WaitingUser { email, name, subject, idp, known_name, known_subject, known_idp, time: at, .. } = one;
    format!("{email}  {name} ({subject}, {idp})  ≠ {known_name} ({known_subject}, {known_idp})  {}", time(*at))
}

async fn read(administrator: &mut Administrator, connection: &str) -> Result<Vec<WaitingUser>> {
    administrator.call("admin.waiting_users", json!({"connection": connection})).await
}

async fn decide(
    context: &Context,
    of: &OfConnection,
    (email, subject): (String, Option<String>),
    same: bool,
) -> Result<()> {
    let (mut administrator, connection) = open(of).await?;
    let waiting = read(&mut administrator, &connection).await?;
    let meant = |one: &&WaitingUser| one.email == email && subject.as_ref().is_none_or(|known| *known == one.subject);
    let found: Vec<&WaitingUser> = waiting.iter().filter(meant).collect();
    let one = match found[..] {
        [one] => one,
        [] => return Err(Fault::new(sekisho_admin::codes::NOBODY_WAITS).with("email", email)),
        _ => {
            let subjects: Vec<String> = found.iter().map(|one| one.subject.clone()).collect();
            return Err(Fault::new(codes::SEVERAL_WAIT).with("email", email).with("subjects", subjects));
        }
    };
    let wish =
        json!({"connection": connection, "id": one.id, "email": one.email, "account": one.account, "same": same});
    let done: ChangedUsers = administrator.call("admin.decide_waiting", wish).await?;
    tell(context, if same { "users.approved" } else { "users.rejected" }, done);
    Ok(())
}
