//! The servers of the connection: how they are, which have applied a save, and a Full Sync of all of them.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use sekisho_admin::acts::AskedForSync;
use sekisho_admin_api::Client;
use sekisho_admin_api::servers::{ListServers, Server, ServerSync};
use sekisho_admin_api::status::GetStatus;
use sekisho_fault::{Arg, Fault, Result};
use sekisho_messages::time;
use serde::Serialize;
use serde_json::json;

use super::Context;
use super::login::signed_in;
use crate::arguments::Login;
use crate::codes;
use crate::print::Printer;

/// How soon the servers are looked at again.
const LOOK: Duration = Duration::from_secs(1);

/// The servers and their states.
pub(super) async fn list(context: &Context) -> Result<()> {
    let found = context.service().await?.call::<ListServers>(()).await?;
    context.printer.reply(&found, |printer| {
        let mut lines = vec![row(&["server", "state", "version", "revision", "certificate", "synced", "sign_in"]
            .map(|column| printer.say(&format!("servers.{column}"), &[])))];
        for server in &found.servers {
            lines.push(shown(printer, server));
            let silent = server
                .heard
                .filter(|_| server.stale)
                .map(|heard| printer.say("servers.not_heard", &[("name", &server.name), ("time", &time(heard))]));
            lines.extend(silent);
            lines.extend(server.names.iter().map(|used| {
                let (last, count) = (used.last.map_or_else(|| "-".to_owned(), time), used.count.to_string());
                format!(
                    "  {}",
                    printer.say("servers.name_use", &[("host", &used.host), ("last", &last), ("count", &count)])
                )
            }));
            let synced = server.sync.as_ref().and_then(|sync| Some((sync, time(sync.ended?))));
            lines.extend(synced.map(|(sync, ended)| format!("  Full Sync {ended}: {}", verified(printer, sync))));
            lines.extend(server.reason.iter().chain(&server.warnings).map(|fault| printer.fault(fault)));
        }
        lines.extend(found.faults.iter().map(|fault| printer.fault(fault)));
        if found.servers.len() == 1 {
            lines.push(printer.say("servers.only_one", &[]));
        }
        lines
    });
    Ok(())
}

fn row(cells: &[String; 7]) -> String {
    let [name, state, version, revision, certificate, synced, sign_in] = cells;
    format!("{name:<24} {state:<16} {version:<10} {revision:<16} {certificate:<24} {synced:<24} {sign_in}")
}

fn shown(printer: Printer, server: &Server) -> String {
    let none = || "-".to_owned();
    let moment = |moment: Option<i64>| moment.map_or_else(none, time);
    let state = match &server.state {
        Some(state) if server.stale => format!("? {}", printer.say(&format!("state.{state}"), &[])),
        Some(state) => {
            let mark = match state.as_str() {
                "running" => "✓",
                "stopped" | "failed" => "✕",
                _ => "!",
            };
            format!("{mark} {}", printer.say(&format!("state.{state}"), &[]))
        }
        None => format!("? {}", printer.say("servers.never", &[])),
    };
    let own = if server.own { printer.say("servers.own", &[]) } else { String::new() };
    let behind = match server.behind {
        0 => String::new(),
        count => printer.say("servers.behind", &[("count", &count.to_string())]),
    };
    let revision = server.revision.map_or_else(none, |revision| format!("{revision} {behind}").trim().to_owned());
    let certificate = server.certificate.as_ref().map_or_else(none, |served| {
        let short: String = served.sha256.chars().filter(|letter| *letter != ':').take(8).collect();
        let end = served.not_after.map(|end| time(end).chars().take(10).collect::<String>());
        format!("{short} {}", end.unwrap_or_default()).trim().to_owned()
    });
    row(&[
        format!("{} {own}", server.name).trim().to_owned(),
        state,
        server.version.clone().unwrap_or_else(none),
        revision,
        certificate,
        moment(server.synced),
        moment(server.last_sign_in),
    ])
}

/// Whether a server has done what all of them are to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Tick {
    /// It says so.
    Done,
    /// It has not said so yet.
    Waiting,
    /// It has not been heard of for a while: it does so when it returns.
    Absent,
    /// It says why it does not.
    Held,
}

/// A server, and whether it has done it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Ticked {
    server: String,
    name: String,
    tick: Tick,
    heard: Option<i64>,
    reason: Option<Fault>,
    sync: Option<ServerSync>,
}

fn ticked(server: &Server, done: bool) -> Ticked {
    let tick = match () {
        () if done => Tick::Done,
        () if server.stale || server.heard.is_none() => Tick::Absent,
        () if server.reason.is_some() => Tick::Held,
        () => Tick::Waiting,
    };
    Ticked {
        server: server.server.clone(),
        name: server.name.clone(),
        tick,
        heard: server.heard,
        reason: server.reason.clone().filter(|_| tick == Tick::Held),
        sync: server.sync.clone(),
    }
}

/// Whether it is worth waiting for: what an administrator has stopped goes on only when one starts it.
fn may_come(ticked: &Ticked) -> bool {
    let stopped = |reason: &Fault| {
        let cause = match reason.args.get("cause") {
            Some(Arg::Text(cause)) => cause.as_str(),
            _ => reason.code.as_str(),
        };
        cause == "service.stopped_by_administrator"
    };
    match ticked.tick {
        Tick::Waiting => true,
        Tick::Held => !ticked.reason.as_ref().is_some_and(stopped),
        Tick::Done | Tick::Absent => false,
    }
}

/// Watches the servers until each has done it or is away, or the time is over. Who is done is told at once.
async fn watch(
    context: &Context,
    service: &Client,
    patience: Duration,
    done: impl Fn(&Server) -> bool,
    say: impl Fn(Printer, &Ticked) -> String,
) -> Result<Vec<Ticked>> {
    let (begun, mut told) = (Instant::now(), BTreeSet::new());
    loop {
        let servers = service.call::<ListServers>(()).await?.servers;
        let ticks: Vec<Ticked> = servers.iter().map(|server| ticked(server, done(server))).collect();
        let over = begun.elapsed() >= patience || !ticks.iter().any(may_come);
        for one in ticks.iter().filter(|one| over || one.tick == Tick::Done) {
            if told.insert(one.server.clone()) {
                context.printer.aside(|printer| vec![say(printer, one)]);
            }
        }
        if over {
            return Ok(ticks);
        }
        tokio::time::sleep(LOOK.min(patience)).await;
    }
}

/// Watches until the servers have applied a revision.
pub(super) async fn applied(
    context: &Context,
    service: &Client,
    revision: u64,
    patience: Duration,
) -> Result<Vec<Ticked>> {
    let number = revision.to_string();
    let done = |server: &Server| server.revision >= Some(revision);
    watch(context, service, patience, done, |printer, one| {
        said(printer, one, ["tick.applied", "tick.not_applied", "tick.applies_later"], &number)
    })
    .await
}

fn said(printer: Printer, one: &Ticked, [done, waiting, absent]: [&str; 3], number: &str) -> String {
    let since = one.heard.map_or_else(|| "-".to_owned(), time);
    let args = [("name", one.name.as_str()), ("number", number), ("time", since.as_str())];
    match one.tick {
        Tick::Done => format!("✓ {}", printer.say(done, &args)),
        Tick::Waiting => format!("… {}", printer.say(waiting, &args)),
        Tick::Absent => format!("? {}", printer.say(absent, &args)),
        Tick::Held => one.reason.as_ref().map_or_else(String::new, |reason| printer.fault(reason)),
    }
}

/// Asks all servers for a Full Sync, and watches what comes of it.
pub(super) async fn sync_all(context: &Context, login: &Login, patience: Duration) -> Result<()> {
    let service = context.service().await?;
    let membership = service.call::<GetStatus>(()).await?.membership;
    let connection = membership.ok_or_else(|| Fault::new(codes::NOT_ENROLLED))?.connection;
    let mut administrator = signed_in(login).await?;
    let asked: AskedForSync = administrator.call("admin.ask_for_sync", json!({ "connection": connection })).await?;
    let ended = |server: &Server| {
        server.sync.as_ref().is_some_and(|sync| sync.request >= asked.request && sync.ended.is_some())
    };
    let ticks = watch(context, &service, patience, ended, |printer, one| {
        let line = said(printer, one, ["tick.synced", "tick.not_synced", "tick.syncs_later"], "");
        let Some(sync) = one.sync.as_ref().filter(|_| one.tick == Tick::Done) else { return line };
        format!("{line} {}", verified(printer, sync))
    })
    .await?;
    let reply = json!({ "request": asked.request, "servers": ticks });
    context.printer.reply(&reply, |_| Vec::new());
    let faults = ticks.iter().filter(|one| one.tick == Tick::Done).flat_map(|one| &one.sync);
    match faults.map(|sync| sync.faults.len()).sum::<usize>() {
        0 => Ok(()),
        count => Err(Fault::new(codes::SYNC_FAULTS).with("count", count)),
    }
}

fn verified(printer: Printer, sync: &ServerSync) -> String {
    let revision = sync.revision.map_or_else(|| "-".to_owned(), |revision| revision.to_string());
    let (log, users, checkpoints) =
        (sync.log_entries.to_string(), sync.users.to_string(), sync.checkpoints.to_string());
    let args = [("log", log.as_str()), ("revision", &revision), ("users", &users), ("checkpoints", &checkpoints)];
    let mut text = printer.say("tick.verified", &args);
    if !sync.faults.is_empty() {
        text = format!("{text} ✕ {}", sync.faults.join(", "));
    }
    text
}
