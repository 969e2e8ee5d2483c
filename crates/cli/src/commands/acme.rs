//! `sekisho acme`: the SSL certificate by ACME.

use sekisho_admin_api::acme::{
    AcmeChallenge, AcmeSetting, AcmeState, AcmeTry, EndAcme, ExternalAccount, GetAcme, OrderByAcme, SetAcme, WishedAcme,
};
use sekisho_fault::Result;
use sekisho_messages::time;

use super::Context;
use crate::arguments::{AcmeCommand, AcmeWish};
use crate::print::Printer;
use crate::secrets;

/// Directories that are known by a name.
const KNOWN: [(&str, &str); 2] = [
    ("letsencrypt", "https://acme-v02.api.letsencrypt.org/directory"),
    ("letsencrypt-staging", "https://acme-staging-v02.api.letsencrypt.org/directory"),
];

/// ACME.
pub(super) async fn acme(context: &Context, command: AcmeCommand) -> Result<()> {
    let service = context.service().await?;
    match command {
        AcmeCommand::Show => {}
        AcmeCommand::Set(set) => drop(service.call::<SetAcme>(wish(set)?).await?),
        AcmeCommand::Off => drop(service.call::<EndAcme>(()).await?),
        AcmeCommand::Order => drop(service.call::<OrderByAcme>(()).await?),
    }
    let state = service.call::<GetAcme>(()).await?;
    context.printer.reply(&state, |printer| lines(printer, &state));
    Ok(())
}

fn wish(set: AcmeWish) -> Result<WishedAcme> {
    let known = KNOWN.iter().find(|(name, _)| *name == set.directory).map(|(_, url)| (*url).to_owned());
    let external = set.external_account.zip(set.external_key_file);
    let external = external.map(|(name, file)| Ok(ExternalAccount { name, key: secrets::read(&file)?.to_string() }));
    let root = set.root_file.map(|file| secrets::read(&file).map(|text| text.to_string())).transpose()?;
    Ok(WishedAcme {
        directory: known.unwrap_or(set.directory),
        contact: set.contact,
        challenge: set.challenge.wish(),
        names: set.names,
        external_account: external.transpose()?,
        root,
        terms_agreed: set.agree_terms,
    })
}

fn lines(printer: Printer, state: &AcmeState) -> Vec<String> {
    let setting = |key: &str, setting: &AcmeSetting| {
        let challenge = match setting.challenge {
            AcmeChallenge::Http01 => "http-01",
            AcmeChallenge::Dns01 => "dns-01",
        };
        let names = setting.asked.join(", ");
        printer.say(key, &[("directory", &setting.directory), ("challenge", challenge), ("names", &names)])
    };
    let mut lines = Vec::new();
    if state.drafted != state.applied {
        lines.extend(state.drafted.as_ref().map(|drafted| setting("acme.drafted", drafted)));
    }
    match &state.applied {
        None => lines.push(printer.say("acme.off", &[])),
        Some(applied) => lines.push(setting("acme.in_force", applied)),
    }
    if let Some(issued) = &state.issued {
        let [at, until, renewal] = [issued.at, issued.not_after, issued.renewal].map(time);
        let known = [("by", issued.by.as_str()), ("at", &at), ("until", &until), ("renewal", &renewal)];
        lines.push(printer.say("acme.issued", &known));
        if let Some(reason) = &issued.reason {
            lines.push(format!("{} {}", printer.say("acme.not_served", &[]), printer.fault(reason)));
        }
    }
    if let Some(work) = &state.work {
        let at = time(work.at);
        match &work.what {
            AcmeTry::Ordering => lines.push(printer.say("acme.ordering", &[("by", &work.by), ("at", &at)])),
            AcmeTry::Failed { times, next, reason } => {
                let (times, next) = (times.to_string(), time(*next));
                let known = [("by", work.by.as_str()), ("times", &times), ("next", &next)];
                lines.push(printer.say("acme.failed", &known));
                lines.push(format!("  {}", printer.fault(reason)));
            }
            AcmeTry::Done => {}
        }
    }
    lines.extend(state.port_fault.iter().map(|fault| printer.fault(fault)));
    lines
}
