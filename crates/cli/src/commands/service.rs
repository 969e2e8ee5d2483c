//! The service of this machine: status, activity, sync, start and stop.

use std::convert::Infallible;
use std::time::Duration;

use sekisho_admin_api::Client;
use sekisho_admin_api::activity::{ListActivity, Page};
use sekisho_admin_api::save::ExportRedacted;
use sekisho_admin_api::servers::ListServers;
use sekisho_admin_api::status::{GetStatus, HubState, State, Status};
use sekisho_admin_api::sync::{FullSync, Serve, StopServing};
use sekisho_fault::{Fault, Result};
use sekisho_messages::time;

use super::Context;
use crate::codes;
use crate::print::Printer;

fn state(printer: Printer, status: &Status) -> Vec<String> {
    let mut lines = vec![printer.pair("state", printer.say(&format!("state.{}", status.state.name()), &[]))];
    if let State::Stopped { reason } | State::Failed { reason } | State::Detached { reason } = &status.state {
        lines.push(printer.fault(reason));
    }
    lines
}

/// What the service is doing.
pub(super) async fn status(context: &Context) -> Result<()> {
    let status = context.service().await?.call::<GetStatus>(()).await?;
    context.printer.reply(&status, |printer| {
        let mut lines = state(printer, &status);
        lines.extend(status.warnings.iter().map(|warning| printer.fault(warning)));
        lines.push(printer.pair("server", &status.server_name));
        lines.push(printer.pair("version", &status.version));
        lines.extend(status.listening.iter().map(|address| printer.pair("listening", address)));
        lines.push(printer.pair("vault_page", &status.vault_page));
        lines.extend(status.login_url.iter().map(|url| printer.pair("login_url", url)));
        lines.extend(status.revision.iter().map(|revision| printer.pair("revision", revision)));
        if let Some(membership) = &status.membership {
            lines.push(printer.pair("enterprise_domain", &membership.enterprise_domain));
            lines.push(printer.pair("hub", &membership.hub));
            lines.push(printer.pair("users", status.users));
        }
        match &status.hub {
            HubState::Unknown => {}
            HubState::Reachable { at } => lines.push(printer.pair("hub_reachable", time(*at))),
            HubState::Unreachable { since, reason } => {
                lines.push(printer.pair("hub_unreachable", time(*since)));
                lines.push(printer.fault(reason));
            }
        }
        lines
    });
    Ok(())
}

/// The newest activity.
pub(super) async fn activity(context: &Context, limit: u16, who: Option<&str>) -> Result<()> {
    let service = context.service().await?;
    let page = Page { before: None, limit, find: who.map(str::to_owned) };
    let entries = service.call::<ListActivity>(page).await?;
    context.printer.reply(&entries, |printer| {
        let line = |entry: &sekisho_admin_api::activity::Entry| {
            let who = entry.who.clone().unwrap_or_default();
            let outcome = entry.refusal.as_ref().map_or_else(|| "✓".to_owned(), |fault| printer.fault(fault));
            let kind = printer.say(&format!("activity.kind.{}", entry.kind.name()), &[]);
            let role = entry.facts.iter().find(|(name, _)| name == "@role").map(|(_, role)| role.as_str());
            let more = entry.reference.as_deref().or(role).unwrap_or_default();
            format!("{}  {kind}  {who}  {outcome}  {more}", time(entry.time))
        };
        entries.iter().map(line).collect()
    });
    Ok(())
}

/// Reads and verifies everything again.
pub(super) async fn full_sync(context: &Context) -> Result<()> {
    let service = context.service().await?;
    let report = tokio::select! {
        report = service.call::<FullSync>(()) => report?,
        never = tell_progress(context, &service) => match never {},
    };
    context.printer.reply(&report, |printer| {
        let revision = report.revision.map_or_else(|| "-".to_owned(), |revision| revision.to_string());
        let mut lines = vec![
            printer.pair("log_entries", report.log_entries),
            printer.pair("revision", revision),
            printer.pair("users", report.users),
        ];
        lines.extend(report.checkpoints.iter().map(|one| {
            let (log, records) = (one.log_entries.to_string(), one.records.to_string());
            let revision = one.revision.map_or_else(|| "-".to_owned(), |revision| revision.to_string());
            let facts = [("name", one.server.as_str()), ("time", &time(one.time)), ("log", &log)];
            printer.say("checkpoint", &[facts.as_slice(), &[("revision", &revision), ("records", &records)]].concat())
        }));
        lines.extend(report.faults.iter().map(|fault| printer.fault(fault)));
        lines
    });
    match report.faults.len() {
        0 => Ok(()),
        count => Err(Fault::new(codes::SYNC_FAULTS).with("count", count)),
    }
}

/// Tells people how far a Full Sync has come, until it is over.
async fn tell_progress(context: &Context, service: &Client) -> Infallible {
    let mut told = None;
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let come = service.call::<ListServers>(()).await.ok().and_then(|servers| servers.progress);
        if let Some(come) = come.filter(|come| Some(*come) != told) {
            context.printer.aside(|printer| {
                let counts = [come.log_entries, come.rows].map(|count| count.to_string());
                vec![printer.say("sync_progress", &[("log", &counts[0]), ("rows", &counts[1])])]
            });
            told = Some(come);
        }
    }
}

/// What is applied, without secrets.
pub(super) async fn export(context: &Context) -> Result<()> {
    let exported = context.service().await?.call::<ExportRedacted>(()).await?;
    println!("{}", serde_json::to_string_pretty(&exported).unwrap_or_default());
    Ok(())
}

/// Serves again.
pub(super) async fn start(context: &Context) -> Result<()> {
    context.service().await?.call::<Serve>(()).await
}

/// Stops serving.
pub(super) async fn stop(context: &Context) -> Result<()> {
    context.service().await?.call::<StopServing>(()).await
}
