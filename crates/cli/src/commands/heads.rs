//! What servers have seen of the hub, carried from one to the other.

use sekisho_admin_api::heads::{FollowAgain, Held, HeldHeads, exchange};
use sekisho_admin_api::{Client, SshHost};
use sekisho_fault::{Fault, Result};
use serde::Serialize;
use serde_json::json;

use super::Context;
use crate::codes;

/// What came of it at two servers.
#[derive(Serialize)]
struct Compared {
    host: String,
    /// At this server, of the other's report.
    here: HeldHeads,
    /// At the other, of this one's.
    there: HeldHeads,
}

/// Compares this server with others.
pub(super) async fn compare(context: &Context, hosts: &[String]) -> Result<()> {
    let hosts: Vec<SshHost> = hosts.iter().map(|host| SshHost::parse(host)).collect::<Result<_>>()?;
    let own = context.service().await?;
    let mut compared = Vec::new();
    for host in hosts {
        let other = Client::connect_by_ssh(&host).await?;
        let (here, there) = exchange(&own, &other).await?;
        compared.push(Compared { host: host.to_string(), here, there });
    }
    let forked = |one: &&Compared| one.here.held == Held::Forked || one.there.held == Held::Forked;
    let servers: Vec<&str> = compared.iter().filter(forked).map(|one| one.here.server.as_str()).collect();
    context.printer.reply(&compared, |printer| {
        let line = |one: &Compared| {
            let arguments = [("server", one.here.server.as_str()), ("own", one.there.server.as_str())];
            let key = match (one.here.held, one.there.held) {
                (Held::Forked, _) | (_, Held::Forked) => "heads.forked",
                (Held::Behind, _) => "heads.behind",
                (_, Held::Behind) => "heads.behind_there",
                (Held::Agrees, Held::Agrees) => "heads.agrees",
            };
            printer.say(key, &arguments)
        };
        compared.iter().map(line).collect()
    });
    if servers.is_empty() { Ok(()) } else { Err(Fault::new(codes::FORKED).with("servers", servers.join(", "))) }
}

/// Follows the hub again.
pub(super) async fn follow_again(context: &Context) -> Result<()> {
    context.service().await?.call::<FollowAgain>(()).await?;
    context.printer.reply(&json!({"follows": true}), |printer| vec![printer.say("heads.follows", &[])]);
    Ok(())
}
