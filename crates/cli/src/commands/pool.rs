//! The pool of servers: what a new one needs to join, and whether users are sent to this one.

use std::path::Path;

use sekisho_admin::acts::TokenKeys;
use sekisho_admin_api::enrolment::Admission;
use sekisho_admin_api::join::{FORMAT, JoinToken, MakeJoinFile};
use sekisho_admin_api::pool::{Drain, ProbeServer, Probed, Undrain};
use sekisho_fault::Result;
use sekisho_messages::time;
use serde_json::json;
use zeroize::Zeroizing;

use super::login::signed_in;
use super::{Context, heads};
use crate::arguments::{Login, PoolCommand};
use crate::print::Printer;
use crate::secrets;

/// The pool.
pub(super) async fn pool(context: &Context, command: PoolCommand) -> Result<()> {
    match command {
        PoolCommand::JoinFile { file } => join_file(context, &file).await,
        PoolCommand::Token { login, name, file } => token(context, &login, &name, &file).await,
        PoolCommand::Probe => probe(context).await,
        PoolCommand::Drain => {
            context.service().await?.call::<Drain>(()).await?;
            context.printer.reply(&json!({"drained": true}), |printer| vec![printer.say("pool.drained", &[])]);
            Ok(())
        }
        PoolCommand::Compare { hosts } => heads::compare(context, &hosts).await,
        PoolCommand::FollowAgain => heads::follow_again(context).await,
        PoolCommand::Undrain => {
            context.service().await?.call::<Undrain>(()).await?;
            context.printer.reply(&json!({"drained": false}), |printer| vec![printer.say("pool.undrained", &[])]);
            Ok(())
        }
    }
}

async fn join_file(context: &Context, file: &Path) -> Result<()> {
    let made = context.service().await?.call::<MakeJoinFile>(()).await?;
    let text = serde_json::to_string_pretty(&made).unwrap_or_default();
    if file == Path::new("-") {
        println!("{text}");
        return Ok(());
    }
    std::fs::write(file, text).map_err(|error| secrets::file_fault(file, &error))?;
    let (path, end) = (file.to_string_lossy(), time(made.ends));
    context.printer.reply(&made, |printer| vec![printer.say("pool.join_file", &[("path", &path), ("time", &end)])]);
    Ok(())
}

async fn token(context: &Context, login: &Login, name: &str, file: &Path) -> Result<()> {
    let made = context.service().await?.call::<MakeJoinFile>(()).await?;
    let mut administrator = signed_in(login).await?;
    // The file first: a server whose token cannot be written down is not admitted.
    let to_output = file == Path::new("-");
    if !to_output {
        secrets::write(file, "")?;
    }
    let wish = json!({"connection": made.connection, "name": name});
    let keys: TokenKeys = administrator.call("admin.make_token", wish).await?;
    let server = keys.server.clone();
    let admitted = keys.admission;
    let token = JoinToken {
        sekisho_join_token: FORMAT,
        file: made,
        server: keys.server,
        seed: keys.seed,
        admission: Admission {
            hub_url: admitted.hub_url,
            hub_pin: admitted.hub_pin,
            ticket: admitted.ticket,
            genesis: None,
        },
    };
    let text = Zeroizing::new(serde_json::to_string_pretty(&token).unwrap_or_default());
    if to_output {
        println!("{}", text.as_str());
        return Ok(());
    }
    std::fs::write(file, text.as_bytes()).map_err(|error| secrets::file_fault(file, &error))?;
    let path = file.to_string_lossy();
    context.printer.reply(&json!({"server": server, "file": path}), |printer| {
        vec![printer.say("pool.token", &[("name", name), ("path", &path)])]
    });
    Ok(())
}

async fn probe(context: &Context) -> Result<()> {
    let found = context.service().await?.call::<ProbeServer>(()).await?;
    context.printer.reply(&found, |printer| {
        let mut lines = vec![printer.say("pool.own", &[]), probed(printer, &found.own)];
        lines.push(printer.say("pool.led_to", &[("host", &found.host)]));
        lines.extend(found.led_to.iter().map(|one| probed(printer, one)));
        lines.extend(found.unresolved.iter().map(|fault| printer.fault(fault)));
        lines
    });
    Ok(())
}

fn probed(printer: Printer, one: &Probed) -> String {
    let here = if one.here { printer.say("pool.here", &[]) } else { String::new() };
    match (&one.fault, one.status) {
        (Some(fault), _) => format!("  ✕ {} {here} {}", one.address, printer.fault(fault)),
        (None, Some(200)) => format!("  ✓ {} {here} 200 ({} ms)", one.address, one.milliseconds),
        (None, status) => format!("  ! {} {here} {}", one.address, status.unwrap_or_default()),
    }
}
