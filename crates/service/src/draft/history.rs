//! The history of a connection, from what is stored here.

use std::collections::BTreeMap;

use sekisho_admin_api::save::PastRevision;
use sekisho_config::{Document, diff};
use sekisho_fault::{Fault, Result};
use sekisho_keys::revision::Revision;

use super::Draft;
use super::view::change;
use crate::codes;
use crate::enrolment::Member;
use crate::replication::Replica;

/// Revisions that are listed.
const LISTED: u64 = 100;

/// A revision's document.
///
/// Codes: `NO_REVISION`, and those of the revision.
pub(crate) async fn document(member: &Member, replica: &Replica, number: u64) -> Result<(Revision, Document)> {
    let missing = || Fault::new(codes::NO_REVISION).with("revision", i64::try_from(number).unwrap_or(i64::MAX));
    let row = replica.row("revision", &format!("{number:020}")).await?.ok_or_else(missing)?;
    let revision = Revision::read(&row.body)?;
    let context = revision.header().context;
    let plain = revision.open(&member.keyring(context.epoch)?)?;
    Ok((revision, Document::read(&plain, context.min_reader)?))
}

/// The newest revisions, newest first.
///
/// Codes: `DATABASE`.
pub async fn list(member: &Member, replica: &Replica) -> Result<Vec<PastRevision>> {
    let Some(newest) = replica.newest_revision().await? else { return Ok(Vec::new()) };
    let newest: u64 = newest.id.parse().unwrap_or(0);
    let organisation = member.organisation();
    let logins: BTreeMap<_, _> = organisation
        .members
        .values()
        .map(|member| (member.administrator.keys.id(), member.administrator.login.clone()))
        .collect();
    let mut found = Vec::new();
    let mut before = Document::default();
    for number in newest.saturating_sub(LISTED).max(1)..=newest {
        let past = match document(member, replica, number).await {
            Ok((revision, document)) => {
                let changes = diff::diff(&before, &document).into_iter().map(change).collect();
                let header = revision.header();
                let past = PastRevision {
                    revision: number,
                    time: header.time,
                    author: logins.get(&header.author).cloned().unwrap_or_default(),
                    reason: document.reason.clone(),
                    change_number: document.change_number.clone(),
                    changes,
                    fault: None,
                };
                before = document;
                past
            }
            Err(fault) => PastRevision {
                revision: number,
                time: 0,
                author: String::new(),
                reason: String::new(),
                change_number: String::new(),
                changes: Vec::new(),
                fault: Some(fault),
            },
        };
        found.push(past);
    }
    found.reverse();
    Ok(found)
}

/// A draft that says what an old revision said, on top of the newest.
///
/// Codes: `NO_REVISION`, and those of the revision.
pub async fn restore(member: &Member, replica: &Replica, number: u64, newest: u64) -> Result<Draft> {
    let (_, mut document) = document(member, replica, number).await?;
    document.reason.clear();
    document.change_number.clear();
    Ok(Draft { base: newest, document, save: None, keys: BTreeMap::new() })
}
