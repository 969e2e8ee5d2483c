//! The draft.

use std::path::Path;

use data_encoding::BASE64;
use sekisho_admin_api::certificates::PutCertificateBack;
use sekisho_admin_api::draft::{
    CheckDraft, DiscardDraft, Draft, DroppedFile, GetDraft, GetSpMetadata, Purpose, RebaseDraft, RequestCertificate,
    RollOverSamlKey, RolloverStep, SetCertificate, SetDraftCertificate, SetDraftField, SetDraftMetadata, SetField,
    SetMetadata, UseTrialCertificate,
};
use sekisho_admin_api::names::{ChangeNames, NameStep};
use sekisho_admin_api::relink::{RelinkWish, SetRelink};
use sekisho_fault::{Fault, Result, Severity};
use sekisho_messages::time;

use super::Context;
use crate::arguments::{DraftCommand, NameCommand, SamlKeyStep};
use crate::codes;
use crate::print::Printer;
use crate::secrets::{self, file_fault};

/// Shows or changes the draft.
pub(super) async fn draft(context: &Context, command: DraftCommand) -> Result<()> {
    let service = context.service().await?;
    let draft = match command {
        DraftCommand::Show => service.call::<GetDraft>(()).await?,
        DraftCommand::Set { field, value } => service.call::<SetDraftField>(SetField { field, value }).await?,
        DraftCommand::Certificate { files, for_name, saml, saml_next, store_password_file, key_password_file } => {
            let password = |file: Option<std::path::PathBuf>| {
                file.map(|file| secrets::read(&file).map(|text| text.to_string())).transpose()
            };
            let wish = SetCertificate {
                purpose: match (saml, saml_next) {
                    (_, true) => Purpose::SamlNext,
                    (true, false) => Purpose::Saml,
                    (false, false) => Purpose::Tls,
                },
                host: for_name,
                files: files.iter().map(|file| dropped(file)).collect::<Result<_>>()?,
                store_password: password(store_password_file)?,
                key_password: password(key_password_file)?,
            };
            service.call::<SetDraftCertificate>(wish).await?
        }
        DraftCommand::SamlKey { step } => {
            let step = match step {
                SamlKeyStep::Prepare => RolloverStep::Prepare,
                SamlKeyStep::Switch => RolloverStep::Switch,
                SamlKeyStep::Finish => RolloverStep::Finish,
                SamlKeyStep::Back => RolloverStep::Back,
            };
            service.call::<RollOverSamlKey>(step).await?
        }
        DraftCommand::Name(command) => service.call::<ChangeNames>(name_step(command)).await?,
        DraftCommand::CertificateBack => service.call::<PutCertificateBack>(()).await?,
        DraftCommand::Relink { days, off } => {
            service.call::<SetRelink>(RelinkWish { days: (!off).then_some(days) }).await?
        }
        DraftCommand::TrialCertificate => service.call::<UseTrialCertificate>(()).await?,
        DraftCommand::Request(wish) => {
            let request = service.call::<RequestCertificate>(Some(wish.wish())).await?;
            context.printer.reply(&request, |_| vec![request.pem.trim_end().to_owned()]);
            return Ok(());
        }
        DraftCommand::Idp { idp } => return super::idp::choose(context, &service, idp).await,
        DraftCommand::Metadata { from } => {
            let draft = service.call::<SetDraftMetadata>(metadata(&from)?).await?;
            let differs = super::idp_metadata::of_draft(context.printer, &service).await?;
            context.printer.reply(&draft, |printer| shown(printer, &draft).into_iter().chain(differs).collect());
            return Ok(());
        }
        DraftCommand::Role(command) => super::roles::role(&service, command).await?,
        DraftCommand::Node(command) => super::roles::node(&service, command).await?,
        DraftCommand::Groups(command) => super::roles::groups(&service, command).await?,
        DraftCommand::Mail(command) => super::mail::draft(&service, command).await?,
        DraftCommand::Discard => service.call::<DiscardDraft>(()).await?,
        DraftCommand::Rebase => {
            let rebased = service.call::<RebaseDraft>(()).await?;
            context.printer.reply(&rebased, |printer| {
                let conflict = |one: &sekisho_admin_api::draft::DraftConflict| {
                    printer.say(
                        "conflict",
                        &[("field", &one.field), ("base", &one.base), ("theirs", &one.theirs), ("ours", &one.ours)],
                    )
                };
                rebased.conflicts.iter().map(conflict).chain(changes(printer, &rebased.draft)).collect()
            });
            return Ok(());
        }
    };
    context.printer.reply(&draft, |printer| shown(printer, &draft));
    Ok(())
}

fn name_step(command: NameCommand) -> NameStep {
    match command {
        NameCommand::Add { name: host, port } => NameStep::Add { host, port },
        NameCommand::Advertise { name: host } => NameStep::Advertise { host },
        NameCommand::Remove { name: host } => NameStep::Remove { host },
        NameCommand::Answers { name: host } => NameStep::TakeAnswers { host },
        NameCommand::DropCertificate { name: host } => NameStep::DropCertificate { host },
    }
}

/// A file's name and bytes.
pub(super) fn dropped(path: &Path) -> Result<DroppedFile> {
    let bytes = std::fs::read(path).map_err(|error| file_fault(path, &error))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(DroppedFile { name, bytes: BASE64.encode(&bytes) })
}

/// Metadata from a file or an address.
pub(super) fn metadata(from: &str) -> Result<SetMetadata> {
    if from.starts_with("https://") || from.starts_with("http://") {
        return Ok(SetMetadata::Url { url: from.to_owned() });
    }
    let path = Path::new(from);
    let xml = if from == "-" {
        secrets::read(path)?.to_string()
    } else {
        let bytes = std::fs::read(path).map_err(|error| file_fault(path, &error))?;
        // What is no UTF-8 is no XML that the service takes; it says so by its own code.
        String::from_utf8_lossy(&bytes).into_owned()
    };
    Ok(SetMetadata::Text { xml })
}

fn shown(printer: Printer, draft: &Draft) -> Vec<String> {
    let mut lines: Vec<String> = draft.fields.iter().map(|one| format!("{:<24} {}", one.field, one.value)).collect();
    let second = draft
        .saml_second
        .as_ref()
        .map(|second| (if second.is_next { "saml_next" } else { "saml_former" }, Some(&second.certificate)));
    for (key, certificate) in [("tls", draft.tls.as_ref()), ("saml", draft.saml.as_ref())].into_iter().chain(second) {
        if let Some(found) = certificate {
            let until = time(found.not_after);
            lines.push(format!("{key:<24} {}  {until}  {}", found.names.join(", "), found.sha256));
        }
    }
    for name in draft.names.iter().filter(|_| draft.names.len() > 1) {
        let own = name.certificate.as_ref().filter(|_| name.own_certificate).map(|own| own.sha256.as_str());
        lines.push(format!("{:<24} {}  {}", "name", name.acs, own.unwrap_or_default()).trim_end().to_owned());
    }
    if let Some(idp) = &draft.idp {
        lines.push(format!("{:<24} {}", "idp_metadata", idp.entity_id));
    }
    if let Some(window) = &draft.relink {
        lines.push(format!("{:<24} {}  {}", "relink", time(window.until), window.idps.join(", ")));
    }
    lines.extend(super::roles::shown(&draft.roles));
    if let Some(own) = &draft.service_provider {
        lines.push(printer.pair("entity_id", &own.entity_id));
        lines.push(printer.pair("acs", &own.acs));
    }
    lines.extend(changes(printer, draft));
    lines.extend(draft.checks.iter().map(|fault| printer.fault(fault)));
    lines
}

pub(super) fn changes(printer: Printer, draft: &Draft) -> Vec<String> {
    draft.changes.iter().map(|one| printer.change(one)).collect()
}

/// What a save would change, and what a restore has left out of it.
pub(super) fn reviewed(printer: Printer, draft: &Draft) -> Vec<String> {
    let left = draft.checks.iter().filter(|fault| fault.code == sekisho_config::codes::KEY_NOT_RESTORED);
    changes(printer, draft).into_iter().chain(left.map(|fault| printer.fault(fault))).collect()
}

/// What a save would change.
pub(super) async fn diff(context: &Context) -> Result<()> {
    let draft = context.service().await?.call::<GetDraft>(()).await?;
    context.printer.reply(&draft.changes, |printer| {
        let lines = changes(printer, &draft);
        if lines.is_empty() { vec![printer.say("no_changes", &[])] } else { lines }
    });
    Ok(())
}

/// All checks.
pub(super) async fn validate(context: &Context) -> Result<()> {
    let found = context.service().await?.call::<CheckDraft>(()).await?;
    context.printer.reply(&found, |printer| {
        if found.is_empty() {
            return vec![printer.say("no_faults", &[])];
        }
        found.iter().map(|fault| printer.fault(fault)).collect()
    });
    match found.iter().filter(|fault| fault.severity == Severity::Error).count() {
        0 => Ok(()),
        count => Err(Fault::new(codes::ERRORS).with("count", count)),
    }
}

/// Our metadata.
pub(super) async fn sp_metadata(context: &Context) -> Result<()> {
    let metadata = context.service().await?.call::<GetSpMetadata>(()).await?;
    context.printer.reply(&metadata, |_| vec![metadata.xml.clone()]);
    Ok(())
}
