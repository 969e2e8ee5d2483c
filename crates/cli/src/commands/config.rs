//! Asking for every setting in turn, in the order of the on-prem product's command line; Enter keeps what stands in
//! brackets.

use std::path::PathBuf;
use std::time::Duration;

use sekisho_admin_api::draft::{
    Draft, GetDraft, Purpose, SetCertificate, SetDraftCertificate, SetDraftField, SetDraftMetadata, SetField,
    UseTrialCertificate,
};
use sekisho_admin_api::save::SaveReason;
use sekisho_admin_api::status::GetStatus;
use sekisho_admin_api::{Call, Client};
use sekisho_fault::Result;

use super::Context;
use super::draft::{dropped, metadata};
use super::enrol::join;
use super::login::signed_in;
use super::save::{Consent, follow_up, sign_and_save};
use crate::arguments::Login;
use crate::print::Printer;
use crate::secrets;

/// The fields, in the on-prem product's order.
const ORDER: &[&str] = &[
    "advertised_host",
    "advertised_port",
    "private_ip",
    "private_port",
    "saml_key",
    "attribute_first",
    "attribute_last",
    "attribute_email",
    "idp_type",
];

fn value(draft: &Draft, field: &str) -> String {
    draft.fields.iter().find(|one| one.field == field).map(|one| one.value.clone()).unwrap_or_default()
}

/// Asks until the service takes the answer: a refused one is explained, and nothing is lost.
async fn ask<C: Call>(
    printer: Printer,
    service: &Client,
    what: &str,
    default: &str,
    wish: impl Fn(&str) -> Result<Option<C::Params>>,
) -> Result<()> {
    loop {
        let typed = secrets::line(what, default)?;
        let outcome = match wish(&typed) {
            Ok(Some(params)) => service.call::<C>(params).await.map(drop),
            Ok(None) => return Ok(()),
            Err(fault) => Err(fault),
        };
        match outcome {
            Ok(()) => return Ok(()),
            Err(fault) => eprintln!("{}", printer.fault(&fault)),
        }
    }
}

/// Signs in, enrols if needed, asks, and saves.
pub(super) async fn config(context: &Context, login: &Login, patience: Duration) -> Result<()> {
    let printer = context.printer;
    let service = context.service().await?;
    let mut administrator = signed_in(login).await?;
    if service.call::<GetStatus>(()).await?.membership.is_none() {
        let domain = secrets::line(&printer.say("ask.enterprise_domain", &[]), "")?;
        join(&service, &mut administrator, &domain).await?;
    }
    for field in ORDER {
        let draft = service.call::<GetDraft>(()).await?;
        let what = printer.say(&format!("ask.{field}"), &[]);
        let set = |typed: &str| Ok(Some(SetField { field: (*field).to_owned(), value: typed.to_owned() }));
        ask::<SetDraftField>(printer, &service, &what, &value(&draft, field), set).await?;
    }
    let draft = service.call::<GetDraft>(()).await?;
    let held = draft.tls.map(|found| found.names.join(", ")).unwrap_or_default();
    let what = printer.say("ask.certificate", &[]);
    let password = secrets::line(&printer.say("ask.password_file", &[]), "")?;
    let password = if password.is_empty() { None } else { Some(secrets::read(&PathBuf::from(password))?.to_string()) };
    if held.is_empty() {
        ask::<SetDraftCertificate>(printer, &service, &what, "", |typed| certificate(typed, password.clone())).await?;
        if service.call::<GetDraft>(()).await?.tls.is_none() {
            service.call::<UseTrialCertificate>(()).await?;
        }
    } else {
        let keep = held.clone();
        let wish = |typed: &str| if typed == keep { Ok(None) } else { certificate(typed, password.clone()) };
        ask::<SetDraftCertificate>(printer, &service, &what, &held, wish).await?;
    }
    let held = draft.idp.map(|found| found.entity_id).unwrap_or_default();
    let what = printer.say("ask.metadata", &[]);
    let keep = held.clone();
    let wish = |typed: &str| if typed == keep { Ok(None) } else { metadata(typed).map(Some) };
    ask::<SetDraftMetadata>(printer, &service, &what, &held, wish).await?;
    let reason = secrets::line(&printer.say("ask.reason", &[]), "")?;
    let reason = SaveReason { reason, change_number: String::new() };
    let saved = sign_and_save(context, &service, &mut administrator, &Consent::Ask, reason).await?;
    follow_up(context, &service, saved, patience).await
}

/// Files separated by commas; nothing for a trial certificate.
fn certificate(typed: &str, password: Option<String>) -> Result<Option<SetCertificate>> {
    if typed.is_empty() {
        return Ok(None);
    }
    let files = typed.split(',').map(|file| dropped(&PathBuf::from(file.trim()))).collect::<Result<_>>()?;
    let key_password = password.clone();
    Ok(Some(SetCertificate { purpose: Purpose::Tls, host: None, files, store_password: password, key_password }))
}
