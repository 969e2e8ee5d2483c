//! `sekisho balancer`: what stands before the servers, what it has to be told, and the certificate for it.

use std::path::Path;

use sekisho_admin::acts::{CertificateFile, ConnectionInfo};
use sekisho_admin_api::balancer::{
    CertificateGivenOut, GetSnippets, NoteCertificateGivenOut, PoolMember, SeeTopology, SeenTopology, Topology,
    WhichSnippets,
};
use sekisho_fault::{Fault, Result};
use sekisho_messages::time;
use serde_json::json;

use super::Context;
use super::login::{connection as meant, signed_in};
use super::whole::absolute;
use crate::administrator::Administrator;
use crate::arguments::{BalancerCommand, GivenCertificate};
use crate::print::Printer;
use crate::{codes, secrets};

/// Shows, prints, writes.
pub(super) async fn balancer(context: &Context, command: BalancerCommand) -> Result<()> {
    match command {
        BalancerCommand::Show => {
            let seen = context.service().await?.call::<SeeTopology>(()).await?;
            context.printer.reply(&seen, |printer| told(printer, &seen));
            Ok(())
        }
        BalancerCommand::Snippet { kind, tls, servers } => {
            let wish = WhichSnippets { tls: tls.into(), servers };
            let given = context.service().await?.call::<GetSnippets>(wish).await?;
            let snippet = given.snippets.into_iter().find(|snippet| snippet.balancer == kind.name());
            let snippet = snippet.ok_or_else(|| Fault::new(sekisho_admin_api::codes::GARBAGE))?;
            let shown = json!({ "members": given.members, "snippet": snippet });
            let guessed: Vec<&str> = given.members.iter().filter(|one| one.guessed).map(address).collect();
            if !context.printer.json && !guessed.is_empty() {
                // Beside the text, which goes into a file.
                eprintln!("{}", context.printer.say("balancer.guessed", &[("servers", &guessed.join(", "))]));
            }
            context.printer.reply(&shown, |_| vec![snippet.text.trim_end().to_owned()]);
            Ok(())
        }
        BalancerCommand::Certificate(wish) => {
            let GivenCertificate { login, connection, to, yes } = *wish;
            let mut administrator = signed_in(&login).await?;
            let connection = meant(&mut administrator, &connection).await?;
            agreed(context.printer, &connection, yes)?;
            certificate(context, &mut administrator, &connection, &to).await
        }
    }
}

fn address(member: &PoolMember) -> &str {
    &member.address
}

fn told(printer: Printer, seen: &SeenTopology) -> Vec<String> {
    let what = match seen.seen {
        Some(Topology::None) => "balancer.none",
        Some(Topology::AtServers) => "balancer.at_servers",
        Some(Topology::AtBalancer) => "balancer.at_balancer",
        None => "balancer.unknown",
    };
    let list = |names: &[String]| if names.is_empty() { "–".to_owned() } else { names.join(", ") };
    let mut lines = vec![
        printer.say(what, &[("host", &seen.host), ("addresses", &list(&seen.elsewhere))]),
        printer.pair("balancer.trusted", list(&seen.trusted_proxies)),
    ];
    lines.extend(seen.unresolved.iter().map(|fault| printer.fault(fault)));
    lines
}

/// A key leaves the connection only by an administrator's word.
///
/// Codes: `NOT_CONFIRMED`, `NOBODY_THERE`.
fn agreed(printer: Printer, connection: &ConnectionInfo, yes: bool) -> Result<()> {
    if yes {
        return Ok(());
    }
    let typed = secrets::line(&printer.say("ask.give_certificate", &[("name", &connection.name)]), "")?;
    if typed == connection.name { Ok(()) } else { Err(Fault::new(codes::NOT_CONFIRMED)) }
}

async fn certificate(
    context: &Context,
    administrator: &mut Administrator,
    connection: &ConnectionInfo,
    to: &Path,
) -> Result<()> {
    // Its activity is where it is written down who has asked: without it nothing is given out.
    let service = context.service().await?;
    let path = absolute(to)?;
    let (folder, name) = (path.parent().map(Path::display), path.file_name().map(|name| name.to_string_lossy()));
    let wish = json!({
        "connection": connection.id, "folder": folder.map(|folder| folder.to_string()), "name": name,
    });
    let written: CertificateFile = administrator.call("admin.certificate_to_file", wish).await?;
    let noted = service.call::<NoteCertificateGivenOut>(CertificateGivenOut { note: written.note }).await;
    if let Err(fault) = noted {
        // What nobody would know of is not left behind.
        let _ = std::fs::remove_file(&path);
        return Err(fault);
    }
    let CertificateFile { passphrase, subject, not_after, .. } = written;
    let shown = json!({ "file": to, "passphrase": passphrase, "subject": subject, "not_after": not_after });
    context.printer.reply(&shown, |printer| {
        let (file, ends) = (to.display().to_string(), time(not_after));
        vec![
            printer.say("balancer.written", &[("file", &file), ("subject", &subject), ("ends", &ends)]),
            printer.pair("whole.passphrase", &passphrase),
            printer.say("balancer.keep", &[]),
        ]
    });
    Ok(())
}
