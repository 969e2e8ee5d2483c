//! `sekisho mail` and `sekisho draft mail`: mails about what an administrator should look at, and invitations.

use sekisho_admin_api::Client;
use sekisho_admin_api::draft::{Draft, GetDraft, SetDraftField, SetField};
use sekisho_admin_api::mail::{Invitee, MailPassword, SendInvitation, SetMailPassword, TestMail, TextLanguage};
use sekisho_config::field::Field;
use sekisho_fault::Result;

use super::Context;
use crate::arguments::{DraftMailCommand, MailCommand, MailLanguage, MailSecurity, MailSettings};
use crate::secrets;

/// Tests the draft's settings, or sends an invitation by those that are applied.
pub(super) async fn mail(context: &Context, command: MailCommand) -> Result<()> {
    match command {
        MailCommand::Test => test(context).await,
        MailCommand::Invitation { email, language } => {
            let language = language.map(|language| match language {
                MailLanguage::En => TextLanguage::En,
                MailLanguage::Ja => TextLanguage::Ja,
            });
            let sent =
                context.service().await?.call::<SendInvitation>(Invitee { email: email.clone(), language }).await?;
            let known = [("email", email.as_str()), ("server", &sent.server), ("answer", &sent.answer)];
            context.printer.reply(&sent, |printer| vec![printer.say("mail.invitation_sent", &known)]);
            Ok(())
        }
    }
}

async fn test(context: &Context) -> Result<()> {
    let tested = context.service().await?.call::<TestMail>(()).await?;
    let (milliseconds, to) = (tested.milliseconds.to_string(), tested.to.join(", "));
    let known = [
        ("server", tested.server.as_str()),
        ("milliseconds", milliseconds.as_str()),
        ("answer", tested.answer.as_str()),
        ("to", to.as_str()),
    ];
    context.printer.reply(&tested, |printer| {
        let refused = tested.refused.iter().map(|fault| printer.fault(fault));
        [printer.say("mail.took", &known)].into_iter().chain(refused).collect()
    });
    Ok(())
}

/// Changes the draft's settings.
pub(super) async fn draft(service: &Client, command: DraftMailCommand) -> Result<Draft> {
    let (fields, password) = match command {
        DraftMailCommand::Set(wish) => {
            let password = wish.password_file.as_deref().map(secrets::read).transpose()?;
            let authorities = wish.authorities_file.as_deref().map(secrets::read).transpose()?;
            let authorities = authorities.map(|pem| pem.to_string());
            (set(wish, authorities), password.map(|password| password.to_string()))
        }
        DraftMailCommand::Off => (off(), None),
    };
    for (field, value) in fields {
        service.call::<SetDraftField>(SetField { field: field.name(), value }).await?;
    }
    match password {
        // After server and user: it is for them alone.
        Some(password) => service.call::<SetMailPassword>(MailPassword { password }).await,
        None => service.call::<GetDraft>(()).await,
    }
}

fn set(wish: MailSettings, authorities: Option<String>) -> Vec<(Field, String)> {
    let security = wish.security.map(|security| match security {
        MailSecurity::Starttls => "starttls".to_owned(),
        MailSecurity::Tls => "tls".to_owned(),
    });
    let language = wish.language.map(|language| match language {
        MailLanguage::En => "en".to_owned(),
        MailLanguage::Ja => "ja".to_owned(),
    });
    let all = [
        (Field::MailServer, wish.server),
        (Field::MailSecurity, security),
        (Field::MailAuthorities, authorities),
        (Field::MailUser, wish.user),
        (Field::MailFrom, wish.from),
        (Field::MailTo, (!wish.to.is_empty()).then(|| wish.to.join(" "))),
        (Field::MailLanguage, language),
    ];
    all.into_iter().filter_map(|(field, value)| Some((field, value?))).collect()
}

fn off() -> Vec<(Field, String)> {
    let cleared = [Field::MailServer, Field::MailAuthorities, Field::MailUser, Field::MailFrom, Field::MailTo];
    let usual = [(Field::MailSecurity, "starttls".to_owned()), (Field::MailLanguage, "en".to_owned())];
    cleared.into_iter().map(|field| (field, String::new())).chain(usual).collect()
}
