//! Servers that leave: retiring one, and what must be made new after one was in wrong hands.

use std::time::{Duration, Instant};

use sekisho_admin::acts::{Checklist, ChecklistEntry, MemberServer, RetiredServer};
use sekisho_fault::{Fault, Result};
use sekisho_messages::{text, time};
use serde_json::json;

use super::Context;
use super::login::{connection as meant, signed_in};
use super::organisation::confirm;
use crate::administrator::Administrator;
use crate::arguments::{Leaving, MarkedItem, ServersCommand};
use crate::print::Printer;

/// How soon it is looked at again whether the servers are done.
const LOOK: Duration = Duration::from_secs(1);

/// Servers that leave.
pub(super) async fn servers(context: &Context, command: ServersCommand) -> Result<()> {
    match command {
        ServersCommand::List { login, connection } => {
            let mut administrator = signed_in(&login).await?;
            let connection = meant(&mut administrator, &connection).await?.id;
            let found = list(&mut administrator, &connection).await?;
            context.printer.reply(&found, |printer| found.iter().map(|server| shown(printer, server)).collect());
            Ok(())
        }
        ServersCommand::Retire(leaving) => leave(context, leaving, "admin.retire_server").await,
        ServersCommand::Compromised(leaving) => leave(context, leaving, "admin.compromised_server").await,
        ServersCommand::Checklist { login, connection } => {
            let mut administrator = signed_in(&login).await?;
            let connection = meant(&mut administrator, &connection).await?.id;
            let lists = checklists(&mut administrator, &connection).await?;
            context.printer.reply(&lists, |printer| {
                if lists.is_empty() {
                    return vec![printer.say("no_checklists", &[])];
                }
                lists.iter().flat_map(|list| checklist(printer, list)).collect()
            });
            Ok(())
        }
        ServersCommand::Done { login, connection, server, item, undo } => {
            let mut administrator = signed_in(&login).await?;
            let connection = meant(&mut administrator, &connection).await?.id;
            let server = find(&mut administrator, &connection, &server).await?.server;
            let item = match item {
                MarkedItem::IdentityProvider => "identity_provider",
                MarkedItem::UserSecrets => "user_secrets",
                MarkedItem::Disk => "disk",
            };
            let wish = json!({"connection": connection, "server": server, "item": item, "done": !undo});
            let list: Checklist = administrator.call("admin.mark", wish).await?;
            context.printer.reply(&list, |printer| checklist(printer, &list));
            Ok(())
        }
    }
}

async fn list(administrator: &mut Administrator, connection: &str) -> Result<Vec<MemberServer>> {
    administrator.call("admin.servers", json!({"connection": connection})).await
}

async fn checklists(administrator: &mut Administrator, connection: &str) -> Result<Vec<Checklist>> {
    administrator.call("admin.checklists", json!({"connection": connection})).await
}

/// The server that is meant: by its long name, or by the machine's if only one has it.
async fn find(administrator: &mut Administrator, connection: &str, meant: &str) -> Result<MemberServer> {
    let known = list(administrator, connection).await?;
    let mut named = known.iter().filter(|server| server.name == meant && server.retired.is_none());
    let only = named.next().filter(|_| named.next().is_none());
    let found = known.iter().find(|server| server.server == meant).or(only);
    found.cloned().ok_or_else(|| Fault::new(sekisho_admin::codes::NO_SERVER).with("server", meant))
}

async fn leave(context: &Context, leaving: Leaving, method: &str) -> Result<()> {
    let printer = context.printer;
    let mut administrator = signed_in(&leaving.login).await?;
    let connection = meant(&mut administrator, &leaving.connection).await?.id;
    let server = find(&mut administrator, &connection, &leaving.server).await?;
    if !leaving.yes && server.retired.is_none() {
        confirm(printer, "ask.retire", &server.name)?;
    }
    let wish = json!({"connection": connection, "server": server.server});
    let mut retired: RetiredServer = administrator.call(method, wish.clone()).await?;
    printer.aside(|printer| vec![printer.say("retired", &[("epoch", &retired.epoch.to_string())])]);
    // The others do the rest by themselves, whether anybody watches or not.
    let (begun, patience) = (Instant::now(), Duration::from_secs(u64::from(leaving.wait)));
    while retired.left > 0 && begun.elapsed() < patience {
        tokio::time::sleep(LOOK).await;
        retired = administrator.call(method, wish.clone()).await?;
    }
    let lists = checklists(&mut administrator, &connection).await?;
    let own = lists.into_iter().find(|list| list.server == server.server);
    let reply = json!({
        "server": retired.server, "epoch": retired.epoch, "left": retired.left, "checklist": own,
    });
    printer.reply(&reply, |printer| {
        let left = retired.left.to_string();
        let mut lines = vec![match retired.left {
            0 => printer.say("reseal_done", &[]),
            _ => printer.say("reseal_left", &[("left", &left)]),
        }];
        lines.extend(own.iter().flat_map(|list| checklist(printer, list)));
        lines
    });
    Ok(())
}

fn shown(printer: Printer, server: &MemberServer) -> String {
    let state = match server.retired {
        None => printer.say("servers.belongs", &[]),
        Some(_) if server.compromised => printer.say("servers.compromised", &[]),
        Some(_) => printer.say("servers.retired", &[]),
    };
    let when = server.retired.map(time).unwrap_or_default();
    format!("{:<24} {}  {state} {when}", server.name, server.server).trim_end().to_owned()
}

fn checklist(printer: Printer, list: &Checklist) -> Vec<String> {
    let mut lines = vec![format!("{}  {}", list.name, list.server)];
    lines.extend(list.entries.iter().flat_map(|entry| item(printer, entry)));
    lines
}

fn item(printer: Printer, entry: &ChecklistEntry) -> Vec<String> {
    // The names are those of the messages.
    let name = serde_json::to_value(entry.item).ok();
    let name = name.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    let said = |key: &str| text(printer.language, &format!("admin.checklist.{key}"), &[]);
    let (mark, state) = if entry.done { ("✓", "checklist.done") } else { ("✕", "checklist.open") };
    let mut line = format!("{mark} {}: {}", said(&name), printer.say(state, &[]));
    if let Some(left) = entry.left.filter(|left| *left > 0) {
        line = format!("{line} {}", printer.say("checklist.left", &[("left", &left.to_string())]));
    }
    if let Some(marked) = entry.marked.as_ref().filter(|_| !entry.follows) {
        let args = [("by", marked.by.as_str()), ("time", &time(marked.time))];
        line = format!("{line} {}", printer.say("checklist.marked", &args));
    }
    if entry.done { vec![line] } else { vec![line, format!("  {}", said(&format!("{name}.do")))] }
}
