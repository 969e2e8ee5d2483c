//! Saving, the history, and going back in it.

use std::collections::BTreeSet;
use std::time::Duration;

use sekisho_admin::acts::Saved;
use sekisho_admin_api::Client;
use sekisho_admin_api::draft::{DraftChange, GetDraft};
use sekisho_admin_api::save::{ListRevisions, PrepareSave, RestoreRevision, SaveReason, WhichRevision};
use sekisho_admin_api::status::{GetStatus, State};
use sekisho_fault::{Fault, Result};
use sekisho_messages::time;
use serde_json::json;

use super::Context;
use super::draft::reviewed;
use super::login::signed_in;
use super::servers;
use crate::administrator::Administrator;
use crate::arguments::Login;
use crate::{codes, secrets};

/// How long this server may take to apply what was saved.
const PATIENCE: Duration = Duration::from_secs(20);

/// Saves, waits until this server has applied it, and watches the others do so.
pub(super) async fn save(
    context: &Context,
    login: &Login,
    consent: Consent,
    reason: SaveReason,
    patience: Duration,
) -> Result<()> {
    let service = context.service().await?;
    let mut administrator = signed_in(login).await?;
    let saved = sign_and_save(context, &service, &mut administrator, &consent, reason).await?;
    follow_up(context, &service, saved, patience).await
}

/// After a save: which servers have applied it.
pub(super) async fn follow_up(context: &Context, service: &Client, saved: Saved, patience: Duration) -> Result<()> {
    context.printer.aside(|printer| vec![printer.pair("revision", saved.revision)]);
    let here = applied(service, saved.revision).await;
    // It is saved, whatever is heard of the others.
    let servers = servers::applied(context, service, saved.revision, patience).await.unwrap_or_default();
    context.printer.reply(&json!({ "revision": saved.revision, "servers": servers }), |_| Vec::new());
    here
}

/// Who agrees to what is signed: the service lists it, and the service may be another's by now.
pub(super) enum Consent {
    /// Whoever sits at the terminal, after they have read it.
    Ask,
    /// Given beforehand, whatever it is.
    Given,
    /// Given beforehand for these fields, and no others.
    For(BTreeSet<String>),
}

impl Consent {
    fn agrees(&self, context: &Context, changes: &[DraftChange]) -> Result<()> {
        match self {
            Self::Given => Ok(()),
            Self::For(fields) => {
                let others = changes.iter().map(|change| change.field.clone()).filter(|field| !fields.contains(field));
                let others: Vec<String> = others.collect();
                let refused = || Fault::new(codes::OTHER_CHANGES).with("fields", others.clone());
                if others.is_empty() { Ok(()) } else { Err(refused()) }
            }
            Self::Ask => {
                let typed = secrets::line(&context.printer.say("ask.save", &[]), "")?;
                let agreed = ["y", "yes", "はい"].contains(&typed.to_lowercase().as_str());
                if agreed { Ok(()) } else { Err(Fault::new(codes::NOT_AGREED)) }
            }
        }
    }
}

pub(super) async fn sign_and_save(
    context: &Context,
    service: &Client,
    administrator: &mut Administrator,
    consent: &Consent,
    reason: SaveReason,
) -> Result<Saved> {
    // What is printed here, and nothing else, is signed.
    let draft = service.call::<GetDraft>(()).await?;
    context.printer.aside(|printer| reviewed(printer, &draft));
    if draft.changes.iter().any(|change| change.field == "idp_metadata") {
        // Besides, in words: what is signed is what stands above.
        let differs = super::idp_metadata::of_draft(context.printer, service).await?;
        context.printer.aside(|_| differs);
    }
    consent.agrees(context, &draft.changes)?;
    let (why, number) = (reason.reason.trim().to_owned(), reason.change_number.trim().to_owned());
    let mut wish = json!(service.call::<PrepareSave>(reason).await?);
    wish["shown"] = json!(draft.changes);
    wish["reason"] = json!(why);
    wish["change_number"] = json!(number);
    administrator.call("admin.save", wish).await
}

/// Waits until a revision is applied here, or says why it is not.
pub(super) async fn applied(service: &Client, revision: u64) -> Result<()> {
    let mut events = service.events();
    let waiting = async {
        loop {
            let status = service.call::<GetStatus>(()).await?;
            match status.state {
                State::Running { .. } if status.revision >= Some(revision) => return Ok(()),
                State::Stopped { reason } | State::Failed { reason } => return Err(reason),
                _ => {}
            }
            // The next news, or a look after a second if one was missed.
            let _ = tokio::time::timeout(Duration::from_secs(1), events.recv()).await;
        }
    };
    let late = || Fault::new(codes::NOT_APPLIED_YET).with("revision", i64::try_from(revision).unwrap_or(i64::MAX));
    tokio::time::timeout(PATIENCE, waiting).await.map_err(|_| late())?
}

/// The revisions.
pub(super) async fn history(context: &Context) -> Result<()> {
    let found = context.service().await?.call::<ListRevisions>(()).await?;
    context.printer.reply(&found, |printer| {
        let line = |one: &sekisho_admin_api::save::PastRevision| {
            if let Some(fault) = &one.fault {
                format!("{:>6}  {}", one.revision, printer.fault(fault))
            } else {
                let changed: Vec<&str> = one.changes.iter().map(|change| change.field.as_str()).collect();
                let why = format!("{} {}", one.reason, one.change_number);
                let changed = changed.join(", ");
                format!("{:>6}  {}  {}  {}  {changed}", one.revision, time(one.time), one.author, why.trim())
            }
        };
        found.iter().map(line).collect()
    });
    Ok(())
}

/// Puts an old revision into the draft.
pub(super) async fn restore(context: &Context, revision: u64) -> Result<()> {
    let draft = context.service().await?.call::<RestoreRevision>(WhichRevision { revision }).await?;
    context.printer.reply(&draft.changes, |printer| reviewed(printer, &draft));
    Ok(())
}
