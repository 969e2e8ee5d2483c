//! The history of a connection, from what is stored here.

use std::collections::BTreeMap;

use sekisho_admin_api::save::PastRevision;
use sekisho_config::{Document, diff};
use sekisho_fault::{Fault, Result, Severity};
use sekisho_keys::revision::Revision;

use super::Draft;
use super::view::change;
use crate::codes;
use crate::enrolment::Member;
use crate::lifecycle::AppliedRevision;
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

/// A draft that says what an old revision said, on top of what is applied, with the keys of today.
///
/// Codes: `NO_REVISION`, and those of the revision.
pub async fn restore(member: &Member, replica: &Replica, number: u64, today: &AppliedRevision) -> Result<Draft> {
    let (_, old) = document(member, replica, number).await?;
    Ok(restored(old, today))
}

pub(super) fn restored(old: Document, today: &AppliedRevision) -> Draft {
    let keys =
        diff::diff(&today.document, &old).into_iter().filter(|change| diff::KEYS.contains(&change.field.as_str()));
    // Where the old revision says nothing, nothing is missed.
    let not_restored = keys.filter(|key| !key.to.is_empty()).map(|key| (key.field, key.to)).collect();
    let mut document = old.restored_over(&today.document);
    document.reason.clear();
    document.change_number.clear();
    Draft { base: today.revision, document, not_restored, ..Draft::default() }
}

/// What a restore has left as it is today, and nobody has changed since: for whoever reviews the draft (R19).
pub(crate) fn not_restored(draft: &Draft, applied: &Document) -> Vec<Fault> {
    let changes = diff::diff(applied, &draft.document);
    let left = draft.not_restored.iter().filter(|(field, _)| changes.iter().all(|change| change.field != **field));
    let fault = |(field, was): (&String, &String)| {
        let fault = Fault::new(sekisho_config::codes::KEY_NOT_RESTORED).with("was", was.as_str());
        fault.on(field).as_severity(Severity::Info)
    };
    left.map(fault).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::{ensure_saml_pair, set, trial_certificate};

    const NOW: i64 = 1_795_513_267;

    fn made() -> Document {
        let mut draft = Draft::default();
        set(&mut draft, "advertised_host", "sso.example.com").unwrap();
        trial_certificate(&mut draft, NOW).unwrap();
        ensure_saml_pair(&mut draft, NOW).unwrap();
        draft.document
    }

    #[test]
    fn a_restore_names_each_key_that_it_leaves_and_uses_none_of_them() {
        let (mut old, document) = (made(), made());
        (old.skew_seconds, old.reason) = (7, "then".into());
        let retired: Vec<String> = old.key_pairs().map(|pair| pair.key.clone()).collect();
        let today = AppliedRevision { revision: 5, document, save: None };
        let mut draft = restored(old, &today);
        assert!(draft.document.key_pairs().all(|pair| !retired.contains(&pair.key)));
        let changed: Vec<String> =
            diff::diff(&today.document, &draft.document).into_iter().map(|change| change.field).collect();
        assert_eq!((changed, draft.base, draft.document.reason.as_str()), (vec!["skew_seconds".to_owned()], 5, ""));
        let told = |draft: &Draft| {
            let told = not_restored(draft, &today.document);
            assert!(told.iter().all(|fault| fault.severity == Severity::Info && fault.args.contains_key("was")));
            told.into_iter().filter_map(|fault| fault.field).collect::<Vec<_>>()
        };
        assert_eq!(told(&draft), ["saml", "tls"]);
        // Who wants a certificate imports one: then nothing is left of this.
        trial_certificate(&mut draft, NOW).unwrap();
        assert_eq!(told(&draft), ["saml"]);
    }

    #[test]
    fn a_restore_of_the_keys_of_today_leaves_nothing() {
        let document = made();
        let today = AppliedRevision { revision: 5, document: document.clone(), save: None };
        assert!(restored(document, &today).not_restored.is_empty());
    }
}
